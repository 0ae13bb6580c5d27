"""Form of a rule of a mask: limits, regions, data, saturation, or a file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.masks.rules import Rule, Unsaturated, WithData, WithinLimits
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.core.spectra.band_math import map_bands
from focus_viewer.core.spectra.indices import available
from focus_viewer.core.typed_number import parse_number
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.masks import outline_rule
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label

_MATH, _PICTURE, _REGIONS, _DATA, _COUNTS, FILE = range(6)
_KINDS: Final = (
    "Limits of band math",
    "Limits of the picture's contrast",
    "Selected regions, or all",
    "Data in all good bands",
    "Not saturated",
    "File of regions or classes...",
)
_OPEN: Final = "no limit"
_FIELD_PX: Final = 90


class RuleForm(QWidget):
    """Form whose `rule` is what the user has chosen; `changed` follows every key."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._document: Document | None = None
        self.kind = QComboBox()
        self.kind.addItems(list(_KINDS))
        self.kind.setAccessibleName("Rule of the mask")
        self.expression = _field("Expression of wavelengths, or an index", "NDVI")
        self.low, self.high = _field("Lower limit", "0.4"), _field("Upper limit")
        self.level = _field("Saturated from this count on")
        for field in (self.low, self.high, self.level):
            field.setFixedWidth(_FIELD_PX)
        self.low.setPlaceholderText(_OPEN)
        self.high.setPlaceholderText(_OPEN)
        self.about = label("", "muted", wrapped=True)
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._on_changed)
        for field in (self.expression, self.low, self.high, self.level):
            field.textChanged.connect(self._on_changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        self.form = QFormLayout()
        self.limits = QWidget()
        row = QHBoxLayout(self.limits)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.low, label("to"), self.high):
            row.addWidget(widget)
        row.addStretch(1)
        self.limits.setFocusProxy(self.low)
        self.form.addRow("Pixels by", self.kind)
        self.form.addRow("Expression", self.expression)
        self.form.addRow("From", self.limits)
        self.form.addRow("Saturated from", self.level)
        column.addLayout(self.form)
        column.addWidget(self.about)

    def show_document(self, document: Document | None) -> None:
        """Show what the rules find in a document."""
        if document is not None and (
            self._document is None or self._document.cube is not document.cube
        ):
            names = [found.index.name for found in available(document.cube)]
            self.expression.setCompleter(QCompleter(names, self.expression))
            self.level.setPlaceholderText(_level_text(document))
        self._document = document
        self._on_changed()

    @property
    def is_file(self) -> bool:
        """Whether the rule is read from a file, which is chosen when it is applied."""
        return self.kind.currentIndex() == FILE

    @property
    def rule(self) -> Rule | str:
        """The rule, or why there is none yet, for people."""
        if self._document is None:
            return "Open a cube first."
        match self.kind.currentIndex():
            case 0:
                return self._math(self._document)
            case 1:
                return _of_picture(self._document)
            case 2:
                return _of_regions(self._document)
            case 3:
                return WithData()
            case 4:
                return self._counts(self._document)
            case _:
                return "Choose the file with the button."

    def _on_changed(self) -> None:
        """Show the fields of the chosen kind, and what its rule is."""
        kind = self.kind.currentIndex()
        for field, shown in (
            (self.expression, kind == _MATH),
            (self.limits, kind == _MATH),
            (self.level, kind == _COUNTS),
        ):
            self.form.setRowVisible(field, shown)
        found = self.rule
        self.about.setText(_about(kind, found))
        self.changed.emit()

    def _math(self, document: Document) -> Rule | str:
        found = map_bands(document.cube, self.expression.text())
        if isinstance(found, str):
            return found or "Type an expression, or the name of an index."
        try:
            low, high = parse_number(self.low.text()), parse_number(self.high.text())
            recipe = CompositeRecipe("formula", formula=self.expression.text().strip())
            return WithinLimits(recipe, low, high)
        except ValueError as error:
            return f"Limits: {error}."

    def _counts(self, document: Document) -> Rule | str:
        raw = as_read(document.cube)
        if raw.units not in ("counts", "unknown"):
            return f"{document.cube.name} was read as {raw.units}: saturation shows in counts only."
        try:
            level = parse_number(self.level.text())
            rule = Unsaturated(level)
        except ValueError as error:
            return f"Saturated from: {error}."
        known = raw.acquisition.saturation_limit or raw.acquisition.highest_value
        if level is None and known is None:
            return f"{document.cube.name} does not declare its saturation: type the count."
        return rule


def _of_picture(document: Document) -> Rule | str:
    picture = document.composite
    if picture is None or len(picture.limits) != 1:
        return "Show one band, band math or one component first: three colours have three limits."
    low, high = picture.limits[0]
    return WithinLimits(picture.recipe, low, high) if low < high else "The picture has no data."


def _of_regions(document: Document) -> Rule | str:
    regions = document.annotations.regions
    chosen = [region for region in regions if region.id in document.selected] or list(regions)
    return outline_rule(chosen, document.cube) if chosen else "Draw a region first."


def _about(kind: int, found: Rule | str) -> str:
    if kind == FILE:
        return "A label image, a class map or a file of regions: the pixels of all its regions."
    return found if isinstance(found, str) else f"Inside: {found.text}."


def _level_text(document: Document) -> str:
    known = as_read(document.cube).acquisition
    limit = known.saturation_limit or known.highest_value
    return "count" if limit is None else f"{limit:g}"


def _field(name: str, text: str = "") -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field
