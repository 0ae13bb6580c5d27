"""Real cubes calibrated in the window by the mouse, and brought back to raw numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import make_explanation

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING, as_read, preprocessing_of
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.io import read_cube
from focus_viewer.services.bundled import bundled_services
from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.panels.metadata_panel import MetadataPanel
from focus_viewer.ui.preprocessing.calibration_banner import CalibrationOffer
from focus_viewer.ui.preprocessing.calibration_dialog import CalibrationDialog
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow

pytestmark = pytest.mark.real

LEFT = Qt.MouseButton.LeftButton
MAIZE = "envi_plant/maize_a_unl_243"
WHITE_LINES, COLS, BANDS = 40, 320, 243
BACKDROP = (slice(60, 440), slice(40, 100))
"""Rows and columns of the maize image that show the backdrop, below its white lines."""


class Instant(BundledExplaining):
    """Real files, and an explanation at once."""

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Make one up."""
        return make_explanation(request.cube)

    def prepare(self, step: Step) -> None:
        """Load nothing."""


class Hands:
    """A window, and what is done with it."""

    def __init__(self, qtbot: QtBot, window: MainWindow, session: Session) -> None:
        self.qtbot = qtbot
        self.window = window
        self.session = session

    @property
    def document(self) -> Document:
        document = self.session.state.document
        assert document is not None
        return document

    @property
    def cube(self) -> Cube:
        return self.document.cube

    def find(self, kind: type[QWidget]) -> QWidget:
        found = self.window.findChild(kind)
        assert isinstance(found, kind)
        return found

    def click(self, one: QAbstractButton) -> None:
        """Click where a button shows that it can be clicked."""
        assert one.isVisible() and one.isEnabled()
        QTest.mouseClick(one, LEFT, pos=QPoint(8, one.height() // 2))

    def choose_calibrate(self) -> None:
        """Click through the menu."""
        bar = self.window.menuBar()
        action = next(one for one in bar.actions() if one.text().replace("&", "") == "File")
        QTest.mouseClick(bar, LEFT, pos=bar.actionGeometry(action).center())
        menu = action.menu()
        assert isinstance(menu, QMenu)
        self.qtbot.waitUntil(menu.isVisible)
        row = next(
            one for one in menu.actions() if one.text().replace("&", "").startswith("Calibrate")
        )
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(row).center())

    def dialog(self) -> CalibrationDialog:
        self.qtbot.waitUntil(lambda: self.window.findChild(CalibrationDialog) is not None)
        dialog = self.find(CalibrationDialog)
        assert isinstance(dialog, CalibrationDialog)
        self.qtbot.waitUntil(lambda: dialog.preview.after.getData()[0] is not None)
        return dialog

    def until_units(self, units: str) -> None:
        def there() -> bool:
            spectra = [pin.spectrum for pin in self.document.pins]
            return self.cube.units == units and self.document.outcome == "done" and all(spectra)

        self.qtbot.waitUntil(there)

    def labels(self) -> set[str]:
        """What the views call the values."""
        curves, metadata = self.find(CurveView), self.find(MetadataPanel)
        assert isinstance(curves, CurveView) and isinstance(metadata, MetadataPanel)
        return {curves.spectra.getAxis("left").labelText.lower(), metadata.shown["Units"]}

    def calibrate(self, path: Path) -> None:
        """Open raw counts, take what is offered beside them, and calibrate."""
        self.window.open_paths([path])
        offer = self.find(CalibrationOffer)
        assert isinstance(offer, CalibrationOffer)
        self.qtbot.waitUntil(offer.isVisible)
        self.session.pins.toggle(self.cube.rows // 2, self.cube.cols // 2)
        self.until_units("counts")
        assert self.labels() == {"counts"}
        self.click(offer.calibrate)
        dialog = self.dialog()
        self.click(dialog.by_spectrum)
        assert not dialog.apply.isEnabled()
        self.click(dialog.by_references)
        self.dialog()
        self.click(dialog.apply)
        self.until_units("reflectance")
        assert self.labels() == {"reflectance"}
        assert not offer.isVisible()

    def back_to_counts(self) -> None:
        self.choose_calibrate()
        dialog = self.dialog()
        self.click(dialog.undo)
        self.until_units("counts")
        assert self.labels() == {"counts"}


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    session = Session()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    workbench = Workbench(session, QtRunner(), replace(bundled_services(), explaining=Instant()))
    window = MainWindow(session, workbench, Path("sample.hdr"), settings)
    with qtbot.waitExposed(window):
        window.show()
    yield Hands(qtbot, window, session)
    window.leave()
    QApplication.processEvents()


@pytest.fixture
def maize(real_data: Path, tmp_path: Path) -> Path:
    """A capture folder of the maize: its first lines, which show the backdrop alone, are white.

    The data have no references of a camera, so these are real numbers of the same sensor.
    """
    whole = real_data / f"{MAIZE}.raw"
    header = whole.with_suffix(".hdr").read_text()
    folder = tmp_path / "capture"
    folder.mkdir()
    (folder / "maize.hdr").write_text(header)
    (folder / "maize.raw").symlink_to(whole)
    lines = "\n".join(
        f"lines = {WHITE_LINES}" if one.startswith("lines") else one for one in header.splitlines()
    )
    (folder / "WHITEREF_maize.hdr").write_text(f"{lines}\n")
    with whole.open("rb") as file:  # BIL: line after line
        (folder / "WHITEREF_maize.raw").write_bytes(file.read(WHITE_LINES * COLS * BANDS))
    return folder / "maize.hdr"


def quantiles(cube: Cube, rows: slice, cols: slice) -> NDArray[np.float64]:
    """5, 50 and 95 % of a part, over all bands."""
    return np.asarray(np.nanpercentile(cube.block(rows, cols), (5, 50, 95)))


def test_the_maize_is_calibrated_by_its_backdrop_and_brought_back(
    hands: Hands, maize: Path
) -> None:
    hands.calibrate(maize)
    raw, cube = as_read(hands.cube), hands.cube
    assert cube.shape == raw.shape == (445, COLS, BANDS)
    stored = np.fromfile(maize.with_suffix(".raw"), dtype="u1").reshape(445, BANDS, COLS)
    white = stored[:WHITE_LINES].mean(axis=0)
    wanted = stored[200, :, 90] / white[:, 90]
    np.testing.assert_allclose(cube.pixel(200, 90), wanted, rtol=1e-5)
    low, middle, high = quantiles(cube, *BACKDROP)
    assert 0.7 < low < middle < high < 1.3, "the backdrop reflects as the backdrop does"
    assert abs(middle - 1) < 0.1
    spread = [one.std() / one.mean() for one in (raw.block(*BACKDROP), cube.block(*BACKDROP))]
    assert spread[1] < spread[0], "columns and bands are evened out"
    saturated = stored >= 255
    assert saturated.any()
    row, band, col = np.argwhere(saturated)[0]
    assert np.isnan(cube.pixel(int(row), int(col))[band])
    told = " ".join(cube.notes)
    assert f"{int(np.count_nonzero(_looked_at(stored) >= 255)):,} numbers saturated" in told
    assert "pixels of the sensor are dead" in told
    panel = hands.find(MetadataPanel)
    assert isinstance(panel, MetadataPanel)
    assert "numbers saturated" in panel.assumed.text()
    assert "pixels of the sensor are dead" in panel.assumed.text()
    hands.back_to_counts()
    assert hands.cube is raw
    assert preprocessing_of(hands.cube) == NO_PREPROCESSING
    np.testing.assert_array_equal(hands.cube.pixel(200, 90), stored[200, :, 90])


def _looked_at(stored: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The lines in which saturated numbers are counted: 256, evenly spaced."""
    rows = np.unique(np.linspace(0, len(stored) - 1, 256).astype(int))
    return np.asarray(stored[rows])


def test_a_camera_s_capture_folder_is_as_the_camera_says(hands: Hands, real_data: Path) -> None:
    found = sorted(real_data.rglob("WHITEREF_*.hdr"))
    if not found:
        pytest.skip("FOCUS_REAL_DATA has no capture folder with a camera's own references")
    path = found[0].with_name(found[0].name.removeprefix("WHITEREF_"))
    hands.calibrate(path)
    cube = hands.cube
    low, middle, high = np.nanpercentile(cube.block(slice(None, None, 8), slice(None, None, 8)), (
        5, 50, 95,
    ))  # fmt: skip
    assert -0.05 < low < middle < high < 2
    beside = hands.document.references
    if beside is not None and beside.reflectance is not None:
        camera = read_cube(beside.reflectance)
        ours = cube.block(slice(None, None, 8), slice(None, None, 8))
        theirs = camera.block(slice(None, None, 8), slice(None, None, 8))
        both = np.isfinite(ours) & np.isfinite(theirs)
        assert both.mean() > 0.5
        assert np.median(np.abs(ours - theirs)[both]) < 0.05
    hands.back_to_counts()
    assert preprocessing_of(hands.cube) == NO_PREPROCESSING
