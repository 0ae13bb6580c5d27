"""What the workbench asks of the world: protocols, so that it knows neither Qt nor torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from focus_viewer.core.annotations import Annotations
from focus_viewer.core.cube import Cube
from focus_viewer.core.explanation import Explanation
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.request import ExplainRequest

T = TypeVar("T")


def _ignore_progress(fraction: float, text: str) -> None:
    silent(fraction, text)


@dataclass(frozen=True, eq=False)
class Task(Generic[T]):
    """Work for the background and who is told how it went.

    Attributes
    ----------
    work : callable
        Runs in a worker thread; calls its step now and then.
    done : callable
        Told the result, in the session's thread.
    failed : callable
        Told the exception, in the session's thread; `Cancelled` among them.
    progress : callable
        Told fraction and text, in the session's thread.
    """

    work: Callable[[Step], T]
    done: Callable[[T], None]
    failed: Callable[[Exception], None]
    progress: Callable[[float, str], None] = _ignore_progress


class Runner(Protocol):
    """Runs tasks in lanes: in each lane one runs and at most one waits, the latest."""

    def submit(self, lane: str, task: Task[T]) -> None:
        """Cancel what the lane runs and run this next; what waited is told that it is cancelled."""
        ...

    def cancel(self, lane: str) -> None:
        """Cancel what the lane runs and what waits in it."""
        ...

    def close(self) -> None:
        """Cancel everything and wait until the threads have ended."""
        ...


class Services(Protocol):
    """What the explorer can do with files and models; called in worker threads."""

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """Cubes at a path: itself for a file, those in it for a folder."""
        ...

    def read_cube(self, path: Path) -> Cube:
        """Open a cube.

        Raises
        ------
        CubeError
            If it is none.
        """
        ...

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """Regions of a cube from a file.

        Raises
        ------
        FocusError
            If it holds none, or of another image.
        """
        ...

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """Write regions in the format that the file's suffix names.

        Raises
        ------
        FocusError
            If there is no such format, or the disk refuses.
        """
        ...

    def write_text(self, path: Path, text: str) -> None:
        """Write a text file, all of it or nothing.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        ...

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain a cube.

        Raises
        ------
        IncompatibleCube, ModelError
            If the model cannot read it, or is none.
        Cancelled
            If it is no longer wanted.
        """
        ...

    def prepare(self, step: Step) -> None:
        """Load what explaining needs, ahead of time."""
        ...
