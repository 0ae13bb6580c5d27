"""Controls for the choices of a publication figure, and the list of its panels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.documents.figure_spec import (
    DPI,
    FONT_PT,
    ONE_COLUMN_MM,
    PANELS,
    TWO_COLUMNS_MM,
    WIDTHS_MM,
    FigureSpec,
    Panel,
)
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import Change, State
from focus_viewer.ui.widgets.bindings import Binding, show_all, show_touched
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.number_box import NumberBox

_WIDTH_PX: Final = 320
_OWN: Final = "Own width"
_PRESETS: Final[dict[str, float]] = {
    **{f"One column, {mm:g} mm": mm for mm in ONE_COLUMN_MM},
    **{f"Two columns, {mm:g} mm": mm for mm in TWO_COLUMNS_MM},
}
_SWITCHES: Final[dict[str, str]] = {
    "region_labels": "Names of regions",
    "scale_bar": "Scale bar",
    "caption": "Caption with model and source",
    "all_cubes": "Pictures of all open cubes",
}
_NAMES: Final[dict[Panel, str]] = {
    "composite": "Picture with regions",
    "heatmap": "Heatmap at the band window",
    "curve": "Importance by wavelength",
    "spectra": "Spectra of regions",
    "volume": "Saliency volume",
    "comparison": "Two classes of regions compared",
    "table": "Table of regions",
    "probabilities": "Class probabilities",
    "trust": "Evidence put to the test",
    "groups": "Groups of plants compared (study)",
}
_ROW_PX: Final = 26


class FigureControls(QWidget):
    """Controls that follow the session's choices and set them; `switches` are by attribute."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedWidth(_WIDTH_PX)
        self.panels = FigurePanels()
        self.up, self.down = button("Move up"), button("Move down")
        self.preset = QComboBox()
        self.preset.addItems([*_PRESETS, _OWN])
        self.width_mm = _spin(WIDTHS_MM, " mm", 1)
        self.font_family = QComboBox()
        self.font_family.setEditable(True)
        self.font_family.addItems(QFontDatabase.families())
        self.size_pt = _spin(FONT_PT, " pt", 1)
        self.dpi = QSpinBox()
        self.dpi.setRange(*DPI)
        self.dpi.setSingleStep(50)
        self.dpi.setSuffix(" dpi")
        self.date = QLineEdit()
        self.date.setPlaceholderText("none; as in 2026-03-01")
        self.switches = {name: QCheckBox(text) for name, text in _SWITCHES.items()}
        self._lay_out()
        self._connect()
        self._parts = (
            Binding(self._show_spec, lambda state: state.view.figure),
            Binding(self._show_documents, lambda state: state.documents.items),
        )
        session.changed.connect(self._on_changed)
        show_all(self._parts, session.state)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Panels", "subheading"))
        column.addWidget(self.panels)
        row = QHBoxLayout()
        row.addWidget(self.up)
        row.addWidget(self.down)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(8)
        column.addWidget(label("Page", "subheading"))
        column.addLayout(self._form())
        column.addSpacing(8)
        for switch in self.switches.values():
            column.addWidget(switch)
        column.addStretch(1)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(12)
        rows = (
            ("Column", self.preset),
            ("Width", self.width_mm),
            ("Font", self.font_family),
            ("Size", self.size_pt),
            ("Pixels", self.dpi),
            ("Date", self.date),
        )
        for name, control in rows:
            shown = label(name, "muted")
            shown.setBuddy(control)
            form.addRow(shown, control)
        return form

    def _connect(self) -> None:
        self.panels.chosen.connect(lambda panels: self._set(panels=panels))
        self.up.clicked.connect(lambda: self.panels.move_current(-1))
        self.down.clicked.connect(lambda: self.panels.move_current(1))
        self.preset.activated.connect(self._on_preset)
        self.width_mm.valueChanged.connect(lambda value: self._set(width_mm=value))
        self.font_family.activated.connect(self._on_font)
        edit = self.font_family.lineEdit()
        if edit is not None:
            edit.editingFinished.connect(self._on_font)
        self.size_pt.valueChanged.connect(lambda value: self._set(font_pt=value))
        self.dpi.valueChanged.connect(lambda value: self._set(dpi=value))
        self.date.editingFinished.connect(lambda: self._set(date=self.date.text().strip()))
        for name, switch in self.switches.items():
            switch.toggled.connect(lambda on, name=name: self._set(**{name: on}))

    # Widgets to state

    def _set(self, **values: Any) -> None:
        self._session.view.set_figure(replace(self._session.state.view.figure, **values))

    def _on_preset(self) -> None:
        if self.preset.currentText() in _PRESETS:
            self._set(width_mm=_PRESETS[self.preset.currentText()])
        else:
            self.width_mm.setFocus()

    def _on_font(self) -> None:
        if self.font_family.currentText().strip():
            self._set(font=self.font_family.currentText().strip())

    # State to widgets

    def _on_changed(self, change: Change) -> None:
        show_touched(self._parts, change)

    def _show_spec(self, state: State) -> None:
        spec = state.view.figure
        self.panels.show_panels(spec.panels)
        self.preset.setCurrentText(_preset_of(spec))
        for spin, value in ((self.width_mm, spec.width_mm), (self.size_pt, spec.font_pt)):
            with QSignalBlocker(spin):
                spin.setValue(value)
        with QSignalBlocker(self.dpi):
            self.dpi.setValue(spec.dpi)
        self.font_family.setCurrentText(spec.font)
        self.date.setText(spec.date)
        for name, switch in self.switches.items():
            with QSignalBlocker(switch):
                switch.setChecked(getattr(spec, name))

    def _show_documents(self, state: State) -> None:
        self.switches["all_cubes"].setEnabled(len(state.documents.items) > 1)


def _preset_of(spec: FigureSpec) -> str:
    return next((name for name, mm in _PRESETS.items() if mm == spec.width_mm), _OWN)


def _spin(bounds: tuple[float, float], suffix: str, decimals: int) -> NumberBox:
    spin = NumberBox()
    spin.setRange(*bounds)
    spin.setDecimals(decimals)
    spin.setSuffix(suffix)
    spin.setKeyboardTracking(False)
    return spin


class FigurePanels(QListWidget):
    """Ticks and order of the panels; dragging a row moves it."""

    chosen = Signal(tuple)
    """The panels to draw, in order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setFixedHeight(_ROW_PX * len(PANELS) + 8)
        self.setAccessibleName("Panels")
        self.setToolTip("Tick the panels to draw; drag a row to move it")
        self.show_panels(PANELS)
        self.itemChanged.connect(self._report)
        self.model().rowsMoved.connect(self._report)

    def panels(self) -> tuple[Panel, ...]:
        """Return the ticked panels, in the order of the list."""
        ticked = (item for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in ticked)

    def show_panels(self, panels: tuple[Panel, ...]) -> None:
        """Tick these, in their order; the others stay behind the panels they followed."""
        if self.count() and panels == self.panels():
            return
        self.blockSignals(True)
        order = _woven(panels, [item.data(Qt.ItemDataRole.UserRole) for item in self._items()])
        self.clear()
        for panel in order:
            self._add(panel, panel in panels)
        self.blockSignals(False)

    def move_current(self, steps: int) -> None:
        """Move the current row up (negative) or down."""
        place = self.currentRow()
        target = place + steps
        if place >= 0 and 0 <= target < self.count():
            self.insertItem(target, self.takeItem(place))
            self.setCurrentRow(target)
            self._report()

    def _add(self, panel: Panel, ticked: bool) -> None:
        item = QListWidgetItem(_NAMES[panel])
        flag = Qt.ItemFlag
        item.setFlags(
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsUserCheckable
            | flag.ItemIsDragEnabled
        )
        item.setData(Qt.ItemDataRole.UserRole, panel)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setSizeHint(QSize(0, _ROW_PX))
        self.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _report(self) -> None:
        self.chosen.emit(self.panels())


def _woven(panels: tuple[Panel, ...], before: list[Panel]) -> list[Panel]:
    """Return all panels: chosen ones in order, at positions that chosen ones had before."""
    every = before or list(PANELS)
    waiting = list(panels)
    return [waiting.pop(0) if panel in panels else panel for panel in every]
