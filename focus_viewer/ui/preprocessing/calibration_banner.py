"""The offer to calibrate a cube of raw counts whose references lie beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    FoundReferences,
    preprocessing_of,
)
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.ui.widgets.labels import button, label


class CalibrationOffer(QFrame):
    """A quiet strip over the image; nothing is done before it is asked for.

    Parameters
    ----------
    session : Session
    calibrating : PreprocessingTasks
    calibrate : callable
        Shows the dialog.
    """

    def __init__(
        self,
        session: Session,
        calibrating: PreprocessingTasks,
        calibrate: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self.text = label("", wrapped=True)
        self.calibrate = button("Calibrate...")
        self.decline = button("Not now")
        self.calibrate.clicked.connect(calibrate)
        self.decline.clicked.connect(calibrating.decline)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.calibrate)
        row.addWidget(self.decline)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def _on_changed(self, change: Change) -> None:
        if change.touched_document(
            lambda document: (document.references, document.cube, document.lost)
        ):
            self._show(change.after)

    def _show(self, state: State) -> None:
        text = offered(state)
        self.text.setText(text)
        self.setVisible(bool(text))
        # A cube that its project wants calibrated is not taken for one until that is decided.
        self.decline.setVisible(state.document is None or state.document.lost is None)


def offered(state: State) -> str:
    """What was found beside the cube on the screen, in words; empty where there is no offer."""
    document = state.document
    if document is None:
        return ""
    if document.lost is not None:
        names = " and ".join(path.name for path in document.lost.references.files)
        return (
            f"Not calibrated: values are {_told_units(document.cube)}. The project asks for "
            f"{names}, and not all of that can be used."
        )
    if preprocessing_of(document.cube) != NO_PREPROCESSING:
        return ""
    found = document.references or FoundReferences()
    camera = (
        f" The camera's own reflectance is {found.reflectance.name}." if found.reflectance else ""
    )
    if found.white is not None:
        both = "White and dark references were" if found.dark else "A white reference was"
        return f"Raw counts. {both} found beside the cube.{camera}"
    return f"Raw counts.{camera}" if camera else ""


def _told_units(cube: Cube) -> str:
    return "in units that are not known" if cube.units == "unknown" else cube.units
