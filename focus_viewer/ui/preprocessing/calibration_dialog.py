"""Dialog for calibrating counts to reflectance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.preprocessing.settings import (
    Average,
    FlatField,
    FoundReferences,
    Preprocessing,
    WhiteAndDark,
    as_read,
)
from focus_viewer.ui.preprocessing.base_dialog import PreprocessingDialog
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.file_field import FileField, ask_file
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.number_box import NumberBox

_CUBES = "Cubes (*.hdr *.raw *.img *.dat *.bil *.bsq *.bip);;All files (*)"
_TABLES = "Tables (*.csv *.txt *.tsv);;All files (*)"
_AVERAGES: tuple[Average, ...] = ("mean", "median")
_FROM_FILE = "Table of wavelengths and values..."
_MOST_PANEL = 2.0


class CalibrationDialog(PreprocessingDialog):
    """Dialog for calibration with white and dark references, or with one flat-field spectrum.

    References found beside the document's cube, or chosen earlier, are filled in.
    """

    title = "Calibrate to reflectance"
    apply_text = "Calibrate"

    def make_controls(self) -> tuple[QVBoxLayout, QWidget]:
        """Return the two methods with their settings, and the button for raw values."""
        path = as_read(self.document.cube).path
        self._folder = path.parent if path is not None else Path.home()
        self._flat: FlatField | None = self.current.flat_field
        self._flat_problem = "Choose a spectrum to divide all pixels by."
        self.by_references = QRadioButton("White and dark references")
        self.by_spectrum = QRadioButton("One spectrum (flat field)")
        self.white = FileField("White reference", self._folder, _CUBES, "choose a file")
        self.dark = FileField("Dark reference", self._folder, _CUBES)
        self.white_dark = FileField("Dark for the white", self._folder, _CUBES, "same as dark")
        self.panel = _panel_box()
        self.panel_file = FileField("Panel spectrum", self._folder, _TABLES)
        self.average = QComboBox()
        self.average.addItems(["Mean of lines", "Median of lines"])
        self.flat = QComboBox()
        self.undo = button("Restore raw values", "secondary")
        self._pages = QStackedWidget()
        self._list_flat()
        column = QVBoxLayout()
        methods = QHBoxLayout()
        methods.setSpacing(3 * theme.GAP_PX)
        self._methods = QButtonGroup(self)
        for method in (self.by_references, self.by_spectrum):
            self._methods.addButton(method)
            methods.addWidget(method)
        methods.addStretch(1)
        column.addLayout(methods)
        self._pages.addWidget(self._reference_page())
        self._pages.addWidget(self._flat_page())
        column.addWidget(self._pages)
        return column, self.undo

    def _reference_page(self) -> QWidget:
        page = QWidget()
        form = _form(page)
        form.addRow("White", self.white)
        form.addRow("Dark", self.dark)
        form.addRow("Dark for the white", self.white_dark)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.panel)
        row.addWidget(label("times"))
        row.addWidget(self.panel_file, 1)
        form.addRow("Panel reflectance", row)
        form.addRow("Averaging", self.average)
        return page

    def _flat_page(self) -> QWidget:
        page = QWidget()
        form = _form(page)
        form.addRow("Divide by", self.flat)
        return page

    def start(self) -> None:
        """Connect the controls and show the present calibration."""
        self._methods.buttonClicked.connect(self._show_method)
        for field in (self.white, self.dark, self.white_dark, self.panel_file):
            field.changed.connect(self.update_preview)
        self.panel.valueChanged.connect(self.update_preview)
        self.panel.looked_at.connect(self.update_preview)
        self.average.currentIndexChanged.connect(self.update_preview)
        self.flat.activated.connect(self._choose_flat)
        self.undo.clicked.connect(self._undo)
        self._show_current()

    # Current calibration

    def _show_current(self) -> None:
        calibrated = self.current.references is not None or self.current.flat_field is not None
        lost = self.document.lost
        self.undo.setVisible(calibrated or lost is not None)
        (self.by_spectrum if self._flat else self.by_references).setChecked(True)
        if self.current.references is not None:
            self.show_references(self.current.references)
        elif lost is not None:
            self.show_references(lost.references)
        elif self.document.references is not None and self.document.references.white:
            self._show_found(self.document.references)
        else:
            self._tasks.find(self.document.cube, self._show_found)
        self._show_method()

    def _show_found(self, references: FoundReferences) -> None:
        """Fill in references found beside the cube, unless the user has chosen one already."""
        if self.white.path is not None or not self.is_open:
            return
        if references.white is not None:
            self.show_references(
                WhiteAndDark(references.white, references.dark, references.white_dark)
            )
        elif references.problems:
            self._show_message("\n".join(references.problems), "warning")

    def show_references(self, references: WhiteAndDark) -> None:
        """Show references in the fields."""
        self.dark.show_path(references.dark)
        self.white_dark.show_path(references.white_dark)
        self.panel.setValue(references.panel)
        self.panel_file.show_path(references.panel_file)
        self.average.setCurrentIndex(_AVERAGES.index(references.average))
        self.white.show_path(references.white)

    def _show_method(self) -> None:
        self._pages.setCurrentIndex(int(self.by_spectrum.isChecked()))
        self.update_preview()

    # Chosen calibration

    def chosen(self) -> Preprocessing | str:
        """Return the chosen preprocessing, or why it cannot be applied yet."""
        if as_read(self.document.cube).units == "reflectance":
            return "This cube is already in reflectance."
        if self.by_spectrum.isChecked():
            if self._flat is None:
                return self._flat_problem
            return replace(self.current, references=None, flat_field=self._flat)
        white = self.white.path
        if white is None:
            return "Choose the white reference: a white panel with the same number of columns."
        if self.panel.doubt:
            return self.panel.doubt
        references = WhiteAndDark(
            white,
            self.dark.path,
            self.white_dark.path,
            self.panel.value(),
            self.panel_file.path,
            _AVERAGES[self.average.currentIndex()],
        )
        return replace(self.current, references=references, flat_field=None)

    def baseline(self) -> Preprocessing:
        """Return the preprocessing without calibration."""
        return replace(self.current, references=None, flat_field=None)

    def _undo(self) -> None:
        self._session.preprocessing.forget_references(self.document.id)
        self.apply_preprocessing(self.baseline())

    # Flat field

    def _list_flat(self) -> None:
        regions = self.document.annotations.regions
        with QSignalBlocker(self.flat):
            self.flat.addItem("Choose..." if self._flat is None else self._flat.text, None)
            for region in regions:
                self.flat.addItem(f"Mean of region {region.name}", region)
            self.flat.addItem(_FROM_FILE, _FROM_FILE)

    def _choose_flat(self, index: int) -> None:
        chosen, cube = self.flat.itemData(index), self.document.cube
        if chosen is None:
            return
        if chosen != _FROM_FILE:
            self._tasks.flat_of_region(cube, chosen, self._take_flat, self._no_flat)
            return
        path = ask_file(self, "Flat-field spectrum", self._folder, _TABLES)
        if path is not None:
            self._tasks.flat_of_file(cube, path, self._take_flat, self._no_flat)

    def _take_flat(self, flat: FlatField) -> None:
        if self.is_open:
            self._flat = flat
            self.update_preview()

    def _no_flat(self, reason: str) -> None:
        if self.is_open:
            self._flat, self._flat_problem = None, reason
            self.update_preview()


def _panel_box() -> NumberBox:
    box = NumberBox()
    box.setRange(0.001, _MOST_PANEL)
    box.setDecimals(3)
    box.setSingleStep(0.01)
    box.setValue(1.0)
    box.setAccessibleName("Panel reflectance")
    box.setToolTip("Reflectance of the panel: 0.99 for new Spectralon, lower for grey panels")
    return box


def _form(page: QWidget) -> QFormLayout:
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(16)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form
