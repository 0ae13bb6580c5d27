"""Curve view: importance and spectra over a spectral axis, where the wavelength is chosen."""

from __future__ import annotations

from functools import partial
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from focus_viewer.core.saliency.logit_sum import unattributed_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import unlike_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_header import CurveHeader
from focus_viewer.ui.curves.effect_plot import EffectPlot
from focus_viewer.ui.curves.group_comparison_row import ContrastRow
from focus_viewer.ui.curves.importance_plot import ImportancePlot
from focus_viewer.ui.curves.library_lines import LibraryLines
from focus_viewer.ui.curves.readout import CurveReadout, readout_text
from focus_viewer.ui.curves.region_curves import RegionImportance, RegionSpectra
from focus_viewer.ui.curves.spectra_plot import SpectraPlot
from focus_viewer.ui.curves.spectral_plot import SpectralPlot
from focus_viewer.ui.curves.spectral_words import UNITLESS
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, show_all, show_touched
from focus_viewer.ui.widgets.captions import WITHHELD
from focus_viewer.ui.widgets.focus_ring import FocusRing
from focus_viewer.ui.widgets.throttle import FRAME_MS, Throttle

_LEAST_PLOTS_PX: Final = 176  # below, ticks and names of regions overlap
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_LONG_STEP: Final = 10
_PAGES: Final = {Qt.Key.Key_PageUp: _LONG_STEP, Qt.Key.Key_PageDown: -_LONG_STEP}
_WIDTH_FACTORS: Final = {
    Qt.Key.Key_Up: 1.25,
    Qt.Key.Key_BracketRight: 1.25,
    Qt.Key.Key_Down: 0.8,
    Qt.Key.Key_BracketLeft: 0.8,
}


class CurveView(QWidget):
    """View of the curves of a session that moves its band window; plots that are built are taken.

    Attributes
    ----------
    menu_wanted : signal of QPoint
        Place on the screen where the user wants a menu.
    """

    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        parent: QWidget | None = None,
        plots: tuple[ImportancePlot, EffectPlot, SpectraPlot] | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header = CurveHeader(session)
        self.plots = pg.GraphicsLayoutWidget()
        self.contrast = ContrastRow(session)
        self.importance, self.effect, self.spectra = plots or (
            ImportancePlot(),
            EffectPlot(),
            SpectraPlot(),
        )
        self.region_importance = RegionImportance(self.importance)
        self.region_spectra = RegionSpectra(self.spectra)
        self.library_lines = LibraryLines(self.spectra)
        self._lay_out()
        self.ring = FocusRing(self, self.plots)
        self.readout = CurveReadout(self.plots)
        self._pick = Throttle(self._on_picked, FRAME_MS // 2, self)
        self._widen = Throttle(self._on_widened, FRAME_MS // 2, self)
        for plot in self._all_plots:
            plot.picked.connect(self._pick)
            plot.widened.connect(self._widen)
            plot.vb.menu_wanted.connect(self.menu_wanted)
            plot.pointed.connect(partial(self._read_out, plot))
            plot.unpointed.connect(self.readout.hide)
        self._parts = (*self._listed_parts(), *self._further_parts())
        session.changed.connect(self._on_changed)
        show_all(self._parts, session.state)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.contrast)
        column.addWidget(self.plots, 1)
        self.plots.setBackground(theme.PANEL)
        self.plots.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys are for the view
        self.plots.setAcceptDrops(False)  # files are for the window
        self.plots.setMinimumHeight(_LEAST_PLOTS_PX)
        layout = self.plots.ci.layout
        layout.setContentsMargins(4, 6, 10, 4)  # the uppermost tick is not cut
        layout.setSpacing(2)
        self.plots.addItem(self.importance, 0, 0)
        self.plots.addItem(self.spectra, 1, 0)
        layout.setRowStretchFactor(0, 5)
        layout.setRowStretchFactor(1, 6)
        self.spectra.setXLink(self.importance)

    @property
    def _all_plots(self) -> tuple[SpectralPlot, ...]:
        return self.importance, self.effect, self.spectra

    # Widgets to state

    def _on_picked(self, position: float) -> None:
        self._session.view.set_window(position)
        self._show_window(self._session.state)  # a line dragged beyond the end comes back

    def _read_out(self, plot: SpectralPlot, position: float, screen: QPoint) -> None:
        """Show what the curves are under the mouse."""
        document = self._session.state.document
        if document is not None:
            text = readout_text(document.cube, position, plot.values_at(position))
            self.readout.show_at(self.plots.mapFromGlobal(screen), text)

    def _on_widened(self, width: float) -> None:
        self._session.view.set_window(self._session.state.view.window_nm.center_nm, width)
        self._show_window(self._session.state)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move by band and change the width with the arrows, go to the ends with Home and End.

        The keys that turn pages move by ten bands.
        """
        key, window = Qt.Key(event.key()), self._session.state.view.window_nm
        if key in _STEPS:
            far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._session.view.step_band(_STEPS[key] * (_LONG_STEP if far else 1))
        elif key in _PAGES:
            self._session.view.step_band(_PAGES[key])
        elif key in _WIDTH_FACTORS:
            self._session.view.set_window(window.center_nm, window.width_nm * _WIDTH_FACTORS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(first=key == Qt.Key.Key_Home)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Report that a menu is wanted by the keyboard; by the mouse, its click does."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(event.globalPos())

    def _go_to_end(self, first: bool) -> None:
        document = self._session.state.document
        if document is not None:
            axis = document.cube.axis
            self._session.view.set_window(float(axis.min() if first else axis.max()))

    # State to widgets

    def _listed_parts(self) -> tuple[Binding, ...]:
        def groups(state: State) -> object:
            return (
                state.view.display.curve_settings,
                state.documents.items,
                state.comparison.contrast,
                state.comparison.groups,
            )

        return (
            Binding(self._show_cube, document=lambda document: document.cube),
            Binding(
                self._show_used,
                lambda state: state.teaching.choice.bands_nm,
                lambda document: document.cube,
            ),
            Binding(
                self._show_window,
                lambda state: state.view.window_nm,
                lambda document: document.cube,
            ),
            Binding(self._show_importance, lambda state: state.view.display, _explained),
            Binding(self._show_looks, _looks),
            Binding(
                self._show_pins,
                lambda state: state.view.display.curve_settings,
                lambda document: document.pins,
            ),
            Binding(
                self.region_spectra.show_state,
                lambda state: state.view.display.curve_settings,
                _measured,
            ),
            Binding(
                self.region_importance.show_state,
                lambda state: state.view.display,
                lambda document: (_measured(document), _explained(document)),
            ),
            Binding(self._show_comparison, groups),
            Binding(
                self._show_hovered,
                lambda state: (state.selection.spectrum, state.view.display.curve_settings),
                lambda document: (document.pins, document.measures),
            ),
            Binding(
                self._show_other,
                lambda state: (state.selection.other_spectrum, state.view.display.curve_settings),
                lambda document: document.cube,
            ),
        )

    def _further_parts(self) -> tuple[Binding, ...]:
        return (
            Binding(self.header.show_mask, document=lambda document: document.measures),
            Binding(
                self.library_lines.show_state,
                lambda state: (state.libraries.drawn, state.view.display.spectral_view),
                lambda document: document.cube,
            ),
        )

    def _on_changed(self, change: Change) -> None:
        show_touched(self._parts, change)

    def show_theme(self) -> None:
        """Draw the curves in colours that are seen in the theme in use."""
        state = self._session.state
        for plot in self._all_plots:
            plot.show_spans()
        for show in (
            self._show_used,
            self._show_importance,
            self._show_pins,
            self.region_spectra.show_state,
            self.region_importance.show_state,
            self._show_comparison,
        ):
            show(state)

    def _show_cube(self, state: State) -> None:
        cube = state.document.cube if state.document else None
        self.header.show_cube(cube)
        for plot in self._all_plots:
            plot.show_cube(cube)

    def _show_used(self, state: State) -> None:
        for plot in self._all_plots:
            plot.show_used(state.teaching.choice.bands_nm)

    def _show_looks(self, state: State) -> None:
        self.header.show_looks(state)
        self.spectra.show_legend(state.view.display.legend)
        self.spectra.show_view(
            state.document.cube if state.document else None, state.view.display.spectral_view
        )

    def _show_comparison(self, state: State) -> None:
        comparing = state.view.display.curve != "importance"
        self.contrast.show_state(state)
        self._stand_over_spectra(self.effect if comparing else self.importance)
        if comparing:
            self.effect.show_state(state)

    def _stand_over_spectra(self, plot: SpectralPlot) -> None:
        """Put a plot over the spectra, with the visible part of the axis."""
        layout = self.plots.ci
        before = layout.getItem(0, 0)
        if before is plot:
            return
        seen = self.spectra.vb.viewRange()[0]
        layout.removeItem(before)
        layout.addItem(plot, 0, 0)
        plot.setXRange(*seen, padding=0)
        self.spectra.setXLink(plot)
        self._show_window(self._session.state)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Show the band window, which is not moved while nobody sees it."""
        super().showEvent(event)
        self._show_window(self._session.state)

    def _show_window(self, state: State) -> None:
        if not self.isVisible():
            return
        self.header.show_window(state)
        if state.document is not None:
            for plot in (self.plots.ci.getItem(0, 0), self.spectra):
                plot.show_window(state.document.cube, state.view.window_nm)

    def _show_importance(self, state: State) -> None:
        colourmap = state.view.display.colourmap
        self.importance.show_curve(state.viewed_volume, colourmap, _not_attributed(state))
        self.importance.show_notice(_importance_notice(state))

    def _show_pins(self, state: State) -> None:
        self.header.show_pins(state)
        document = state.document
        self.spectra.show_pins(
            document.cube if document else None, document.pins if document else ()
        )

    def _show_other(self, state: State) -> None:
        drawn = state.other is not None and not _unlike(state)
        self.spectra.show_other(
            state.other.cube if state.other and drawn else None, state.selection.other_spectrum
        )
        self.spectra.show_footnote(_other_notice(state))

    def _show_hovered(self, state: State) -> None:
        document = state.document
        self.spectra.show_hovered(document.cube if document else None, state.selection.spectrum)
        self.spectra.show_notice(_spectra_notice(state))


def _looks(state: State) -> object:
    return state.view.display.curve_settings, state.view.display.legend


def _explained(document: Document) -> object:
    return document.saliency_source, document.outcome, document.heatmap_asked


def _measured(document: Document) -> object:
    return document.measures, document.annotations, document.selected


def _not_attributed(state: State) -> DoubleArray | None:
    """Return what the sink took at each group, contrasted as the evidence that is shown."""
    document = state.document
    if document is None or document.class_name is None or document.explanation is None:
        return None
    other = state.view.display.mode != "evidence" or document.viewed_rival is not None
    if state.withheld or other:
        return None
    return unattributed_curve(document.explanation, document.class_name, document.reference_class)


def _importance_notice(state: State) -> str:
    if state.document is None or state.viewed_volume is not None:
        return ""
    if state.withheld:
        return WITHHELD
    if state.document.outcome == "failed":
        return "No importance curve: the cube could not be explained"
    return "The importance curve appears when the cube is explained"


def _unlike(state: State) -> str:
    """Return why the other cube's spectrum is not drawn; empty where there is none."""
    if state.document is None or state.other is None:
        return ""
    unitless = state.view.display.spectral_view in UNITLESS
    return unlike_text(state.document.cube, state.other.cube, unitless)


def _other_notice(state: State) -> str:
    why = _unlike(state) if state.selection.other_spectrum is not None else ""
    return f"The other cube's spectrum is not drawn: {why}" if why else ""


def _spectra_notice(state: State) -> str:
    if state.document is None:
        return "Open a cube to see its spectrum"
    measured = state.document.measures is not None and state.document.measures.rows
    if state.selection.spectrum is None and not state.document.pins and not measured:
        return "Point at the image to see a spectrum, click to keep it"
    return ""
