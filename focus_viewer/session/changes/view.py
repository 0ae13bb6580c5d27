"""Changes of the view: band window, display, publication figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from focus_viewer.core.documents.figure_spec import FigureSpec, within_bounds
from focus_viewer.core.pictures.composite import CompositeRecipe, placed
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.state.activation import with_window
from focus_viewer.session.state.band_windows import clamped, strongest_window
from focus_viewer.session.state.slices.display import Display
from focus_viewer.session.store import Changes


class ViewChanges(Changes):
    """Changes of the view."""

    def set_window(self, center_nm: float, width_nm: float | None = None) -> None:
        """Move the band window, clamped to the cube's range; without a width it keeps its own."""
        state, document = self._state, self._state.document
        width = state.view.window_nm.width_nm if width_nm is None else width_nm
        if document is not None and np.isfinite([center_nm, width]).all():
            window = clamped(BandWindow(center_nm, width), document.cube)
            self._store.publish(with_window(state, window))

    def step_band(self, steps: int) -> None:
        """Move the window by good bands, from the good band nearest to its middle."""
        state, document = self._state, self._state.document
        if document is None:
            return
        cube = document.cube
        good = np.flatnonzero(cube.good_bands)
        if good.size:
            nearest = int(np.argmin(np.abs(cube.axis[good] - state.view.window_nm.center_nm)))
            chosen = good[int(np.clip(nearest + steps, 0, good.size - 1))]
            self.set_window(float(cube.axis[chosen]))

    def set_display(self, display: Display) -> None:
        """Change how things are drawn; opacity is clamped to 0-1."""
        state = self._state
        display = replace(display, opacity=float(np.clip(display.opacity, 0, 1)))
        self._store.publish(replace(state, view=replace(state.view, display=display)))

    def set_mode(self, mode: Mode) -> None:
        """Show a kind of FOCUS' saliency, also where another method's was shown."""
        state, document = self._state, self._state.document
        if document is not None and document.rival is not None:
            state = state.with_document(replace(document, rival=None))
        display = replace(state.view.display, mode=mode)
        self._store.publish(replace(state, view=replace(state.view, display=display)))

    def show_heatmap(self, shown: bool) -> None:
        """Show or hide the heatmap; where the model does not apply, of the active cube alone."""
        state, document = self._state, self._state.document
        if document is not None and document.foreign:
            document = replace(document, heatmap_asked=shown)
            state = state.with_document(document)
            if shown:
                strongest = strongest_window(document, state.view.display, state.view.window_nm)
                state = with_window(state, clamped(strongest, document.cube))
            self._store.publish(state)
            return
        display = replace(state.view.display, heatmap=shown)
        self._store.publish(replace(state, view=replace(state.view, display=display)))

    def set_recipe(self, recipe: CompositeRecipe) -> None:
        """Choose the bands of the picture; their wavelengths are those of the active cube.

        Bands that it lacks give the usual picture.
        """
        document = self._state.document
        if document is not None:
            recipe = placed(recipe, document.cube)
        self.set_display(replace(self._state.view.display, recipe=recipe))

    def set_figure(self, spec: FigureSpec) -> None:
        """Choose what the publication figure shows; numbers are clamped to their bounds."""
        state = self._state
        self._store.publish(replace(state, view=replace(state.view, figure=within_bounds(spec))))
