"""Dialog for smoothing and binning the displayed spectra."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QSpinBox

from focus_viewer.core.preprocessing.settings import Preprocessing, Smoothing, as_read
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label

_MOST_BANDS = 101
_MOST_ORDER = 6
_MOST_BIN = 64


class SmoothingDialog(PreprocessingDialog):
    """Dialog for Savitzky-Golay smoothing and band binning; the file is not changed."""

    title = "Smooth spectra"

    def make_controls(self) -> tuple[QFormLayout]:
        """Return the settings of filter and bins."""
        smoothing = self.current.smoothing or Smoothing()
        bands = as_read(self.document.cube).bands
        self.smooth = QCheckBox("Savitzky-Golay filter")
        self.smooth.setChecked(self.current.smoothing is not None)
        self.window_bands = _box(3, max(3, min(_MOST_BANDS, bands | 1)), smoothing.window_bands, 2)
        self.window_bands.setAccessibleName("Bands of the window")
        self.order = _box(0, _MOST_ORDER, smoothing.order)
        self.order.setAccessibleName("Order of the polynomial")
        self.bin_bands = _box(1, max(1, min(_MOST_BIN, bands - 1)), self.current.bin_bands)
        self.bin_bands.setSpecialValueText("not binned")
        self.bin_bands.setAccessibleName("Neighbouring bands that are averaged")
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.window_bands)
        row.addWidget(label("bands, polynomial order"))
        row.addWidget(self.order)
        row.addStretch(1)
        form.addRow(self.smooth, row)
        bins = QHBoxLayout()
        bins.setSpacing(theme.GAP_PX)
        bins.addWidget(self.bin_bands)
        bins.addWidget(label("neighbouring bands are averaged", "muted"))
        bins.addStretch(1)
        form.addRow("Bins", bins)
        return (form,)

    def start(self) -> None:
        """Connect the controls and enable those of the filter if it is on."""
        self.smooth.toggled.connect(self._show_smooth)
        for box in (self.window_bands, self.order, self.bin_bands):
            box.valueChanged.connect(self._show_smooth)
        self._show_smooth()

    def _show_smooth(self) -> None:
        on = self.smooth.isChecked()
        self.window_bands.setEnabled(on)
        self.order.setEnabled(on)
        self.order.setMaximum(min(_MOST_ORDER, self.window_bands.value() - 1))
        self.update_preview()

    def baseline(self) -> Preprocessing:
        """Return the preprocessing without smoothing and binning."""
        return replace(self.current, smoothing=None, bin_bands=1)

    def chosen(self) -> Preprocessing | str:
        """Return the chosen preprocessing, or why it cannot be applied yet."""
        width = self.window_bands.value()
        if width % 2 == 0:
            return "Choose an odd number of bands, so that the window is centred on a band."
        smoothing = Smoothing(width, self.order.value()) if self.smooth.isChecked() else None
        return replace(self.current, smoothing=smoothing, bin_bands=self.bin_bands.value())


def _box(low: int, high: int, value: int, step: int = 1) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setValue(value)
    return box
