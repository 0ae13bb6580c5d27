"""Dialog for editing the bad bands."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.apply import bad_ranges_of, good_outside
from focus_viewer.core.preprocessing.sensors import WATER_VAPOUR_NM, recognise_sensor
from focus_viewer.core.preprocessing.settings import Preprocessing, Ranges, as_read
from focus_viewer.core.wording import first_number
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.widgets.labels import button, label

_LINES = 6
_PARTS = 100
"""Steps per nm, or per band number, that ranges of the file are rounded to."""


class BadBandsDialog(PreprocessingDialog):
    """Dialog with one range per line; the ranges of the file can be restored."""

    title = "Bad bands"

    def make_controls(self) -> tuple[QVBoxLayout]:
        """Return the list of ranges, and buttons that change it."""
        cube = self.document.cube
        self._base = as_read(cube)
        self._first = first_number(cube)
        self.unit = "nm" if cube.wavelengths_nm is not None else "band numbers"
        self.ranges = QPlainTextEdit()
        self.ranges.setAccessibleName("Bad bands, one range per line")
        self.ranges.setPlaceholderText("400-410\n1350-1430")
        self.ranges.setFixedHeight(_LINES * self.ranges.fontMetrics().lineSpacing() + 12)
        self.count = label("", "muted")
        self.restore = button("Reset to file", "secondary")
        self.water = button("Add water vapour", "secondary")
        low, high = (f"{first:g}-{last:g}" for first, last in WATER_VAPOUR_NM)
        self.water.setToolTip(f"{low} and {high} nm, absorbed by atmospheric water vapour")
        self._sensor = recognise_sensor(self._base)
        self.usual = button("Add sensor's bad bands", "secondary")
        self.usual.setVisible(self._sensor is not None and bool(self._sensor.bad_nm))
        self._of_file = self.current.bad_ranges is None
        self.water.setEnabled(_overlaps(cube, WATER_VAPOUR_NM))
        column = QVBoxLayout()
        column.addWidget(label(f"One range in {self.unit} per line, ends included"))
        column.addWidget(self.ranges)
        row = QHBoxLayout()
        for control in (self.restore, self.water, self.usual):
            row.addWidget(control)
        row.addStretch(1)
        row.addWidget(self.count)
        column.addLayout(row)
        return (column,)

    def start(self) -> None:
        """Connect the controls and show the present ranges."""
        self.ranges.textChanged.connect(self._on_edited)
        self.restore.clicked.connect(lambda: self.show_ranges(_ranges_of_file(self._base), True))
        self.water.clicked.connect(lambda: self._add(WATER_VAPOUR_NM))
        self.usual.clicked.connect(lambda: self._add(self._sensor.bad_nm if self._sensor else ()))
        ranges = self.current.bad_ranges
        self.show_ranges(_ranges_of_file(self._base) if ranges is None else ranges, self._of_file)

    def show_ranges(self, ranges: Ranges, of_file: bool = False) -> None:
        """Show ranges in the editor; `of_file` holds until the user edits them."""
        lines = [f"{low + self._first:.10g}-{high + self._first:.10g}" for low, high in ranges]
        self.ranges.setPlainText("\n".join(lines))
        self._of_file = of_file
        self._show_count()

    def _add(self, ranges: Ranges) -> None:
        text = self.ranges.toPlainText()
        present = read_ranges(text)
        if not isinstance(present, str):
            lines = [f"{low:g}-{high:g}" for low, high in ranges if (low, high) not in present]
            self.ranges.setPlainText("\n".join([*text.splitlines(), *lines]))

    def _on_edited(self) -> None:
        self._of_file = False
        self._show_count()

    def _show_count(self) -> None:
        chosen = self.chosen()
        if not isinstance(chosen, str):
            good = self._base.good_bands
            if chosen.bad_ranges is not None:
                good = good_outside(self._base_axis, chosen.bad_ranges)
            bad = int((~good).sum())
            be = "is" if bad == 1 else "are"
            self.count.setText(f"{bad} of {counted(good.size, 'band')} {be} bad")
        self.update_preview()

    @property
    def _base_axis(self) -> Cube:
        """Cube with the bands that the ranges refer to: before binning."""
        cube, base = self.document.cube, self._base
        return cube if cube.bands == base.bands else base

    def baseline(self) -> Preprocessing:
        """Return the preprocessing with the bad bands of the file."""
        return replace(self.current, bad_ranges=None)

    def chosen(self) -> Preprocessing | str:
        """Return the chosen preprocessing, or why it cannot be applied yet."""
        if self._of_file:
            return replace(self.current, bad_ranges=None)
        ranges = read_ranges(self.ranges.toPlainText())
        if isinstance(ranges, str):
            return ranges
        shifted = tuple((low - self._first, high - self._first) for low, high in ranges)
        return replace(self.current, bad_ranges=shifted)


def _ranges_of_file(cube: Cube) -> Ranges:
    """Return the bad ranges of a file, rounded outwards so that no bad band drops out."""
    return tuple(
        (math.floor(low * _PARTS) / _PARTS, math.ceil(high * _PARTS) / _PARTS)
        for low, high in bad_ranges_of(cube)
    )


def read_ranges(text: str) -> Ranges | str:
    """Parse one range per line, such as "1350-1430" or "720", or return the error."""
    ranges = []
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = line.replace("\N{EN DASH}", "-").replace(" to ", "-").split("-")
        try:
            low, high = float(parts[0]), float(parts[-1])
        except ValueError:
            low, high = 1.0, 0.0
        if len(parts) > 2 or not 0 <= low <= high < float("inf"):
            return f"Expected a range such as 1350-1430, found {line.strip()[:40]!r}."
        ranges.append((low, high))
    return tuple(ranges)


def _overlaps(cube: Cube, ranges: Ranges) -> bool:
    if cube.wavelengths_nm is None:
        return False
    low, high = float(cube.axis.min()), float(cube.axis.max())
    return any(first <= high and last >= low for first, last in ranges)
