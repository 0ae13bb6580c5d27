"""Background work on regions: comparison of groups, regions of the wand and of saliency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from focus_viewer.core.pictures.composite import Composite, pixels_within
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.leaves import leaves
from focus_viewer.core.regions.mask_crop import crop_mask, union
from focus_viewer.core.regions.region_growing import Distances, similar_connected
from focus_viewer.core.regions.shapes import Shape, mask_shape
from focus_viewer.core.saliency.volume import SaliencyVolume, heatmap
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import Question, answer
from focus_viewer.session.state.groups import question
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.state.slices.wand import Wand
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import COMPARE, STRONGEST, WAND
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S

_NO_LEAF = Problem(
    "No leaf was found",
    "Nothing in this image has the spectrum of plant tissue over enough pixels. Draw the regions "
    "with the tools beside the image.",
)
_NO_SALIENCY = Problem(
    "The wand has no saliency",
    "The wand is set to saliency, but this cube has not been explained yet. Explain it, or set the "
    "wand to the spectral angle.",
)


class RegionTasks:
    """Comparison of groups of regions, and regions of the wand and of the strongest saliency."""

    def __init__(self, session: Session, background: Background) -> None:
        self._session = session
        self._background = background
        self._question: Question | None = None
        self._served: Wand | None = None
        self._distances: Distances | None = None

    def compare_groups(self, state: State) -> None:
        """Compare the groups, if they are not those of the last comparison."""
        wanted = question(state)
        if wanted == self._question:
            return
        self._question = wanted
        self._session.groups.take_comparison(None)
        if wanted is None:
            self._background.cancel(COMPARE)
            return
        self._background.submit(
            COMPARE, lambda step: answer(wanted, step), self._session.groups.take_comparison
        )

    def grow_region(self, state: State) -> None:
        """Find the pixels around the wand's seed, if seed or tolerance have changed."""
        wand, seed = state.selection.wand, state.selection.wand.seed
        before, self._served = self._served, wand
        if seed is None or wand.selects_as(before):
            return
        document, volume = state.document, state.viewed_volume
        if document is None or document.id != seed.document_id:
            return
        if wand.criterion == "saliency" and volume is None:
            self._session.requests.report(_NO_SALIENCY)
            return
        known, cube, window = self._distances, document.cube, state.view.window_nm
        by_angle, place = wand.criterion == "angle", (seed.row, seed.col)
        sources = (cube, None if by_angle else volume, None if by_angle else window, place)

        def work(step: Step) -> tuple[Distances, Shape | None]:
            distances = known if known and known.fits(sources) else Distances(*sources)
            distances, pixels = similar_connected(distances, wand.tolerance, step)
            if seed.base is not None:
                pixels = union([pixels, seed.base.crop((cube.rows, cube.cols))])
            return distances, mask_shape(pixels)

        def done(result: tuple[Distances, Shape | None]) -> None:
            self._distances = result[0]
            self._session.wand.take_region(seed, result[1])

        self._background.submit(WAND, work, done)

    def draw_strongest(self) -> None:
        """Add a region of the pixels whose saliency at the window is above half its maximum.

        It is not added if another cube, volume or band window is shown meanwhile.
        """
        state = self._session.state
        document, volume, window = state.document, state.viewed_volume, state.view.window_nm
        if document is None or volume is None:
            return

        def done(outline: Shape | None) -> None:
            now = self._session.state
            shown = (now.documents.active, now.view.window_nm) == (document.id, window)
            if outline is not None and shown and now.viewed_volume is volume:
                self._session.regions.draw(outline, document.class_name)

        self._background.submit(STRONGEST, lambda step: _strongest(volume, window), done)

    def draw_within_limits(self) -> None:
        """Add a region of the pixels within the limits of the picture, which has one channel."""
        document = self._session.state.document
        picture = document.composite if document else None
        if document is None or picture is None or len(picture.limits) != 1:
            return
        cube, (low, high) = document.cube, picture.limits[0]
        name = f"{channel_text(picture)} {low:.4g} to {high:.4g}"

        def done(outline: Shape | None) -> None:
            if self._session.state.documents.active != document.id:
                return
            if outline is None:
                text = (
                    f"No pixel of {cube.name} is within {low:.4g} to {high:.4g}. Widen the limits."
                )
                self._session.requests.report(Problem("No region was drawn", text))
            else:
                self._session.regions.draw_all((outline,), name)

        self._background.submit(
            STRONGEST,
            lambda step: mask_shape(crop_mask(pixels_within(cube, picture, step))),
            done,
            reads=cube.place,
            patience_s=WHOLE_PATIENCE_S,
        )

    def draw_leaves(self) -> None:
        """Add a region for each leaf or plant: connected plant tissue as the model found it."""
        document = self._session.state.document
        explanation = document.explanation if document else None
        if document is None or explanation is None:
            return

        def done(outlines: tuple[Shape, ...]) -> None:
            if self._session.state.documents.active != document.id:
                return
            if outlines:
                self._session.regions.draw_all(outlines, _names_of(outlines))
            else:
                self._session.requests.report(_NO_LEAF)

        if not explanation.suitability.tissue_share:
            self._session.requests.report(_NO_LEAF)
            return
        met, shape = explanation.met, explanation.image_shape
        self._background.submit(STRONGEST, lambda step: leaves(met, shape), done)


def channel_text(picture: Composite) -> str:
    """Return what a picture of one channel shows, such as "NDVI" or "802 nm"."""
    choice = picture.choice
    if choice.index is not None:
        return choice.index.index.name
    if choice.components is not None:
        return choice.components.text(choice.shown[0]).partition(" (")[0]
    return choice.how


def _names_of(outlines: Sequence[Shape]) -> str:
    return "Leaf" if len(outlines) > 1 else "Plant tissue"


def _strongest(volume: SaliencyVolume, window: BandWindow) -> Shape | None:
    """Return the pixels above half the maximum; None if no saliency supports the class."""
    plane = heatmap(volume, window)
    highest = float(np.fmax.reduce(plane, axis=None))  # NaN only without any saliency
    return mask_shape(crop_mask(plane > max(highest / 2, 0.0)))
