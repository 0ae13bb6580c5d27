"""Row of a layer: shown or not, its opacity, its place among the others."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import tool_button

_NAME_PX = 160
_TICK_PX = 28  # the box to tick, and the space beside it
_SLIDER_PX = 90
_BOX_PX = 72


class LayerRow(QWidget):
    """Row with a name to tick, an opacity by slider and by number, and buttons to move it."""

    shown = Signal(bool)
    faded = Signal(float)
    """Opacity, 0 to 1."""
    lifted = Signal(int)
    """1 for up, -1 for down."""
    removed = Signal()
    colour_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self.name = QCheckBox()
        # Long names are cut, and whole in the tooltip: the opacity stays in sight.
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.name.setMinimumWidth(_NAME_PX)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setFixedWidth(_SLIDER_PX)
        self.value = QSpinBox()
        self.value.setRange(0, 100)
        self.value.setSuffix(" %")
        self.value.setFixedWidth(_BOX_PX)
        self.value.setKeyboardTracking(False)
        self.colour = tool_button("Colour", "Colour of the pixels outside of the mask")
        self.up = tool_button("Up", "Move the layer over the next one")
        self.down = tool_button("Down", "Move the layer under the one before")
        self.remove = tool_button("Remove", "Remove the layer; a mask stays, without its colour")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.name, 1)
        for widget in (self.slider, self.value, *self._buttons):
            row.addWidget(widget)
        for pressed in self._buttons:
            policy = pressed.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # the sliders stand below one another
            pressed.setSizePolicy(policy)

    def _connect(self) -> None:
        self.name.clicked.connect(self.shown)
        self.slider.valueChanged.connect(self._on_value)
        self.value.valueChanged.connect(self._on_value)
        self.colour.clicked.connect(self.colour_wanted)
        self.up.clicked.connect(lambda: self.lifted.emit(1))
        self.down.clicked.connect(lambda: self.lifted.emit(-1))
        self.remove.clicked.connect(self.removed)

    @property
    def _buttons(self) -> tuple[QWidget, ...]:
        return self.colour, self.up, self.down, self.remove

    def show_layer(self, name: str, tip: str, visible: bool, opacity: float) -> None:
        """Show a layer."""
        self._name = name
        self._elide()
        self.name.setAccessibleName(name)
        self.name.setToolTip(tip or name)
        self.name.setChecked(visible)
        self.slider.setAccessibleName(f"Opacity of {name}, slider")
        self.value.setAccessibleName(f"Opacity of {name}")
        for control in (self.slider, self.value):
            with QSignalBlocker(control):
                control.setValue(round(100 * opacity))

    def show_buttons(self, is_mask: bool, is_highest: bool, is_lowest: bool) -> None:
        """Show what can be done with the layer."""
        name = self._name
        self.colour.setVisible(is_mask)
        self.up.setEnabled(not is_highest)
        self.down.setEnabled(not is_lowest)
        for pressed in (self.colour, self.up, self.down, self.remove):
            pressed.setAccessibleName(f"{pressed.text()}: {name}")

    def hide_buttons(self) -> None:
        """Hide what cannot be done with the heatmap, which stays above all layers."""
        for pressed in self._buttons:
            pressed.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show as much of the name as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.name.width(), _NAME_PX) - _TICK_PX
        elided = self.name.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        self.name.setText(elided)

    def _on_value(self, percent: int) -> None:
        self.faded.emit(percent / 100)
