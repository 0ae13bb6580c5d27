"""Options of the magic wand, in the header of the picture while the wand is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.wand import LEAST_TOLERANCE, Criterion
from focus_viewer.session.state.state import Change, State
from focus_viewer.ui.widgets.labels import choices
from focus_viewer.ui.widgets.number_box import NumberBox

CRITERIA: Final[dict[Criterion, tuple[str, str]]] = {
    "angle": (
        "Spectral angle",
        "Pixels whose spectrum has the shape of that clicked, whatever its brightness",
    ),
    "saliency": (
        "Saliency",
        "Pixels whose saliency has the sign of that clicked, and about its size: the difference is "
        "in percent of the colour scale",
    ),
}
"""Name and hint of each criterion."""
_SUFFIX: Final[dict[Criterion, str]] = {"angle": "°", "saliency": " %"}
_STEP: Final[dict[Criterion, float]] = {"angle": 0.5, "saliency": 2.0}
_LEAST_LETTERS: Final = 7


class WandOptions(QWidget):
    """Row of criterion and tolerance of the wand: over a small picture they would hide it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.criterion = choices("What the wand compares", CRITERIA)
        self.criterion.setMinimumContentsLength(_LEAST_LETTERS)
        self.criterion.setSizeAdjustPolicy(
            self.criterion.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.tolerance = NumberBox()
        self.tolerance.setAccessibleName("Tolerance of the magic wand")
        self.tolerance.setToolTip(
            "Largest difference from the pixel clicked, an angle or in % of the colour scale; "
            "drag from it, or scroll here"
        )
        self.tolerance.setKeyboardTracking(False)
        self.tolerance.setButtonSymbols(NumberBox.ButtonSymbols.NoButtons)
        self.tolerance.setDecimals(1)
        self.tolerance.setRange(LEAST_TOLERANCE, 200)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.criterion)
        row.addWidget(self.tolerance)
        self.criterion.currentIndexChanged.connect(
            lambda _: session.wand.set(
                replace(session.state.selection.wand, criterion=self.criterion.currentData())
            )
        )
        self.tolerance.valueChanged.connect(session.wand.set_tolerance)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def _on_changed(self, change: Change) -> None:
        if change.touched(
            lambda state: (state.selection.tool, state.selection.wand, state.documents.active)
        ):
            self._show(change.after)

    def _show(self, state: State) -> None:
        wand = state.selection.wand
        with QSignalBlocker(self.criterion), QSignalBlocker(self.tolerance):
            self.criterion.setCurrentIndex(self.criterion.findData(wand.criterion))
            self.tolerance.setSuffix(_SUFFIX[wand.criterion])
            self.tolerance.setSingleStep(_STEP[wand.criterion])
            self.tolerance.setValue(wand.tolerance)
        self.setVisible(state.selection.tool == "wand" and state.document is not None)
