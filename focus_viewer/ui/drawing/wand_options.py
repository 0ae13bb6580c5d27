"""Options of the magic wand, over the picture while the wand is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.wand import LEAST_TOLERANCE, Criterion
from focus_viewer.session.state.state import Change, State
from focus_viewer.ui.curves.curve_header import choices
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.number_box import NumberBox

CRITERIA: Final[dict[Criterion, tuple[str, str]]] = {
    "angle": (
        "Spectral angle",
        "Pixels whose spectrum has the shape of that clicked, whatever its brightness",
    ),
    "saliency": (
        "Saliency",
        "Pixels whose saliency has the sign of that clicked, and about its size",
    ),
}
"""Name and hint of each criterion."""
_SUFFIX: Final[dict[Criterion, str]] = {"angle": "°", "saliency": " % of scale"}
_STEP: Final[dict[Criterion, float]] = {"angle": 0.5, "saliency": 2.0}
_MARGIN_PX = 8


class WandOptions(QFrame):
    """Box with criterion and tolerance of the wand, in the upper left corner of its parent."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("wandoptions")
        self.setStyleSheet(
            f"#wandoptions {{ background: {theme.PANEL}; border: 1px solid {theme.EDGE};"
            "border-radius: 4px; }"
        )
        self.criterion = choices("What the wand compares", CRITERIA)
        self.tolerance = NumberBox()
        self.tolerance.setAccessibleName("Tolerance of the magic wand")
        self.tolerance.setToolTip(
            "Largest difference from the pixel clicked; drag from it, or scroll here"
        )
        self.tolerance.setKeyboardTracking(False)
        self.tolerance.setButtonSymbols(NumberBox.ButtonSymbols.NoButtons)
        self.tolerance.setDecimals(1)
        self.tolerance.setRange(LEAST_TOLERANCE, 200)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN_PX, 4, _MARGIN_PX, 4)
        for widget in (QLabel("Similar by"), self.criterion, QLabel("within"), self.tolerance):
            row.addWidget(widget)
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
        self.adjustSize()
        self.move(_MARGIN_PX, _MARGIN_PX)
