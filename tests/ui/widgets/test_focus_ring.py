"""Ring around a view that has the focus of the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.ui.widgets.focus_ring import FocusRing


def _give_focus(view: QWidget) -> None:
    event = QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(view, event)


def test_a_ring_is_shown_by_a_focus_from_the_keyboard(qtbot: QtBot) -> None:
    view = QWidget()
    qtbot.addWidget(view)
    ring = FocusRing(view)
    view.show()
    _give_focus(view)
    assert ring.isVisible()


def test_a_ring_that_python_has_collected_leaves_its_view_alone(qtbot: QtBot) -> None:
    view = QWidget()
    qtbot.addWidget(view)
    ring = FocusRing(view)
    view.show()
    ring.__dict__.clear()  # as the collector of cycles does before Qt deletes the view
    _give_focus(view)
    assert not ring.isVisible()
