"""Model box: the name of the model that explains, with a menu to choose another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy

from focus_viewer.core.card_limits import summary
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.models import Models, name_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.models.choosing import ModelTasks
from focus_viewer.ui.widgets.bindings import Binding, Bindings

_TIP = "The model that decides and is explained (M)"


class ModelBox(QComboBox):
    """Box with the name of the model that explains, which opens the menu of all.

    `add_folder` and `compare` open dialogs.
    """

    def __init__(
        self,
        session: Session,
        tasks: ModelTasks,
        add_folder: Callable[[], object],
        compare: Callable[[], object],
    ) -> None:
        super().__init__()
        self._session = session
        self._tasks = tasks
        self._add_folder = add_folder
        self._compare = compare
        self.setObjectName("model")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # long names
        self.addItem("")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self._bindings = Bindings(
            session,
            Binding(self._show, lambda state: state.models, lambda document: document.explanation),
        )

    def _show(self, state: State) -> None:
        models, document = state.models, state.document
        found = document.explanation if document else None
        card = models.entry.card if models.entry else found.card if found else None
        name = f"{card.name} {card.version}" if card else name_of(models.chosen)
        missing = models.chosen in models.missing
        self.setItemText(0, f"{name} (missing)" if missing else name)
        self.setAccessibleName("Model")
        self.setToolTip(f"{_TIP}\n{models.chosen}")

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        """Show the menu in place of a list."""
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _fill(self) -> None:
        menu, models = self.menu, self._session.state.models
        menu.clear()
        for entry in models.known:
            text = f"{entry.card.name} {entry.card.version}\t{summary(entry.card)}"
            self._add_choice(text, entry.place, models)
        for place in models.missing:
            self._add_choice(f"{name_of(place)}\tmissing", place, models)
        menu.addSeparator()
        menu.addAction("Add a model folder...").triggered.connect(lambda: self._add_folder())
        self._add_removal(models)
        compare = menu.addAction("Compare models...")
        compare.triggered.connect(lambda: self._compare())
        compare.setEnabled(len(models.known) > 1)

    def _add_choice(self, text: str, place: str, models: Models) -> QAction:
        action = self.menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(place == models.chosen)
        action.setToolTip(place)
        action.triggered.connect(lambda: self._tasks.choose(place))
        return action

    def _add_removal(self, models: Models) -> None:
        """Add a menu of the user's own models to remove from the list."""
        remove = QMenu("Remove from the list", self.menu)
        for folder in models.folders:
            action = remove.addAction(folder.name)
            action.setToolTip(f"{folder} stays on the disk")
            action.triggered.connect(lambda _=False, f=folder: self._remove(str(f)))
        remove.setToolTipsVisible(True)
        remove.setEnabled(bool(models.folders))
        self.menu.addMenu(remove)

    def _remove(self, place: str) -> None:
        self._session.models.remove(place)
