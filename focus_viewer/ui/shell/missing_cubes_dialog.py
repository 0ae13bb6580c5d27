"""Dialog for missing or changed cubes of a project."""

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

from focus_viewer.session.state.slices.requests import MissingCubes
from focus_viewer.session.tasks.project_opening import Choice
from focus_viewer.session.tasks.projects import Projects
from focus_viewer.ui.widgets.labels import label
from focus_viewer.ui.widgets.mnemonics import letter_buttons


class _Text(StrEnum):
    LOCATE = "Choose the file..."
    LEAVE_OUT = "Leave out for now"
    REMOVE = "Remove from the project"
    CHANGED = "Use the changed file"


class MissingCubesDialog(QDialog):
    """Dialog to locate, leave out or remove each missing or changed cube, by its index."""

    def __init__(
        self, missing: MissingCubes, projects: Projects, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._paths: dict[int, Path] = {}
        self.choices: dict[int, QComboBox] = {}
        self.setWindowTitle(f"Open {missing.path.name}")
        self.setMinimumWidth(680)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(label("Some cubes of this project are missing or changed", "subheading"))
        column.addWidget(
            label("Regions, pins and views are applied to the file that you choose.", "muted")
        )
        column.addLayout(self._rows(missing))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        letter_buttons(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        self._follow()

    def _rows(self, missing: MissingCubes) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(0, 1)
        reading = missing.reading
        for row, position in enumerate(sorted({*reading.missing, *reading.changed})):
            path = reading.project.cubes[position].path
            changed = position in reading.changed
            problem = "content has changed" if changed else "file not found"
            grid.addWidget(
                label(
                    f"<b>{escape(path.name)}</b>: {problem}<br>{escape(str(path.parent))}",
                    wrapped=True,
                ),
                row,
                0,
            )
            choice = self._choice(position, changed)
            choice.setAccessibleName(f"Action for {path.name}")
            grid.addWidget(choice, row, 1)
        return grid

    def _choice(self, position: int, changed: bool) -> QComboBox:
        choice = QComboBox()
        choice.addItem("Choose an action")
        if changed:
            choice.addItem(_Text.CHANGED, _Text.CHANGED)
        for text in (_Text.LOCATE, _Text.LEAVE_OUT, _Text.REMOVE):
            choice.addItem(text, text)
        choice.activated.connect(lambda _: self._on_chosen(position))
        self.choices[position] = choice
        return choice

    def _on_chosen(self, position: int) -> None:
        choice = self.choices[position]
        if choice.currentData() == _Text.LOCATE:
            name, _ = QFileDialog.getOpenFileName(self, "Locate the cube")
            if name:
                self._paths[position] = Path(name)
                choice.setItemText(choice.currentIndex(), f"File: {Path(name).name}")
                choice.setToolTip(name)
            else:
                choice.setCurrentIndex(0)
        self._follow()

    def _follow(self) -> None:
        """Enable Open once every cube has a choice."""
        chosen = all(choice.currentIndex() > 0 for choice in self.choices.values())
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(chosen)

    def accept(self) -> None:
        """Apply the choices and open the project."""
        super().accept()
        chosen = {position: self._chosen(position) for position in self.choices}
        self._projects.decide({key: choice for key, choice in chosen.items() if choice is not None})

    def _chosen(self, position: int) -> Choice | None:
        match self.choices[position].currentData():
            case _Text.LOCATE:
                return self._paths[position]
            case _Text.LEAVE_OUT:
                return "leave"
            case _Text.REMOVE:
                return "remove"
        return None

    def reject(self) -> None:
        """Cancel opening the project; open cubes stay open."""
        super().reject()
        self._projects.cancel_opening()
