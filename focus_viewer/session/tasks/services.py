"""Services that the tasks use: protocols, so that the session depends on neither files nor models.

They are called in worker threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.pixel_area import PixelArea
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.preprocessing.settings import FoundReferences, Preprocessing
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.spectra.indices import Index
from focus_viewer.core.typing import DoubleArray


class CubeFiles(Protocol):
    """Files of cubes."""

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

    def read_wavelength_list(self, path: Path) -> tuple[float, ...]:
        """Wavelengths in nm from a table, a row for each band.

        Raises
        ------
        CubeError
            If it holds none.
        """
        ...

    def fill_band_cache(self, cube: Cube, step: Step) -> None:
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

    def pixel_area(self, cube: Cube) -> PixelArea:
        """What a pixel of the cube covers on the map."""
        ...

    def map_text(self, cube: Cube) -> str:
        """The cube's map projection in words, from its header; "" where it lies on no map."""
        ...


class RegionFiles(Protocol):
    """Files of regions, and the indices of the region table."""

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

    def index_catalogue(self) -> Sequence[Index]:
        """All vegetation indices to choose from."""
        ...


class ExportFiles(Protocol):
    """Files for other programs."""

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


class PreprocessingFiles(Protocol):
    """Preprocessing of cubes, with its reference files."""

    def find_references(self, cube: Cube) -> FoundReferences:
        """White and dark references that lie beside a cube of counts, and fit it.

        Raises
        ------
        CubeError
            If its folder may not be read.
        """
        ...

    def preprocess(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
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


class ProjectFiles(Protocol):
    """Project files, and copies of unsaved work."""

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

    def is_unchanged(self, kept: ProjectCube, cube: Cube, step: Step) -> bool:
        """Whether a cube that was found elsewhere is what a project kept.

        Raises
        ------
        FocusError
            If it cannot be read.
        Cancelled
            From `step`.
        """
        ...

    def autosave(self, project: Project, of: Path | None) -> None:
        """Keep work that is not saved, in the place of what this program kept before.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        ...

    def drop_autosave(self, lost: RecoveredWork | None = None) -> None:
        """Forget what was kept, by another program or by this one."""
        ...

    def find_unsaved_work(self) -> Sequence[RecoveredWork]:
        """What programs that did not live to save have kept."""
        ...


class Explaining(Protocol):
    """Explanations by a model."""

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


@dataclass(frozen=True, eq=False)
class Services:
    """Services of the explorer.

    Attributes
    ----------
    cubes : CubeFiles
    regions : RegionFiles
    exports : ExportFiles
    preprocessing : PreprocessingFiles
    projects : ProjectFiles
    explaining : Explaining
    """

    cubes: CubeFiles
    regions: RegionFiles
    exports: ExportFiles
    preprocessing: PreprocessingFiles
    projects: ProjectFiles
    explaining: Explaining
