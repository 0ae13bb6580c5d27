"""Ask which sensor's wavelengths a cube has that tells none."""

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
    """Sensors of exactly as many bands, with how sure their wavelengths are and who tells so."""

    def __init__(
        self,
        session: Session,
        calibrating: PreprocessingTasks,
        document: Document,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            session, calibrating, document, "Wavelengths of a sensor", "Use these", parent
        )
        self.none = QRadioButton("None: bands are told by their numbers")
        self.sensors = {one.name: QRadioButton(one.text) for one in sensor_choices(document.cube)}
        self._group = QButtonGroup(self)
        self.lay_out(self._laid_out())
        self.sensors.get(self.known.sensor, self.none).setChecked(True)
        self._group.buttonToggled.connect(self.try_it)
        self.try_it()

    def _laid_out(self) -> QWidget:
        controls = QWidget()
        column = QVBoxLayout(controls)
        column.setContentsMargins(0, 0, 0, 0)
        told = "The file tells no wavelengths. These sensors have as many bands as it:"
        column.addWidget(label(told, wrapped=True))
        sources = {one.name: one.source for one in sensor_choices(self.document.cube)}
        for name, one in (("", self.none), *self.sensors.items()):
            self._group.addButton(one)
            column.addWidget(one)
            if name:
                column.addWidget(label(f"Source: {sources[name]}", "small", wrapped=True))
        return controls

    def without(self) -> Preprocessing:
        """Without wavelengths."""
        return replace(self.known, sensor="")

    def wanted(self) -> Preprocessing | str:
        """The treatment as it is chosen."""
        chosen = next((name for name, one in self.sensors.items() if one.isChecked()), "")
        return replace(self.known, sensor=chosen)
