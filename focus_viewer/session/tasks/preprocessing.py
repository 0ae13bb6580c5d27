"""Preprocessing of cubes in the background: references, previews, application."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    FlatField,
    FoundReferences,
    Preprocessing,
    as_read,
    preprocessing_of,
)
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background, log_failure
from focus_viewer.session.tasks.lane_names import (
    FLAT_FIELD,
    PREPROCESS,
    PREVIEW,
    REFERENCES,
    REPEAT,
)
from focus_viewer.session.tasks.service_protocols import PreprocessingFiles

Failed = Callable[[str], None]
"""Takes the reason, for the user."""


@dataclass(frozen=True, eq=False)
class PreprocessingPreview:
    """Pixel before and after preprocessing; values and axes have shape (bands,).

    The numbers of bands may differ; the notes are those that the preprocessing adds to the cube.
    """

    row: int
    col: int
    before: FloatArray
    after: FloatArray
    before_axis: DoubleArray
    after_axis: DoubleArray
    before_units: str
    after_units: str
    notes: tuple[str, ...]


class PreprocessingTasks:
    """Search for references, previews of a pixel, and preprocessing of cubes."""

    def __init__(self, session: Session, background: Background, files: PreprocessingFiles) -> None:
        self._session = session
        self._background = background
        self._files = files
        self._repeats: deque[tuple[int, Preprocessing, bool]] = deque()
        self._unfit: list[str] = []
        self._after: list[Callable[[], None]] = []

    # References

    def find_beside(self, state: State, document: Document) -> None:
        """Find references beside a cube of counts, once."""
        cube = document.cube
        counted = cube.units in ("counts", "unknown") and cube.path is not None
        if (
            document.references is not None
            or not counted
            or preprocessing_of(cube) != NO_PREPROCESSING
        ):
            return

        def done(found: FoundReferences) -> None:
            self._session.preprocessing.take_references(document.id, found)

        self.find(cube, done)

    def find(self, cube: Cube, done: Callable[[FoundReferences], None]) -> None:
        """Find references beside a cube; a failure is only logged, as the user did not start it."""
        self._background.submit(
            REFERENCES,
            lambda step: self._files.find_references(cube),
            done,
            reads=f"The folder of {cube.name}",
            failed=log_failure("looking for references"),
        )

    def decline(self) -> None:
        """Withdraw the offer of references for the active cube."""
        document = self._session.state.document
        if document is not None:
            self._session.preprocessing.take_references(document.id, FoundReferences())

    # Preprocessing

    def preview(
        self,
        cube: Cube,
        without: Preprocessing,
        preprocessing: Preprocessing,
        place: tuple[int, int],
        done: Callable[[PreprocessingPreview], None],
        failed: Failed,
    ) -> None:
        """Compare two settings at the pixel in (row, col); earlier previews are cancelled."""

        def work(step: Step) -> PreprocessingPreview:
            before = self._files.preprocess(cube, without, step)
            return _preview(before, self._files.preprocess(cube, preprocessing, step), place)

        self._background.submit(PREVIEW, work, done, refused=failed)

    def drop_preview(self) -> None:
        """Cancel the preview."""
        self._background.cancel(PREVIEW)

    def apply(
        self,
        document_id: int,
        preprocessing: Preprocessing,
        done: Callable[[], None] = lambda: None,
        failed: Failed | None = None,
        progress: Callable[[float, str], None] | None = None,
        lane: str = PREPROCESS,
    ) -> None:
        """Replace a document's cube by one with this preprocessing and no other, then call `done`.

        `failed` takes the reason of a failure; without it, the failure is reported.
        """
        document = self._session.state.find(document_id)
        if document is None:
            return
        cube = document.cube

        def put(found: Cube) -> None:
            self._session.preprocessing.replace_cube(document_id, found)
            done()

        self._background.submit(
            lane,
            lambda step: self._files.preprocess(cube, preprocessing, step),
            put,
            f"Could not change {cube.name}",
            refused=failed,
            progress=progress,
        )

    def repeat(
        self,
        preprocessing: Preprocessing,
        document_ids: Sequence[int],
        in_nm: bool = True,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Preprocess cubes in the same way, one after the other, in place of what was done to each.

        After the last one `then` is called.

        `in_nm` is whether its bad bands are wavelengths, or numbers of bands.

        A cube that it does not fit is reported and stays as it is; the next ones follow.
        """
        running = bool(self._repeats)
        self._after.append(then)
        self._repeats.extend((document_id, preprocessing, in_nm) for document_id in document_ids)
        if not running:
            self._unfit.clear()
            self._repeat_first()

    def _repeat_first(self) -> None:
        """Preprocess the first cube that waits, in a lane where nothing else takes its place."""
        while self._repeats:
            document_id, preprocessing, in_nm = self._repeats[0]
            document = self._session.state.find(document_id)
            unfit = _other_axis(document.cube, preprocessing, in_nm) if document else ""
            if document is not None and not unfit:
                done = self._on_repeated
                self.apply(document.id, preprocessing, done, done, lane=REPEAT)
                return
            self._repeats.popleft()  # closed meanwhile, or it does not fit
            self._report_unfit(unfit)
        after, self._after = self._after, []
        for then in after:
            then()

    def _on_repeated(self, reason: str = "") -> None:
        self._repeats.popleft()
        self._report_unfit(reason)
        self._repeat_first()

    def _report_unfit(self, reason: str) -> None:
        """Add a cube that could not be preprocessed to the report; nothing without a reason."""
        if reason:
            self._unfit.append(reason)
            text = " ".join(self._unfit)
            self._session.requests.report(Problem("Could not repeat it on every cube", text))

    # Flat field

    def flat_of_region(
        self, cube: Cube, region: Annotation, done: Callable[[FlatField], None], failed: Failed
    ) -> None:
        """Compute the mean spectrum of a region, in the cube as read."""

        def work(step: Step) -> FlatField:
            return FlatField(_finite(_mean(as_read(cube), region, step)), _named(region))

        self._background.submit(FLAT_FIELD, work, done, refused=failed)

    def flat_of_file(
        self, cube: Cube, path: Path, done: Callable[[FlatField], None], failed: Failed
    ) -> None:
        """Read the spectrum of a file at the bands of a cube."""

        def work(step: Step) -> FlatField:
            values = self._files.read_spectrum(path, as_read(cube))
            return FlatField(_finite(values), f"the spectrum of {path.name}")

        self._background.submit(FLAT_FIELD, work, done, reads=path, refused=failed)


def _other_axis(cube: Cube, preprocessing: Preprocessing, in_nm: bool) -> str:
    """Return why bad bands of another cube mean nothing in this one; empty if they do."""
    has_nm = bool(preprocessing.sensor) or as_read(cube).wavelengths_nm is not None
    if preprocessing.bad_ranges is None or has_nm == in_nm:
        return ""
    units = ("wavelengths", "numbers of bands")
    given, own = units if in_nm else units[::-1]
    return (
        f"{cube.name} has {own}; the bad bands were chosen by {given}. Choose those of "
        f"{cube.name} with View > Bad bands."
    )


def _preview(before: Cube, after: Cube, place: tuple[int, int]) -> PreprocessingPreview:
    row, col = place
    return PreprocessingPreview(
        row,
        col,
        np.where(before.good_bands, before.pixel(row, col), np.float32(np.nan)),
        np.where(after.good_bands, after.pixel(row, col), np.float32(np.nan)),
        before.axis,
        after.axis,
        before.units,
        after.units,
        tuple(note for note in after.notes if note not in before.notes),
    )


def _named(region: Annotation) -> str:
    return f"the mean of the region {region.name}"


def _mean(cube: Cube, region: Annotation, step: Step) -> DoubleArray:
    """Return the mean spectrum of a region, read line by line; NaN without data."""
    crop = region.outline.crop((cube.rows, cube.cols))
    if crop is None:
        raise FocusError(f"The region {region.name} covers no pixel. Choose or draw a larger one.")
    total, count = np.zeros(cube.bands), np.zeros(cube.bands)
    for offset, inside in enumerate(crop.inside):
        step(offset / len(crop.inside), f"reading {region.name}")
        row = crop.row + offset
        values = cube.block(slice(row, row + 1), crop.cols)[0][inside]
        total += np.nansum(values, axis=0, dtype=np.float64)
        count += np.isfinite(values).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.where(count > 0, count, np.nan))


def _finite(values: DoubleArray) -> tuple[float, ...]:
    return tuple(float(value) for value in np.nan_to_num(values, nan=0.0))
