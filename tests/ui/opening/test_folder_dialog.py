"""The list of a folder's files, by clicks and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels, SuggestedLabels
from focus_viewer.core.errors import CubeError, OtherKind
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import FileChoice
from focus_viewer.session.tasks.lane_names import BROWSE
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.opening.folder_dialog import FolderDialog
from focus_viewer.ui.opening.folder_model import summary
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets.mnemonics import plain

LEFT = Qt.MouseButton.LeftButton
FOLDER = Path("/data/leaves")
RUST = CubeLabels(("rust",), {"plant": "7"})
REFUSED = {
    "broken.hdr": CubeError(f"{FOLDER / 'broken.hdr'} has lost its end. Copy it again."),
    "library.hdr": OtherKind("a library", "spectral library"),
}


class Folder(FakeServices):
    """Files of a folder; what was read is counted."""

    def __init__(self, cubes: dict[str, Cube], more: Sequence[str] = ()) -> None:
        super().__init__(cubes)
        self.names = sorted([*cubes, *more])
        self.read: list[str] = []

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """A file itself, a folder's files."""
        return [path] if path.suffix else [path / name for name in self.names]

    def read_cube(self, path: Path) -> Cube:
        """Give it, refuse it, or ask."""
        self.read.append(path.name)
        if path.name in REFUSED:
            raise REFUSED[path.name]
        if path.suffix == ".mat":
            raise NeedsChoice(path, (), "there are several arrays.")
        return super().read_cube(path)


def leaf(name: str) -> Cube:
    return replace(make_cube(12, 18, 9), name=name, path=FOLDER / name)


Opened = Callable[..., FolderDialog]


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def services() -> Folder:
    cubes = {f"{name}.hdr": leaf(name) for name in ("a", "b", "c")}
    return Folder(cubes, ("broken.hdr", "library.hdr", "several.mat"))


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Closed by qtbot, which does not know that the dialog deletes itself."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def opened(qtbot: QtBot, parent: QWidget, session: Session, services: Folder) -> Opened:
    def open_with(runner: Runner | None = None, names: Sequence[str] | None = None) -> FolderDialog:
        workbench = Workbench(session, runner or ImmediateRunner(), services)
        paths = tuple(FOLDER / name for name in (names or services.names))
        dialog = FolderDialog(session, workbench, FileChoice((FOLDER,), paths), parent)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return open_with


def row_of(dialog: FolderDialog, name: str) -> QModelIndex:
    places = [dialog.filtered.index(row, 0) for row in range(dialog.filtered.rowCount())]
    return next(place for place in places if place.data() == name)


def middle_of(dialog: FolderDialog, name: str) -> QPoint:
    return dialog.list.visualRect(row_of(dialog, name)).center()


def names(session: Session) -> list[str]:
    return [one.cube.name for one in session.state.documents.items]


def all_seen(dialog: FolderDialog) -> bool:
    return len(dialog.model.previews) == len(dialog.model.paths)


def test_a_double_click_opens_one(qtbot: QtBot, opened: Opened, session: Session) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    spot = middle_of(dialog, "b.hdr")
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=spot)
    qtbot.mouseDClick(dialog.list.viewport(), LEFT, pos=spot)
    assert names(session) == ["b"]


def test_several_are_opened_by_the_button(qtbot: QtBot, opened: Opened, session: Session) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    assert not dialog.open_button.isEnabled()
    view = dialog.list.viewport()
    qtbot.mouseClick(view, LEFT, pos=middle_of(dialog, "c.hdr"))
    assert dialog.open_button.text() == "Open"
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view, LEFT, control, middle_of(dialog, "a.hdr"))
    assert dialog.open_button.text() == "Open 2"
    qtbot.mouseClick(dialog.open_button, LEFT)
    assert names(session) == ["a", "c"]


def test_enter_opens_what_is_chosen_once(qtbot: QtBot, opened: Opened, session: Session) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    qtbot.keyClick(dialog.filter, Qt.Key.Key_Return)  # nothing is chosen: nothing happens
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=middle_of(dialog, "a.hdr"))
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert names(session) == ["a"]


def test_the_arrow_leads_from_the_filter_into_the_list(
    qtbot: QtBot, opened: Opened, session: Session
) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    dialog.activateWindow()  # no window manager does it under Xvfb
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.filter.setFocus()
    qtbot.keyClicks(dialog.filter, "b.hdr")
    qtbot.keyClick(dialog.filter, Qt.Key.Key_Down)
    qtbot.waitUntil(dialog.list.hasFocus)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Enter)
    qtbot.waitUntil(lambda: names(session) == ["b"])


@pytest.mark.parametrize("name", ["broken.hdr", "library.hdr"])
def test_what_is_no_cube_tells_why_and_cannot_be_opened(
    qtbot: QtBot, opened: Opened, session: Session, name: str
) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    spot = middle_of(dialog, name)
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=spot)
    assert dialog.chosen == []
    qtbot.mouseDClick(dialog.list.viewport(), LEFT, pos=spot)
    assert dialog.isVisible()
    assert names(session) == []
    assert str(REFUSED[name]) in row_of(dialog, name).data(Qt.ItemDataRole.ToolTipRole)


def test_a_file_that_asks_can_be_chosen(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=middle_of(dialog, "several.mat"))
    assert dialog.chosen == [FOLDER / "several.mat"]
    assert "must be chosen" in summary(dialog.model.previews[FOLDER / "several.mat"])


def test_a_row_tells_shape_range_and_units(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    assert summary(dialog.model.previews[FOLDER / "a.hdr"]) == (
        "12 x 18 x 9   400–1000 nm   reflectance"
    )
    assert summary(dialog.model.previews[FOLDER / "library.hdr"]) == "Spectral library"


def test_the_filter_hides_and_shows(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    assert dialog.count.text() == "6 images"
    qtbot.keyClicks(dialog.filter, "B")  # and the array that will be asked for
    assert {dialog.filtered.index(row, 0).data() for row in range(dialog.filtered.rowCount())} == {
        "b.hdr", "broken.hdr", "library.hdr", "several.mat",
    }  # fmt: skip
    assert dialog.count.text() == "4 of 6 images"
    qtbot.keyClicks(dialog.filter, "xx")
    assert dialog.empty.isVisible()
    assert not dialog.list.isVisible()
    dialog.filter.clear()
    assert dialog.list.isVisible()
    qtbot.keyClicks(dialog.filter, "reflectance")
    assert dialog.filtered.rowCount() == 3


def test_what_the_filter_hides_is_not_opened(
    qtbot: QtBot, opened: Opened, session: Session
) -> None:
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=middle_of(dialog, "a.hdr"))
    qtbot.keyClicks(dialog.filter, "b.hdr")
    assert not dialog.open_button.isEnabled()


def test_only_what_is_in_sight_is_read(qtbot: QtBot, opened: Opened, services: Folder) -> None:
    many = [f"{number:03}.hdr" for number in range(500)]
    dialog = opened(names=many)
    in_sight = dialog.list.viewport().height() // 84 + 2
    qtbot.waitUntil(lambda: "Not" not in str(summary(dialog.model.previews.get(FOLDER / many[0]))))
    qtbot.waitUntil(lambda: len(services.read) >= in_sight - 2)
    assert len(services.read) <= in_sight
    assert services.read == many[: len(services.read)]
    bar = dialog.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: many[-1] in services.read)
    assert len(services.read) <= 2 * in_sight
    assert many[250] not in services.read


def test_one_file_is_read_at_a_time_and_none_after_closing(
    qtbot: QtBot, opened: Opened, services: Folder, session: Session
) -> None:
    runner = HeldRunner()
    dialog = opened(runner)
    qtbot.waitUntil(lambda: BROWSE in runner.held)
    assert services.read == []
    runner.release(BROWSE)
    qtbot.waitUntil(lambda: BROWSE in runner.held)
    assert services.read == ["a.hdr"]
    qtbot.mouseClick(dialog.cancel, LEFT)
    assert BROWSE not in runner.held
    assert services.read == ["a.hdr"]
    assert names(session) == []


def test_a_result_that_comes_after_closing_is_dropped(qtbot: QtBot, opened: Opened) -> None:
    runner = HeldRunner()
    dialog = opened(runner)
    qtbot.waitUntil(lambda: BROWSE in runner.held)
    late = runner.held[BROWSE]
    dialog.reject()
    late.done(late.work(lambda fraction, text: None))


def test_the_thumbnail_is_the_picture_of_the_cube(
    qtbot: QtBot, opened: Opened, services: Folder
) -> None:
    values = np.zeros((10, 20, 3), dtype=np.float32)
    values[:, 10:, 0] = 1  # the right half is red
    cube = Cube(ArraySource(values), "red", np.ones(3, dtype=np.bool_), default_bands=(0, 1, 2))
    services._cubes["a.hdr"] = cube
    dialog = opened()
    qtbot.waitUntil(lambda: all_seen(dialog))
    place = row_of(dialog, "a.hdr")
    image = place.data(Qt.ItemDataRole.DecorationRole).toImage()
    assert (image.width(), image.height()) == (20, 10)
    assert image.pixelColor(15, 5).red() == 255
    assert image.pixelColor(5, 5).red() == 0
    rect = dialog.list.visualRect(place)
    shown = dialog.list.viewport().grab().toImage()
    right = QColor(shown.pixel(rect.left() + 11 + 80, rect.center().y()))
    left = QColor(shown.pixel(rect.left() + 11 + 20, rect.center().y()))
    assert right.red() > 200 > 100 > left.red()


# Labels


@pytest.fixture
def labelled(qtbot: QtBot, parent: QWidget, session: Session, services: Folder) -> FolderDialog:
    """The dialog with labels that a table suggests."""
    suggested = SuggestedLabels(
        {FOLDER / "a.hdr": RUST, FOLDER / "b.hdr": CubeLabels(("healthy",))}, "leaves.csv"
    )
    paths = tuple(FOLDER / name for name in services.names)
    workbench = Workbench(session, ImmediateRunner(), services)
    dialog = FolderDialog(session, workbench, FileChoice((FOLDER,), paths, suggested), parent)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: all_seen(dialog) and dialog.isActiveWindow())
    return dialog


def labels(session: Session) -> list[CubeLabels]:
    return [one.labels for one in session.state.documents.items]


def test_suggested_labels_are_seen_and_given(
    qtbot: QtBot, labelled: FolderDialog, session: Session
) -> None:
    assert plain(labelled.suggested.text()) == "Label them by leaves.csv"
    assert labelled.suggested.isChecked()
    labelled.list.setFocus()
    qtbot.keyClick(labelled.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(labelled.open_button, LEFT)
    assert names(session)[:3] == ["a", "b", "c"]
    assert labels(session)[:3] == [RUST, CubeLabels(("healthy",)), NO_LABELS]


def test_suggested_labels_can_be_left_away(
    qtbot: QtBot, labelled: FolderDialog, session: Session
) -> None:
    qtbot.mouseClick(labelled.suggested, LEFT, pos=QPoint(8, labelled.suggested.height() // 2))
    qtbot.mouseClick(labelled.list.viewport(), LEFT, pos=middle_of(labelled, "a.hdr"))
    qtbot.mouseClick(labelled.open_button, LEFT)
    assert labels(session) == [NO_LABELS]


def test_a_class_is_typed_for_all_that_are_chosen(
    qtbot: QtBot, labelled: FolderDialog, session: Session
) -> None:
    view = labelled.list.viewport()
    assert not labelled.classes.isEnabled()
    qtbot.mouseClick(view, LEFT, pos=middle_of(labelled, "a.hdr"))
    assert labelled.classes.currentText() == "rust"
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view, LEFT, control, middle_of(labelled, "c.hdr"))
    assert labelled.classes.currentText() == ""
    labelled.classes.setFocus()
    qtbot.keyClicks(labelled.classes.field, "drought; old")
    qtbot.keyClick(labelled.classes.field, Qt.Key.Key_Return)
    assert names(session) == ["a", "c"]
    assert labels(session) == [
        CubeLabels(("drought", "old"), {"plant": "7"}),
        CubeLabels(("drought", "old")),
    ]


# From the window


@pytest.fixture
def window(qtbot: QtBot, session: Session, services: Folder, tmp_path: Path) -> MainWindow:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    workbench = Workbench(session, ImmediateRunner(), services)
    made = MainWindow(session, workbench, Path("sample.hdr"), settings)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_folder_of_several_asks_and_opens_what_is_chosen(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.open_paths([FOLDER])
    dialog = window.findChild(FolderDialog)
    assert dialog is not None
    assert names(session) == []
    qtbot.waitUntil(lambda: all_seen(dialog))
    spot = middle_of(dialog, "c.hdr")
    qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=spot)
    qtbot.mouseDClick(dialog.list.viewport(), LEFT, pos=spot)
    assert names(session) == ["c"]
    assert session.state.requests.file_choice is None
    qtbot.waitUntil(lambda: window.findChild(FolderDialog) is None)
    window.open_paths([FOLDER])
    assert window.findChild(FolderDialog) is not None
    window.leave()


def test_a_folder_of_one_is_opened_at_once(
    window: MainWindow, session: Session, services: Folder
) -> None:
    services.names = ["b.hdr"]
    window.open_paths([FOLDER])
    assert window.findChild(FolderDialog) is None
    assert names(session) == ["b"]
    window.leave()
