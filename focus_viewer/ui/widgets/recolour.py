"""Change of theme in what is open: colours that widgets and items keep are exchanged in place.

Palette and style sheet reach all that Qt paints. Plots keep pens, brushes and colours, labels keep
text with colours: the roles of all themes differ in colour, so that each is found by its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QLabel, QTableWidget, QWidget

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")


def recolour(widgets: Iterable[QWidget], colours: Mapping[str, str]) -> None:
    """Exchange colours of another theme in widgets and in the items of their scenes."""
    for widget in widgets:
        _recolour_text(widget, colours)
        if isinstance(widget, QTableWidget):
            _recolour_table(widget, colours)
        if isinstance(widget, QGraphicsView):
            _recolour_view(widget, colours)
        widget.update()


def exchanged(text: str, colours: Mapping[str, str]) -> str:
    """Return text whose colours were exchanged."""
    return _HEX.sub(lambda found: colours.get(found[0].lower(), found[0]), text)


def _recolour_text(widget: QWidget, colours: Mapping[str, str]) -> None:
    sheet = widget.styleSheet()
    if sheet and exchanged(sheet, colours) != sheet:
        widget.setStyleSheet(exchanged(sheet, colours))
    if isinstance(widget, QLabel) and _HEX.search(widget.text()):
        widget.setText(exchanged(widget.text(), colours))


def _recolour_table(table: QTableWidget, colours: Mapping[str, str]) -> None:
    for place in range(table.rowCount() * table.columnCount()):
        item = table.item(*divmod(place, table.columnCount()))
        if item is not None:
            brush = item.foreground()
            _recolour_value(brush, colours)
            item.setForeground(brush)


def _recolour_view(view: QGraphicsView, colours: Mapping[str, str]) -> None:
    brush = view.backgroundBrush()
    _recolour_value(brush, colours)
    view.setBackgroundBrush(brush)
    scene = view.scene()
    items: list[Any] = scene.items() if scene is not None else []
    legends = [each for item in items for each in _samples_of(item)]
    for item in (*items, *legends):
        _recolour_item(item, colours)
    view.viewport().update()


def _samples_of(item: QGraphicsItem) -> list[Any]:
    """Return the curves that an item draws without being their parent."""
    return [each for each in item.__dict__.get("curves", ()) if isinstance(each, QGraphicsItem)]


def _recolour_item(item: Any, colours: Mapping[str, str]) -> None:
    """Exchange pens, brushes and colours wherever an item of pyqtgraph keeps them."""
    kept = item.__dict__
    options = kept.get("opts")
    for store in (kept, options) if isinstance(options, dict) else (kept,):
        for name, value in list(store.items()):
            if isinstance(value, str) and _HEX.fullmatch(value):
                store[name] = colours.get(value.lower(), value)
            else:
                _recolour_value(value, colours)
    _show_text(item, colours)
    if "picture" in kept:  # painted once and kept
        item.picture = None
    item.update()


def _recolour_value(value: object, colours: Mapping[str, str]) -> None:
    """Exchange the colour of a pen, brush or colour in place; its opacity stays."""
    if isinstance(value, QColor):
        new = colours.get(value.name())
        if new is not None:
            opacity = value.alpha()
            value.setRgb(QColor(new).rgb())
            value.setAlpha(opacity)
    elif isinstance(value, QPen | QBrush):
        colour = value.color()
        _recolour_value(colour, colours)
        if colour != value.color():
            value.setColor(colour)


def _show_text(item: Any, colours: Mapping[str, str]) -> None:
    """Write labels again, which keep their colour in their text."""
    import pyqtgraph as pg  # loaded already where there is such an item, and not before the window

    if isinstance(item, pg.AxisItem):
        item.setTextPen(item.textPen())
    elif isinstance(item, pg.LabelItem):
        item.setText(exchanged(item.text, colours))
    elif isinstance(item, pg.TextItem):
        item.setColor(item.color)
