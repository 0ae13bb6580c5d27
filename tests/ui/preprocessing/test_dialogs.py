"""Calibration, smoothing, bad bands and sensors by clicks: with stand-ins, and on real files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from capture_cases import PANEL, Capture, make_capture
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDoubleSpinBox, QSpinBox
from pytestqt.qtbot import QtBot
from ui.fakes import (
    FakeServices,
    ImmediateRunner,
    change_preprocessing,
    make_cube,
    make_explanation,
)

from focus_viewer.assets import folder
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading
from focus_viewer.core.preprocessing.settings import (
    FoundReferences,
    Preprocessing,
    Smoothing,
    WhiteAndDark,
    as_read,
    preprocessing_of,
)
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.services.bundled import bundled_services
from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.preprocessing import calibration_dialog
from focus_viewer.ui.preprocessing.bad_bands_dialog import BadBandsDialog, read_ranges
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.preprocessing.calibration_banner import CalibrationOffer
from focus_viewer.ui.preprocessing.calibration_dialog import CalibrationDialog
from focus_viewer.ui.preprocessing.smoothing_dialog import SmoothingDialog
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets import file_field, fitting, style

LEFT = Qt.MouseButton.LeftButton
WHITE, DARK = Path("/data/white.raw"), Path("/data/dark.raw")
PLANT = replace(make_cube(), name="plant", units="counts", path=Path("/data/plant.raw"))

D = TypeVar("D", bound=PreprocessingDialog)


class Desk:
    def __init__(self, cube: Cube) -> None:
        self.services = FakeServices()
        self.session = Session()
        self.workbench = Workbench(self.session, ImmediateRunner(), self.services)
        self.calibrating = self.workbench.preprocessing
        self.session.documents.open(cube)

    @property
    def document(self) -> Document:
        document = self.session.state.document
        assert document is not None
        return document

    @property
    def preprocessing(self) -> Preprocessing:
        return preprocessing_of(self.document.cube)

    def show(self, qtbot: QtBot, kind: type[D]) -> D:
        dialog = kind(self.session, self.calibrating, self.document)  # type: ignore[call-arg, arg-type]
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog


@pytest.fixture
def desk() -> Iterator[Desk]:
    one = Desk(PLANT)
    yield one
    one.workbench.close()


def click(qtbot: QtBot, one: QAbstractButton) -> None:
    """Click where a button, box or radio button shows that it can be clicked."""
    qtbot.mouseClick(one, LEFT, pos=QPoint(8, one.height() // 2))


def enter(qtbot: QtBot, box: QSpinBox | QDoubleSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Tab)


def tried(qtbot: QtBot, dialog: PreprocessingDialog) -> None:
    """Wait until a pixel is shown."""
    qtbot.waitUntil(lambda: dialog.preview.after.getData()[0] is not None)


# References


def test_a_white_reference_is_needed(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, CalibrationDialog)
    assert not dialog.apply.isEnabled()
    assert "Choose the white reference" in dialog.message.text()
    assert not dialog.undo.isVisible()
    dialog.reject()


def test_what_lies_beside_the_cube_is_filled_in(qtbot: QtBot, desk: Desk) -> None:
    desk.services.references["plant"] = FoundReferences(WHITE, DARK)
    dialog = desk.show(qtbot, CalibrationDialog)
    assert (dialog.white.edit.text(), dialog.dark.edit.text()) == ("white.raw", "dark.raw")
    tried(qtbot, dialog)
    assert "by the lamp" in dialog.message.text()
    wanted = PLANT.pixel(20, 30) / 1000
    np.testing.assert_allclose(dialog.preview.after.getData()[1], wanted, rtol=1e-5)
    np.testing.assert_allclose(dialog.preview.before.getData()[1], PLANT.pixel(20, 30), rtol=1e-5)
    assert desk.document.cube is PLANT
    dialog.reject()


def test_all_fields_are_in_what_is_done(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([WHITE, DARK, None, Path("/elsewhere/panel.csv")])
    monkeypatch.setattr(file_field, "ask_file", lambda *asked: next(answers))
    dialog = desk.show(qtbot, CalibrationDialog)
    for field in (dialog.white, dialog.dark, dialog.white_dark, dialog.panel_file):
        click(qtbot, field.choose)
    enter(qtbot, dialog.panel, "0.25")
    dialog.average.setFocus()
    qtbot.keyClick(dialog.average, Qt.Key.Key_Down)
    click(qtbot, dialog.apply)
    wanted = WhiteAndDark(WHITE, DARK, None, 0.25, Path("/elsewhere/panel.csv"), "median")
    assert desk.preprocessing == Preprocessing(references=wanted)
    assert desk.document.cube.units == "reflectance"


def test_nothing_is_calibrated_by_half_a_number(qtbot: QtBot, desk: Desk) -> None:
    desk.services.references["plant"] = FoundReferences(WHITE, DARK)
    dialog = desk.show(qtbot, CalibrationDialog)
    assert dialog.apply.isEnabled()
    dialog.panel.selectAll()
    qtbot.keyClicks(dialog.panel, "2e")
    assert not dialog.apply.isEnabled()
    assert "found 2e" in dialog.message.text()
    qtbot.keyClicks(dialog.panel, "-1")
    assert dialog.apply.isEnabled()
    assert dialog.panel.value() == 0.2
    dialog.reject()


def test_a_typed_name_lies_beside_the_cube(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, CalibrationDialog)
    qtbot.keyClicks(dialog.white.edit, "other.raw")
    click(qtbot, dialog.apply)
    assert desk.preprocessing.references == WhiteAndDark(Path("/data/other.raw"))


def test_a_reference_that_is_refused_is_told_in_the_dialog(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, CalibrationDialog)
    dialog.white.edit.setText("gone.raw")
    qtbot.waitUntil(lambda: "gone.raw is not there" in dialog.message.text())
    assert not dialog.apply.isEnabled()
    assert dialog.isVisible()
    assert desk.session.state.requests.problem is None
    dialog.white.edit.setText("white.raw")
    assert dialog.apply.isEnabled()
    dialog.reject()


def test_a_calibration_is_shown_again_and_taken_back(qtbot: QtBot, desk: Desk) -> None:
    known = Preprocessing(references=WhiteAndDark(WHITE, DARK, None, 0.5), smoothing=Smoothing())
    desk.calibrating.apply(desk.document.id, known)
    dialog = desk.show(qtbot, CalibrationDialog)
    assert dialog.chosen() == known
    click(qtbot, dialog.undo)
    assert desk.preprocessing == Preprocessing(smoothing=Smoothing())
    assert desk.document.cube.units == "counts"


def test_the_dialog_goes_with_its_cube(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, CalibrationDialog)
    desk.session.documents.close(desk.document.id)
    assert not dialog.is_open


@pytest.mark.parametrize("kind", [CalibrationDialog, SmoothingDialog, BadBandsDialog])
def test_message_and_buttons_are_in_sight_on_a_low_screen(
    qtbot: QtBot,
    qapp: QApplication,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[PreprocessingDialog],
) -> None:
    monkeypatch.setattr(fitting, "room_for", lambda _: QSize(944, 560))  # 1440 x 900 at 150 %
    style.apply(qapp, folder("resources"))
    dialog = desk.show(qtbot, kind)
    assert dialog.height() <= 560
    for shown in (dialog.message, dialog.cancel, dialog.apply):
        assert shown.visibleRegion().boundingRect() == shown.rect()
    if isinstance(dialog, BadBandsDialog):
        line = dialog.ranges.fontMetrics().lineSpacing()
        assert dialog.ranges.viewport().height() > 5 * line
    dialog.reject()
    qapp.setStyleSheet("")


# One spectrum


def test_the_mean_of_a_region_divides(qtbot: QtBot, desk: Desk) -> None:
    desk.session.regions.draw(Rectangle((2, 2), (6, 6)))
    dialog = desk.show(qtbot, CalibrationDialog)
    click(qtbot, dialog.by_spectrum)
    assert not dialog.apply.isEnabled()
    dialog.flat.setFocus()
    qtbot.keyClick(dialog.flat, Qt.Key.Key_Down)
    assert dialog.apply.isEnabled()
    click(qtbot, dialog.apply)
    assert desk.preprocessing.flat_field is not None
    assert desk.preprocessing.flat_field.text.startswith("the mean of the region")


def test_a_table_divides(qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([Path("lamp.pdf"), Path("lamp.csv")])
    monkeypatch.setattr(calibration_dialog, "ask_file", lambda *asked: next(answers))
    dialog = desk.show(qtbot, CalibrationDialog)
    click(qtbot, dialog.by_spectrum)
    dialog.flat.setFocus()
    qtbot.keyClick(dialog.flat, Qt.Key.Key_End)
    assert "lamp.pdf is no table" in dialog.message.text()
    assert not dialog.apply.isEnabled()
    qtbot.keyClick(dialog.flat, Qt.Key.Key_Home)
    qtbot.keyClick(dialog.flat, Qt.Key.Key_End)
    click(qtbot, dialog.apply)
    np.testing.assert_allclose(desk.document.cube.pixel(3, 3), PLANT.pixel(3, 3) / 4, rtol=1e-5)


# Smoothing


def test_spectra_are_smoothed_and_binned(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, SmoothingDialog)
    assert not dialog.window_bands.isEnabled()
    click(qtbot, dialog.smooth)
    enter(qtbot, dialog.window_bands, "9")
    enter(qtbot, dialog.order, "3")
    enter(qtbot, dialog.bin_bands, "2")
    tried(qtbot, dialog)
    assert not dialog.preview.above.isVisible()
    click(qtbot, dialog.apply)
    assert desk.preprocessing == Preprocessing(smoothing=Smoothing(9, 3), bin_bands=2)
    again = desk.show(qtbot, SmoothingDialog)
    click(qtbot, again.smooth)
    enter(qtbot, again.bin_bands, "1")
    click(qtbot, again.apply)
    assert desk.document.cube is PLANT


def test_an_even_window_is_refused_and_the_order_stays_below(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, SmoothingDialog)
    click(qtbot, dialog.smooth)
    enter(qtbot, dialog.window_bands, "8")
    assert not dialog.apply.isEnabled()
    assert "odd number" in dialog.message.text()
    enter(qtbot, dialog.window_bands, "3")
    assert dialog.order.maximum() == 2
    dialog.reject()


# Bad bands


def test_bad_bands_are_written_and_those_of_the_file_come_back(qtbot: QtBot) -> None:
    good = np.arange(50) != 0
    desk = Desk(replace(PLANT, good_bands=good))
    dialog = desk.show(qtbot, BadBandsDialog)
    assert dialog.ranges.toPlainText() == "400-400"
    assert dialog.count.text() == "1 of 50 bands is bad"
    qtbot.keyClick(dialog.ranges, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(dialog.ranges, "500-600")
    assert dialog.count.text() == "8 of 50 bands are bad"
    click(qtbot, dialog.apply)
    assert desk.preprocessing.bad_ranges == ((500.0, 600.0),)
    assert int((~desk.document.cube.good_bands).sum()) == 8
    again = desk.show(qtbot, BadBandsDialog)
    click(qtbot, again.restore)
    click(qtbot, again.apply)
    assert desk.document.cube is as_read(desk.document.cube)
    desk.workbench.close()


def test_adding_to_the_bad_bands_of_a_file_drops_none_of_them(qtbot: QtBot) -> None:
    nm = np.linspace(900, 2500, 300).astype(np.float32).astype(np.float64)
    good = np.ones(300, dtype=np.bool_)
    good[:20] = good[100:120] = good[290:] = False
    desk = Desk(make_cube(wavelengths_nm=nm, good_bands=good))
    dialog = desk.show(qtbot, BadBandsDialog)
    click(qtbot, dialog.water)
    click(qtbot, dialog.apply)
    found = desk.document.cube.good_bands
    water = ((nm >= 1350) & (nm <= 1430)) | ((nm >= 1800) & (nm <= 1950))
    np.testing.assert_array_equal(found, good & ~water)
    desk.workbench.close()


def test_water_vapour_is_offered_where_the_cube_reaches_it(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.show(qtbot, BadBandsDialog)
    assert not dialog.water.isEnabled()
    dialog.reject()
    far = Desk(make_cube(wavelengths_nm=np.linspace(900, 2500, 50)))
    dialog = far.show(qtbot, BadBandsDialog)
    click(qtbot, dialog.water)
    click(qtbot, dialog.water)
    assert dialog.ranges.toPlainText().split() == ["1350-1430", "1800-1950"]
    click(qtbot, dialog.apply)
    assert far.preprocessing.bad_ranges == ((1350.0, 1430.0), (1800.0, 1950.0))
    far.workbench.close()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ()),
        ("400-410\n\n 720 ", ((400.0, 410.0), (720.0, 720.0))),
        ("1.5 to 2", ((1.5, 2.0),)),
        ("3\N{EN DASH}4", ((3.0, 4.0),)),
    ],
)
def test_ranges_are_read(text: str, wanted: object) -> None:
    assert read_ranges(text) == wanted


@pytest.mark.parametrize("text", ["a-b", "5-3", "1-2-3", "-5-3", "nan-5", "5-inf"])
def test_what_is_no_range_is_told(text: str) -> None:
    assert "Expected a range" in str(read_ranges(text))


# The strip


def test_the_offer_is_shown_for_raw_counts_and_goes(qtbot: QtBot, desk: Desk) -> None:
    asked: list[bool] = []
    offer = CalibrationOffer(desk.session, desk.calibrating, lambda: asked.append(True))
    qtbot.addWidget(offer)
    assert not offer.isVisible()
    desk.session.preprocessing.take_references(desk.document.id, FoundReferences(WHITE, DARK))
    assert offer.isVisible()
    assert offer.text.text() == "Raw counts. White and dark references were found beside the cube."
    click(qtbot, offer.calibrate)
    assert asked == [True]
    assert offer.isVisible()
    click(qtbot, offer.decline)
    assert not offer.isVisible()


def test_a_calibrated_cube_is_offered_nothing(qtbot: QtBot, desk: Desk) -> None:
    desk.session.preprocessing.take_references(desk.document.id, FoundReferences(WHITE, DARK))
    offer = CalibrationOffer(desk.session, desk.calibrating, lambda: None)
    qtbot.addWidget(offer)
    preprocessing = Preprocessing(references=WhiteAndDark(WHITE))
    desk.calibrating.apply(desk.document.id, preprocessing)
    assert not offer.isVisible()
    desk.calibrating.apply(desk.document.id, Preprocessing())
    assert offer.isVisible()


def lose(desk: Desk) -> None:
    """Open a project whose white reference is gone."""
    path, gone = (
        Path("/data/work.focus.json"),
        Preprocessing(references=WhiteAndDark(Path("gone.raw"))),
    )
    desk.services._cubes["plant.raw"] = PLANT
    kept = ProjectCube(Path("/data/plant.raw"), "", PLANT.shape, preprocessing=gone)
    desk.services.saved[path] = ProjectReading(Project((kept,)))
    desk.workbench.open([path])


def test_a_lost_reference_is_told_over_the_image_and_shown_in_the_dialog(
    qtbot: QtBot, desk: Desk
) -> None:
    offer = CalibrationOffer(desk.session, desk.calibrating, lambda: None)
    qtbot.addWidget(offer)
    lose(desk)
    assert offer.isVisible()
    assert offer.text.text() == (
        "Not calibrated: values are in counts. "
        "The project's references cannot be applied: gone.raw."
    )
    dialog = desk.show(qtbot, CalibrationDialog)
    assert dialog.white.edit.text() == "gone.raw"
    qtbot.waitUntil(lambda: "gone.raw is not there" in dialog.message.text())
    dialog.white.edit.setText("white.raw")
    tried(qtbot, dialog)
    click(qtbot, dialog.apply)
    assert desk.document.cube.units == "reflectance"
    assert desk.document.lost is None
    assert not offer.isVisible()


def test_a_lost_reference_is_given_up_by_a_click(qtbot: QtBot, desk: Desk) -> None:
    offer = CalibrationOffer(desk.session, desk.calibrating, lambda: None)
    qtbot.addWidget(offer)
    lose(desk)
    dialog = desk.show(qtbot, CalibrationDialog)
    click(qtbot, dialog.undo)
    assert desk.document.lost is None
    assert desk.document.preprocessing == Preprocessing()
    assert not offer.isVisible()
    assert not dialog.is_open


def test_a_lost_reference_is_not_put_off(qtbot: QtBot, desk: Desk) -> None:
    offer = CalibrationOffer(desk.session, desk.calibrating, lambda: None)
    qtbot.addWidget(offer)
    desk.session.preprocessing.take_references(desk.document.id, FoundReferences(WHITE, DARK))
    assert offer.decline.isVisible()
    lose(desk)
    assert not offer.decline.isVisible()
    desk.session.preprocessing.forget_references(desk.document.id)
    assert not offer.isVisible()


# Through to the files


class Instant(BundledExplaining):
    """Real files, and an explanation at once."""

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        return make_explanation(request.cube)

    def prepare(self, step: Step) -> None:
        return


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    return make_capture(tmp_path)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    session = Session()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    workbench = Workbench(session, QtRunner(), replace(bundled_services(), explaining=Instant()))
    made = MainWindow(session, workbench, Path("sample.hdr"), settings)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.leave()


def test_a_capture_folder_is_calibrated_by_clicks(
    qtbot: QtBot, window: MainWindow, capture: Capture
) -> None:
    session = window._session
    window.open_paths([capture.raw])
    offer = window.findChild(CalibrationOffer)
    assert isinstance(offer, CalibrationOffer)
    qtbot.waitUntil(offer.isVisible)
    document = session.state.document
    assert document is not None
    assert document.cube.units == "counts"
    assert "Recognised as the sensor Specim FX10." in document.cube.notes
    session.pins.toggle(12, 16)
    click(qtbot, offer.calibrate)
    dialog = window.findChild(CalibrationDialog)
    assert isinstance(dialog, CalibrationDialog)
    assert dialog.white.edit.text() == "WHITEREF_plant.raw"
    enter(qtbot, dialog.panel, str(PANEL))
    tried(qtbot, dialog)
    click(qtbot, dialog.apply)

    def calibrated() -> bool:
        one = session.state.document
        done = one is not None and one.cube.units == "reflectance" and one.outcome == "done"
        return done and one is not None and one.pins[0].spectrum is not None

    qtbot.waitUntil(calibrated)
    after = session.state.document
    assert after is not None
    spectrum = after.pins[0].spectrum
    assert spectrum is not None
    np.testing.assert_allclose(spectrum.values, capture.reflectance[12, 16], rtol=0.03)
    assert not offer.isVisible()
    assert "Reflectance" in window.curve_view.spectra.getAxis("left").labelText
    assert window.commands["calibrate"].isEnabled()
    window.commands["bad_bands"].trigger()
    bad = window.findChild(BadBandsDialog)
    assert isinstance(bad, BadBandsDialog)
    bad.ranges.setPlainText("740-780")
    click(qtbot, bad.apply)
    qtbot.waitUntil(lambda: bool(window.curve_view.spectra.bad_bands.spans))


def test_a_project_keeps_a_calibration_while_its_white_reference_is_away(
    qtbot: QtBot, window: MainWindow, capture: Capture, tmp_path: Path
) -> None:
    session, calibrating = window._session, window._workbench.preprocessing
    projects = window._workbench.projects
    path, away = tmp_path / "plant.focus.json", tmp_path / "away"
    away.mkdir()
    white = [capture.white, capture.white.with_suffix(".raw")]

    def until(units: str) -> None:
        def there() -> bool:
            one = session.state.document
            return one is not None and one.cube.units == units and one.outcome == "done"

        qtbot.waitUntil(there)

    def reopen(units: str) -> None:
        for document in session.state.documents.items:
            session.documents.close(document.id)
        window.open_paths([path])
        until(units)

    def save() -> None:
        saved: list[bool] = []
        projects.save(path, "", lambda: saved.append(True))
        qtbot.waitUntil(lambda: bool(saved))

    window.open_paths([capture.raw])
    until("counts")
    change_preprocessing(
        session,
        calibrating,
        references=WhiteAndDark(white[1], capture.dark.with_suffix(".raw"), None, PANEL),
    )
    until("reflectance")
    save()
    reopen("reflectance")
    problem = session.state.requests.problem
    # The results are a toy's, and not taken as those of the bundled model.
    assert problem is not None and problem.title == "Some results are computed anew"
    for file in white:
        file.rename(away / file.name)
    reopen("counts")
    problem = session.state.requests.problem
    assert problem is not None
    assert "plant is not calibrated, its values are in counts" in problem.text
    assert str(white[1]) in problem.text
    offer = window.findChild(CalibrationOffer)
    assert isinstance(offer, CalibrationOffer)
    assert offer.isVisible()
    assert "WHITEREF_plant.raw" in offer.text.text()
    change_preprocessing(session, calibrating, smoothing=Smoothing(5, 2))
    qtbot.waitUntil(lambda: session.state.unsaved)
    until("counts")
    save()
    for file in white:
        (away / file.name).rename(file)
    reopen("reflectance")
    problem = session.state.requests.problem
    assert problem is not None and problem.title == "Some results are computed anew"
    after = session.state.document
    assert after is not None
    assert preprocessing_of(after.cube).smoothing == Smoothing(5, 2)
    assert not offer.isVisible()
    with white[1].open("r+b") as file:
        file.write(b"\x10\x01")
    reopen("reflectance")
    problem = session.state.requests.problem
    assert problem is not None
    assert "WHITEREF_plant.raw has changed since the project was saved" in problem.text
