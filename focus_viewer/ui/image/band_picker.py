"""Popup for choosing the red, green and blue bands."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QLabel, QWidget

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.wording import position_text
from focus_viewer.ui.widgets import theme


class BandPicker(QFrame):
    """Popup with a band list per channel; typing a wavelength selects its band.

    `picked` has the bands of red, green and blue, from 0.
    """

    picked = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("bandPicker")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        form = QFormLayout(self)
        form.setContentsMargins(*[theme.GAP_PX + 2] * 4)
        self.boxes: list[QComboBox] = []
        for name, colour in theme.CHANNEL_COLOURS.items():
            label, box = QLabel(name), QComboBox()
            label.setStyleSheet(f"color: {colour};")
            box.setMaxVisibleItems(16)
            box.setAccessibleName(f"{name} band")
            box.currentIndexChanged.connect(self._on_changed)
            form.addRow(label, box)
            self.boxes.append(box)

    def show_bands(self, cube: Cube, bands: tuple[int, ...]) -> None:
        """List a cube's bands and select one per channel; a single band is used for all three."""
        names = [_band_name(cube, band) for band in range(cube.bands)]
        each = bands * (len(self.boxes) // len(bands))
        for box, band in zip(self.boxes, each, strict=True):
            with QSignalBlocker(box):
                box.clear()
                box.addItems(names)
                box.setCurrentIndex(band)

    def _on_changed(self) -> None:
        self.picked.emit(tuple(box.currentIndex() for box in self.boxes))


def _band_name(cube: Cube, band: int) -> str:
    bad = "" if cube.good_bands[band] else ", bad"
    if cube.wavelengths_nm is None:
        return f"{band + 1}{bad}"
    return f"{position_text(cube, float(cube.axis[band]))}  (band {band + 1}{bad})"
