"""Background work on regions: comparison of groups, and growing of the wand's region."""

from __future__ import annotations

from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Shape, painted
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import Question, answer
from focus_viewer.session.state.groups import question
from focus_viewer.session.state.requests import Problem
from focus_viewer.session.state.state import State
from focus_viewer.session.state.wand import (
    Distances,
    Seed,
    Wand,
    angle_distances,
    saliency_distances,
    similar_connected,
)
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lanes import COMPARE, WAND

_NO_SALIENCY = Problem(
    "The wand has no saliency",
    "The wand is set to saliency, but this cube has not been explained yet. Explain it, or set the "
    "wand to the spectral angle.",
)


class RegionTasks:
    """Comparison of groups of regions, and regions of the wand."""

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
        document, volume = state.document, state.volume
        if document is None or document.id != seed.document_id:
            return
        if wand.criterion == "saliency" and volume is None:
            self._session.requests.report(_NO_SALIENCY)
            return
        known, cube, window = self._distances, document.cube, state.view.window_nm
        by_angle, place = wand.criterion == "angle", (seed.row, seed.col)
        sources = (cube, None, None, place) if by_angle else (cube, volume, window, place)

        def work(step: Step) -> tuple[Distances, Shape | None]:
            distances = known
            if distances is None or not distances.fits(sources):
                if by_angle or volume is None:
                    distances = angle_distances(cube, place, step)
                else:
                    distances = saliency_distances(cube, volume, window, place)
            return distances, _with_base(distances, seed, wand.tolerance)

        def done(result: tuple[Distances, Shape | None]) -> None:
            self._distances = result[0]
            self._session.wand.take_region(seed, result[1])

        self._background.submit(WAND, work, done)


def _with_base(distances: Distances, seed: Seed, tolerance: float) -> Shape | None:
    mask = similar_connected(distances, tolerance)
    if seed.base is not None:
        mask = mask | seed.base.mask((mask.shape[0], mask.shape[1]))
    return painted(mask)
