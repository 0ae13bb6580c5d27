"""Window of the layers over the picture, the highest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.masks.rules import recipe_text
from focus_viewer.core.pictures.composite import lacking
from focus_viewer.core.pictures.layers import Layer, Layered, layer_words
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.ui.image.picture_names import picture_name
from focus_viewer.ui.layering.layer_row import LayerRow
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_WIDTH_PX = 720
_MARGIN_PX = 16
_MOST_SEEN = 6  # rows; the others are scrolled to
_ABOUT = (
    "The highest layer stands first. Band math becomes a layer by its window, "
    "any other picture by the button."
)


class LayersDialog(QDialog):
    """Window with a row for the heatmap, each layer, and the picture below them."""

    def __init__(
        self,
        session: Session,
        show_math: Callable[[], None],
        show_mask: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self.setWindowTitle("Layers")
        self.heatmap = LayerRow()
        self.heatmap.hide_buttons()
        self.rows: list[LayerRow] = []
        self._fitted = -1
        self.base = Caption()
        self.add = button("Picture as a layer", "secondary", "Lay the picture over all others")
        self.make_map = button("Band math...", "secondary", "Make a layer of band math or an index")
        self.make_mask = button("Mask...", "secondary", "Make a mask, which has its own layer")
        self._lay_out()
        self.heatmap.shown.connect(session.view.show_heatmap)
        self.heatmap.faded.connect(self._on_heat_faded)
        self.add.clicked.connect(lambda: session.layers.add(session.state.recipe))
        self.make_map.clicked.connect(show_math)
        self.make_mask.clicked.connect(show_mask)
        shown = Binding(self._show, lambda state: (state.view.display, state.heatmap_shown), _seen)
        self._bindings = Bindings(session, shown)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 14, _MARGIN_PX, 14)
        column.setSpacing(theme.GAP_PX)
        column.addWidget(self.heatmap)
        column.addWidget(self._scroll_area())
        column.addWidget(self.base)
        column.addWidget(label(_ABOUT, "muted", wrapped=True))
        column.addStretch(1)
        below = QWidget()
        foot = QHBoxLayout(below)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addStretch(1)
        for pressed in (self.make_mask, self.make_map, self.add):
            pressed.setAutoDefault(False)  # Enter in a number takes the number
            foot.addWidget(pressed)
        column.addWidget(below)
        letter_controls(below)  # once it is in this window

    def _scroll_area(self) -> QScrollArea:
        """Return the area of the rows of layers."""
        inside = QWidget()
        self.list = QVBoxLayout(inside)
        self.list.setContentsMargins(0, 0, 0, 0)
        self.list.setSpacing(theme.GAP_PX)
        self.list.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its rows have the focus
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside.setObjectName("layers")
        self.area.setStyleSheet("QScrollArea, #layers { background: transparent; }")
        return self.area

    # State to widgets

    def _show(self, state: State) -> None:
        document, layers = state.document, state.view.display.layers
        self._show_heatmap(state)
        self._show_count(len(layers))
        for place, row in zip(reversed(range(len(layers))), self.rows, strict=True):
            layer = layers[place]
            name, tip = _named(layer, document)
            row.show_layer(name, tip, layer.visible, layer.opacity)
            row.show_buttons(layer.recipe is None, place == len(layers) - 1, place == 0)
        picture = document.composite if document else None
        self.base.setText(f"Picture: {picture.choice.how}" if picture else "No picture")
        self.add.setEnabled(picture is not None)
        self.make_map.setEnabled(document is not None)
        self.make_mask.setEnabled(document is not None)

    def _show_heatmap(self, state: State) -> None:
        possible = state.volume is not None
        self.heatmap.setEnabled(possible)
        tip = "" if possible else "The cube is not explained yet (F5)"
        opacity = state.view.display.opacity
        self.heatmap.show_layer("Heatmap", tip, possible and state.heatmap_shown, opacity)

    def _show_count(self, count: int) -> None:
        """Make as many rows as there are layers; rows that stay keep the focus."""
        while len(self.rows) > count:
            spare = self.rows.pop()
            self.list.removeWidget(spare)
            spare.deleteLater()
        while len(self.rows) < count:
            self._add_row(len(self.rows))
        if count != self._fitted:
            self._fitted = count
            self._fit()

    def _fit(self) -> None:
        """Make room for the rows, as far as there are not too many."""
        seen = self.rows[:_MOST_SEEN]
        height = sum(row.sizeHint().height() + theme.GAP_PX for row in seen)
        self.area.setVisible(bool(seen))
        self.area.setFixedHeight(height)
        self.setMinimumWidth(self.heatmap.sizeHint().width() + 2 * _MARGIN_PX)
        self.resize(max(self.width(), _WIDTH_PX), self.sizeHint().height())

    def _add_row(self, from_top: int) -> None:
        row, layers = LayerRow(), self._session.layers
        row.shown.connect(lambda on: layers.show(self._place(from_top), on))
        row.faded.connect(lambda opacity: layers.set_opacity(self._place(from_top), opacity))
        row.lifted.connect(lambda by: self._lift(from_top, by))
        row.removed.connect(lambda: layers.remove(self._place(from_top)))
        row.colour_wanted.connect(partial(self._choose_colour, from_top))
        self.rows.append(row)
        self.list.addWidget(row)

    # Widgets to state

    def _place(self, from_top: int) -> int:
        """Return the number of the layer in a row, counted from below."""
        return len(self._session.state.view.display.layers) - 1 - from_top

    def _lift(self, from_top: int, by: int) -> None:
        """Move a layer; the focus goes with it."""
        self._session.layers.lift(self._place(from_top), by)
        moved = self.rows[min(max(from_top - by, 0), len(self.rows) - 1)]
        wanted, other = (moved.up, moved.down) if by > 0 else (moved.down, moved.up)
        (wanted if wanted.isEnabled() else other).setFocus()

    def _on_heat_faded(self, opacity: float) -> None:
        display = self._session.state.view.display
        self._session.view.set_display(replace(display, opacity=opacity))

    def _choose_colour(self, from_top: int) -> None:
        place = self._place(from_top)
        before = QColor(self._session.state.view.display.layers[place].colour)
        colour = QColorDialog.getColor(before, self, "Colour of the pixels outside of the mask")
        if colour.isValid():
            self._session.layers.set_colour(place, colour.name())


def _seen(document: Document) -> object:
    seen = document.composite, document.layered, document.known_mask
    return seen, document.saliency_source, document.heatmap_asked


def _named(layer: Layer, document: Document | None) -> tuple[str, str]:
    """Return the name of a layer, and what it shows of a cube."""
    done: Layered | None = document.layered if document else None
    if layer.recipe is None:
        mask = document.known_mask if document else None
        tip = f"Outside of the mask: {mask.text}" if mask else "The cube has no mask"
        return "Mask (outside)" if mask else "Mask: none in this cube", tip
    name = recipe_text(layer.recipe)
    if name == "picture":
        name = picture_name(layer.recipe.kind)
    why = lacking(layer.recipe, document.cube) if document else ""
    why = why or (done.refused.get(layer.recipe, "") if done else "")
    if why:
        return f"{name}: {why}", why
    return name, layer_words(layer, done.sheets if done else {})
