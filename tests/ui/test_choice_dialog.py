"""The dialog that asks which array is the cube, by clicks: with stand-ins, and through to files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.array_choice import ArrayChoice, Candidate, NeedsChoice
from focus_viewer.io.choices import recall
from focus_viewer.services import BundledServices
from focus_viewer.session.session import Session
from focus_viewer.session.workbench import Workbench
from focus_viewer.ui import choice_controls
from focus_viewer.ui.choice_dialog import ChoiceDialog
from focus_viewer.ui.main_window import MainWindow
from focus_viewer.ui.qt_jobs import QtRunner

LEFT = Qt.MouseButton.LeftButton
OPEN, CANCEL = QDialogButtonBox.StandardButton.Open, QDialogButtonBox.StandardButton.Cancel
PATH = Path("leaf.h5")
CANDIDATES = (
    Candidate("reflectance", (40, 60, 50), "uint16", ("rows", "cols", "bands"), "wavelength"),
    Candidate("flat", (50, 2400), "float32", ("bands", "rows", "cols")),
)


@pytest.fixture
def services() -> FakeServices:
    one = FakeServices({"leaf.h5": make_cube()})
    one.questions["leaf.h5"] = NeedsChoice(PATH, CANDIDATES, "several arrays may be the cube.")
    return one


@pytest.fixture
def asked(qtbot: QtBot, services: FakeServices) -> Iterator[tuple[ChoiceDialog, Workbench]]:
    session = Session()
    bench = Workbench(session, ImmediateRunner(), services)
    bench.open([PATH])
    question = session.state.choice
    assert question is not None and session.state.problem is None
    dialog = ChoiceDialog(question, bench.choosing)
    with qtbot.waitExposed(dialog):
        dialog.show()
    yield dialog, bench
    bench.close()


def click(qtbot: QtBot, dialog: ChoiceDialog, which: QDialogButtonBox.StandardButton) -> None:
    qtbot.mouseClick(dialog.buttons.button(which), LEFT)


def pick(qtbot: QtBot, box: QComboBox, row: int) -> None:
    """Choose by the keyboard, as a user does, in the list that drops down."""
    box.showPopup()
    view = box.view()
    view.setCurrentIndex(box.model().index(row, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)


def test_the_likeliest_is_shown_and_opened_and_remembered(
    qtbot: QtBot, asked: tuple[ChoiceDialog, Workbench], services: FakeServices
) -> None:
    dialog, bench = asked
    assert dialog.arrays.count() == 2
    assert "40 rows x 60 columns, 50 bands, reflectance" in dialog.told.text()
    assert not dialog.picture.pixmap().isNull()
    assert dialog.controls.axes.currentText() == "rows, columns, bands"
    assert not dialog.controls.image_size.isVisible()
    click(qtbot, dialog, OPEN)
    state = bench._session.state
    assert len(state.documents) == 1
    assert state.choice is None
    assert services.choices[PATH] == ArrayChoice("reflectance", ("rows", "cols", "bands"))


def test_cancel_leaves_all_as_it_is(
    qtbot: QtBot, asked: tuple[ChoiceDialog, Workbench], services: FakeServices
) -> None:
    dialog, bench = asked
    click(qtbot, dialog, CANCEL)
    state = bench._session.state
    assert state.documents == () and state.choice is None and state.problem is None
    assert services.choices == {}


def test_an_array_of_spectra_asks_for_the_size_of_its_image(
    qtbot: QtBot, asked: tuple[ChoiceDialog, Workbench], services: FakeServices
) -> None:
    dialog, _ = asked
    place = dialog.arrays.visualItemRect(dialog.arrays.item(1)).center()
    qtbot.mouseClick(dialog.arrays.viewport(), LEFT, pos=place)
    controls = dialog.controls
    assert controls.image_size.isVisible()
    assert (controls.rows.value(), controls.cols.value()) == (48, 50)
    controls.rows.selectAll()
    qtbot.keyClicks(controls.rows, "60")
    qtbot.keyClick(controls.rows, Qt.Key.Key_Tab)
    assert controls.cols.value() == 40
    pick(qtbot, controls.axes, 1)
    assert controls.axes.currentText() == "bands, pixels column by column"
    click(qtbot, dialog, OPEN)
    assert services.choices[PATH] == ArrayChoice("flat", ("bands", "cols", "rows"), (60, 40))


def test_wavelengths_units_and_scale(
    qtbot: QtBot,
    asked: tuple[ChoiceDialog, Workbench],
    services: FakeServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog, _ = asked
    controls = dialog.controls
    assert controls.wavelengths.itemText(0) == "wavelength, of the file"
    answers: list[Path | None] = [Path("bad.pdf"), Path("good.csv"), None]

    def answer(parent: QWidget) -> Path | None:
        return answers.pop(0)

    monkeypatch.setattr(choice_controls, "ask_table", answer)
    pick(qtbot, controls.wavelengths, 2)
    assert controls.told.isVisible() and "bad.pdf holds no numbers" in controls.told.text()
    assert controls.wavelengths.currentIndex() == 0
    pick(qtbot, controls.wavelengths, 2)
    assert controls.told.text() == "3 from 450 to 650 nm, of good.csv"
    pick(qtbot, controls.units, 1)
    controls.scale.selectAll()
    qtbot.keyClicks(controls.scale, "10000")
    qtbot.keyClick(controls.scale, Qt.Key.Key_Tab)
    assert dialog.controls.choice == ArrayChoice(
        "reflectance", ("rows", "cols", "bands"), None, (450.0, 550.0, 650.0), "reflectance", 10000
    )
    pick(qtbot, controls.wavelengths, 1)
    click(qtbot, dialog, OPEN)
    assert services.choices[PATH].wavelengths_nm == ()


def test_a_choice_that_leads_nowhere_cannot_be_opened(qtbot: QtBot, services: FakeServices) -> None:
    session = Session()
    bench = Workbench(session, ImmediateRunner(), services)
    bench.open([PATH])
    question = session.state.choice
    assert question is not None
    services.questions["leaf.h5"] = NeedsChoice(PATH, (), "it is another by now.")
    dialog = ChoiceDialog(question, bench.choosing)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert "has no array reflectance" in dialog.told.text()
    assert not dialog.buttons.button(OPEN).isEnabled()
    item = dialog.arrays.visualItemRect(dialog.arrays.item(0)).center()
    qtbot.mouseDClick(dialog.arrays.viewport(), LEFT, pos=item)
    assert session.state.documents == ()
    click(qtbot, dialog, CANCEL)
    bench.close()


def window_of(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Session, Workbench]:
    session = Session()
    bench = Workbench(session, QtRunner(), BundledServices(), device="cpu")
    settings = QSettings(str(folder / "set.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, bench, folder / "none.hdr", settings)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window, session, bench


def test_through_to_the_file_and_asked_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real file in the real window: asked once, remembered, asked again when it is wanted."""
    monkeypatch.setattr(Workbench, "explain", lambda self: None)
    values = np.random.default_rng(1).random((7, 8, 9)).astype("f4")
    path = tmp_path / "two.npz"
    np.savez(path, first=values, second=values.transpose(2, 0, 1).copy())
    window, session, bench = window_of(qtbot, tmp_path)

    def dialog() -> ChoiceDialog:
        qtbot.waitUntil(lambda: bool(shown()))
        one = shown()[0]
        qtbot.waitUntil(lambda: one.buttons.button(OPEN).isEnabled())
        return one

    def shown() -> list[ChoiceDialog]:
        return [one for one in window.findChildren(ChoiceDialog) if one.isVisible()]

    bench.open([path])
    first = dialog()
    qtbot.mouseClick(
        first.arrays.viewport(),
        LEFT,
        pos=first.arrays.visualItemRect(first.arrays.item(1)).center(),
    )
    pick(qtbot, first.controls.axes, 1)
    qtbot.waitUntil(lambda: "7 rows x 8 columns, 9 bands" in first.told.text())
    qtbot.mouseClick(first.buttons.button(OPEN), LEFT)
    qtbot.waitUntil(lambda: len(session.state.documents) == 1)
    assert recall(path) == ArrayChoice("second", ("bands", "rows", "cols"))
    bench.open([path])
    qtbot.waitUntil(lambda: len(session.state.documents) == 2)
    assert shown() == []
    cube = session.state.documents[1].cube
    assert any("chose for this file before" in note for note in cube.notes)
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), values)
    assert window.commands["choose_array"].isEnabled()
    window.commands["choose_array"].trigger()
    qtbot.mouseClick(dialog().buttons.button(CANCEL), LEFT)
    assert len(session.state.documents) == 2
    assert recall(path) is not None
    window.leave()


def test_nothing_to_choose_again_for_a_cube_that_tells_itself(
    qtbot: QtBot, session: Session, workbench: Workbench, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "set.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, workbench, tmp_path / "none.hdr", settings)
    qtbot.addWidget(window)
    assert not window.commands["choose_array"].isEnabled()
    session.open(make_cube())
    assert not window.commands["choose_array"].isEnabled()
    session.open(make_cube(header={"array": "x"}))
    assert window.commands["choose_array"].isEnabled()
    window.leave()
