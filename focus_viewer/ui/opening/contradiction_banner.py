"""Banner that asks what values are where statements of a file exclude one another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.wording import units_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.cube_values import CubeValues
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label


class ContradictionBanner(QFrame):
    """Banner over the image, until the user keeps what was taken or says what the values are."""

    def __init__(
        self, session: Session, tasks: CubeValues, give_values: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setObjectName("offer")
        self._session, self._tasks = session, tasks
        self.text = label("", wrapped=True)
        self.keep = button("")
        self.reflectance = button("Take as reflectance")
        self.change = button("Other...")
        self.keep.clicked.connect(lambda: self._settle(None))
        self.reflectance.clicked.connect(lambda: self._settle("reflectance"))
        self.change.clicked.connect(lambda: give_values())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.keep)
        row.addWidget(self.reflectance)
        row.addWidget(self.change)
        self._bindings = Bindings(
            session, Binding(self._show, document=lambda document: document.cube)
        )

    def _show(self, state: State) -> None:
        cube = None if state.document is None else state.document.cube
        text = "" if cube is None or cube.path is None else " ".join(cube.contradictions)
        self.text.setText(text)
        self.keep.setText("" if cube is None else f"Keep as {units_text(cube.units)}")
        # Other units need a scale too: the dialog has both.
        self.reflectance.setVisible(cube is not None and cube.units == "radiance")
        self.setVisible(bool(text))

    def _settle(self, units: Units | None) -> None:
        document = self._session.state.document
        if document is not None:
            self._tasks.settle(document, units or document.cube.units)
