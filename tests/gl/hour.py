"""A scientist's hour as a program of its own, so that it can be killed and begun again.

    python -m gl.hour work|reopen|lose|recover FOLDER CUBE...

Works on the cubes by mouse and keys, or opens what was saved, and writes a picture of the window
into the folder; or draws without saving, or takes up again what was lost. Then it says so, and
waits for its end.
"""

from __future__ import annotations

# isort: off
import focus_viewer.environment  # noqa: F401 - before torch and Qt

# isort: on
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gl.driver import LEFT, PATIENCE_MS, Driver
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QLineEdit
from qt_pause import pause
from ui.mouse import Mouse

from focus_viewer.assets import folder
from focus_viewer.io.project import PROJECT_SUFFIX
from focus_viewer.io.project.autosave import autosave_folder
from focus_viewer.session.state.state import State
from focus_viewer.ui.status.recovery_banner import RecoveryBanner
from focus_viewer.ui.volume.scene import VolumeScene
from focus_viewer.ui.widgets import style

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PROJECT, SAVED, REOPENED, TOLD = "hour.focus.json", "saved.png", "reopened.png", "state.txt"
_STILL_MS = 1500  # what is there has been painted


def main() -> None:
    """Do what the command line says."""
    what, place, *cubes = sys.argv[1:]
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    app = QApplication(sys.argv[:1])
    style.apply(app, folder("resources"))
    driver = Driver(_hands(), Path(place) / "settings.ini")
    folder_of = Path(place)
    match what:
        case "work":
            work(driver, folder_of, [Path(cube) for cube in cubes])
            picture(driver, folder_of, SAVED)
        case "reopen":
            driver.drop(folder_of / PROJECT)
            picture(driver, folder_of, REOPENED)
        case "lose":
            lose(driver, Path(cubes[0]))
        case "recover":
            recover(driver)
    (folder_of / TOLD).write_text(repr(driver.session.state.work), encoding="utf-8")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    app.exec()


def _hands() -> Any:
    """What the driver needs of pytest-qt, outside of a test."""

    def wait_until(true: Callable[[], bool], timeout: int = 5000) -> None:
        end = time.monotonic() + timeout / 1000
        while not true():
            if time.monotonic() > end:
                raise TimeoutError
            pause(20)

    return SimpleNamespace(
        waitUntil=wait_until,
        wait=pause,
        mouseMove=lambda widget, pos: QTest.mouseMove(widget, pos),
        mousePress=lambda widget, button, pos: QTest.mousePress(widget, button, pos=pos),
        mouseRelease=lambda widget, button, pos: QTest.mouseRelease(widget, button, pos=pos),
        mouseClick=lambda widget, button, pos: QTest.mouseClick(widget, button, pos=pos),
    )


def work(driver: Driver, place: Path, cubes: list[Path]) -> None:
    """Open, draw, undo, compare, contrast, save."""
    window, session = driver.window, driver.session
    for cube in cubes:
        driver.drop(cube)
        driver.wait_until_explained(cube.stem)
    QTest.keyClick(window, Qt.Key.Key_Right)
    session.documents.activate(session.state.documents.items[0].id)
    pause(300)  # the picture finds its place
    draw_six(driver)
    undo_and_redo(driver)
    for box, entry in (
        (window.class_panel.reference_class, window.class_panel.reference_class.itemText(1)),
        (window.curve_view.header.curve, "Effect size"),
    ):
        session.regions.select((1, 2))
        choose(box, entry)
    driver.qtbot.waitUntil(lambda: session.state.comparison.groups is not None, timeout=PATIENCE_MS)
    assert session.state.document is not None
    assert session.state.document.reference_class is not None
    choose(window.curve_view.header.curve, "Importance")
    session.regions.select(())
    window.commands["compare"].trigger()
    canvas = window.image_view.canvas
    Mouse(canvas, canvas.box).wheel(60, 50, 2)
    QTest.keyClick(window, Qt.Key.Key_V)
    save(driver, place / PROJECT)


def draw_six(driver: Driver) -> None:
    """A region of each kind, by its key and the mouse."""
    window = driver.window
    canvas = window.image_view.canvas
    mouse = Mouse(canvas, canvas.box)
    QTest.keyClick(window, Qt.Key.Key_R)
    mouse.drag((55, 30), (66, 40), (76, 48))
    QTest.keyClick(window, Qt.Key.Key_O)
    mouse.drag((100, 40), (108, 46), (120, 50))
    QTest.keyClick(window, Qt.Key.Key_P)
    for corner in ((64, 60), (84, 62), (80, 80)):
        mouse.click(*corner)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(window, Qt.Key.Key_F)
    mouse.drag((100, 62), (115, 60), (115, 70), (102, 70))
    QTest.keyClick(window, Qt.Key.Key_B)
    driver.session.regions.select(())
    mouse.drag((38, 50), (44, 48), (52, 50))
    QTest.keyClick(window, Qt.Key.Key_T)
    mouse.click(120.5, 52.5)
    assert len(driver.document.annotations) == 6


def undo_and_redo(driver: Driver) -> None:
    """Take all six regions back and make them again."""
    drawn = driver.document.annotations.regions
    for _ in drawn:
        QTest.keyClick(driver.window, Qt.Key.Key_Z, CONTROL)
    assert not driver.document.annotations.regions
    for _ in drawn:
        QTest.keyClick(driver.window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert driver.document.annotations.regions == drawn


def choose(box: QComboBox, text: str) -> None:
    """With the mouse to open the list, and the keys to go to an entry of it."""
    QTest.mouseClick(box, LEFT)
    box.view().setCurrentIndex(box.model().index(box.findText(text), 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)


def type_path(path: Path, button: QDialogButtonBox.StandardButton | None = None) -> None:
    """Type a path into the file dialog that is about to open; click its button, or press Enter."""

    def type_it() -> None:
        dialog = QApplication.activeModalWidget()
        line = dialog.findChild(QLineEdit, "fileNameEdit") if dialog else None
        if dialog is None or line is None:
            QTimer.singleShot(50, type_it)
            return
        pause(300)  # it has read its folder
        line.selectAll()
        QTest.keyClicks(line, str(path))
        if button is None:
            QTest.keyClick(line, Qt.Key.Key_Return)
            return
        buttons = dialog.findChild(QDialogButtonBox)
        assert buttons is not None
        QTest.mouseClick(buttons.button(button), LEFT)

    QTimer.singleShot(50, type_it)


def save(driver: Driver, path: Path) -> None:
    """By Ctrl+S, typing the path into the dialog that asks where to."""
    type_path(path, QDialogButtonBox.StandardButton.Save)
    QTest.keyClick(driver.window, Qt.Key.Key_S, CONTROL)
    driver.qtbot.waitUntil(lambda: driver.session.state.project.path == path, timeout=PATIENCE_MS)
    assert not driver.session.state.unsaved


def picture(driver: Driver, place: Path, name: str) -> None:
    """Write the window as it is once nothing more comes, without its status bar."""
    window, session = driver.window, driver.session
    try:
        driver.qtbot.waitUntil(lambda: not _missing(session.state), timeout=PATIENCE_MS)
    except TimeoutError as error:
        raise TimeoutError(f"without {_missing(session.state)}: {session.state.jobs}") from error
    window.centralWidget().setFocus()
    session.selection.leave()
    volume = window.volume_view.body
    assert isinstance(volume, VolumeScene)
    driver.qtbot.waitUntil(lambda: volume.complete, timeout=PATIENCE_MS)
    pause(_STILL_MS)
    shown = window.rect().adjusted(0, 0, 0, -window.statusBar().height())
    assert window.grab(shown).save(str(place / name))


def lose(driver: Driver, cube: Path) -> None:
    """Draw and do not save."""
    driver.drop(cube)
    driver.wait_until_explained(cube.stem)
    pause(300)
    draw_six(driver)
    driver.qtbot.waitUntil(lambda: _autosaved_regions() == 6, timeout=PATIENCE_MS)
    assert driver.session.state.unsaved


def _autosaved_regions() -> int:
    """Return how many regions the autosave on the disk has."""
    paths = autosave_folder().glob(f"*{PROJECT_SUFFIX}")
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return sum(
        len(cube["annotations"]["regions"]) for content in contents for cube in content["cubes"]
    )


def recover(driver: Driver) -> None:
    """Take up by a click what an earlier run has lost."""
    driver.workbench.projects.look_for_unsaved()
    banner = driver.window.findChild(RecoveryBanner)
    assert banner is not None
    driver.qtbot.waitUntil(banner.isVisible, timeout=PATIENCE_MS)
    QTest.mouseClick(banner.recover, LEFT)
    driver.qtbot.waitUntil(lambda: driver.session.state.document is not None, timeout=PATIENCE_MS)
    assert driver.session.state.unsaved


def _missing(state: State) -> list[str]:
    """Name what is still to come: pictures, results and measures of both documents of the pair."""
    document, other = state.document, state.other
    if document is None or other is None:
        return ["documents"]
    measures = document.measures
    there = {
        "composite": document.composite and other.composite,
        "result": document.outcome == other.outcome == "done",
        "measures": measures is not None,
        "measures of these regions": measures is not None
        and measures.regions == document.annotations.regions,
        "measures of this volume": measures is not None and measures.volume is state.volume,
        "end of the explanation": state.jobs.explaining.status != "running",
    }
    return [name for name, known in there.items() if not known]


if __name__ == "__main__":
    main()
