"""What measures memory sees a spike that is over by the time it is asked."""

from __future__ import annotations

from memory_peak import ROOM_BYTES, memory_peak


def test_a_spike_is_seen_and_a_quiet_stretch_after_it_is_not() -> None:
    with memory_peak() as grown_bytes:
        spike = bytearray(4 * ROOM_BYTES)
        del spike
        assert grown_bytes() > 3 * ROOM_BYTES
    with memory_peak() as grown_bytes:
        assert grown_bytes() < ROOM_BYTES
