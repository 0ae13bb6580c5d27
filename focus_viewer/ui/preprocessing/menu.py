"""Commands for preprocessing the active cube."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from focus_viewer.core.preprocessing.settings import as_read, preprocessing_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.ui.widgets.command import Command, has_cube, where

if TYPE_CHECKING:
    from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog


class PreprocessingMenu:
    """Commands that open the preprocessing dialogs."""

    def __init__(self, window: QWidget, session: Session, tasks: PreprocessingTasks) -> None:
        self._window = window
        self._session = session
        self._tasks = tasks

    def file_commands(self) -> tuple[Command, ...]:
        """Return the commands for the File menu."""
        text = "Calibrate to reflectance..."
        is_raw = where(
            lambda document: as_read(document.cube).units != "reflectance",
            "The cube holds reflectance already",
        )
        return (Command("calibrate", "File", text, self.calibrate, "", is_raw),)

    def view_commands(self) -> tuple[Command, ...]:
        """Return the commands for the View menu."""
        smooths, text = where(_smooths), "Smooth spectra..."
        return (
            Command("smooth", "View", text, self.smooth, "", has_cube, smooths, True),
            Command("bad_bands", "View", "Bad bands...", self.choose_bad_bands, "", has_cube),
        )

    def calibrate(self) -> None:
        """Open the calibration dialog."""
        from focus_viewer.ui.preprocessing.calibration_dialog import CalibrationDialog

        self._open(CalibrationDialog)

    def smooth(self) -> None:
        """Open the dialog for smoothing."""
        from focus_viewer.ui.preprocessing.smoothing_dialog import SmoothingDialog

        self._open(SmoothingDialog)

    def choose_bad_bands(self) -> None:
        """Open the dialog for bad bands."""
        from focus_viewer.ui.preprocessing.bad_bands_dialog import BadBandsDialog

        self._open(BadBandsDialog)

    def _open(self, dialog: type[PreprocessingDialog]) -> None:
        document = self._session.state.document
        if document is not None:
            dialog(self._session, self._tasks, document, self._window).open()


def _smooths(document: Document) -> bool:
    preprocessing = preprocessing_of(document.cube)
    return preprocessing.smoothing is not None or preprocessing.bin_bands > 1
