"""A cube whose bands lie scattered, through to the disk: first picture, cache, nearer look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from envi_bytes import write_envi
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from focus_viewer.core.pictures import composite as pictures
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.io import band_cache as banded
from focus_viewer.io.cache import stored_bands
from focus_viewer.services.bundled import bundled_services
from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.status.job_status import SideStatus

ROWS, COLS, BANDS = 90, 60, 5
VALUES = np.random.default_rng(6).integers(1, 9000, (ROWS, COLS, BANDS)).astype("<u2")
ENTRIES = {"wavelength units": "Nanometers", "wavelength": "{460, 550, 640, 750, 860}"}


class Patient(BundledExplaining):
    """Explains nothing, and caches only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_cache = Event()

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Wait until it is no longer wanted."""
        while True:
            step(0.0, "waiting")
            self.may_cache.wait(0.02)


@dataclass
class Stage:
    """A window with a large cube in it."""

    session: Session
    services: Patient
    window: MainWindow

    @property
    def document(self) -> Document:
        found = self.session.state.document
        assert found is not None
        return found

    @property
    def status(self) -> SideStatus:
        one, *_ = self.window.findChildren(SideStatus)
        return one


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Small numbers stand for large ones: pictures of 600 pixels, hasty ones of 9 rows."""
    monkeypatch.setenv("FOCUS_VIEWER_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(banded, "_LEAST_BYTES", 0)
    monkeypatch.setattr(stored_bands, "_RUN_BYTES", 10 * COLS * 2)
    monkeypatch.setattr(pictures, "_COARSE_VALUES", 9 * COLS * BANDS)
    monkeypatch.setattr(pictures, "_MOST_PIXELS", 600)
    monkeypatch.setattr(pictures, "_SCREEN_PIXELS", 600)
    services = Patient()
    write = stored_bands.Tiles.write

    def patiently(self: stored_bands.Tiles, tile: int, block: np.ndarray) -> None:  # type: ignore[type-arg]
        services.may_cache.wait(60)
        write(self, tile, block)

    monkeypatch.setattr(stored_bands.Tiles, "write", patiently)
    session = Session()
    bundle = replace(bundled_services(), explaining=services)
    workbench = Workbench(session, QtRunner(), bundle)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, workbench, tmp_path / "sample.hdr", settings)
    qtbot.addWidget(window)
    window.resize(1200, 900)
    window.show()
    workbench.open([write_envi(tmp_path, VALUES, ENTRIES, interleave="bip")])
    one = Stage(session, services, window)
    qtbot.waitUntil(lambda: session.state.document is not None)
    qtbot.waitUntil(lambda: one.document.composite is not None)
    qtbot.waitUntil(lambda: session.state.jobs.band_caching.status == "running")
    yield one
    services.may_cache.set()
    window.leave()


def turn_wheel(qtbot: QtBot, window: MainWindow, times: int) -> None:
    """Look nearer at the middle of the image."""
    view = window.image_view.canvas
    middle = view.viewport().rect().center()
    for _ in range(times):
        event = QWheelEvent(
            QPointF(middle),
            QPointF(view.viewport().mapToGlobal(middle)),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), event)


def test_from_a_picture_of_few_rows_to_every_pixel(qtbot: QtBot, stage: Stage) -> None:
    coarse = stage.document.composite
    assert coarse is not None and coarse.coarse
    assert stage.status.text.text() == "Caching the bands of cube: 0 %"
    assert stage.status.cancel.isVisible()

    stage.services.may_cache.set()
    qtbot.waitUntil(lambda: stage.document.bands_ready)

    def is_sharp() -> bool:
        picture = stage.document.composite
        return picture is not None and not picture.coarse

    qtbot.waitUntil(is_sharp)
    assert not stage.status.isVisible()
    assert stage.document.composite is not None
    assert stage.document.composite.image.shape == (30, 20, 3)

    turn_wheel(qtbot, stage.window, 25)
    qtbot.waitUntil(lambda: stage.document.detail is not None)
    detail, canvas = stage.document.detail, stage.window.image_view.canvas
    assert detail is not None
    shown = canvas.detail.mapRectToParent(canvas.detail.boundingRect())
    assert (shown.left(), shown.top()) == detail.extent.low
    assert (shown.right(), shown.bottom()) == detail.extent.high
    top, left = int(detail.extent.low[1]), int(detail.extent.low[0])
    height, width, _ = detail.image.shape
    red = VALUES[top : top + height, left : left + width, 2].astype(float)
    brightest = np.unravel_index(red.argmax(), red.shape)
    assert canvas.detail.image[brightest][0] == canvas.detail.image[..., 0].max()

    stage.window.image_view.fit()
    assert stage.document.detail is None
    assert canvas.detail.image is None


def test_cancel_is_clicked(qtbot: QtBot, stage: Stage) -> None:
    qtbot.mouseClick(stage.status.cancel, Qt.MouseButton.LeftButton)
    stage.services.may_cache.set()

    qtbot.waitUntil(lambda: stage.document.bands_ready)

    assert stage.session.state.jobs.band_caching.status == "cancelled"
    assert stage.status.text.text() == "Caching the bands of cube: stopped"
    picture = stage.document.composite
    assert picture is not None
    qtbot.waitUntil(lambda: not stage.document.composite.coarse)  # type: ignore[union-attr]
