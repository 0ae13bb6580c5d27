"""Keys on the picture: a cross that is moved by arrows, and what the mouse does otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.typing import Point2
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.drawing.canvas import Drag, ImageCanvas

_ARROWS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_FAR: Final = 10  # pixels, with Shift
_ZOOM: Final = 0.8
_ZOOMS: Final = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}
_PRESSES: Final = frozenset((Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter))
_SPANNED: Final = frozenset(("rectangle", "ellipse"))
_DRAGGED: Final = frozenset((*_SPANNED, "freehand", "brush"))
# A menu, a dialog or another window had the focus meanwhile: whose the arrows are stays as it was.
_COMES_BACK: Final = frozenset(
    (
        Qt.FocusReason.ActiveWindowFocusReason,
        Qt.FocusReason.PopupFocusReason,
        Qt.FocusReason.MenuBarFocusReason,
    )
)
_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class CanvasKeys(QObject):
    """Controller that works on a picture which has the focus by the keyboard, not by a click.

    Arrows move the cross, by ten pixels with Shift; Enter or Space pins, selects, places, or begins
    what is drawn to the cross and ends it; with Ctrl, arrows move the selected regions. Plus, minus
    and 0 zoom. After a click on the picture, the arrows are those of the window again.

    Parameters
    ----------
    seen : callable
        Returns the state that the picture shows.
    hover : callable
        Takes the row and column of the cross.
    fit : callable
        Shows the whole image.
    """

    def __init__(
        self,
        session: Session,
        canvas: ImageCanvas,
        seen: Callable[[], State],
        hover: Callable[[int, int], None],
        fit: Callable[[], None],
    ) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._seen = seen
        self._hover = hover
        self._fit = fit
        self._active = False
        self._place: tuple[int, int] = (0, 0)
        self._start: tuple[int, int] | None = None
        canvas.installEventFilter(self)
        canvas.touched.connect(self._leave)
        canvas.drop_wanted.connect(self.start_over)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take keys before the shortcuts of the window do, while the focus is the keyboard's."""
        if isinstance(event, QFocusEvent):
            self._follow_focus(event)
        elif isinstance(event, QKeyEvent) and self._active and self._takes(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._press(event)
                return True
        return False

    def _follow_focus(self, event: QFocusEvent) -> None:
        cube = self._cube
        if event.reason() in _COMES_BACK:
            self.start_over()
        elif event.lostFocus():
            self._leave()
        elif event.reason() != Qt.FocusReason.MouseFocusReason and cube is not None:
            self._active = True
            self._place = self._first_place(cube)
            self._hover(*self._place)

    @property
    def _cube(self) -> Cube | None:
        document = self._seen().document
        return document.cube if document else None

    def _first_place(self, cube: Cube) -> tuple[int, int]:
        """Return the pixel of the cross, or the middle of what is visible."""
        cursor, shown = self._seen().selection.cursor, self._canvas.place
        if cursor is not None:
            return cursor.row, cursor.col
        (left, top), (right, bottom) = shown.low, shown.high
        return _within(cube, int((top + bottom) / 2), int((left + right) / 2))

    def _leave(self) -> None:
        self._active = False
        self.start_over()

    def start_over(self) -> None:
        """Discard where a drag began, for another tool or document."""
        self._start = None

    def _takes(self, event: QKeyEvent) -> bool:
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return False
        key, control = Qt.Key(event.key()), bool(event.modifiers() & _CONTROL)
        if key in _ARROWS or key in _PRESSES:
            return not (key in _PRESSES and self._closes_polygon(key))
        return not control and (key in _ZOOMS or key == Qt.Key.Key_0)

    def _closes_polygon(self, key: Qt.Key) -> bool:
        return self._tool == "polygon" and key != Qt.Key.Key_Space

    @property
    def _tool(self) -> str:
        return self._session.state.selection.tool

    # Keys

    def _press(self, event: QKeyEvent) -> None:
        key, control = Qt.Key(event.key()), bool(event.modifiers() & _CONTROL)
        if key in _ARROWS:
            step = _FAR if event.modifiers() & _SHIFT else 1
            rows, cols = (step * way for way in _ARROWS[key])
            self._move(rows, cols, shifts=control)
        elif key in _ZOOMS:
            self._canvas.zoom(_ZOOMS[key], _middle(self._place))
        elif key == Qt.Key.Key_0:
            self._fit()
        else:
            self._use(control)

    def _move(self, rows: int, cols: int, shifts: bool) -> None:
        """Move the cross, or with Ctrl the selected regions."""
        document, cube = self._seen().document, self._cube
        if document is None or cube is None:
            return
        if shifts:
            self._session.regions.move(document.selected, cols, rows)
            return
        before, self._place = (
            self._place,
            _within(cube, self._place[0] + rows, self._place[1] + cols),
        )
        self._canvas.reveal(_middle(self._place))
        self._hover(*self._place)
        if self._start is not None:
            self._drag(before)

    def _use(self, control: bool) -> None:
        """Do what a click does with the tool; tools that are dragged begin, or end."""
        if self._tool == "look":
            self._session.pins.toggle(*self._place)
        elif self._tool not in _DRAGGED:
            self._canvas.placed.emit(_middle(self._place), False, control)
        elif self._start is None:
            self._start = self._place
            self._drag(self._place, began=True)
        else:
            self._drag(self._place, ended=True)
            self._start = None

    def _drag(self, before: tuple[int, int], began: bool = False, ended: bool = False) -> None:
        """Report a step of a drag that begins where Enter was pressed first."""
        if self._start is None:
            return
        start, place = _middle(self._start), _middle(self._place)
        if self._tool in _SPANNED:  # from edge to edge of the pixels at both ends
            start, place = _spanned(self._start, self._place)
        self._canvas.dragged.emit(Drag(start, _middle(before), place, began, ended, False))


def _within(cube: Cube, row: int, col: int) -> tuple[int, int]:
    return min(max(row, 0), cube.rows - 1), min(max(col, 0), cube.cols - 1)


def _middle(pixel: tuple[int, int]) -> Point2:
    """Return the middle of a pixel, (col, row)."""
    return pixel[1] + 0.5, pixel[0] + 0.5


def _spanned(first: tuple[int, int], second: tuple[int, int]) -> tuple[Point2, Point2]:
    """Return the opposite corners of a box that holds two pixels."""
    rows, cols = sorted((first[0], second[0])), sorted((first[1], second[1]))
    return (float(cols[0]), float(rows[0])), (cols[1] + 1.0, rows[1] + 1.0)
