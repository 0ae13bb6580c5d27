"""The comparison of models by mouse: ticked, run, clicked, written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_card, make_cube

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.models.comparison_dialog import ComparisonDialog
from focus_viewer.ui.models.comparison_model import FIRST, card_rows
from focus_viewer.ui.shell.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
EDGES = (400.0, 1000.0)
RUST_CARD = replace(
    make_card(("rust", "mildew"), EDGES),
    name="rusty",
    sha256="1" * 64,
    measured={"held-out balanced accuracy": 0.8125},
    teaching={"read_nm": [[400.0, 700.0], [800.0, 900.0]], "held_out_by": "plant"},
)


class Desk:
    """The window with two labelled cubes and two models."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.rusty = qtbot, folder / "rusty"
        cubes = [
            replace(make_cube(12, 18, 9), name=name, path=folder / f"{name}.img") for name in "ab"
        ]
        self.services, self.session = FakeServices(), Session()
        self.services.cards[str(self.rusty)] = RUST_CARD
        self.workbench = Workbench(self.session, ImmediateRunner(), self.services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, Path("sample.hdr"), settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()  # no window manager does it under Xvfb
        qtbot.waitUntil(self.window.isActiveWindow)
        for cube in cubes:
            self.session.documents.open(cube, labels=CubeLabels(("chlorosis",)))
        self.workbench.models.add(self.rusty, choose=False)
        qtbot.keyClick(self.window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
        found = self.window.findChild(ComparisonDialog)
        assert found is not None
        self.dialog = found
        qtbot.waitExposed(found)

    def texts(self, row: int) -> list[str]:
        model = self.dialog.model
        return [str(model.index(row, column).data()) for column in range(model.columnCount())]

    def model_rows(self) -> dict[str, list[str]]:
        """Rows of sums and cards, by title."""
        cards = self.dialog.cards
        return {
            cards.verticalHeaderItem(row).text(): [
                cards.item(row, column).text() for column in range(cards.columnCount())
            ]
            for row in range(cards.rowCount())
        }

    def click(self, row: int, column: int) -> None:
        table = self.dialog.table
        place = table.visualRect(self.dialog.model.index(row, column)).center()
        self.qtbot.mouseClick(table.viewport(), LEFT, pos=place)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    made.window.leave()


def test_a_click_compares_and_shows_agreement(desk: Desk) -> None:
    assert desk.texts(0)[:2] == ["a", "chlorosis"]
    assert desk.texts(0)[FIRST].startswith("✓ chlorosis  ")  # it is explained already
    assert desk.texts(0)[FIRST + 1] == "…"
    desk.qtbot.mouseClick(desk.dialog.run_button, LEFT)
    assert desk.texts(1)[FIRST + 1].startswith("mildew  ")
    assert desk.model_rows()["New cubes"] == ["agrees with 2 of 2 labels", ""]
    assert "Cubes taught from" not in desk.model_rows()
    assert not desk.dialog.stop_button.isVisible()


def test_a_clicked_decision_is_that_cube_with_that_model(desk: Desk) -> None:
    desk.qtbot.mouseClick(desk.dialog.run_button, LEFT)
    desk.click(0, FIRST + 1)
    state = desk.session.state
    assert state.document is not None and state.document.cube.name == "a"
    assert state.models.chosen == str(desk.rusty)
    assert state.document.explanation is not None
    assert state.document.explanation.card.name == "rusty"
    desk.click(1, 0)  # the name of a cube leaves the model
    assert desk.session.state.document is not None
    assert desk.session.state.document.cube.name == "b"
    assert desk.session.state.models.chosen == str(desk.rusty)
    assert desk.texts(0)[FIRST].startswith("✓ chlorosis")  # of the other model, still known


def test_models_are_ticked(desk: Desk) -> None:
    box = desk.dialog.boxes["focus-leaf"]
    desk.qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert desk.dialog.places == [str(desk.rusty)]
    assert not desk.dialog.run_button.isEnabled()
    assert desk.dialog.model.columnCount() == FIRST + 1


def test_cards_stand_side_by_side(desk: Desk) -> None:
    rows = desk.model_rows()
    assert rows["Classes"] == ["healthy, chlorosis, water stress", "rust, mildew"]
    assert rows["Bands read"] == ["400–1000 nm", "400–700 nm, 800–900 nm"]
    assert rows["Held-out accuracy"] == [
        "",
        "0.81 by plant, balanced",
    ]
    leaf = replace(RUST_CARD, measured={"accuracy (VNIR)": 0.85, "accuracy (other)": 0.4})
    said = dict(card_rows([leaf]))["Held-out accuracy"]
    assert said == ["85 % (VNIR), 40 % (other) of its test scenes"]


def test_the_table_is_exported(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    monkeypatch.setattr(
        "focus_viewer.ui.models.comparison_dialog.QFileDialog.getSaveFileName",
        lambda *_: (str(path), ""),
    )
    desk.qtbot.mouseClick(desk.dialog.save_button, LEFT)
    assert str(desk.services.written[path]).startswith("cube,label,toy 1: class")


def test_cubes_that_were_taught_are_marked(desk: Desk) -> None:
    path = desk.session.state.documents.items[0].cube.path
    teaching = {"fingerprints": [f"sha256:{path}"]}
    desk.services.cards[str(desk.rusty)] = replace(
        RUST_CARD, teaching=teaching, classes=("rust", "chlorosis")
    )
    desk.workbench.models.add(desk.rusty, choose=False)
    desk.qtbot.mouseClick(desk.dialog.run_button, LEFT)
    first, second = desk.texts(0)[FIRST + 1], desk.texts(1)[FIRST + 1]
    assert first.startswith("(taught) chlorosis  ")
    assert second.startswith("✓ chlorosis  ") and "taught" not in second
    rows = desk.model_rows()
    assert rows["New cubes"] == ["agrees with 2 of 2 labels", "agrees with 1 of 1 label"]
    assert rows["Cubes taught from"] == ["", "agrees with 1 of 1 label: training accuracy"]
    tip = desk.dialog.model.index(0, FIRST + 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "was taught from this cube" in tip
