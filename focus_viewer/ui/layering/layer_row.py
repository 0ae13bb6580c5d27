"""Row of a layer: shown or not, its opacity, its place among the others."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import tool_button

_SLIDER_PX = 90
_BOX_PX = 72


class OpacityRow(QWidget):
    """Row with a name to tick, and an opacity by slider and by number."""

    shown = Signal(bool)
    faded = Signal(float)
    """Opacity, 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.name = QCheckBox()
        # Long names are cut, and whole in the tooltip: the opacity stays in sight.
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setFixedWidth(_SLIDER_PX)
        self.value = QSpinBox()
        self.value.setRange(0, 100)
        self.value.setSuffix(" %")
        self.value.setFixedWidth(_BOX_PX)
        self.value.setKeyboardTracking(False)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(theme.GAP_PX)
        self.row.addWidget(self.name, 1)
        self.row.addWidget(self.slider)
        self.row.addWidget(self.value)
        self.name.clicked.connect(self.shown)
        self.slider.valueChanged.connect(self._on_value)
        self.value.valueChanged.connect(self._on_value)

    def show_layer(self, name: str, tip: str, visible: bool, opacity: float) -> None:
        """Show a layer."""
        self.name.setText(name)
        self.name.setToolTip(tip or name)
        self.name.setChecked(visible)
        self.slider.setAccessibleName(f"Opacity of {name}, slider")
        self.value.setAccessibleName(f"Opacity of {name}")
        for control in (self.slider, self.value):
            with QSignalBlocker(control):
                control.setValue(round(100 * opacity))

    def _on_value(self, percent: int) -> None:
        self.faded.emit(percent / 100)


class LayerRow(OpacityRow):
    """Row of a layer that can be moved and removed; a mask has a colour too."""

    lifted = Signal(int)
    """1 for up, -1 for down."""
    removed = Signal()
    colour_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colour = tool_button("Colour", "Colour of the pixels outside of the mask")
        self.up = tool_button("Up", "Move the layer over the next one")
        self.down = tool_button("Down", "Move the layer under the one before")
        self.remove = tool_button("Remove", "Remove the layer; a mask stays, without its colour")
        for pressed in (self.colour, self.up, self.down, self.remove):
            self.row.addWidget(pressed)
        self.colour.clicked.connect(self.colour_wanted)
        self.up.clicked.connect(lambda: self.lifted.emit(1))
        self.down.clicked.connect(lambda: self.lifted.emit(-1))
        self.remove.clicked.connect(self.removed)

    def show_buttons(self, is_mask: bool, is_highest: bool, is_lowest: bool) -> None:
        """Show what can be done with the layer."""
        name = self.name.text()
        self.colour.setVisible(is_mask)
        self.up.setEnabled(not is_highest)
        self.down.setEnabled(not is_lowest)
        for pressed in (self.colour, self.up, self.down, self.remove):
            pressed.setAccessibleName(f"{pressed.text()}: {name}")
