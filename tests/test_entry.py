"""Words after `focus-viewer` say whether the window or a command is meant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from focus_viewer import entry
from focus_viewer.cli import main as commands


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was started, in a folder with a file and a folder that is called as a command is."""
    calls: list[str] = []
    monkeypatch.setattr(entry, "main", lambda words: calls.append("window"))
    monkeypatch.setattr(commands, "run", lambda: calls.append("command"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaf.hdr").touch()
    (tmp_path / "fit").mkdir()
    return calls


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["leaf.hdr"], "window"),
        (["--screenshot=window.png", "leaf.hdr"], "window"),
        (["--theme", "light"], "window"),
        (["fit"], "command"),
        (["nothing.hdr"], "command"),
        (["--help"], "command"),
        ([], "command"),
    ],
)
def test_files_and_options_of_the_window_open_it(
    words: list[str], meant: str, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["focus-viewer", *words])
    entry.run()
    assert started == [meant]


def test_the_frozen_application_opens_its_window_where_nothing_is_said(
    started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "argv", ["focus-viewer"])
    entry.run()
    assert started == ["window"]
