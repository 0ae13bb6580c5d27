"""What the workbench asks of the world: protocols, so that it knows neither Qt nor torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.preprocessing.settings import FoundReferences, Preprocessing
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.spectra.indices import Index
from focus_viewer.core.typing import DoubleArray

T = TypeVar("T")


READ_PATIENCE_S = 60.0
"""For what describes a file, or a few of its numbers. The slowest that is honest: an array of 2 GB
in a format that is unpacked as a whole, from a slow drive."""
WHOLE_PATIENCE_S = 600.0
"""For bands or regions of a whole image, which is read in one go: those of 20 GB that lie as BIP
take minutes. Explaining tells of each part that it reads and of each layer."""


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
    patience_s : float or None
        How long the work may call no step before it is given up and `failed` is told `Stalled`: a
        drive that is gone can hold up a read for ever. None for work that computes.
    about : str
        For people: what is read, mostly the path of a file.
    """

    work: Callable[[Step], T]
    done: Callable[[T], None]
    failed: Callable[[Exception], None]
    progress: Callable[[float, str], None] = _ignore_progress
    patience_s: float | None = None
    about: str = "The file"


class Runner(Protocol):
    """Runs tasks in lanes: in each lane one runs and at most one waits, the latest.

    A task that is out of patience is told so, its late result is dropped, and the lane goes on.
    """

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
        """What to open at a path: itself for a file, a folder's only cube, or all images in it.

        Raises
        ------
        CubeError
            If a folder holds none.
        """
        ...

    def read_cube(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        """Open a cube; without a choice as was said of its file before, or as it tells itself.

        Raises
        ------
        NeedsChoice
            If the user must say which of its arrays it is, or how that lies.
        CubeError
            If it is none.
        """
        ...

    def arrays_of(self, path: Path) -> NeedsChoice:
        """All arrays of a file that may be the cube.

        Raises
        ------
        CubeError
            If it is no container of arrays.
        """
        ...

    def remember_choice(self, path: Path, choice: ArrayChoice) -> None:
        """Keep what the user said of a file for the next time.

        Raises
        ------
        CubeError
            If the disk refuses.
        """
        ...

    def keep_bands(self, cube: Cube, step: Step) -> None:
        """Keep a cube's bands together where it takes long to read one; else do nothing.

        Raises
        ------
        CubeError
            If there is no room for them, or a disk refuses.
        Cancelled
            From `step`; what is kept by then stays.
        """
        ...

    def reads_bands_slowly(self, cube: Cube) -> bool:
        """Whether a band takes long to read, as all of a large file must be read through."""
        ...

    def read_wavelength_list(self, path: Path) -> tuple[float, ...]:
        """Wavelengths in nm from a table, a row for each band.

        Raises
        ------
        CubeError
            If it holds none.
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

    def read_project(self, path: Path, step: Step) -> ProjectReading:
        """Read a project file.

        Raises
        ------
        FocusError
            If it is none, or broken.
        Cancelled
            From `step`.
        """
        ...

    def write_project(
        self, path: Path, project: Project, cubes: Mapping[Path, Cube], step: Step
    ) -> None:
        """Write a project: the old file or the new one is there, whatever happens.

        Parameters
        ----------
        path : Path
        project : Project
        cubes : mapping of Path to Cube
            Those that are open, whose fingerprints are still to be found.
        step : Step

        Raises
        ------
        FocusError
            If the disk refuses.
        Cancelled
            From `step`.
        """
        ...

    def is_still(self, kept: ProjectCube, cube: Cube, step: Step) -> bool:
        """Whether a cube that was found elsewhere is what a project kept.

        Raises
        ------
        FocusError
            If it cannot be read.
        Cancelled
            From `step`.
        """
        ...

    def keep_work(self, project: Project, of: Path | None) -> None:
        """Keep work that is not saved, in the place of what this program kept before.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        ...

    def drop_work(self, lost: RecoveredWork | None = None) -> None:
        """Forget what was kept, by another program or by this one."""
        ...

    def find_lost_work(self) -> Sequence[RecoveredWork]:
        """What programs that did not live to save have kept."""
        ...

    def export(self, path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
        """Write data for other programs, all of it or nothing; returns the files.

        Raises
        ------
        FocusError
            If the name does not fit, or the disk refuses.
        Cancelled
            From `step`.
        """
        ...

    def map_text(self, cube: Cube) -> str:
        """The cube's map projection in words, from its header; "" where it lies on no map."""
        ...

    def pixel_area(self, cube: Cube) -> PixelArea:
        """What a pixel of the cube covers on the map."""
        ...

    def find_references(self, cube: Cube) -> FoundReferences:
        """White and dark references that lie beside a cube of counts, and fit it.

        Raises
        ------
        CubeError
            If its folder may not be read.
        """
        ...

    def treat(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """A cube with a treatment and no other; its file is never altered.

        Raises
        ------
        CubeError
            If the treatment, or a file that it needs, does not fit.
        Cancelled
            From `step`.
        """
        ...

    def read_spectrum(self, path: Path, cube: Cube) -> DoubleArray:
        """A spectrum of a text file at the bands of a cube, shape (bands,); NaN beyond it.

        Raises
        ------
        CubeError
            If it is no table, or does not meet the cube.
        """
        ...

    def index_catalogue(self) -> Sequence[Index]:
        """All vegetation indices to choose from."""
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
