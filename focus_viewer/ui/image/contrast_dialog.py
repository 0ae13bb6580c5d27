"""Dialog for the contrast of the picture: limits over a histogram, percent and gamma."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.pictures.stretch import GAMMA_RANGE, USUAL_STRETCH, Limits, Stretch
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.regions import RegionTasks
from focus_viewer.ui.image.histogram_plot import HistogramPlot
from focus_viewer.ui.image.picture_names import value_axis
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls
from focus_viewer.ui.widgets.number_box import NumberBox
from focus_viewer.ui.widgets.throttle import FRAME_MS, Throttle

_GREY: Final = "Grey"
_ALL: Final = "All colours"
_PERCENTS: Final = {2.0: "2 % to 98 %", 5.0: "5 % to 95 %", 0.0: "Minimum to maximum"}
_FIXED: Final = "0 to 1"
_BY_HAND: Final = "By hand"
_MASK: Final = "Draw a region of all pixels between black and white: a mask by threshold"
_NO_MASK: Final = "Show one band, an index or band math first: three colours have three limits"
_NOT_ASCENDING: Final = (
    "Expected black below white, found {low} to {high}: the picture keeps its limits."
)
_WIDTH_PX = 460
_DECIMALS, _MOST_DECIMALS = 5, 15
_DIGITS = 3  # of the distance between the limits, after the first
_FURTHEST = 1e12


class ContrastDialog(QDialog):
    """Window that stretches the active picture while it is looked at; no value is changed."""

    def __init__(self, session: Session, tasks: RegionTasks, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self.setWindowTitle("Contrast")
        self.setMinimumWidth(_WIDTH_PX)
        self.preset = _chooser("Limits", (*_PERCENTS.values(), _FIXED, _BY_HAND))
        self.channel = _chooser("Channel whose limits are shown")
        self.joint = QCheckBox("Same limits for all colours")
        self.histogram = HistogramPlot()
        self.low, self.high = _box("Becomes black"), _box("Becomes white")
        self.gamma = _box("Gamma: above 1 brightens the middle")
        self.gamma.setDecimals(2)
        self.gamma.setSingleStep(0.1)
        self.gamma.setRange(*GAMMA_RANGE)
        self.about = label("", "muted", wrapped=True)
        self.reset = button("Reset all", "secondary", "2 % to 98 % of each colour, gamma 1")
        self.region = button("Region within limits", "secondary", _MASK)
        self.region.clicked.connect(tasks.draw_within_limits)
        self._lay_out()
        letter_controls(self)
        self._drag = Throttle(self._on_dragged, FRAME_MS, self)
        self._connect()
        self._bindings = Bindings(
            session,
            Binding(
                self._show,
                document=lambda document: (document.composite, document.stretch),
            ),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(theme.GAP_PX)
        column.addLayout(_row(self.preset, self.channel, self.joint))
        column.addWidget(self.histogram, 1)
        form = QGridLayout()
        form.addWidget(label("Black to white"), 0, 0)
        form.addLayout(_row(self.low, self.high, self.region), 0, 1)
        form.addWidget(label("Gamma"), 1, 0)
        form.addLayout(_row(self.gamma, self.reset), 1, 1)
        column.addLayout(form)
        column.addWidget(self.about)

    def _connect(self) -> None:
        self.preset.textActivated.connect(self._on_preset)
        self.channel.activated.connect(lambda: self._show(self._session.state))
        self.joint.clicked.connect(self._on_joint)
        self.histogram.dragged.connect(self._drag)
        for box in (self.low, self.high):
            box.valueChanged.connect(self._on_typed)
        self.gamma.valueChanged.connect(self._on_gamma)
        self.reset.clicked.connect(lambda: self._set(USUAL_STRETCH))

    # State to widgets

    def _show(self, state: State) -> None:
        document = state.document
        picture = document.composite if document else None
        self.setEnabled(picture is not None)
        if document is None or picture is None:
            return
        self._show_channels(len(picture.limits))
        known = document.stretch
        by_hand = known.limits_by_hand(picture.choice.channels)
        limits = (by_hand or picture.limits)[self._place(picture)]
        with QSignalBlocker(self.joint), QSignalBlocker(self.gamma):
            self.joint.setChecked(known.joint)
            self.gamma.setValue(known.gamma)
        possible = len(picture.limits) == 1 and bool(np.isfinite(limits).all())
        self.region.setEnabled(possible)
        self.region.setToolTip(_MASK if possible else _NO_MASK)
        self.preset.setCurrentText(_preset_of(known, bool(by_hand)))
        self.histogram.show_histograms(picture.histograms, self._line_colours(picture))
        self.histogram.show_limits(limits)
        self.histogram.show_axis(value_axis(picture.choice, document.cube))
        self._show_numbers(limits)
        self.about.setText(
            f"{document.cube.name}: {picture.choice.how}. {_limited(document)}Only the picture "
            "changes; the values that are read, measured and explained stay as they are."
        )

    def _show_channels(self, count: int) -> None:
        names = list(theme.CHANNEL_COLOURS) if count > 1 else [_GREY]
        if self.joint.isChecked() and count > 1:
            names = [_ALL]
        if names != [self.channel.itemText(place) for place in range(self.channel.count())]:
            self.channel.clear()
            self.channel.addItems(names)
        self.channel.setEnabled(len(names) > 1)
        self.joint.setEnabled(count > 1)

    def _show_numbers(self, limits: Limits) -> None:
        decimals = _decimals_of(limits)
        for box, value in zip((self.low, self.high), limits, strict=True):
            with QSignalBlocker(box):
                box.setEnabled(value == value)
                box.setDecimals(decimals)
                box.setSingleStep(max(abs(limits[1] - limits[0]) / 50, 10**-decimals))
                box.setValue(value if value == value else 0.0)

    def _line_colours(self, picture: Composite) -> list[str]:
        if len(picture.limits) == 1:
            return [theme.TEXT]
        return [theme.seen(colour) for colour in theme.CHANNEL_COLOURS.values()]

    def _place(self, picture: Composite) -> int:
        return min(max(0, self.channel.currentIndex()), len(picture.limits) - 1)

    def show_theme(self) -> None:
        """Draw the histograms in the colours of the theme in use."""
        self._show(self._session.state)

    # Widgets to state

    def _set(self, stretch: Stretch) -> None:
        document = self._session.state.document
        if document is not None:
            self._session.documents.set_stretch(document.id, stretch)
        self._show(self._session.state)

    def _on_preset(self, name: str) -> None:
        shown = self._shown()
        if shown is None:
            return
        document, picture = shown
        plain = replace(document.stretch, limits=(), channels=())
        if name == _FIXED:
            self._set(replace(plain, limits=((0.0, 1.0),)))
        elif name == _BY_HAND:
            limits = _with_room(picture.limits)
            self._set(replace(plain, limits=limits, channels=picture.choice.channels))
        else:
            percent = next(value for value, text in _PERCENTS.items() if text == name)
            self._set(replace(plain, percent=percent))

    def _on_joint(self, joint: bool) -> None:
        shown = self._shown()
        if shown is not None:
            self._show_channels(len(shown[1].limits))
            self._set(replace(shown[0].stretch, joint=joint, limits=(), channels=()))

    def _on_typed(self) -> None:
        low, high = self.low.value(), self.high.value()
        if low < high:
            self._limit(low, high)
        else:
            self.about.setText(_NOT_ASCENDING.format(low=self.low.text(), high=self.high.text()))

    def _on_dragged(self, low: float, high: float) -> None:
        self._limit(low, high)

    def _limit(self, low: float, high: float) -> None:
        """Take limits of the shown channel, or of all; the others keep theirs."""
        shown = self._shown()
        if shown is None or not low < high:
            return
        document, picture = shown
        channels = picture.choice.channels
        limits = list(document.stretch.limits_by_hand(channels) or _with_room(picture.limits))
        places = range(len(limits)) if document.stretch.joint else (self._place(picture),)
        for place in places:
            limits[place] = (low, high)
        self._set(replace(document.stretch, limits=tuple(limits), channels=channels))

    def _on_gamma(self, gamma: float) -> None:
        shown = self._shown()
        if shown is not None:
            self._set(replace(shown[0].stretch, gamma=gamma))

    def _shown(self) -> tuple[Document, Composite] | None:
        document = self._session.state.document
        if document is None or document.composite is None:
            return None
        return document, document.composite


def _limited(document: Document) -> str:
    """Return what histogram and percent are of, where that is not the whole picture."""
    mask, picture = document.inside, document.composite
    if mask is None or picture is None or picture.inside is not mask.inside:
        return ""
    if not mask.pixels:
        return "No pixel is inside the mask: histogram and percent are of all. "
    return f"Histogram and percent: only pixels inside the mask, {mask.text}. "


def _with_room(limits: tuple[Limits, ...]) -> tuple[Limits, ...]:
    """Return limits that ascend: a channel of one value stays grey, one without data has 0 to 1."""
    return tuple(
        (low, high) if low < high else (0.0, 1.0) if low != low else _around(low)
        for low, high in limits
    )


def _around(value: float) -> Limits:
    room = max(abs(value), 1.0) / 1000
    return value - room, value + room


def _decimals_of(limits: Limits) -> int:
    """Return decimals that distinguish limits: radiance can be some millionths."""
    size = abs(limits[1] - limits[0]) or abs(limits[0])
    if not np.isfinite(size) or size == 0:
        return _DECIMALS
    return min(max(_DIGITS - math.floor(math.log10(size)), _DECIMALS), _MOST_DECIMALS)


def _preset_of(stretch: Stretch, by_hand: bool) -> str:
    if by_hand:
        return _FIXED if stretch.limits == ((0.0, 1.0),) else _BY_HAND
    return _PERCENTS.get(stretch.percent, _BY_HAND)


def _chooser(tip: str, names: tuple[str, ...] = ()) -> QComboBox:
    box = QComboBox()
    box.addItems(list(names))
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    return box


def _box(tip: str) -> NumberBox:
    box = NumberBox()
    box.setDecimals(_DECIMALS)
    box.setRange(-_FURTHEST, _FURTHEST)
    box.setKeyboardTracking(False)
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    return box


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GAP_PX)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
