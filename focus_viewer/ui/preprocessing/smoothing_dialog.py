"""Ask how spectra are smoothed and binned where they are looked at."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QSpinBox, QWidget

from focus_viewer.core.preprocessing.settings import Preprocessing, Smoothing, as_read
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label

_MOST_BANDS = 101
_MOST_ORDER = 6
_MOST_BIN = 64


class SmoothingDialog(PreprocessingDialog):
    """Savitzky-Golay smoothing and binning of bands; the file is left as it is."""

    def __init__(
        self,
        session: Session,
        calibrating: PreprocessingTasks,
        document: Document,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, calibrating, document, "Smooth spectra", "Use these", parent)
        known = self.known.smoothing or Smoothing()
        bands = as_read(document.cube).bands
        self.smooth = QCheckBox("Savitzky-Golay filter")
        self.smooth.setChecked(self.known.smoothing is not None)
        self.window_bands = _box(3, max(3, min(_MOST_BANDS, bands | 1)), known.window_bands, 2)
        self.order = _box(0, _MOST_ORDER, known.order)
        self.bin_bands = _box(1, max(1, min(_MOST_BIN, bands - 1)), self.known.bin_bands)
        self.bin_bands.setSpecialValueText("not binned")
        self.lay_out(self._laid_out())
        self.smooth.toggled.connect(self._show_smooth)
        for box in (self.window_bands, self.order, self.bin_bands):
            box.valueChanged.connect(self._show_smooth)
        self._show_smooth()

    def _laid_out(self) -> QWidget:
        controls = QWidget()
        form = QFormLayout(controls)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.window_bands)
        row.addWidget(label("bands, polynomial of order"))
        row.addWidget(self.order)
        row.addStretch(1)
        form.addRow(self.smooth, row)
        bins = QHBoxLayout()
        bins.setSpacing(theme.GAP_PX)
        bins.addWidget(self.bin_bands)
        bins.addWidget(label("neighbouring bands become their mean", "muted"))
        bins.addStretch(1)
        form.addRow("Bins", bins)
        return controls

    def _show_smooth(self) -> None:
        on = self.smooth.isChecked()
        self.window_bands.setEnabled(on)
        self.order.setEnabled(on)
        self.order.setMaximum(min(_MOST_ORDER, self.window_bands.value() - 1))
        self.try_it()

    def without(self) -> Preprocessing:
        """Neither smoothed nor binned."""
        return replace(self.known, smoothing=None, bin_bands=1)

    def wanted(self) -> Preprocessing | str:
        """The treatment as it is chosen, or why it cannot be done yet."""
        width = self.window_bands.value()
        if width % 2 == 0:
            return "Choose an odd number of bands: the band itself, and as many to each side."
        smoothing = Smoothing(width, self.order.value()) if self.smooth.isChecked() else None
        return replace(self.known, smoothing=smoothing, bin_bands=self.bin_bands.value())


def _box(low: int, high: int, value: int, step: int = 1) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setValue(value)
    return box
