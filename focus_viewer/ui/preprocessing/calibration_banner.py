"""Banner that offers to calibrate raw counts with references found beside the cube."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    FoundReferences,
    preprocessing_of,
)
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label


class CalibrationOffer(QFrame):
    """Banner over the image; its button opens the dialog that calibrates."""

    def __init__(
        self, session: Session, tasks: PreprocessingTasks, calibrate: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("offer")
        self.text = label("", wrapped=True)
        self.calibrate = button("Calibrate...")
        self.decline = button("Not now")
        self.calibrate.clicked.connect(calibrate)
        self.decline.clicked.connect(tasks.decline)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.calibrate)
        row.addWidget(self.decline)
        shown = Binding(
            self._show,
            document=lambda document: (document.references, document.cube, document.lost),
        )
        self._bindings = Bindings(session, shown)

    def _show(self, state: State) -> None:
        text = banner_text(state)
        self.text.setText(text)
        self.setVisible(bool(text))
        # References that a project lacks need a decision, so the banner cannot be dismissed.
        self.decline.setVisible(state.document is None or state.document.lost is None)


def banner_text(state: State) -> str:
    """Return the calibration offer for the active cube; empty if there is none."""
    document = state.document
    if document is None:
        return ""
    if document.lost is not None:
        names = " and ".join(path.name for path in document.lost.references.files)
        return (
            f"Not calibrated: values are in {_units_text(document.cube)}. The project's references "
            f"cannot be applied: {names}."
        )
    if preprocessing_of(document.cube) != NO_PREPROCESSING:
        return ""
    references = document.references or FoundReferences()
    camera = (
        f" The camera's reflectance file is {references.reflectance.name}."
        if references.reflectance
        else ""
    )
    if references.white is not None:
        subject = "White and dark references were" if references.dark else "A white reference was"
        return f"Raw counts. {subject} found beside the cube.{camera}"
    return f"Raw counts.{camera}" if camera else ""


def _units_text(cube: Cube) -> str:
    return "unknown units" if cube.units == "unknown" else cube.units
