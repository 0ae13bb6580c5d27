"""The dialog of exports, by clicks: with stand-ins, and through to files on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import ImmediateRunner, make_cube, make_explanation

from focus_viewer.core.documents.export_request import FORMATS, ExportKind, FileFormat
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.volume import resample
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header
from focus_viewer.services.bundled import bundled_services
from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell import export_dialog
from focus_viewer.ui.shell.export_dialog import ExportDialog, ask_path
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.status.job_status import SideStatus
from focus_viewer.ui.status.problem_banner import ProblemBanner

LEFT = Qt.MouseButton.LeftButton
MAP = "{UTM, 1, 1, 500000, 5800000, 2, 2, 33, North, WGS-84, units=Meters}"
GEOREFERENCE = read_georeference(Header(Path(), {"map info": MAP}))


class Asked:
    """Stands in the place of the system's dialog."""

    def __init__(self, answer: Path | None) -> None:
        self.answer = answer
        self.suggested: list[Path] = []

    def __call__(self, parent: QWidget, suggested: Path, form: FileFormat) -> Path | None:
        self.suggested.append(suggested)
        return self.answer


def shown(
    qtbot: QtBot, session: Session, workbench: Workbench, folder: Path = Path()
) -> ExportDialog:
    one = ExportDialog(session, workbench.exports, folder)
    # It deletes itself when it closes: qtbot must not close it again.
    with qtbot.waitExposed(one):
        one.show()
    return one


def choose(qtbot: QtBot, dialog: ExportDialog, kind: ExportKind, row: int = 0) -> None:
    radio = dialog.kinds[kind]
    qtbot.mouseClick(radio, LEFT, pos=QPoint(8, radio.height() // 2))
    dialog.formats.setFocus()
    qtbot.keyClick(dialog.formats, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(dialog.formats, Qt.Key.Key_Down)


def test_what_is_not_possible_is_grey_and_says_why(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    dialog = shown(qtbot, session, workbench)
    assert dialog.kind == "volume"
    assert not dialog.kinds["labels"].isEnabled()
    assert dialog.reasons["labels"].text() == "Draw a region first"
    qtbot.mouseClick(dialog.kinds["labels"], LEFT, pos=QPoint(8, 8))
    assert dialog.kind == "volume"
    session.regions.draw(Rectangle((0, 0), (5, 5)))
    assert dialog.kinds["labels"].isEnabled()
    assert dialog.reasons["labels"].text() == ""
    dialog.reject()


def test_without_an_explanation_the_first_possible_is_chosen(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    session.pins.toggle(1, 1)
    document = session.state.document
    assert document is not None
    bare = replace(document, explanation=None, composite=None)
    session.publish(session.state.with_document(bare))
    dialog = shown(qtbot, session, workbench)
    assert dialog.kind == "spectra"
    session.pins.clear()
    assert dialog.kind is None
    assert not dialog.write.isEnabled()
    assert dialog.summary.text() == "There is no data to export yet."
    dialog.reject()


@pytest.mark.parametrize("kind", list(FORMATS))
def test_formats_follow_the_kind_and_what_is_written_is_told(
    qtbot: QtBot, session: Session, workbench: Workbench, kind: ExportKind
) -> None:
    session.documents.open(make_cube())
    session.regions.draw(Rectangle((0, 0), (5, 5)))
    dialog = shown(qtbot, session, workbench)
    for row, form in enumerate(FORMATS[kind]):
        choose(qtbot, dialog, kind, row)
        assert dialog.formats.count() == len(FORMATS[kind])
        assert dialog.format == form
        assert dialog.summary.text() == workbench.exports.description(kind, form.key)
    dialog.reject()


def test_a_file_is_asked_for_and_written(
    qtbot: QtBot,
    session: Session,
    workbench: Workbench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked(None)
    monkeypatch.setattr(export_dialog, "ask_path", asked)
    session.documents.open(make_cube())
    status = SideStatus(session, "export", workbench.exports.cancel)
    qtbot.addWidget(status)
    assert status.text.text() == ""
    dialog = shown(qtbot, session, workbench, tmp_path)
    choose(qtbot, dialog, "heatmap", 1)
    qtbot.mouseClick(dialog.write, LEFT)
    assert dialog.isVisible()  # the user thought better of it
    asked.answer = tmp_path / "h.tif"
    qtbot.mouseClick(dialog.write, LEFT)
    assert asked.suggested == [tmp_path / "leaf_heatmap_chlorosis.tif"] * 2
    assert status.text.text() == f"Wrote h.tif in {tmp_path}"
    assert session.state.jobs.export.status == "done"


def test_a_failure_comes_as_the_usual_problem(
    qtbot: QtBot, session: Session, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_dialog, "ask_path", Asked(Path("refused.hdr")))
    banner = ProblemBanner(session)
    qtbot.addWidget(banner)
    session.documents.open(make_cube())
    dialog = shown(qtbot, session, workbench)
    qtbot.mouseClick(dialog.write, LEFT)
    assert session.state.requests.problem is not None
    assert session.state.requests.problem.title == "Could not write refused.hdr"
    assert not banner.isHidden()


def test_progress_and_cancel_in_the_status(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    status = SideStatus(session, "export", workbench.exports.cancel)
    qtbot.addWidget(status)
    ticket = session.export_job.start(1, "Writing v.hdr")
    session.export_job.progress(ticket, 0.5, "writing the volume")
    assert not status.bar.isHidden()
    assert not status.cancel.isHidden()
    assert status.bar.value() == 500
    session.export_job.end(ticket, "cancelled", "")
    assert status.text.text() == "Writing v.hdr: cancelled"
    assert status.cancel.isHidden()


def test_the_file_dialog_adds_the_suffix(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        dialog.selectFile(str(tmp_path / "mine"))
        dialog.accept()

    QTimer.singleShot(0, answer)
    found = ask_path(parent, tmp_path / "leaf.tif", FORMATS["volume"][1])
    assert found == tmp_path / "mine.tif"


class Instant(BundledExplaining):
    """The package's own files, and an explanation that needs no model."""

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Make an explanation."""
        return make_explanation(request.cube)


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    bench = Workbench(session, QtRunner(), replace(bundled_services(), explaining=Instant()))
    one = MainWindow(session, bench, tmp_path / "sample.hdr", settings)
    qtbot.addWidget(one)
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    yield one
    one._may_close = True
    one.close()


def test_from_the_key_to_files_on_the_disk(
    qtbot: QtBot,
    session: Session,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export_dialog, "ask_path", Asked(tmp_path / "v.tif"))
    session.documents.open(replace(make_cube(), georeference=GEOREFERENCE))
    qtbot.waitUntil(lambda: session.state.volume is not None)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_E, keys)
    dialog = window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    choose(qtbot, dialog, "volume", 1)
    assert "Georeferenced: UTM zone 33 North" in dialog.summary.text()
    qtbot.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: session.state.jobs.export.status == "done")
    volume = session.state.volume
    assert volume is not None
    with rasterio.open(tmp_path / "v.tif") as tiff:
        assert tiff.crs.to_epsg() == 32633
        expected = np.stack([resample(plane, volume.image_shape) for plane in volume.planes])
        np.testing.assert_array_equal(tiff.read(), expected)


def test_without_a_cube_there_is_no_export(window: MainWindow) -> None:
    assert not window.commands["export_data"].isEnabled()
    assert not window.commands["choose_indices"].isEnabled()


def test_the_runner_of_tests_is_at_once(session: Session, tmp_path: Path) -> None:
    """Every kind and format ends as files, through session and services."""
    bench = Workbench(session, ImmediateRunner(), replace(bundled_services(), explaining=Instant()))
    session.documents.open(replace(make_cube(), georeference=GEOREFERENCE))
    session.regions.draw(Rectangle((0, 0), (5, 5)))
    for kind, formats in FORMATS.items():
        for form in formats:
            bench.exports.write(tmp_path / f"{kind}_{form.key}", kind, form.key)
            assert session.state.jobs.export.status == "done", (
                kind,
                form,
                session.state.requests.problem,
            )
            assert (tmp_path / f"{kind}_{form.key}{form.suffix}").stat().st_size > 0
    bench.close()
