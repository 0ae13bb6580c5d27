"""The log of a session and the bug report: what happened, and nothing that is personal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.ui.help import bug_report
from focus_viewer.ui.help.anonymous import anonymous
from focus_viewer.ui.help.bug_report import report
from focus_viewer.ui.help.happenings import Happenings
from focus_viewer.ui.help.kept_log import KEPT, KeptLog, keep_log
from focus_viewer.ui.help.log_window import LogWindow
from focus_viewer.ui.help.menu import HelpMenu

HOME = Path("/home") / "anna"


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    ours = logging.getLogger("focus_viewer")
    level = ours.level
    keep_log()
    KEPT.clear()
    yield
    logging.getLogger().removeHandler(KEPT)
    ours.setLevel(level)
    KEPT.clear()


@pytest.fixture
def session() -> Session:
    return Session()


def _open(session: Session) -> None:
    path = HOME / "trial 7" / "secret_wheat.hdr"
    session.documents.open(replace(make_cube(), name="secret_wheat", path=path))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"could not look at {HOME}/trial 7/leaf.hdr", "could not look at FILE.hdr"),
        ("/data/plants/a b.dat: too short", "FILE.dat: too short"),
        (r"C:\of Anna\cubes\leaf.hdr is short", "FILE.hdr"),
        (r"no such file: '\\server\share\anna\x.tif'", "no such file: 'FILE.tif'"),
        ("leaf_7.hdr holds counts", "FILE.hdr holds counts"),
        ("wheat: 3 bands", "NAME1: 3 bands"),
        ("Anna asked", "USER asked"),
        ("~/plants/x", "PATH"),
        (
            f'  File "{HOME}/venv/lib/python3.11/site-packages/focus_viewer/app.py", line 3',
            '  File ".../lib/python3.11/site-packages/focus_viewer/app.py", line 3',
        ),
        ("reflectance 0 / 1, 3/4 of bands, and/or", "reflectance 0 / 1, 3/4 of bands, and/or"),
        ("opened at 12:00:01, 400-2500 nm", "opened at 12:00:01, 400-2500 nm"),
    ],
)
def test_paths_and_names_are_replaced_and_nothing_else(text: str, clean: str) -> None:
    assert anonymous(text, ["wheat"], HOME, "anna") == clean


def test_what_happens_in_a_session_is_logged(session: Session) -> None:
    listener = Happenings(session)
    _open(session)
    session.requests.report(Problem("Cannot be read", "it is short"))
    session.documents.close(session.state.documents.items[0].id)
    kept = "\n".join(KEPT.entries)
    assert "opened secret_wheat: " in kept
    assert "WARNING" in kept
    assert "Cannot be read: it is short" in kept
    assert "closed secret_wheat" in kept
    assert listener is not None


def test_the_log_keeps_only_the_last_entries() -> None:
    log = KeptLog(most=3)
    for number in range(5):
        log.handle(logging.LogRecord("focus_viewer", logging.INFO, "", 0, str(number), (), None))
    assert [entry[-1] for entry in log.entries] == ["2", "3", "4"]


def test_libraries_are_heard_from_warnings_on() -> None:
    log = KeptLog()
    for level in (logging.INFO, logging.WARNING):
        log.handle(logging.LogRecord("vispy", level, "", 0, "shader", (), None))
    assert len(log.entries) == 1


def test_a_report_has_versions_display_and_cubes_and_nothing_personal(
    qapp: QApplication, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bug_report, "_user", lambda: "anna")
    listener = Happenings(session)
    _open(session)
    try:
        raise OSError(f"no such file: '{HOME}/trial 7/secret_wheat.img'")
    except OSError:
        logging.getLogger("focus_viewer.io").exception("reading failed")
    session.documents.close(session.state.documents.items[0].id)  # its name is still in the log
    _open(session)
    text = report(session.state, listener.names)
    rows, cols, bands = make_cube().source.shape
    for part in ("FOCUS Viewer", "Python", "Qt", "torch", "vispy", "OpenGL", "screen"):
        assert part in text
    assert f"{rows} x {cols} x {bands}, .hdr" in text
    assert "reading failed" in text
    assert "Traceback" in text
    for personal in ("anna", "secret_wheat", "trial 7", str(Path.home())):
        assert personal not in text
    assert listener is not None


def test_the_window_shows_the_log_and_copies_the_report(qtbot: QtBot, session: Session) -> None:
    logging.getLogger("focus_viewer").warning("something odd")
    menu = HelpMenu(QWidget(), session)
    window = LogWindow(menu.copy_report)
    qtbot.addWidget(window)
    window.refresh()
    assert "something odd" in window.text.toPlainText()
    window.copy.click()
    assert "something odd" in QApplication.clipboard().text()
    assert window.copied.text() == "Copied."


def test_names_of_cubes_that_were_closed_are_replaced_too(
    qapp: QApplication, session: Session
) -> None:
    listener = Happenings(session)
    _open(session)
    session.documents.close(session.state.documents.items[0].id)
    text = report(session.state, listener.names)
    assert "closed NAME" in text
    assert "secret_wheat" not in text
