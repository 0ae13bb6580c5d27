"""What to do with cubes that a project does not find, or finds changed."""

from __future__ import annotations

from enum import StrEnum
from html import escape
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.session.state.requests import MissingCubes
from focus_viewer.session.tasks.project_opening import Choice
from focus_viewer.session.tasks.projects import Projects
from focus_viewer.ui.widgets.labels import label


class _Text(StrEnum):
    LOCATE = "Choose the file..."
    LEAVE_OUT = "Leave it out for now"
    REMOVE = "Remove it from the project"
    AS_IT_IS = "Use it as it is"


class MissingCubesDialog(QDialog):
    """Asks for each cube that is missing or changed; nothing is guessed.

    Parameters
    ----------
    unsettled : MissingCubes
    projects : Projects
        Told the choices.

    Attributes
    ----------
    choices : dict of int to QComboBox
        By place of the cube in the project.
    """

    def __init__(
        self, unsettled: MissingCubes, projects: Projects, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._paths: dict[int, Path] = {}
        self.choices: dict[int, QComboBox] = {}
        self.setWindowTitle(f"Open {unsettled.path.name}")
        self.setMinimumWidth(680)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(label("Some cubes of this project are not as they were", "subheading"))
        column.addWidget(
            label("Regions, pins and views are kept with the cube that you choose.", "muted")
        )
        column.addLayout(self._rows(unsettled))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        self._follow()

    def _rows(self, unsettled: MissingCubes) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(0, 1)
        reading = unsettled.reading
        for line, place in enumerate(sorted({*reading.missing, *reading.changed})):
            path = reading.project.cubes[place].path
            changed = place in reading.changed
            what = "its content has changed" if changed else "it is not there"
            grid.addWidget(
                label(
                    f"<b>{escape(path.name)}</b>: {what}<br>{escape(str(path.parent))}",
                    wrapped=True,
                ),
                line,
                0,
            )
            grid.addWidget(self._choice(place, changed), line, 1)
        return grid

    def _choice(self, place: int, changed: bool) -> QComboBox:
        choice = QComboBox()
        choice.addItem("Please choose")
        if changed:
            choice.addItem(_Text.AS_IT_IS, _Text.AS_IT_IS)
        for text in (_Text.LOCATE, _Text.LEAVE_OUT, _Text.REMOVE):
            choice.addItem(text, text)
        choice.activated.connect(lambda _: self._on_chosen(place))
        self.choices[place] = choice
        return choice

    def _on_chosen(self, place: int) -> None:
        choice = self.choices[place]
        if choice.currentData() == _Text.LOCATE:
            name, _ = QFileDialog.getOpenFileName(self, "Where is it now?")
            if name:
                self._paths[place] = Path(name)
                choice.setItemText(choice.currentIndex(), f"Found: {Path(name).name}")
                choice.setToolTip(name)
            else:
                choice.setCurrentIndex(0)
        self._follow()

    def _follow(self) -> None:
        """Nothing can be opened before all is chosen."""
        chosen = all(choice.currentIndex() > 0 for choice in self.choices.values())
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(chosen)

    def accept(self) -> None:
        """Go on with the choices."""
        super().accept()
        told = {place: self._told(place) for place in self.choices}
        self._projects.decide({place: one for place, one in told.items() if one is not None})

    def _told(self, place: int) -> Choice | None:
        match self.choices[place].currentData():
            case _Text.LOCATE:
                return self._paths[place]
            case _Text.LEAVE_OUT:
                return "leave"
            case _Text.REMOVE:
                return "remove"
        return None

    def reject(self) -> None:
        """Leave the project; what is open stays."""
        super().reject()
        self._projects.give_up()
