"""Slow things about regions: comparing groups, and finding pixels that are alike."""

from __future__ import annotations

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Shape, painted
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import GroupComparison, Question, answer
from focus_viewer.session.state.groups import question
from focus_viewer.session.state.problems import problem_of
from focus_viewer.session.state.requests import Problem
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.state.wand import (
    Distances,
    Seed,
    Wand,
    angle_distances,
    saliency_distances,
    similar_connected,
)
from focus_viewer.session.tasks.protocols import Runner, Task

COMPARE, WAND = "compare", "wand"
_NO_SALIENCY = Problem(
    "The wand finds no saliency",
    "It was told to follow the saliency, but this cube has not been explained: explain it, or let "
    "the wand follow the spectral angle.",
)


class RegionWork:
    """Sees from the state what is asked of regions, and has it done.

    Parameters
    ----------
    session : Session
    runner : Runner
    """

    def __init__(self, session: Session, runner: Runner) -> None:
        self._session = session
        self._runner = runner
        self._asked: Question | None = None
        self._served: Wand | None = None
        self._distances: Distances | None = None
        session.changed.connect(self._on_changed)

    def close(self) -> None:
        """Start nothing any more."""
        self._session.changed.disconnect(self._on_changed)

    def _on_changed(self, change: Change) -> None:
        if change.touched(
            lambda state: (
                state.documents.items,
                state.documents.active,
                state.comparison.contrast,
                state.view.display.curve_settings,
            )
        ):
            self._want_comparison(change.after)
        if change.touched(lambda state: state.selection.wand):
            self._want_touched(change.after)

    def _want_comparison(self, state: State) -> None:
        """Compare the groups, if they are others than before; the answer of those goes."""
        wanted = question(state)
        if wanted == self._asked:
            return
        self._asked = wanted
        self._session.groups.take_comparison(None)
        if wanted is None:
            self._runner.cancel(COMPARE)
            return

        def work(step: Step) -> GroupComparison:
            return answer(wanted, step)

        self._runner.submit(COMPARE, Task(work, self._session.groups.take_comparison, self._failed))

    def _want_touched(self, state: State) -> None:
        """Find the pixels around the last seed, if it or the tolerance is another."""
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
        kept, cube, window = self._distances, document.cube, state.view.window_nm
        by_angle, place = wand.criterion == "angle", (seed.row, seed.col)
        sources = (cube, None, None, place) if by_angle else (cube, volume, window, place)

        def work(step: Step) -> tuple[Distances, Shape | None]:
            distances = kept
            if distances is None or not distances.fits(sources):
                if by_angle or volume is None:
                    distances = angle_distances(cube, place, step)
                else:
                    distances = saliency_distances(cube, volume, window, place)
            return distances, _with_base(distances, seed, wand.tolerance)

        def done(found: tuple[Distances, Shape | None]) -> None:
            self._distances = found[0]
            self._session.wand.take_region(seed, found[1])

        self._runner.submit(WAND, Task(work, done, self._failed))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._session.requests.report(problem_of("Could not read the cube", error))


def _with_base(distances: Distances, seed: Seed, tolerance: float) -> Shape | None:
    mask = similar_connected(distances, tolerance)
    if seed.base is not None:
        mask = mask | seed.base.mask((mask.shape[0], mask.shape[1]))
    return painted(mask)
