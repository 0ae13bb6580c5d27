"""Services that the tasks use: protocols, so that the session depends on neither files nor models.

They are called in worker threads. Where a file is missing, damaged or does not fit, a folder may
not be read, or a disk is full or protected, they raise a `FocusError` that is shown to the user.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.class_map import ClassMap, MapRequest
from focus_viewer.core.datasets.cube_labels import LabelReading, SuggestedLabels
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.preprocessing.settings import FoundReferences, Preprocessing
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.trust import TrustReport, TrustRequest
from focus_viewer.core.spectra.indices import Index
from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.study import Study
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.teaching import TaughtResult, TeachRequest


class CubeFiles(Protocol):
    """Files of cubes."""

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """Return what to open at a path: a file itself, a folder's only cube, or all its images."""
        ...

    def read_cube(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        """Open a cube; without a choice, as the user chose before or as its file declares.

        Raises
        ------
        NeedsChoice
            If the user must choose the array of the cube, or its axes.
        """
        ...

    def arrays_of(self, path: Path) -> NeedsChoice:
        """Return all arrays of a file that may be the cube."""
        ...

    def remember_choice(self, path: Path, choice: ArrayChoice) -> None:
        """Remember the user's choice for a file; one without content is that of the file itself."""
        ...

    def read_wavelength_list(self, path: Path) -> tuple[float, ...]:
        """Read wavelengths in nm from a table with a row for each band."""
        ...

    def fill_band_cache(self, cube: Cube, step: Step) -> None:
        """Cache the bands of a cube whose single bands are slow to read; else do nothing.

        Raises
        ------
        CubeError
            If there is no room for them, or a disk is full or protected.
        Cancelled
            From `step`; bands that are cached by then stay.
        """
        ...

    def reads_bands_slowly(self, cube: Cube) -> bool:
        """Return whether a band is slow to read, as that takes reading all of a large file."""
        ...


class RegionFiles(Protocol):
    """Files of regions, and the indices of the region table."""

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """Read the regions of a cube from a file."""
        ...

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """Write regions in the format that the file's suffix names."""
        ...

    def write_text(self, path: Path, text: str) -> None:
        """Write a text file completely or not at all."""
        ...

    def index_catalogue(self) -> Sequence[Index]:
        """Return all vegetation indices."""
        ...


class LabelFiles(Protocol):
    """Tables of labels of cubes, and folders that are named by class."""

    def is_table(self, path: Path) -> bool:
        """Return whether a file is a table with columns of files and of classes."""
        ...

    def read(self, path: Path, cubes: Mapping[int, Cube], step: Step) -> LabelReading[int]:
        """Read a table, and give its rows to open cubes by path, name or content."""
        ...

    def cubes_of(self, path: Path) -> SuggestedLabels:
        """Return the cubes beside a table that it names, with their labels."""
        ...

    def suggest(self, folder: Path, paths: Sequence[Path]) -> SuggestedLabels:
        """Return labels of files below a folder, by a table in it or the names of folders."""
        ...


class ExportFiles(Protocol):
    """Files for other programs."""

    def export(self, path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
        """Write data for other programs, completely or not at all; return the files."""
        ...


class PreprocessingFiles(Protocol):
    """Preprocessing of cubes, with its reference files."""

    def find_references(self, cube: Cube) -> FoundReferences:
        """Find white and dark references beside a cube of counts that fit it."""
        ...

    def preprocess(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """Return a cube with this preprocessing and no other; its file is never changed."""
        ...

    def read_spectrum(self, path: Path, cube: Cube) -> DoubleArray:
        """Read a spectrum at the bands of a cube, shape (bands,); NaN beyond its range."""
        ...


class LibraryFiles(Protocol):
    """Files of spectral libraries."""

    def read_library(self, path: Path) -> SpectralLibrary:
        """Read a spectral library, or a single spectrum."""
        ...


class ProjectFiles(Protocol):
    """Project files, and copies of unsaved work."""

    def read_project(self, path: Path, step: Step) -> ProjectReading:
        """Read a project file."""
        ...

    def write_project(
        self, path: Path, project: Project, cubes: Mapping[Path, Cube], step: Step
    ) -> None:
        """Write a project; after a crash either the old file or the new one exists.

        The content hashes of open cubes, by path, are computed here.
        """
        ...

    def fingerprint(self, cube: Cube, step: Step) -> str:
        """Return the fingerprint of a cube's content; empty for a cube without a file."""
        ...

    def is_unchanged(self, saved: ProjectCube, cube: Cube, step: Step) -> bool:
        """Return whether a moved cube has the content that a project was saved with."""
        ...

    def autosave(self, project: Project, of: Path | None) -> None:
        """Save unsaved work against a crash, in place of this program's last autosave."""
        ...

    def drop_autosave(self, recovered: RecoveredWork | None = None) -> None:
        """Remove the autosave of this program, or one of another run."""
        ...

    def find_unsaved_work(self) -> Sequence[RecoveredWork]:
        """Return the unsaved work of earlier runs."""
        ...


class ModelFiles(Protocol):
    """Folders of models."""

    def bundled(self) -> Sequence[str]:
        """Return the names of the bundled models."""
        ...

    def model_at(self, path: Path) -> Path | None:
        """Return the folder of a model at a path: itself, or that of one of its files."""
        ...

    def read_card(self, place: str) -> ModelCard:
        """Read the card of a model, by the name of a bundled one or by its folder.

        Raises
        ------
        ModelError
            If there is no such model, or it is broken.
        """
        ...


class TrialRun(Protocol):
    """Run of the tests of an explanation, in stages."""

    def advance(self, step: Step) -> TrustReport | None:
        """Do the next stage: the report so far, or None where nothing is left to do.

        Raises
        ------
        FocusError
            If it cannot be tested.
        Cancelled
            If it is cancelled.
        """
        ...


class Explaining(Protocol):
    """Explanations by a model."""

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain a cube.

        Raises
        ------
        IncompatibleCube, ModelError
            If the model cannot explain it, or cannot be read.
        Cancelled
            If it is cancelled.
        """
        ...

    def test(self, request: TrustRequest) -> TrialRun:
        """Begin to put an explanation to the test; nothing is computed yet."""
        ...

    def prepare(self, step: Step) -> None:
        """Load the libraries for explaining ahead of time."""
        ...


class Teaching(Protocol):
    """Teaching of models from labelled cubes."""

    def backbones(self) -> Sequence[str]:
        """Return the names of the bundled models whose backbone can be taught."""
        ...

    def models_folder(self) -> Path:
        """Return the user's own folder of models; it need not exist yet."""
        ...

    def teach(self, request: TeachRequest, step: Step) -> TaughtResult:
        """Teach a model and write its folder.

        Raises
        ------
        FocusError
            If data set, cube or backbone cannot be used, or the folder cannot be written.
        Cancelled
            If it is cancelled; an earlier model in the folder is as it was.
        """
        ...

    def validate(self, request: TeachRequest, step: Step) -> ValidationReport:
        """Validate what would be taught, with baselines, control and learning curve."""
        ...

    def save_report(self, report: ValidationReport, folder: Path) -> Sequence[Path]:
        """Write a report as JSON, HTML and PDF; return the files."""
        ...

    def map_classes(self, request: MapRequest, step: Step) -> ClassMap:
        """Read on in a cube, and map its classes as far as it was read."""
        ...


class StudyFiles(Protocol):
    """Studies on the disk, and their reports."""

    def is_study(self, path: Path) -> bool:
        """Return whether a path is the folder of a batch, or its table."""
        ...

    def read(self, path: Path, step: Step) -> Study:
        """Read the study in a batch's folder, or of its table."""
        ...

    def write_report(
        self, study: Study, plan: StudyPlan, folder: Path, step: Step
    ) -> Sequence[Path]:
        """Write a report of the groups as HTML and PDF; return the files."""
        ...


@dataclass(frozen=True, eq=False)
class Services:
    """Services of the explorer."""

    cubes: CubeFiles
    regions: RegionFiles
    exports: ExportFiles
    preprocessing: PreprocessingFiles
    projects: ProjectFiles
    explaining: Explaining
    models: ModelFiles
    labels: LabelFiles
    teaching: Teaching
    studies: StudyFiles
    libraries: LibraryFiles
