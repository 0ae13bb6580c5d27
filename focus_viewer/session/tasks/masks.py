"""Masks, computed in the background by their rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.masks.computing import compute_mask, repeat_refusal
from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.masks.rules import MaskRecipe, MaskStep, Rule, WithinOutline
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.mask_crop import crop_mask, union
from focus_viewer.core.regions.shapes import Shape, mask_shape
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.requests import Problem, problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import MASK, MASK_FILE
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import RegionFiles

Refused = tuple[Cube, tuple[MaskStep, ...]]
_MOST_NAMES = 3


class MaskTasks:
    """Computation of masks, those of files, and their repetition on other cubes."""

    def __init__(self, session: Session, background: Background, files: RegionFiles) -> None:
        self._session = session
        self._background = background
        self._files = files
        self._refused: dict[int, Refused] = {}

    def compute_next(self, state: State) -> None:
        """Compute the mask of the next document that lacks its pixels, the active one first."""
        documents = sorted(
            state.documents.items, key=lambda each: each.id != state.documents.active
        )
        open_ids = {each.id for each in documents}
        self._refused = {key: kept for key, kept in self._refused.items() if key in open_ids}
        waiting = [each for each in documents if each.mask_recipe.steps and not each.known_mask]
        for document in waiting:
            if self._refused.get(document.id) == (document.cube, document.mask_recipe.steps):
                if document.mask_recipe.used:
                    self._session.masks.switch_off(document.id)
                    return  # this is a change, which comes here again
            else:
                self._compute(document)
                return
        self._background.cancel(MASK)

    def _compute(self, document: Document) -> None:
        cube, steps = document.cube, document.mask_recipe.steps

        def done(mask: Mask) -> None:
            self._session.masks.take(document.id, mask)
            if not mask.pixels:
                self._session.requests.report(_empty(mask))

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                return
            self._refused[document.id] = cube, steps
            self._session.masks.switch_off(document.id)
            problem = problem_of("The mask is not used", error)
            text = f"{problem.text} Statistics are of all pixels."
            self._session.requests.report(Problem(problem.title, text))

        self._background.submit(
            MASK,
            lambda step: compute_mask(cube, steps, step),
            done,
            reads=cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=failed,
        )

    def read(self, path: Path, done: Callable[[Rule], None]) -> None:
        """Read the regions of a file, or all classes of a class map, and give their rule."""
        document = self._session.state.document
        if document is None:
            return
        cube = document.cube

        def work(step: Step) -> WithinOutline:
            regions = self._files.read_annotations(path, cube).regions
            return outline_rule(regions, cube, f"the regions of {path.name}")

        def put(rule: WithinOutline) -> None:
            if self._session.state.documents.active == document.id:
                done(rule)

        title = f"Could not make a mask of {path.name}"
        self._background.submit(MASK_FILE, work, put, title, reads=path)

    def repeat(self, recipe: MaskRecipe, document_ids: Sequence[int]) -> None:
        """Give cubes the rules of a mask; those that it does not fit are reported and stay."""
        problems = []
        for document_id in document_ids:
            document = self._session.state.find(document_id)
            if document is None:
                continue
            if unfit := repeat_refusal(document.cube, recipe.steps):
                problems.append(unfit)
            else:
                self._session.masks.repeat(document_id, recipe)
        if problems:
            text = " ".join(problems)
            self._session.requests.report(Problem("Could not repeat the mask on every cube", text))

    def draw_region(self) -> None:
        """Add a region of the pixels inside the mask of the active document."""
        document = self._session.state.document
        mask = document.known_mask if document else None
        if document is None or mask is None:
            return

        def done(outline: Shape | None) -> None:
            if outline is not None and self._session.state.documents.active == document.id:
                self._session.regions.draw_all((outline,), mask.words)

        self._background.submit(MASK_FILE, lambda step: mask_shape(crop_mask(mask.inside)), done)


def outline_rule(regions: Sequence[Annotation], cube: Cube, name: str = "") -> WithinOutline:
    """Return the rule of the pixels in any of some regions, named after them if not otherwise.

    Raises
    ------
    FocusError
        If there is none.
    """
    shape = cube.rows, cube.cols
    if not regions:
        raise FocusError("It has no region with a pixel in this image. Choose another file.")
    if len(regions) == 1:
        return WithinOutline(regions[0].outline, name or regions[0].name, shape)
    crop = union(region.outline.crop(shape) for region in regions)
    return WithinOutline(mask_shape(crop) or regions[0].outline, name or _names(regions), shape)


def _names(regions: Sequence[Annotation]) -> str:
    shown = " + ".join(region.name for region in regions[:_MOST_NAMES])
    more = len(regions) - _MOST_NAMES
    return f"{shown} + {more} more" if more > 0 else shown


def _empty(mask: Mask) -> Problem:
    text = (
        f"{mask.cube.name}: {mask.words} holds no pixel. While the mask is used, regions have no "
        "measurements. Widen its limits, invert or clear it (Image > Mask)."
    )
    return Problem("No pixel is inside the mask", text, is_note=True)
