"""Project commands of the window, and the prompt to save unsaved work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from focus_viewer import assets
from focus_viewer.core.counted import counted
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.projects import PROJECT_SUFFIX, Projects, is_project
from focus_viewer.ui.widgets.command import Command, has_cube
from focus_viewer.ui.widgets.mnemonics import letter_buttons

_FILTER = f"FOCUS projects (*{PROJECT_SUFFIX})"
_Button = QMessageBox.StandardButton


class ProjectMenu:
    """Commands to save the project, and the prompt for unsaved work.

    The project stores the layout of the panels; file dialogs begin in the folder.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        projects: Projects,
        layout: Callable[[], str],
        folder: Callable[[], str],
    ) -> None:
        self._window = window
        self._session = session
        self._projects = projects
        self._layout = layout
        self._folder = folder

    def commands(self) -> tuple[Command, ...]:
        """Build the project commands of the File menu."""
        return (
            Command(
                "save_project", "File", "Save project", self.save, "Ctrl+S", has_cube, None, True
            ),
            Command(
                "save_project_as",
                "File",
                "Save project as...",
                self.save_as,
                "Ctrl+Shift+S",
                has_cube,
            ),
        )

    def save(self, then: Callable[[], None] = lambda: None) -> None:
        """Save the project to its file, or prompt for a path if it has none of the user's own."""
        path = self._session.state.project.path
        if path is None or _is_bundled(path):
            self.save_as(then)
        else:
            self._write(path, then)

    def save_as(self, then: Callable[[], None] = lambda: None) -> None:
        """Prompt for a path and save the project."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save project", self._suggested_path(), _FILTER
        )
        if name:
            path = Path(name)
            self._write(path if is_project(path) else Path(name + PROJECT_SUFFIX), then)

    def _suggested_path(self) -> str:
        state = self._session.state
        path = state.project.path
        if path is not None:
            return str(Path.home() / path.name if _is_bundled(path) else path)
        stem = state.document.cube.name if state.document else "project"
        return str(Path(self._folder()) / f"{stem}{PROJECT_SUFFIX}")

    def _write(self, path: Path, then: Callable[[], None]) -> None:
        self._projects.save(path, self._layout(), then)

    def prompt_to_save(self, proceed: Callable[[], None]) -> None:
        """Run an action; if work is unsaved, prompt to save or discard it first."""
        if not self._session.state.unsaved:
            proceed()
            return
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Save your work?",
            f"{_unsaved_text(self._session.state)} would be lost.",
            _Button.Save | _Button.Discard | _Button.Cancel,
            self._window,
        )
        box.setObjectName("save_question")
        box.setDefaultButton(_Button.Save)
        letter_buttons(box)
        box.button(_Button.Save).clicked.connect(lambda: self.save(proceed))
        box.button(_Button.Discard).clicked.connect(lambda: proceed())
        box.open()


def _is_bundled(path: Path) -> bool:
    """Return whether a project is the sample that comes with the program, for others to open."""
    return path.resolve().is_relative_to(assets.folder("resources").resolve())


def _unsaved_text(state: State) -> str:
    """Describe unsaved work in words."""
    regions = sum(len(document.annotations) for document in state.documents.items)
    pins = sum(len(document.pins) for document in state.documents.items)
    parts = [
        counted(count, word)
        for count, word in ((regions, "region"), (pins, "pinned spectrum"))
        if count
    ]
    treated = sum(document.preprocessing != NO_PREPROCESSING for document in state.documents.items)
    if treated:
        parts.append(f"the preprocessing of {counted(treated, 'cube')}")
    text = " and ".join(parts) or "Changes to the project"
    text = text[:1].upper() + text[1:]
    return f"{text} since the last save" if state.project.path else text
