"""Explanation: its volumes are recognised as the same object."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from project_states import explanation

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.typing import FloatArray


def test_two_threads_that_ask_at_once_get_the_same_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    explained, both, values = explanation(), Barrier(2), Explanation._values

    def values_at_once(self: Explanation, name: str, mode: Mode, rival: str | None) -> FloatArray:
        both.wait(timeout=60)
        return values(self, name, mode, rival)

    monkeypatch.setattr(Explanation, "_values", values_at_once)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: explained.volume("rust", "evidence"), range(2))
    assert first is second
    assert explained.volume("rust", "evidence") is first
