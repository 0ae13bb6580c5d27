"""Dialog for choosing the sensor of a cube without wavelengths."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout

from focus_viewer.core.preprocessing.settings import Preprocessing
from focus_viewer.session.tasks.preprocessing import sensor_choices
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.widgets.labels import label


class SensorDialog(PreprocessingDialog):
    """Dialog with the sensors of the same number of bands, their reliability and sources."""

    title = "Sensor wavelengths"

    def make_controls(self) -> tuple[QVBoxLayout]:
        """Return a radio button for each sensor, and one for none."""
        sensors = sensor_choices(self.document.cube)
        self.none = QRadioButton("None: use band numbers")
        self.sensors = {sensor.name: QRadioButton(sensor.text) for sensor in sensors}
        self._group = QButtonGroup(self)
        column = QVBoxLayout()
        text = "The file has no wavelengths. These sensors have the same number of bands:"
        column.addWidget(label(text, wrapped=True))
        sources = {sensor.name: sensor.source for sensor in sensors}
        for name, choice in (("", self.none), *self.sensors.items()):
            self._group.addButton(choice)
            column.addWidget(choice)
            if name:
                column.addWidget(label(f"Source: {sources[name]}", "small", wrapped=True))
        return (column,)

    def start(self) -> None:
        """Connect the controls and check the present sensor."""
        self.sensors.get(self.current.sensor, self.none).setChecked(True)
        self._group.buttonToggled.connect(self.update_preview)
        self.update_preview()

    def baseline(self) -> Preprocessing:
        """Return the preprocessing without a sensor."""
        return replace(self.current, sensor="")

    def chosen(self) -> Preprocessing | str:
        """Return the chosen preprocessing."""
        sensor = next((name for name, choice in self.sensors.items() if choice.isChecked()), "")
        return replace(self.current, sensor=sensor)
