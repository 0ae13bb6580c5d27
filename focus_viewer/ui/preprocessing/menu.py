"""Commands for preprocessing the active cube."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from focus_viewer.core.preprocessing.settings import as_read, preprocessing_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks, sensor_choices
from focus_viewer.ui.preprocessing.bad_bands_dialog import BadBandsDialog
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.preprocessing.calibration_dialog import CalibrationDialog
from focus_viewer.ui.preprocessing.sensor_dialog import SensorDialog
from focus_viewer.ui.preprocessing.smoothing_dialog import SmoothingDialog
from focus_viewer.ui.widgets.command import Command, has_cube


class PreprocessingMenu:
    """Commands that open the preprocessing dialogs."""

    def __init__(self, window: QWidget, session: Session, calibrating: PreprocessingTasks) -> None:
        self._window = window
        self._session = session
        self._calibrating = calibrating

    def file_commands(self) -> tuple[Command, ...]:
        """Return the commands for the File menu."""
        text = "Calibrate to reflectance..."
        return (Command("calibrate", "File", text, self.calibrate, "", _is_raw),)

    def view_commands(self) -> tuple[Command, ...]:
        """Return the commands for the View menu."""
        return (
            Command(
                "smooth", "View", "Smooth spectra...", self.smooth, "", has_cube, _smooths, True
            ),
            Command("bad_bands", "View", "Bad bands...", self.bad_bands, "", has_cube),
            Command("sensor", "View", "Sensor wavelengths...", self.sensor, "", _lacks_wavelengths),
        )

    def calibrate(self) -> None:
        """Open the calibration dialog."""
        self._show(CalibrationDialog)

    def smooth(self) -> None:
        """Open the smoothing dialog."""
        self._show(SmoothingDialog)

    def bad_bands(self) -> None:
        """Open the bad bands dialog."""
        self._show(BadBandsDialog)

    def sensor(self) -> None:
        """Open the sensor dialog."""
        self._show(SensorDialog)

    def _show(
        self,
        kind: type[CalibrationDialog | SmoothingDialog | BadBandsDialog | SensorDialog],
    ) -> None:
        document = self._session.state.document
        if document is not None:
            dialog: PreprocessingDialog = kind(
                self._session, self._calibrating, document, self._window
            )
            dialog.open()


def _is_raw(state: State) -> bool:
    return state.document is not None and as_read(state.document.cube).units != "reflectance"


def _smooths(state: State) -> bool:
    if state.document is None:
        return False
    preprocessing = preprocessing_of(state.document.cube)
    return preprocessing.smoothing is not None or preprocessing.bin_bands > 1


def _lacks_wavelengths(state: State) -> bool:
    return state.document is not None and bool(sensor_choices(state.document.cube))
