"""The study by mouse and keys: opened, filtered, sorted, compared, clicked, written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.studies.study import NOT_EXPLAINED, Study
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.status.queue_status import QueueStatus
from focus_viewer.ui.study.dialog import StudyDialog
from focus_viewer.ui.study.plots import GroupPlots
from focus_viewer.ui.study.table_model import in_two_lines
from focus_viewer.ui.widgets.elided_box import ElidedBox
from tests.core.studies.study_cases import row, study

LEFT = Qt.MouseButton.LeftButton
TABLE = Path("/night/cubes.csv")
VALUES = {"control": (9.0, 10.0, 11.0, 12.0), "drought": (1.0, 2.0, 3.0, 4.5)}


def _study() -> Study:
    rng, rows = np.random.default_rng(4), []
    for treatment, values in VALUES.items():
        for n, value in enumerate(values):
            curve = rng.normal(0, 0.1, 10) + value
            rows.append(row(f"{treatment[0]}{n + 9}", treatment, value, curve))
    return study(*rows, row("x", "drought", 0, error="the file ends early", values={}))


class Desk:
    """The window, a batch on the disk, and its cubes."""

    def __init__(self, qtbot: QtBot, folder: Path, runner: Runner | None = None) -> None:
        self.qtbot = qtbot
        self.study = _study()
        names = [each.path.name for each in self.study.rows]
        cubes = {
            name: replace(make_cube(12, 18, 9), name=Path(name).stem, path=Path("/cubes") / name)
            for name in names
        }
        self.cubes = cubes
        self.services, self.session = FakeServices(cubes), Session()
        self.services.studies.known[TABLE] = self.study
        self.workbench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, Path("sample.hdr"), settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()  # no window manager does it under Xvfb
        qtbot.waitUntil(self.window.isActiveWindow)

    def open_batch(self) -> StudyDialog:
        self.window.open_paths([TABLE])
        return self.dialog

    @property
    def dialog(self) -> StudyDialog:
        found = self.window.findChild(StudyDialog)
        assert found is not None
        self.qtbot.waitExposed(found)
        return found

    def press(self, key: Qt.Key, shift: bool = False) -> None:
        held = Qt.KeyboardModifier
        self.qtbot.keyClick(self.window, key, held.ShiftModifier if shift else held.NoModifier)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    made.window.leave()


def column(dialog: StudyDialog, title: str) -> list[str]:
    titles = [each.title for each in dialog.model.columns]
    place, shown = titles.index(title), dialog.model
    return [str(shown.index(n, place).data()) for n in range(shown.rowCount())]


def choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_a_batch_is_shown_with_its_groups_compared(desk: Desk) -> None:
    dialog = desk.open_batch()
    assert dialog.isVisible()
    assert dialog.source.text() == "test · 9 cubes · 1 failed"
    assert column(dialog, "verdict")[-1] == "failed"
    assert dialog.sentence.text().startswith("Importance curve of drought: groups differ")
    assert "p = 0.029" in dialog.sentence.text()
    assert dialog.notes.text() == "1 row left out: the file ends early."
    dialog.tabs.setCurrentIndex(2)
    assert dialog.sentence.text().startswith("NDVI: groups differ, Hedges' g +4.90")


def test_names_of_groups_are_no_markup(desk: Desk) -> None:
    desk.open_batch()
    curves = (each for each in desk.session.state.studied.found if each.quantity.kind != "value")
    found = next(curves)
    assert found.test is not None
    sample = replace(found.test.sample, names=("<5 %", "a & b"))
    plots = GroupPlots()
    desk.qtbot.addWidget(plots)
    plots.show_comparison(replace(found, test=replace(found.test, sample=sample)))
    assert plots.lower.getAxis("left").label.toPlainText().split("\n") == ["<5 %", "− a & b "]


def test_a_narrow_window_shows_all_its_tabs_and_what_colours_mean(desk: Desk) -> None:
    dialog = desk.open_batch()
    dialog.resize(dialog.minimumSizeHint())
    desk.qtbot.waitUntil(lambda: dialog.tabs.width() == dialog.tabs.sizeHint().width())
    caption = dialog.caption
    assert "Blue: groups differ" in caption.text()
    assert caption.height() >= caption.heightForWidth(caption.width())


def test_a_long_title_stands_in_two_lines_and_whole_in_its_tooltip(desk: Desk) -> None:
    assert in_two_lines("probability of water stress") == "probability of\nwater stress"
    assert [in_two_lines(short) for short in ("NDVI", "mean of a leaf", "x" * 40)] == [
        "NDVI",
        "mean of a leaf",
        "x" * 40,
    ]
    dialog = desk.open_batch()
    # Qt would elide two lines as one.
    assert dialog.table.horizontalHeader().textElideMode() == Qt.TextElideMode.ElideNone
    model, across, tip = dialog.model, Qt.Orientation.Horizontal, Qt.ItemDataRole
    for place, column_shown in enumerate(model.columns):
        assert model.headerData(place, across) == in_two_lines(column_shown.title)
        assert model.headerData(place, across, tip.ToolTipRole) == column_shown.title


def test_rows_are_filtered_and_sorted_as_numbers_and_names(desk: Desk) -> None:
    dialog = desk.open_batch()
    desk.qtbot.keyClicks(dialog.filter, "CONTROL")
    assert column(dialog, "plant") == ["c9", "c10", "c11", "c12"]
    titles = [each.title for each in dialog.model.columns]
    dialog.table.sortByColumn(titles.index("NDVI"), Qt.SortOrder.DescendingOrder)
    assert column(dialog, "NDVI") == ["12", "11", "10", "9"]
    dialog.table.sortByColumn(titles.index("plant"), Qt.SortOrder.AscendingOrder)
    assert column(dialog, "plant") == ["c9", "c10", "c11", "c12"]


def test_a_click_on_a_row_opens_its_cube(desk: Desk) -> None:
    dialog = desk.open_batch()
    place = dialog.table.visualRect(dialog.model.index(2, 0)).center()
    desk.qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=QPoint(place))
    document = desk.session.state.document
    assert document is not None and document.cube.name == desk.study.rows[2].path.stem
    assert desk.session.state.studied.place == TABLE  # the study stays


def test_a_click_on_a_failed_row_says_why(desk: Desk) -> None:
    dialog = desk.open_batch()
    place = dialog.table.visualRect(dialog.model.index(8, 0)).center()
    desk.qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=QPoint(place))
    assert dialog.source.text().endswith(": the file ends early")


def test_cubes_that_wait_have_not_failed(desk: Desk) -> None:
    waiting = row("y", "drought", 0, error=NOT_EXPLAINED, verdict="", values={})
    desk.services.studies.known[TABLE] = study(*desk.study.rows, waiting)
    dialog = desk.open_batch()
    assert dialog.source.text() == "test · 10 cubes · 1 failed · 1 not explained"
    assert column(dialog, "verdict")[-2:] == ["failed", "not explained"]


def test_rows_stay_sorted_and_chosen_while_cubes_are_opened(desk: Desk) -> None:
    dialog = desk.open_batch()
    titles = [each.title for each in dialog.model.columns]
    dialog.table.sortByColumn(titles.index("NDVI"), Qt.SortOrder.DescendingOrder)
    sorted_rows = column(dialog, "cube")
    for place in (0, 3):
        where = dialog.table.visualRect(dialog.model.index(place, 0)).center()
        desk.qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=QPoint(where))
        assert column(dialog, "cube") == sorted_rows
        assert dialog.table.currentIndex().row() == place
    choose(dialog.choices.column, "decided class")  # its columns have another order
    assert column(dialog, "cube") == sorted_rows
    header = dialog.table.horizontalHeader()
    assert dialog.model.columns[header.sortIndicatorSection()].title == "NDVI"


def test_few_plants_have_no_band_to_explain(desk: Desk) -> None:
    dialog = desk.open_batch()
    assert "grey: by chance" in dialog.caption.text()
    few = [each for each in desk.study.rows if each.group("plant")[1:] != "12"]
    desk.services.studies.known[TABLE] = study(*few)
    dialog = desk.open_batch()
    assert dialog.caption.text().endswith("Below: the difference.")


def test_other_groups_and_units_are_chosen(desk: Desk) -> None:
    dialog = desk.open_batch()
    choose(dialog.choices.column, "decided class")
    plan = desk.session.state.studied.plan
    assert plan is not None and plan.column == "decided class"
    assert "too few units to test" in dialog.sentence.text()
    choose(dialog.choices.column, "treatment")
    choose(dialog.choices.unit, "cube")
    assert "cubes" in dialog.sentence.text()


def test_the_study_of_open_cubes_follows_them(desk: Desk) -> None:
    for each, cube in zip(desk.study.rows[:8], desk.cubes.values(), strict=False):
        desk.session.documents.open(cube, labels=CubeLabels(groups=dict(each.groups)))
    desk.press(Qt.Key.Key_F9)
    dialog = desk.dialog
    assert dialog.source.text() == "the open cubes · 8 cubes"
    assert "8 plants" in dialog.sentence.text()
    desk.session.documents.close(desk.session.state.documents.items[0].id)
    assert dialog.source.text() == "the open cubes · 7 cubes"
    dialog.reject()
    desk.session.documents.close(desk.session.state.documents.items[0].id)
    assert dialog.source.text() == "the open cubes · 7 cubes"  # nobody looks at it
    desk.press(Qt.Key.Key_F9)
    assert dialog.source.text() == "the open cubes · 6 cubes"
    for each in desk.session.state.documents.items:
        desk.session.documents.close(each.id)
    assert "No study is open" in dialog.source.text()


def test_the_report_is_saved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = desk.open_batch()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/reports")
    desk.qtbot.mouseClick(dialog.report_button, LEFT)
    assert desk.services.studies.reports[0][2] == Path("/reports")
    assert dialog.source.text() == "Wrote study.html and study.pdf to /reports"


def test_without_a_study_it_says_how_to_get_one(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F9)
    assert "No study is open" in desk.dialog.source.text()
    assert not desk.dialog.report_button.isEnabled()
    assert not desk.dialog.cubes_button.isEnabled()


def test_all_open_cubes_are_explained_by_a_key_with_progress(qtbot: QtBot, tmp_path: Path) -> None:
    runner = HeldRunner()
    desk = Desk(qtbot, tmp_path, runner)
    for cube in list(desk.cubes.values())[:3]:
        desk.session.documents.open(cube)
    status = desk.window.findChild(QueueStatus)
    assert status is not None and status.isHidden()
    desk.press(Qt.Key.Key_F8)
    assert status.text.text() == "0 of 3 explained" and status.isVisible()
    job = desk.session.state.jobs.explaining
    desk.session.explaining_job.progress(job.ticket, 0.5, "explaining")
    assert status.bar.value() / status.bar.maximum() == pytest.approx(0.5 / 3, abs=0.01)
    runner.release(EXPLAIN)
    assert status.text.text() == "1 of 3 explained"
    assert "the results hold" in status.text.toolTip()
    qtbot.mouseClick(status.pause, LEFT)
    assert status.text.text() == "1 of 3 explained (paused)"
    runner.release(EXPLAIN)
    assert EXPLAIN not in runner.held
    desk.press(Qt.Key.Key_F8, shift=True)
    runner.release(EXPLAIN)
    assert status.isHidden()
    assert all(each.explanation for each in desk.session.state.documents.items)
    desk.window.leave()


def test_the_menu_of_the_table_copies_and_shows_the_row_below_the_mouse(desk: Desk) -> None:
    dialog = desk.open_batch()
    below = dialog.table.visualRect(dialog.model.index(2, 0)).center()
    dialog.table.customContextMenuRequested.emit(below)
    desk.qtbot.waitUntil(dialog.menu.isVisible)
    dialog.menu.copy_row.trigger()
    titles, copied = QGuiApplication.clipboard().text().splitlines()
    assert titles.split("\t")[0] == "cube"
    assert copied.split("\t")[0] == dialog.model.rows[2].title
    dialog.menu.show_cube.trigger()
    assert desk.session.state.document is not None
    assert desk.session.state.document.cube.name == dialog.model.rows[2].title
    dialog.filter.setText("control")
    dialog.menu.copy_table.trigger()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1 + dialog.model.rowCount()
    assert 0 < dialog.model.rowCount() < 9
    dialog.menu.close()


def test_what_is_chosen_is_read_in_full_in_a_small_window(desk: Desk) -> None:
    dialog = desk.open_batch()
    dialog.resize(944, 560)
    boxes = dialog.choices.findChildren(ElidedBox)
    assert len(boxes) == 6
    desk.qtbot.waitUntil(lambda: all(box.shown_text == box.currentText() for box in boxes))
    assert len({box.parentWidget().y() for box in boxes}) == 2
