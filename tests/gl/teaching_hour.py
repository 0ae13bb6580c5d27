"""An hour of teaching as a program of its own: a folder of cubes, a table of labels, a model.

    python -m gl.teaching_hour work|reopen FOLDER

Opens the cubes of FOLDER/leaves with their labels, teaches, validates and saves, by mouse and keys;
or opens what was saved and asks the model about new cubes. Then it says what it has seen, and waits
for its end. Prompts are hardly trained, and forests are small.
"""

from __future__ import annotations

# isort: off
import focus_viewer.environment  # noqa: F401 - before torch and Qt

# isort: on
import json
import sys
from pathlib import Path
from typing import Any

from gl.driver import LEFT, PATIENCE_MS, Driver
from gl.hour import CONTROL, _hands, choose, save, type_path
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from focus_viewer.assets import folder
from focus_viewer.explain.classical import estimators
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.ui.opening.folder_dialog import FolderDialog
from focus_viewer.ui.widgets import style

LEAVES, NEW, REPORT, PROJECT, SEEN = "leaves", "new", "report", "leaves.focus.json", "seen.json"
CUBES = 12
QUICK = TeachingPlan(windows=2, pairs=2, epochs=3)


def main() -> None:
    """Do what the command line says."""
    what, place = sys.argv[1], Path(sys.argv[2])
    estimators._TREES = 10
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    app = QApplication(sys.argv[:1])
    style.apply(app, folder("resources"))
    driver = Driver(_hands(), place / "settings.ini", QUICK)
    seen = work(driver, place) if what == "work" else reopen(driver, place)
    (place / SEEN).write_text(json.dumps(seen), encoding="utf-8")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    app.exec()


def work(driver: Driver, place: Path) -> dict[str, Any]:
    """Open with labels, teach, validate, save report and project."""
    window, session = driver.window, driver.session
    open_all(driver, place / LEAVES)
    QTest.keyClick(window, Qt.Key.Key_F7)
    panel = window.teach_panel
    wait(driver, lambda: len(session.state.teaching.counts.classes) == 2)
    choose(panel.options.group, "plant")
    panel.ensureWidgetVisible(panel.teach)
    QTest.mouseClick(panel.teach, LEFT)
    wait(driver, lambda: session.state.teaching.result is not None)
    wait(driver, lambda: explained_by(driver, "my-leaves"))
    QTest.mouseClick(panel.how_good, LEFT)
    wait(driver, lambda: session.state.teaching.report is not None)
    choose_folder(driver, place / REPORT)
    save(driver, place / PROJECT)
    report = session.state.teaching.report
    assert report is not None
    return {
        "labels": {each.cube.name: each.labels.text for each in session.state.documents.items},
        "by": report.by,
        "score": report.balanced_accuracy.mean,
        "shown": panel.results.score.text(),
        "decided": decisions(driver),
    }


def reopen(driver: Driver, place: Path) -> dict[str, Any]:
    """Open the project, and ask its model about cubes that it was not taught from."""
    driver.drop(place / PROJECT)
    wait(driver, lambda: explained_by(driver, "my-leaves"))
    labels = {each.cube.name: each.labels.text for each in driver.session.state.documents.items}
    for name in ("rust", "healthy"):
        driver.drop(place / NEW / f"{name}.hdr")
        driver.wait_until_explained(name)
    return {"labels": labels, "decided": decisions(driver)}


def open_all(driver: Driver, place: Path) -> None:
    """Drop the folder, and choose all its cubes with the labels of the table beside them."""
    driver.drop(place)

    def dialog() -> FolderDialog | None:
        shown = driver.window.findChildren(FolderDialog)
        return next((each for each in shown if each.isVisible()), None)

    wait(driver, lambda: dialog() is not None)
    shown = dialog()
    assert shown is not None and shown.suggested.isChecked()
    QTest.keyClick(shown.filter, Qt.Key.Key_Down)
    QTest.keyClick(shown.list, Qt.Key.Key_A, CONTROL)
    wait(driver, lambda: len(shown.chosen) == CUBES)
    QTest.mouseClick(shown.open_button, LEFT)
    wait(driver, lambda: len(driver.session.state.documents.items) == CUBES)


def choose_folder(driver: Driver, place: Path) -> None:
    """Save the report by its button, typing the folder."""
    place.mkdir()
    type_path(place, QDialogButtonBox.StandardButton.Open)
    QTest.mouseClick(driver.window.teach_panel.save, LEFT)
    wait(driver, lambda: (place / "report.pdf").is_file())
    driver.window.activateWindow()  # no window manager does it under Xvfb
    wait(driver, driver.window.isActiveWindow)


def explained_by(driver: Driver, model: str) -> bool:
    """Return whether a model has explained the active cube."""
    document = driver.session.state.document
    found = document.explanation if document else None
    return found is not None and found.card.name == model


def decisions(driver: Driver) -> dict[str, str]:
    """Return the decision on each cube that was explained."""
    return {
        each.cube.name: each.explanation.predicted
        for each in driver.session.state.documents.items
        if each.explanation is not None
    }


def wait(driver: Driver, true: Any) -> None:
    """Wait for something of the window."""
    try:
        driver.qtbot.waitUntil(true, timeout=PATIENCE_MS)
    except TimeoutError as error:
        state = driver.session.state
        raise TimeoutError(f"{state.jobs} {state.requests.problem}") from error


if __name__ == "__main__":
    main()
