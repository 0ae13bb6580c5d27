"""Context menus: the window's own commands, by the right button and by the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from ui.mouse import Mouse
from ui.window import open_window

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets.mnemonics import plain

DRAWS_VOLUME = True
RIGHT = Qt.MouseButton.RightButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, session, tmp_path)
    session.regions.draw(Rectangle((10, 10), (20, 20)))
    return window


def opened_menu(qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def names(menu: QMenu) -> list[str]:
    return [plain(one.text()) for one in menu.actions() if not one.isSeparator()]


def views(window: MainWindow) -> dict[str, QWidget]:
    return {
        "image": window.image_view.canvas,
        "curve": window.curve_view,
        "volume": window.volume_view,
        "table": window.region_panel.table,
    }


@pytest.mark.parametrize(
    ("view", "entry"),
    [
        ("image", "Heatmap overlay"),
        ("curve", "Next band"),
        ("volume", "Volume: translucent"),
        ("table", "Duplicate"),
    ],
)
def test_the_menu_key_opens_commands_of_the_window(
    qtbot: QtBot, window: MainWindow, view: str, entry: str
) -> None:
    widget = views(window)[view]
    place = widget.rect().center()
    keyboard = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(
        widget, QContextMenuEvent(keyboard, place, widget.mapToGlobal(QPoint(place)))
    )
    menu = opened_menu(qtbot)
    assert entry in names(menu)
    assert {one for one in menu.actions() if not one.isSeparator()} <= set(window.actions())
    menu.close()


def test_shift_f10_opens_the_menu_of_what_has_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    window.curve_view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.curve_view, Qt.Key.Key_F10, SHIFT)
    menu = opened_menu(qtbot)
    assert "Wider window" in names(menu)
    menu.close()


def right_click(mouse: Mouse, viewport: QWidget, x: float, y: float) -> None:
    mouse.move(x, y)
    for kind, buttons in (
        (QEvent.Type.MouseButtonPress, RIGHT),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        place = QPointF(mouse.pixel(x, y))
        event = QMouseEvent(
            kind,
            place,
            viewport.mapToGlobal(place),
            RIGHT,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, event)


def test_a_right_click_on_a_region_selects_it_for_its_commands(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    session.regions.select(())
    canvas = window.image_view.canvas
    right_click(Mouse(canvas, canvas.box), canvas.viewport(), 15.5, 15.5)
    menu = opened_menu(qtbot)
    (remove,) = (one for one in menu.actions() if plain(one.text()) == "Remove")
    assert remove.isEnabled()
    remove.trigger()
    menu.close()
    assert session.state.document is not None
    assert not session.state.document.annotations.regions


def test_a_right_click_on_a_curve_opens_its_menu_and_picks_nothing(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    view = window.curve_view
    before = session.state.view.window_nm
    low, high = view.spectra.vb.viewRange()[1]
    mouse = Mouse(view.plots, view.spectra.vb)
    right_click(mouse, view.plots.viewport(), 900, (low + high) / 2)
    menu = opened_menu(qtbot)
    assert "Bad bands..." in names(menu)
    menu.close()
    assert session.state.view.window_nm == before


def test_the_zoom_is_shown_and_set_in_percent(qtbot: QtBot, window: MainWindow) -> None:
    view = window.image_view
    window.commands["actual_size"].trigger()
    assert view.header.zoom.value() == 100
    field = view.header.zoom.lineEdit()
    assert field.contentsRect().width() > field.fontMetrics().horizontalAdvance("99999 %")
    width = view.canvas.box.viewRect().width()
    window.commands["zoom_in"].trigger()
    assert view.header.zoom.value() == 125
    assert view.canvas.box.viewRect().width() == pytest.approx(width / 1.25)
    view.header.zoom.setValue(400)
    assert view.canvas.box.viewRect().width() == pytest.approx(width / 4)
    window.commands["fit"].trigger()
    assert view.canvas.box.viewRect().contains(QRectF(0, 0, 60, 40))
