"""Window of the components of a cube: how strong each is, and which are the picture."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.components import ComponentKind, Components
from focus_viewer.core.pictures.composite import CompositeRecipe, lacking
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.image.picture_names import picture_name
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_KINDS: tuple[ComponentKind, ...] = ("pca", "mnf")
_SIZE_PX = (380, 420)
_TO_COMPUTE = (
    "First three as colours computes the components and shows them as the picture; then each can "
    "be chosen here."
)


class ComponentsDialog(QDialog):
    """Window that shows one component in grey, or the first three as red, green and blue."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self.setWindowTitle("Components")
        self.resize(*_SIZE_PX)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of components")
        for kind in _KINDS:
            self.kind.addItem(picture_name(kind), kind)
        self.first_three = button("First three as colours", "secondary")
        self.components = QListWidget()
        self.components.setAccessibleName("Components, the strongest first")
        self.about = label("", "muted", wrapped=True)
        self._lay_out()
        letter_controls(self)
        self.kind.activated.connect(self._on_three)
        self.first_three.clicked.connect(self._on_three)
        self.components.currentRowChanged.connect(self._on_component)
        shown = Binding(
            self._show,
            lambda state: state.recipe,
            lambda document: (document.cube, document.composite),
        )
        self._bindings = Bindings(session, shown)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(theme.GAP_PX)
        row = QHBoxLayout()
        row.addWidget(self.kind, 1)
        row.addWidget(self.first_three)
        column.addLayout(row)
        column.addWidget(self.components, 1)
        column.addWidget(self.about)

    def _show(self, state: State) -> None:
        document = state.document
        picture = document.composite if document else None
        unfit = _unfit(document.cube, self.kind.currentData()) if document else ""
        found = picture.choice.components if picture else None
        shown = picture.choice.shown if picture else ()
        with QSignalBlocker(self.components):
            self.components.clear()
            if found is not None:
                texts = [found.text(place) for place in range(len(found.strengths))]
                self.components.addItems(texts)
                self.kind.setCurrentIndex(_KINDS.index(found.kind))
                self.components.setCurrentRow(shown[0] if len(shown) == 1 else -1)
        self.first_three.setEnabled(document is not None and not unfit)
        self.about.setText(unfit or (_TO_COMPUTE if found is None else _about(found)))

    def _on_three(self) -> None:
        self._session.view.set_recipe(CompositeRecipe(self.kind.currentData()))

    def _on_component(self, place: int) -> None:
        if place >= 0:
            kind = self.kind.currentData()
            self._session.view.set_recipe(CompositeRecipe(kind, components=(place,)))


def _unfit(cube: Cube, kind: ComponentKind) -> str:
    """Return why a cube has no components, and what to do; empty where it may have."""
    lacks = lacking(CompositeRecipe(kind), cube)
    return f"{cube.name} has {lacks}: it has no components. Choose another cube." if lacks else ""


def _about(found: Components) -> str:
    measure = (
        "Percent: share of the variance."
        if found.kind == "pca"
        else "SNR: variance of the signal over that of the noise, which is estimated from "
        "neighbours in a line."
    )
    return (
        f"{measure} Fitted to {counted(found.pixels, 'pixel')} on "
        f"{counted(found.bands.size, 'good band')}. A way to look at the cube: no "
        "explanation uses it."
    )
