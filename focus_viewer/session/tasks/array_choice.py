"""Files that do not tell which of their arrays is the cube: asking, trying, and opening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.pictures.composite import stretch
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import position_text, units_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.problems import problem_of
from focus_viewer.session.state.requests import ArrayQuestion
from focus_viewer.session.tasks.protocols import READ_PATIENCE_S, Runner, Services, Task

T = TypeVar("T")

# Lanes of their own: trying must neither end what is being opened nor wait for it.
TRY_ARRAY, OPEN_ARRAY = "try array", "open array"
_SIDE_PX = 320


@dataclass(frozen=True, eq=False)
class Trial:
    """What a choice would give.

    Attributes
    ----------
    picture : ByteArray, shape (height, width), or None
        The middle band; None where the choice leads nowhere.
    told : str
        Size, band and units; or why it leads nowhere.
    """

    picture: ByteArray | None
    told: str


@dataclass(frozen=True, eq=False)
class _Asked:
    """A question, and who is told the answer."""

    question: ArrayQuestion
    chosen: Callable[[ArrayChoice], None] | None
    left: Callable[[], None]


class Choosing:
    """Asks about one file after the other; nothing that is open is touched.

    Parameters
    ----------
    session : Session
    runner : Runner
    services : Services
    """

    def __init__(self, session: Session, runner: Runner, services: Services) -> None:
        self._session = session
        self._runner = runner
        self._services = services
        self._waiting: list[_Asked] = []
        self._asked: _Asked | None = None

    def ask(
        self,
        needed: NeedsChoice,
        chosen: Callable[[ArrayChoice], None] | None = None,
        left: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask about a file, after those that are asked about already.

        Parameters
        ----------
        needed : NeedsChoice
        chosen : callable or None
            Told the choice once the file can be opened so; without it the file is opened.
        left : callable
            Called if it is not to be opened.
        """
        question = ArrayQuestion(needed.path, needed.candidates, needed.reason)
        self._waiting.append(_Asked(question, chosen, left))
        if self._session.state.choice is None:
            self._next()

    def again(self) -> None:
        """Ask about the file on the screen, whatever was said of it before."""
        document = self._session.state.document
        if document is None or document.cube.path is None:
            return
        path = document.cube.path

        def failed(error: Exception) -> None:
            self._report(f"Could not look into {path.name}", error)

        task = self._reading(path, lambda step: self._services.arrays_of(path), self.ask, failed)
        self._runner.submit(OPEN_ARRAY, task)

    def attempt(self, choice: ArrayChoice, done: Callable[[Trial], None]) -> None:
        """See what a choice would give; an earlier attempt that is still running is given up."""
        question = self._session.state.choice
        if question is None:
            return

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                done(Trial(None, problem_of("", error).text))

        path = question.path
        task = self._reading(path, lambda step: self._tried(path, choice, step), done, failed)
        self._runner.submit(TRY_ARRAY, task)

    def _tried(self, path: Path, choice: ArrayChoice, step: Step) -> Trial:
        step(0.0, "reading")
        cube = self._services.read_cube(path, choice)
        step(0.5, "making a picture")
        return Trial(_picture(cube), _told(cube))

    def read_wavelengths(self, path: Path, done: Callable[[tuple[float, ...] | str], None]) -> None:
        """Read wavelengths in nm from a table; tells them, or why there are none."""

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                done(problem_of("", error).text)

        def work(step: Step) -> tuple[float, ...]:
            return self._services.read_wavelength_list(path)

        self._runner.submit(OPEN_ARRAY, self._reading(path, work, done, failed))

    def settle(self, choice: ArrayChoice) -> None:
        """Open the file that is asked about, and keep what was said of it for the next time."""
        asked = self._asked
        if asked is None:
            return
        path = asked.question.path

        def work(step: Step) -> Cube:
            cube = self._services.read_cube(path, choice)
            self._services.remember_choice(path, choice)
            return cube

        def done(cube: Cube) -> None:
            if asked.chosen is None:
                self._session.open(cube, choice)
            self._next()
            if asked.chosen is not None:
                asked.chosen(choice)

        def failed(error: Exception) -> None:
            self._report(f"Could not open {path.name}", error)
            self._next()
            asked.left()

        self._runner.cancel(TRY_ARRAY)
        self._runner.submit(OPEN_ARRAY, self._reading(path, work, done, failed))

    def _reading(
        self,
        path: Path,
        work: Callable[[Step], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Task[T]:
        """A task that reads a file, whose drive may be gone."""
        return Task(work, done, failed, patience_s=READ_PATIENCE_S, about=str(path))

    def give_up(self) -> None:
        """Leave the file that is asked about; all that is open stays as it is."""
        asked = self._asked
        self._runner.cancel(TRY_ARRAY)
        self._next()
        if asked is not None:
            asked.left()

    def _next(self) -> None:
        self._session.ask_array(None)
        self._asked = self._waiting.pop(0) if self._waiting else None
        if self._asked is not None:
            self._session.ask_array(self._asked.question)

    def _report(self, title: str, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._session.report(problem_of(title, error))


def _picture(cube: Cube) -> ByteArray:
    every = slice(None, None, -(-max(cube.rows, cube.cols) // _SIDE_PX))
    middle = cube.bands // 2
    return stretch(cube.block(every, every, slice(middle, middle + 1))[:, :, 0])


def _told(cube: Cube) -> str:
    middle = cube.bands // 2
    where = (
        "" if cube.wavelengths_nm is None else f", {position_text(cube, float(cube.axis[middle]))}"
    )
    return (
        f"{cube.rows} rows x {cube.cols} columns, {cube.bands} bands, {units_text(cube.units)}. "
        f"Shown: band {middle + 1}{where}."
    )
