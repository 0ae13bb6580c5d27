"""Memory of closed cubes goes back to the system."""

import os
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.session.session import Session
from focus_viewer.ui import freed_memory
from focus_viewer.ui.freed_memory import FreedMemory, give_back

_BLOCK, _COUNT = 65_536, 2000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc has to be asked")
def test_memory_between_blocks_in_use_is_given_back() -> None:
    blocks = [bytes(_BLOCK) for _ in range(_COUNT)]
    last = bytes(_BLOCK)  # above all others: what is below it stays with the process
    blocks.clear()
    before = _resident()
    assert give_back()
    assert before - _resident() > _BLOCK * _COUNT // 2
    assert len(last) == _BLOCK


def test_it_is_given_back_after_a_cube_was_closed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(freed_memory, "give_back", lambda: calls.append(1))
    session = Session()
    watcher = FreedMemory(session)
    first, second = (session.documents.open(make_cube()) for _ in range(2))
    session.documents.activate(first)
    assert not watcher._timer.isActive()
    session.documents.close(second)
    session.documents.close(first)
    qtbot.waitUntil(lambda: calls == [1])


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
