"""Questions that the work asks the user: dialogs that open when they are asked."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.workbench import Workbench


class Questions:
    """Opener of the dialogs for missing cubes, the array of a file, and the cubes of a folder."""

    def __init__(self, window: QWidget, session: Session, workbench: Workbench) -> None:
        self._window = window
        self._session = session
        self._workbench = workbench
        session.changed.connect(self._on_changed)

    def _on_changed(self, change: Change) -> None:
        asked, before = change.after.requests, change.before.requests
        if asked.missing_cubes is not None and asked.missing_cubes is not before.missing_cubes:
            from focus_viewer.ui.shell.missing_cubes_dialog import MissingCubesDialog

            projects = self._workbench.projects
            MissingCubesDialog(asked.missing_cubes, projects, self._window).open()
        if asked.array_question is not None and asked.array_question != before.array_question:
            from focus_viewer.ui.opening.array_dialog import ChoiceDialog

            ChoiceDialog(asked.array_question, self._workbench.array_choice, self._window).open()
        if asked.file_choice is not None and asked.file_choice != before.file_choice:
            from focus_viewer.ui.opening.folder_dialog import FolderDialog

            FolderDialog(self._session, self._workbench, asked.file_choice, self._window).open()
