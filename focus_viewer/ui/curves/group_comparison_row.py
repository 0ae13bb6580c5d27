"""Row for choosing two groups of regions, with a summary of their comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from focus_viewer.core.counted import counted
from focus_viewer.core.wording import percent
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import (
    Group,
    GroupComparison,
    Listed,
    NthSelected,
    OfClass,
    Unit,
)
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.groups import by_region_possible, comparable
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.labels import choices

UNITS: Final[dict[Unit, tuple[str, str]]] = {
    "pixel": (
        "each pixel",
        "Every pixel counts. Neighbouring pixels of a leaf are not independent: the test is valid "
        "for these regions only, not for leaves or plants in general",
    ),
    "region": (
        "each region's mean",
        "Every region counts once: for leaves or plants, with one region each",
    ),
}
"""Name and hint of each unit."""
_NTH: Final = ("1st selected", "2nd selected")
_TEST = (
    "Bars: first group less second. Cohen's d is the difference of the means over the pooled "
    "standard deviation. Shaded: the range by chance. The labels A and B were shuffled 1000 times, "
    "and the largest |d| of any band was noted each time; {level} of the shuffles left the "
    "shaded band anywhere in the spectrum. Bright bars leave it. {unit}."
)


class ContrastRow(QWidget):
    """Chooser of the groups, and of what counts as a measurement."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._groups: list[Group] = []
        self._texts: list[str] = []
        self.first, self.second = _chooser("First group"), _chooser("Second group")
        self.unit = choices("What counts as one measurement", UNITS)
        self.caption = Caption()
        self._lay_out()
        self.first.currentIndexChanged.connect(
            lambda place: session.groups.set(
                replace(session.state.comparison.contrast, first=self._groups[place])
            )
        )
        self.second.currentIndexChanged.connect(
            lambda place: session.groups.set(
                replace(session.state.comparison.contrast, second=self._groups[place])
            )
        )
        self.unit.currentIndexChanged.connect(
            lambda _: session.groups.set(
                replace(session.state.comparison.contrast, unit=self.unit.currentData())
            )
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_PX, 0, theme.GAP_PX, 6)
        row.setSpacing(theme.GAP_PX)
        for widget in (QLabel("A"), self.first, QLabel("B"), self.second, self.unit):
            row.addWidget(widget)
        row.addWidget(self.caption, 1)

    def show_state(self, state: State) -> None:
        """Show groups, unit and what was compared; nothing without a comparison."""
        comparing = state.view.display.curve != "importance" and state.document is not None
        self.setVisible(comparing)
        if not comparing:
            return
        self._show_groups(state)
        for chooser, group in (
            (self.first, state.comparison.contrast.first),
            (self.second, state.comparison.contrast.second),
        ):
            with QSignalBlocker(chooser):
                chooser.setCurrentIndex(self._groups.index(group))
        possible = by_region_possible(state)
        with QSignalBlocker(self.unit):
            self.unit.setEnabled(possible)
            self.unit.setCurrentIndex(
                self.unit.findData(state.comparison.contrast.unit if possible else "pixel")
            )
        text, tip = caption(state.comparison.groups)
        self.caption.setText(text)
        self.caption.setToolTip(tip)

    def _show_groups(self, state: State) -> None:
        """List the groups to choose from, where they changed."""
        offered = groups(state)
        texts = [text for text, _ in offered]
        self._groups = [group for _, group in offered]
        if texts == self._texts:
            return
        self._texts = texts
        for chooser in (self.first, self.second):
            with QSignalBlocker(chooser):
                chooser.clear()
                chooser.addItems(texts)


def groups(state: State) -> list[tuple[str, Group]]:
    """Return all groups that can be chosen, each with its name."""
    documents = comparable(state)
    offered = [*_of_selection(state), *_of_classes(documents)]
    prefixed = len(documents) > 1
    for document in documents:
        for region in document.annotations:
            name = f"{document.cube.name}: {region.name}" if prefixed else region.name
            offered.append((name, Listed(((document.id, region.id),))))
    known = {group for _, group in offered}
    contrast = state.comparison.contrast
    chosen = dict.fromkeys((contrast.first, contrast.second))
    removed = [group for group in chosen if group not in known]
    return [*offered, *((_name_of(group, documents), group) for group in removed)]


def _of_selection(state: State) -> list[tuple[str, Group]]:
    document = state.document
    selected = document.selected if document else ()
    offered: list[tuple[str, Group]] = []
    for place, text in enumerate(_NTH):
        found = (
            document.annotations.find(selected[place])
            if document and place < len(selected)
            else None
        )
        offered.append((f"{text}: {found.name}" if found else text, NthSelected(place)))
    if document is not None and len(selected) > 1:
        every = Listed(tuple((document.id, region) for region in selected))
        offered.append((f"these {len(selected)} selected", every))
    return offered


def _of_classes(documents: Sequence[Document]) -> list[tuple[str, Group]]:
    found = [region.class_name for document in documents for region in document.annotations]
    names = sorted({name for name in found if name})
    return [(f"class {name} ({found.count(name)})", OfClass(name)) for name in names]


def _name_of(group: Group, documents: Sequence[Document]) -> str:
    """Return the name of a group that is not offered any more, or made from a selection."""
    if isinstance(group, OfClass):
        return f"class {group.class_name} (0)"
    wanted = group.regions if isinstance(group, Listed) else ()
    names = [
        region.name
        for document in documents
        for region in document.annotations
        if (document.id, region.id) in wanted
    ]
    return ", ".join(names) or "removed"


def caption(comparison: GroupComparison | None) -> tuple[str, str]:
    """Return a line with what was compared, and what the test means."""
    if comparison is None or comparison.effect is None:
        return "", ""
    effect, (first, second) = comparison.effect, comparison.spectra
    bands = f"{int(comparison.compared.sum())} of {counted(comparison.axis.size, 'band')} compared"
    sampled = effect.spectra != comparison.spectra
    taken = f" (d of {effect.spectra[0]}, {effect.spectra[1]})" if sampled else ""
    limit = (
        f"chance: |d| ≤ {effect.threshold:.2f}"
        if effect.threshold < float("inf")
        else "too few spectra for a test"
    )
    text = f"{first}, {counted(second, 'spectrum')}{taken} · {limit} · {bands}"
    tip = _TEST.format(level=percent(effect.level), unit=UNITS[comparison.question.unit][1])
    return text, f"<p>{text}</p><p>{tip}</p>"


def _chooser(tip: str) -> QComboBox:
    box = QComboBox()
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(14)
    return box
