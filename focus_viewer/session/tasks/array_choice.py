"""Choice of the array of a cube: questions to the user, previews, opening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.pictures.stretch import stretch
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.core.progress import Step, part
from focus_viewer.core.spectra.sample_spectra import SampleSpectra, sample_spectra
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import position_text, units_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import ArrayQuestion, problem_of
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import OPEN_ARRAY, TRY_ARRAY
from focus_viewer.session.tasks.service_protocols import CubeFiles

_SIDE_PX = 320


@dataclass(frozen=True, eq=False)
class ArrayPreview:
    """Preview of a choice: picture of the middle band, shape (height, width), and description.

    If the file cannot be opened so, there is no picture, and the description is the reason.
    """

    picture: ByteArray | None
    description: str
    spectra: SampleSpectra | None = None


@dataclass(frozen=True, eq=False)
class _Pending:
    """Question with the callbacks for its answer."""

    question: ArrayQuestion
    chosen: Callable[[ArrayChoice], None] | None
    left: Callable[[], None]
    labels: CubeLabels


class ArrayQuestions:
    """Questions about one file after the other; what is open stays unchanged."""

    def __init__(self, session: Session, background: Background, cubes: CubeFiles) -> None:
        self._session = session
        self._background = background
        self._cubes = cubes
        self._waiting: list[_Pending] = []
        self._pending: _Pending | None = None

    def ask(
        self,
        needed: NeedsChoice,
        chosen: Callable[[ArrayChoice], None] | None = None,
        left: Callable[[], None] = lambda: None,
        said: ArrayChoice | None = None,
        labels: CubeLabels = NO_LABELS,
    ) -> None:
        """Ask about a file, after the pending questions.

        `chosen` takes a choice with which the file can be opened, or else the file is opened with
        labels; `left` is called if the file is not to be opened; `said` is what was said of it
        before.
        """
        question = ArrayQuestion(needed.path, needed.candidates, needed.reason, said)
        self._waiting.append(_Pending(question, chosen, left, labels))
        if self._session.state.requests.array_question is None:
            self._next()

    def ask_again(self) -> None:
        """Ask about the active file again, whatever was chosen before."""
        document = self._session.state.document
        if document is None or document.cube.path is None:
            return
        path, said = document.cube.path, as_read(document.cube).choice

        self._background.submit(
            OPEN_ARRAY,
            lambda step: self._cubes.arrays_of(path),
            lambda needed: self.ask(needed, said=said),
            f"Could not look into {path.name}",
            reads=path,
        )

    def preview(self, choice: ArrayChoice, done: Callable[[ArrayPreview], None]) -> None:
        """Load a preview of a choice; an earlier one that is still loading is cancelled."""
        question = self._session.state.requests.array_question
        if question is None:
            return
        path = question.path
        self._background.submit(
            TRY_ARRAY,
            lambda step: self._previewed(path, choice, step),
            done,
            reads=path,
            refused=lambda reason: done(ArrayPreview(None, reason)),
        )

    def _previewed(self, path: Path, choice: ArrayChoice, step: Step) -> ArrayPreview:
        step(0.0, "reading")
        cube = self._cubes.read_cube(path, choice)
        step(0.5, "making a picture")
        spectra = sample_spectra(cube, part(step, 0.6, 1.0))
        return ArrayPreview(_picture(cube), _description(cube), spectra)

    def read_wavelengths(self, path: Path, done: Callable[[tuple[float, ...] | str], None]) -> None:
        """Read wavelengths in nm from a table; `done` takes them, or the reason of a failure."""
        self._background.submit(
            OPEN_ARRAY,
            lambda step: self._cubes.read_wavelength_list(path),
            done,
            reads=path,
            refused=done,
        )

    def confirm(self, choice: ArrayChoice) -> None:
        """Open the file of the question, and remember the choice."""
        pending = self._pending
        if pending is None:
            return
        path = pending.question.path

        def work(step: Step) -> Cube:
            cube = self._cubes.read_cube(path, choice)
            self._cubes.remember_choice(path, choice)
            return cube

        def done(cube: Cube) -> None:
            if pending.chosen is None:
                self._session.documents.open(cube, choice, pending.labels)
            self._next()
            if pending.chosen is not None:
                pending.chosen(choice)

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                problem = problem_of(f"Could not open {path.name}", error)
                self._session.requests.report(problem)
            self._next()
            pending.left()

        self._background.cancel(TRY_ARRAY)
        self._background.submit(OPEN_ARRAY, work, done, reads=path, failed=failed)

    def skip(self) -> None:
        """Leave the file of the question unopened."""
        pending = self._pending
        self._background.cancel(TRY_ARRAY)
        self._next()
        if pending is not None:
            pending.left()

    def _next(self) -> None:
        self._session.requests.ask_array(None)
        self._pending = self._waiting.pop(0) if self._waiting else None
        if self._pending is not None:
            self._session.requests.ask_array(self._pending.question)


def _picture(cube: Cube) -> ByteArray:
    every = slice(None, None, -(-max(cube.rows, cube.cols) // _SIDE_PX))
    middle = cube.bands // 2
    return stretch(cube.block(every, every, slice(middle, middle + 1))[:, :, 0])


def _description(cube: Cube) -> str:
    middle = cube.bands // 2
    where = (
        "" if cube.wavelengths_nm is None else f", {position_text(cube, float(cube.axis[middle]))}"
    )
    return (
        f"{counted(cube.rows, 'row')} x {counted(cube.cols, 'column')}, "
        f"{counted(cube.bands, 'band')}, {units_text(cube.units)}. "
        f"Shown: band {middle + 1}{where}."
    )
