"""Controls for the values of a file: wavelengths, units, scale and no-data value."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.preprocessing.sensors import SensorKind, sensors_with
from focus_viewer.core.typed_number import parse_number
from focus_viewer.ui.opening.divisor_box import DivisorBox
from focus_viewer.ui.opening.wavelength_range import WavelengthRange
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import button, label

_UNITS: Final[dict[Units | None, str]] = {
    None: "Decided from the file",
    "reflectance": "Reflectance",
    "radiance": "Radiance",
    "counts": "Counts",
    "unknown": "Unknown",
}
_FROM_FILE, _NONE, _TABLE, _SENSOR, _RANGE = range(5)
_SOURCE_LINES: Final = 4


class ValueControls(QWidget):
    """Form for what the user says of a file's values, whatever its format.

    Attributes
    ----------
    changed : Signal
        Emitted when a value changes.
    table_requested : Signal of Path
        Emitted when a table of wavelengths must be read.
    wavelengths : QComboBox
        Where they come from; the row below has the controls of that.
    scale : DivisorBox
        0 means the file's.
    no_data : QLineEdit
        Empty means the file's.
    form : QFormLayout
        The rows, to which others can be added.
    """

    changed = Signal()
    table_requested = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._bands = 0
        self._table: tuple[float, ...] = ()
        self._widths: tuple[float, ...] | None = None
        self._origin = ""
        self._sensors: tuple[SensorKind, ...] = ()
        self.wavelengths = QComboBox()
        self.wavelengths.addItems(["", "None: use band numbers", "From a table", "Of a sensor", ""])
        self.wavelengths.setItemText(_RANGE, "Evenly spaced: first, last, step")
        self.table = button("Choose a table...")
        self.table_note = label("", "muted", wrapped=True)
        self.sensor = QComboBox()
        self.sensor.setAccessibleName("Sensor")
        self.source = label("", "small", wrapped=True)
        self.range = WavelengthRange()
        self.pages = self._make_pages()
        self.units = QComboBox()
        self.units.addItems(list(_UNITS.values()))
        self.scale = DivisorBox()
        self.scale.setSpecialValueText("As given in the file")
        self.scale.setToolTip("Divisor of the stored numbers, typically 10000 for reflectance")
        self.no_data = QLineEdit()
        self.no_data.setPlaceholderText("Decided from the file")
        self.no_data.setToolTip("Stored number that stands for no data, such as -9999 or 0")
        self._lay_out()
        self._connect()

    def _make_pages(self) -> QStackedWidget:
        """Return a page for each source of wavelengths, all of one height."""
        pages = QStackedWidget()
        for widgets in (
            (), (), (self.table, self.table_note), (self.sensor, self.source), (self.range,),
        ):  # fmt: skip
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            for widget in widgets:
                is_button = widget is self.table
                column.addWidget(
                    widget, 0, Qt.AlignmentFlag.AlignLeft if is_button else Qt.AlignmentFlag(0)
                )
            column.addStretch(1)
            pages.addWidget(page)
        height = self.source.fontMetrics().lineSpacing()
        pages.setFixedHeight(self.sensor.sizeHint().height() + 8 + _SOURCE_LINES * height)
        return pages

    def _lay_out(self) -> None:
        self.form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(theme.GAP_PX)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, widget in (
            ("&Wavelengths", self.wavelengths),
            ("", self.pages),
            ("&Units", self.units),
            ("&Divide by", self.scale),
            ("&No data", self.no_data),
        ):
            form.addRow(text, widget)

    def _connect(self) -> None:
        self.wavelengths.currentIndexChanged.connect(self._on_wavelengths)
        self.table.clicked.connect(self._choose_table)
        self.sensor.currentIndexChanged.connect(self._on_sensor)
        self.range.changed.connect(self.changed)
        self.units.currentIndexChanged.connect(lambda: self.changed.emit())
        self.scale.valueChanged.connect(lambda: self.changed.emit())
        self.scale.looked_at.connect(self.changed)
        self.no_data.textChanged.connect(lambda: self.changed.emit())

    # File to widgets

    def show_file(
        self, source: str, bands: int, said: ArrayChoice | None = None, sensor: str = ""
    ) -> None:
        """Show what a file says, or what was said of it before.

        Parameters
        ----------
        source : str
            Where its wavelengths stand, in words.
        bands : int
            How many wavelengths are needed.
        said : ArrayChoice or None
        sensor : str
            Name of the sensor whose wavelengths are used; "" for none.
        """
        said = said or ArrayChoice()
        blockers = [QSignalBlocker(widget) for widget in (self.units, self.scale, self.no_data)]
        self.wavelengths.setItemText(_FROM_FILE, source)
        self.units.setCurrentIndex(list(_UNITS).index(said.units))
        self.scale.setValue(said.scale or 0.0)
        self.no_data.setText("" if said.no_data is None else str(said.no_data).removesuffix(".0"))
        del blockers
        self.set_bands(bands)
        self._table, self._origin = said.wavelengths_nm or (), said.origin
        self._widths = said.fwhm_nm
        self.table_note.setText(self._table_text if self._table else "")
        names = [known.name for known in self._sensors]
        first = _TABLE if self._table else _FROM_FILE if said.wavelengths_nm is None else _NONE
        with QSignalBlocker(self.wavelengths):
            self.wavelengths.setCurrentIndex(_SENSOR if sensor in names else first)
        if sensor in names:
            self.sensor.setCurrentIndex(names.index(sensor))
        self._on_wavelengths(self.wavelengths.currentIndex())

    def set_bands(self, bands: int) -> None:
        """Offer sensors and ranges of so many bands."""
        if bands == self._bands:
            return
        self._bands = bands
        self.range.set_bands(bands)
        self._sensors = sensors_with(bands)
        with QSignalBlocker(self.sensor):
            self.sensor.clear()
            self.sensor.addItems([f"{known.maker} {known.name}" for known in self._sensors])
        self._show_source()
        text = (
            "Of a sensor"
            if self._sensors
            else f"Of a sensor (none known has {counted(bands, 'band')})"
        )
        self.wavelengths.setItemText(_SENSOR, text)
        model = self.wavelengths.model()
        if isinstance(model, QStandardItemModel):
            model.item(_SENSOR).setEnabled(bool(self._sensors))

    # Widgets to values

    @property
    def values(self) -> ArrayChoice | str:
        """What the user says of the values, or what is missing yet."""
        given = self._wavelengths()
        no_data = _no_data(self.no_data.text())
        if isinstance(given, str):
            return given
        if isinstance(no_data, str):
            return no_data
        if self.scale.doubt:
            return self.scale.doubt
        wavelengths, widths, origin = given
        return ArrayChoice(
            wavelengths_nm=wavelengths,
            units=list(_UNITS)[self.units.currentIndex()],
            scale=self.scale.value() or None,
            no_data=no_data,
            fwhm_nm=widths,
            origin=origin,
        )

    def _wavelengths(
        self,
    ) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None, str] | str:
        """Return wavelengths, widths and origin, or what is missing."""
        mode = self.wavelengths.currentIndex()
        if mode == _TABLE:
            if not self._table:
                return "Choose a table with a wavelength for each band, in nm or µm."
            return self._table, self._widths, self._origin
        if mode == _SENSOR and self._sensors:
            return _of_sensor(self._sensors[max(0, self.sensor.currentIndex())])
        if mode == _RANGE:
            text = self.range.text
            return (self.range.wavelengths_nm, None, text) if text else self.range.problem
        return None if mode == _FROM_FILE else (), None, ""

    def _on_wavelengths(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self.changed.emit()

    def _on_sensor(self) -> None:
        self._show_source()
        self.changed.emit()

    def _show_source(self) -> None:
        if self._sensors:
            sensor = self._sensors[max(0, self.sensor.currentIndex())]
            low, high = sensor.range_nm
            self.source.setText(f"{low:.5g} to {high:.5g} nm, {sensor.certainty}")
            self.source.setToolTip(f"Source: {sensor.source}")

    def _choose_table(self) -> None:
        path = ask_table(self)
        if path is not None:
            self.table_requested.emit(path)

    def take_table(self, path: Path, read: tuple[float, ...] | str) -> None:
        """Use the wavelengths of a table, or show the error."""
        self._widths = None
        if isinstance(read, str):
            self._table, self._origin = (), ""
            self.table_note.setText(read)
        else:
            self._table, self._origin = read, f"the table {path.name}"
            self.table_note.setText(self._table_text)
        self.changed.emit()

    @property
    def _table_text(self) -> str:
        listed = self._table
        where = f", {self._origin}" if self._origin else ""
        return (
            f"{counted(len(listed), 'wavelength')} from {listed[0]:g} to {listed[-1]:g} nm{where}"
        )


def _of_sensor(
    sensor: SensorKind,
) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None, str] | str:
    centers, widths = sensor.wavelengths_nm, sensor.widths_nm
    if centers is None:
        return "This sensor has no table of wavelengths."
    listed = None if widths is None else tuple(widths.tolist())
    origin = f"the sensor {sensor.maker} {sensor.name}, {sensor.certainty}"
    return tuple(centers.tolist()), listed, origin


def _no_data(text: str) -> float | str | None:
    """Return the number of a text, None for none, or what is wrong with it."""
    try:
        return parse_number(text)
    except ValueError as error:
        return f"No data: {error}; none has to be given."


def ask_table(parent: QWidget) -> Path | None:
    """Prompt for a table of wavelengths."""
    name, _ = QFileDialog.getOpenFileName(
        parent, "Open wavelength table", "", "Tables (*.csv *.txt *.tsv *.dat);;All files (*)"
    )
    return Path(name) if name else None
