"""How much memory some work takes at its peak, while other threads may be at work too.

tracemalloc cannot be stopped while another thread allocates without Python's lock: the process ends
(CPython's issue 128679). zarr has such a thread, which may still unpack chunks of a store that was
refused. So the system is asked where it can tell.
"""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# What allocators keep for later and libraries load by the way; a spike is far more.
ROOM_BYTES = 64_000_000


@contextmanager
def memory_peak() -> Iterator[Callable[[], int]]:
    """Gives a function that tells after the work by how many bytes memory had grown at most."""
    if not _RESET.exists():
        with _traced() as told:
            yield told
        return
    _RESET.write_text("5")
    before = _peak_bytes()
    yield lambda: _peak_bytes() - before


def _peak_bytes() -> int:
    (found,) = re.findall(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())
    return 1024 * int(found)


@contextmanager
def _traced() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
