"""Header of the curves: the band window in numbers, and the view of spectra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
)

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Curve
from focus_viewer.core.spectra.wavelength_names import band_number, nm_decimals, nm_number
from focus_viewer.core.wording import first_number
from focus_viewer.session.session import Session
from focus_viewer.session.state.band_windows import MIN_WIDTH_NM
from focus_viewer.session.state.state import State
from focus_viewer.ui.curves.span_shading import BAD_BANDS_TEXT
from focus_viewer.ui.curves.spectral_words import SPREADS, VIEWS
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.labels import choices
from focus_viewer.ui.widgets.number_box import NumberBox, pointed
from focus_viewer.ui.widgets.two_parts import TwoParts

_FRAME_PX = 26
_TYPED_DECIMALS = 3
CURVES: Final[dict[Curve, tuple[str, str]]] = {
    "importance": ("Importance", "Contribution of each wavelength to the class"),
    "effect": ("Effect size", "Two groups of regions compared: Cohen's d at each band"),
    "difference": ("Difference", "Two groups of regions compared: difference of their means"),
}
"""Name and hint of each curve above the spectra."""


class CurveHeader(TwoParts):
    """Header that shows the band window of a state and changes it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.center_label, self.center = (
            QLabel(),
            SpectralBox("Middle of the band window", "1425.37 nm"),
        )
        self.width_label, self.width_box = (
            QLabel("Width"),
            SpectralBox("Width of the band window", "150.5 nm"),
        )
        self.width_box.setSingleStep(5)
        self.caption = Caption()
        self._bad, self._limited = "", ""
        self.curve = choices("Curve above the spectra", CURVES)
        self.view = choices("Transformation of the spectra", VIEWS)
        self.spread = choices("Spread of the pixels of a region", SPREADS)
        self.clear_pins = QPushButton("Clear pins")
        self.clear_pins.setToolTip("Remove all pinned spectra from the plot")
        self._lay_out()
        self.center.valueChanged.connect(self._on_center)
        self.width_box.valueChanged.connect(self._on_width)
        self.clear_pins.clicked.connect(session.pins.clear)
        for chooser in (self.curve, self.view, self.spread):
            chooser.currentIndexChanged.connect(self._on_chosen)

    def _on_chosen(self) -> None:
        chosen = replace(
            self._session.state.view.display,
            curve=self.curve.currentData(),
            spectral_view=self.view.currentData(),
            spread=self.spread.currentData(),
        )
        self._session.view.set_display(chosen)

    def _lay_out(self) -> None:
        for widget in (self.center_label, self.center, self.width_label, self.width_box):
            self.left.addWidget(widget)
        self.left.addWidget(self.caption, 1)
        for chooser in (self.curve, self.view, self.spread, self.clear_pins):
            self.right.addWidget(chooser)

    def show_cube(self, cube: Cube | None) -> None:
        """Take the units and limits of a cube."""
        in_nm = cube is None or cube.wavelengths_nm is not None
        self.center_label.setText("Wavelength" if in_nm else "Band")
        for box in (self.center, self.width_box):
            box.set_words(nm_number)
            box.setEnabled(cube is not None)
            box.setSuffix(" nm" if in_nm else "")
            box.setDecimals(_TYPED_DECIMALS if in_nm else 0)
            box.setSpecialValueText("–" if cube is None else "")
        self._bad = "" if cube is None or cube.good_bands.all() else f"▨ {BAD_BANDS_TEXT}"
        self._show_caption()
        if cube is None:
            return
        nm = cube.wavelengths_nm
        if nm is not None:
            self.center.set_words(lambda value: band_number(value, nm))
            self.width_box.set_words(lambda value: nm_number(value, nm_decimals(nm)))
        low, high = float(cube.axis.min()), float(cube.axis.max())
        with QSignalBlocker(self.center), QSignalBlocker(self.width_box):
            self.center.setRange(low + first_number(cube), high + first_number(cube))
            self.width_box.setRange(MIN_WIDTH_NM, max(high - low, MIN_WIDTH_NM))

    def show_mask(self, state: State) -> None:
        """Show that the curves of regions are limited to a mask, where they are."""
        measures = state.document.measures if state.document else None
        mask = measures.mask if measures and measures.rows else None
        self._limited = f"Regions: only pixels inside the mask, {mask.text}" if mask else ""
        self._show_caption()

    def _show_caption(self) -> None:
        parts = (self._bad, self._limited)
        self.caption.setText("   ".join(part for part in parts if part))

    def show_window(self, state: State) -> None:
        """Show the band window."""
        if state.document is None:
            return
        with QSignalBlocker(self.center), QSignalBlocker(self.width_box):
            self.center.setValue(state.view.window_nm.center_nm + first_number(state.document.cube))
            self.width_box.setValue(state.view.window_nm.width_nm)

    def show_looks(self, state: State) -> None:
        """Show the view of spectra, and the curve above them."""
        display = state.view.display
        for chooser, value in (
            (self.curve, display.curve),
            (self.view, display.spectral_view),
            (self.spread, display.spread),
        ):
            with QSignalBlocker(chooser):
                chooser.setCurrentIndex(chooser.findData(value))

    def show_pins(self, state: State) -> None:
        """Enable the button that clears pins where there are any."""
        self.clear_pins.setEnabled(bool(state.document and state.document.pins))

    def _on_center(self, value: float) -> None:
        if self._session.state.document is not None:
            self._session.view.set_window(value - first_number(self._session.state.document.cube))

    def _on_width(self, value: float) -> None:
        self._session.view.set_window(self._session.state.view.window_nm.center_nm, value)


class SpectralBox(NumberBox):
    """Field of a position or width on the spectral axis, with room for the widest text."""

    _named: Callable[[float], str] = staticmethod(nm_number)

    def __init__(self, tip: str, widest: str) -> None:
        super().__init__()
        self.setKeyboardTracking(False)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setButtonSymbols(NumberBox.ButtonSymbols.NoButtons)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(widest) + _FRAME_PX)

    def set_words(self, named: Callable[[float], str]) -> None:
        """Take how a number is worded; more decimals may be typed."""
        self._named = named

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Return the number as it is worded everywhere."""
        return self._named(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept the names of the ends too: 397 for a first band at 397.32 nm."""
        if self._meant(text) is None:
            return super().validate(text, position)
        return QValidator.State.Acceptable, text, position

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        """Return the number that was typed; the one that is shown is not rounded by Enter."""
        meant = self._meant(text)
        return super().valueFromText(text) if meant is None else meant

    def _meant(self, text: str) -> float | None:
        """Return the exact number of what is shown, or of an end; None for any other text."""
        exact = (self.value(), self.minimum(), self.maximum())
        number = pointed(self._number(text))
        return next((value for value in exact if self.textFromValue(value) == number), None)
