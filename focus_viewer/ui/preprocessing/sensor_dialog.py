"""Dialog for choosing the sensor of a cube without wavelengths."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from focus_viewer.core.preprocessing.settings import Preprocessing
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks, sensor_choices
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.widgets.labels import label


class SensorDialog(PreprocessingDialog):
    """Dialog with the sensors of the same number of bands, their reliability and sources."""

    def __init__(
        self,
        session: Session,
        calibrating: PreprocessingTasks,
        document: Document,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, calibrating, document, "Sensor wavelengths", "Apply", parent)
        self.none = QRadioButton("None: use band numbers")
        self.sensors = {
            sensor.name: QRadioButton(sensor.text) for sensor in sensor_choices(document.cube)
        }
        self._group = QButtonGroup(self)
        self.lay_out(self._make_controls())
        self.sensors.get(self.current.sensor, self.none).setChecked(True)
        self._group.buttonToggled.connect(self.update_preview)
        self.update_preview()

    def _make_controls(self) -> QWidget:
        controls = QWidget()
        column = QVBoxLayout(controls)
        column.setContentsMargins(0, 0, 0, 0)
        text = "The file has no wavelengths. These sensors have the same number of bands:"
        column.addWidget(label(text, wrapped=True))
        sources = {sensor.name: sensor.source for sensor in sensor_choices(self.document.cube)}
        for name, choice in (("", self.none), *self.sensors.items()):
            self._group.addButton(choice)
            column.addWidget(choice)
            if name:
                column.addWidget(label(f"Source: {sources[name]}", "small", wrapped=True))
        return controls

    def baseline(self) -> Preprocessing:
        """Return the preprocessing without a sensor."""
        return replace(self.current, sensor="")

    def chosen(self) -> Preprocessing | str:
        """Return the chosen preprocessing."""
        sensor = next((name for name, choice in self.sensors.items() if choice.isChecked()), "")
        return replace(self.current, sensor=sensor)
