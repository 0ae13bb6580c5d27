"""Image view: composite of a cube with the saliency heatmap over it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from focus_viewer.core.saliency.running_mean import RunningMean
from focus_viewer.core.saliency.volume import SaliencyVolume, on_pixels
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import FloatArray
from focus_viewer.core.wording import position_text, unlike_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.labels import class_colours
from focus_viewer.session.state.pair_correspondence import seen
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.drawing.canvas import ImageCanvas
from focus_viewer.ui.drawing.gestures import RegionGestures
from focus_viewer.ui.drawing.keys import CanvasKeys
from focus_viewer.ui.drawing.toolbar import RegionTools
from focus_viewer.ui.image.class_layer import ClassLegend, class_image
from focus_viewer.ui.image.colour_bar import ColourBar
from focus_viewer.ui.image.image_header import ImageHeader
from focus_viewer.ui.image.index_bar import IndexBar
from focus_viewer.ui.image.pixel_readout import PixelReadout
from focus_viewer.ui.image.swipe import own_limits_text, shows_second, swiped
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings, show_all, show_touched
from focus_viewer.ui.widgets.colourmaps import faded_lookup, name_for
from focus_viewer.ui.widgets.focus_ring import FocusRing
from focus_viewer.ui.widgets.throttle import FRAME_MS, Throttle

_MOST_PIXELS = 1_000_000  # in a heatmap: more are not visible and slow down scrubbing


class ImageView(QWidget):
    """View of a session's composite, heatmap, regions, pins and cursor.

    The second view shows the second cube of a pair, the other one the first or only cube.
    """

    def __init__(self, session: Session, workbench: Workbench, second: bool = False) -> None:
        super().__init__()
        self._session = session
        self._second = second
        self._plane: FloatArray | None = None
        self._means = RunningMean(), RunningMean()
        self.header = ImageHeader(session)
        self.zoomed: Callable[[], ImageView] = lambda: self  # of two views, the active one
        self.canvas = ImageCanvas()
        self.tools = RegionTools(session)
        self.gestures = RegionGestures(session, self.canvas)
        self.colour_bar = ColourBar()
        self.index_bar = IndexBar()
        self.readout = PixelReadout(beside=self.header.caption)
        self.notice = _notice()
        self.legend = ClassLegend()
        self._lay_out()
        self.hover = Throttle(self._on_hovered, FRAME_MS, self)
        self.look = Throttle(session.documents.set_extent, FRAME_MS, self)
        self._connect()
        self.keys = CanvasKeys(
            session, self.canvas, lambda: self._seen(session.state), self._on_hovered, self.fit
        )
        self.ring = FocusRing(self.canvas)
        self._parts = self._make_bindings()
        session.changed.connect(self._on_changed)
        show_all(self._parts, self._seen(session.state))
        # Its controls change the active cube, whichever pane that is in.
        self._header = Bindings(session, Binding(self.header.show_state, _displayed, _headed))

    def _seen(self, state: State) -> State:
        """Return the state that this view shows; the second view is empty without a pair."""
        return (
            State() if self._second and state.comparison.pair is None else seen(state, self._second)
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        stage = QGridLayout()
        stage.setSpacing(0)
        stage.addWidget(self.tools, 0, 0)
        stage.addWidget(self.canvas, 0, 1)
        stage.addWidget(
            self.notice, 0, 1, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        )
        stage.addWidget(
            self.legend, 0, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        )
        stage.addWidget(self.index_bar, 0, 2)
        stage.addWidget(self.colour_bar, 0, 3)
        column.addWidget(self.header)
        column.addLayout(stage, 1)
        below = QHBoxLayout()
        below.setSpacing(theme.GAP_PX)
        below.addWidget(self.readout)
        below.addWidget(self.header.caption, 1)
        below.setContentsMargins(10, 3, 10, 4)
        column.addLayout(below)

    def _connect(self) -> None:
        self.canvas.hovered.connect(self.hover)
        self.canvas.left.connect(self._on_left)
        self.canvas.looked.connect(self.look)
        self.canvas.touched.connect(self._on_touched)
        self.canvas.split_moved.connect(lambda split: self._session.pair.set_split(split))
        self.canvas.pixel_clicked.connect(self._session.pins.toggle)
        self.canvas.pin_clicked.connect(self._session.pins.remove)
        self.header.fit_wanted.connect(lambda: self.zoomed().fit())
        self.header.zoom.asked.connect(lambda percent: self.zoomed().zoom_to(percent))
        self.canvas.box.sigRangeChanged.connect(self.show_zoom)
        self.canvas.fit_wanted.connect(self.fit)

    def show_zoom(self) -> None:
        """Show in the header the zoom of the view that it is about."""
        self.header.zoom.show_zoom(self.zoomed().canvas.zoom_percent)

    def fit(self) -> None:
        """Show the whole image."""
        self.look.drop()
        self._session.documents.set_extent(None)
        self.canvas.fit()

    def zoom_to(self, percent: float) -> None:
        """Show a pixel of the image as large as a percentage of a pixel of the screen."""
        now = self.canvas.zoom_percent
        if now:
            self.zoom_by(percent / now)

    def zoom_by(self, factor: float) -> None:
        """Enlarge the image about the middle of what is shown."""
        shown = self.canvas.place
        (left, top), (right, bottom) = shown.low, shown.high
        self.canvas.zoom(1 / factor, ((left + right) / 2, (top + bottom) / 2))

    def _on_touched(self) -> None:
        """Activate the document of the clicked pane."""
        document = self._seen(self._session.state).document
        if document is not None:
            self._session.documents.activate(document.id)

    def _on_hovered(self, row: int, col: int) -> None:
        state = self._session.state
        if self._seen(state).documents.active == state.documents.active:
            self._session.selection.hover(row, col)
        else:
            self._session.selection.hover_other(row, col)

    def _on_left(self) -> None:
        self.hover.drop()
        self._session.selection.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show of the pixel what there is room for now."""
        super().resizeEvent(event)
        self._show_readout(self._seen(self._session.state))

    # State to widgets

    def _make_bindings(self) -> tuple[Binding, ...]:
        return (
            Binding(self._show_extent),
            Binding(self._show_place, document=lambda document: document.extent),
            Binding(self.header.show_caption, _displayed, _headed),
            Binding(self._show_picture, _overlay, lambda document: document.shown_image_source),
            Binding(self._show_detail, _overlay, lambda document: document.detail),
            Binding(
                self._show_heatmap,
                _heated,
                lambda document: document.saliency_source,
            ),
            Binding(
                self._show_notice,
                _heated,
                lambda document: (document.saliency_source, document.shown_image_source),
            ),
            Binding(self._show_classes, _classed, lambda document: document.annotations),
            Binding(self._show_split, _overlay),
            Binding(self._show_pins, document=lambda document: document.pins),
            Binding(
                self._show_regions,
                document=lambda document: (document.annotations, document.selected),
            ),
            Binding(self._show_tool, lambda state: state.selection.tool),
            Binding(self._show_cursor, lambda state: state.selection.cursor),
            Binding(
                self._show_readout,
                lambda state: (
                    state.view.window_nm,
                    state.selection.cursor,
                    state.selection.spectrum,
                    state.selection.other_spectrum,
                    state.view.display,
                    state.class_map,
                    _overlay(state),
                ),
                lambda document: document.saliency_source,
            ),
        )

    def _on_changed(self, change: Change) -> None:
        show_touched(self._parts, Change(self._seen(change.before), self._seen(change.after)))

    def _show_extent(self, state: State) -> None:
        if state.document is not None:
            self.canvas.set_extent(state.document.cube.rows, state.document.cube.cols)

    def _show_place(self, state: State) -> None:
        if state.document is not None and not self.look.pending:
            self.canvas.show_place(state.document.extent)

    def _show_picture(self, state: State) -> None:
        over, pair = state.overlaid, state.comparison.pair
        image = state.document.shown_image if state.document else None
        other = over.shown_image if over else None
        if image is not None and pair and pair.how == "swipe" and other is not None:
            image = swiped(image, other, pair.split)
        self.canvas.show_picture(image)
        self.index_bar.show_picture(state.document.shown_map if state.document else None)

    def _show_detail(self, state: State) -> None:
        """Show the full-resolution detail, unless two cubes are overlaid."""
        document = state.document
        self.canvas.show_detail(document.detail if document and not state.overlaid else None)

    def _show_heatmap(self, state: State) -> None:
        volume, display = state.shown_volume, state.view.display
        self._plane = None if volume is None else _plane(state, volume, *self._means)
        hidden = state.class_map is not None or not state.heatmap_shown
        if volume is None or self._plane is None or hidden:
            self.canvas.clear_heatmap()
            self.colour_bar.clear()
        else:
            name = name_for(volume, display.colourmap)
            self.canvas.show_heatmap(
                self._plane, volume.limits, faded_lookup(name), display.opacity
            )
            self.colour_bar.show_scale(volume, name, *_bar_words(state, volume))

    def _show_classes(self, state: State) -> None:
        found = None if state.overlaid else state.class_map
        colours = class_colours(state) if found else {}
        self.canvas.show_classes(
            class_image(found, colours) if found else None, state.view.display.opacity
        )
        self.legend.show_map(found, colours)

    def _show_split(self, state: State) -> None:
        swipes = (
            state.comparison.pair is not None
            and state.comparison.pair.how == "swipe"
            and state.overlaid is not None
        )
        self.canvas.show_split(
            state.comparison.pair.split if state.comparison.pair and swipes else None
        )

    def _show_notice(self, state: State) -> None:
        text = gap_text(state, self._plane) or no_difference_text(state) or own_limits_text(state)
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def _show_pins(self, state: State) -> None:
        self.canvas.show_pins(state.document.pins if state.document else ())

    def _show_regions(self, state: State) -> None:
        document = state.document
        regions = document.annotations.regions if document else ()
        self.canvas.regions.show_regions(regions, document.selected if document else ())

    def _show_tool(self, state: State) -> None:
        self.tools.show_state(state)
        self.gestures.start_over()
        self.keys.start_over()
        self.canvas.set_drawing(state.selection.tool != "look")

    def _show_cursor(self, state: State) -> None:
        self.canvas.show_cursor(state.selection.cursor)

    def _show_readout(self, state: State) -> None:
        over = shows_second(state)
        shown = seen(self._session.state, second=True) if over else state
        self.readout.show_pixel(shown, self._plane)


def _heated(state: State) -> object:
    display, mapped = state.view.display, state.class_map
    shown = state.heatmap_shown, state.shown_volume
    return state.view.window_nm, display, shown, mapped, _overlay(state)


def _classed(state: State) -> object:
    opacity = state.view.display.opacity
    return state.class_map, state.teaching.counts, opacity, _overlay(state)


def _overlay(state: State) -> object:
    return state.comparison.pair, state.overlaid


def display_plane(
    volume: SaliencyVolume, window: BandWindow, mean: RunningMean | None = None
) -> FloatArray:
    """Return the mean saliency in a window at pixel resolution, with at most a million pixels.

    Returns
    -------
    FloatArray, shape (height, width)
    """
    rows, cols = volume.image_shape
    shrink = min(1.0, math.sqrt(_MOST_PIXELS / (rows * cols)))
    shape = max(1, int(rows * shrink)), max(1, int(cols * shrink))
    return on_pixels(volume, (mean or RunningMean()).plane(volume, window), shape)


def _displayed(state: State) -> object:
    """Return what the header shows of the state."""
    return state.view.display, state.class_map is None


def _headed(document: Document) -> object:
    """Return what the header shows of a document."""
    return document.composite, document.saliency_source, document.heatmap_asked


def _plane(
    state: State, volume: SaliencyVolume, mean: RunningMean, second_mean: RunningMean
) -> FloatArray:
    """Return the heatmap; a swipe shows the second cube's right of the split."""
    plane, pair = display_plane(volume, state.view.window_nm, mean), state.comparison.pair
    if pair is None or pair.how != "swipe" or state.overlaid is None:
        return plane
    second = state.seen_from(pair.second).shown_volume
    unknown = np.full_like(plane, np.nan)
    over = unknown if second is None else display_plane(second, state.view.window_nm, second_mean)
    return swiped(plane, over, pair.split)


def _bar_words(state: State, volume: SaliencyVolume) -> tuple[str, tuple[str, str]]:
    """Return title and end labels of the colour bar."""
    how = state.comparison.pair.how if state.comparison.pair else "beside"
    if how == "measured" and state.document is not None:
        return state.document.cube.units, ("in second", "in first")
    title = "saliency" if volume.method else volume.mode
    return title, ("in second", "in first") if how == "difference" else ("for", "against")


def no_difference_text(state: State) -> str:
    """Return why two cubes have no difference map; empty if they have one, or may still get it."""
    pair = state.comparison.pair
    if pair is None or state.shown_volume is not None:
        return ""
    if pair.how == "measured":
        first, second = state.find(pair.first), state.find(pair.second)
        unlike = unlike_text(first.cube, second.cube) if first and second else ""
        return f"no difference: {unlike}" if unlike else ""
    volumes = [state.seen_from(number).volume for number in (pair.first, pair.second)]
    if pair.how != "difference" or any(volume is None for volume in volumes):
        return ""
    return "no difference: the cubes differ in size or in their spectral groups"


def gap_text(state: State, plane: FloatArray | None) -> str:
    """Return a notice if no spectral group of the model covers the window, else an empty text."""
    # Of most planes the first pixel is known: only else are the others looked at.
    known = plane is None or not (np.isnan(plane[0, 0]) and np.isnan(plane).all())
    if state.document is None or known:
        return ""
    position = position_text(state.document.cube, state.view.window_nm.center_nm)
    return f"no saliency at {position}: not covered by the model's spectral groups"


def _notice() -> QLabel:
    notice = QLabel()
    notice.setWordWrap(True)  # a long line would widen the area, and the panels not come back
    notice.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    notice.setStyleSheet(
        f"color: {theme.WARNING}; background: {theme.PANEL}; border: 1px solid {theme.EDGE};"
        "border-radius: 4px; padding: 3px 9px; margin: 8px;"
    )
    return notice
