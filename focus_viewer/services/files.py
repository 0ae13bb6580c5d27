"""Adapters of `session.tasks.service_protocols` to the files of `focus_viewer.io`."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.preprocessing.settings import FoundReferences, Preprocessing
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.file_formats import region_suffix
from focus_viewer.core.spectra.indices import Index
from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.core.typing import ByteArray, DoubleArray

if TYPE_CHECKING:
    from focus_viewer.io.project import Autosave

_loading_schema = threading.Lock()


class BundledCubeFiles:
    """Files of cubes, read by `focus_viewer.io`."""

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """See `CubeFiles.find_cubes`."""
        from focus_viewer.io.folder import only_cube

        images = self.find_images(path)
        only = only_cube(images)
        if not images:
            raise CubeError(
                f"{path} is a folder without images. Open the folder that contains the files, or a "
                "file."
            )
        return images if only is None else [only]

    def find_images(self, path: Path) -> Sequence[Path]:
        """Return files that claim to be images: the path itself, or those in its folder.

        Raises
        ------
        CubeError
            If a folder may not be read.
        """
        from focus_viewer.io.folder import images_at

        return images_at(path)

    def read_cube(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        """See `CubeFiles.read_cube`."""
        # All at once: modules that import one another, begun in two threads, may fail in both.
        from focus_viewer.core.preprocessing.sensors import with_sensor_note
        from focus_viewer.io import annotations, read_cube  # noqa: F401
        from focus_viewer.io.band_cache import with_band_cache
        from focus_viewer.io.metadata import georeference  # noqa: F401

        return with_sensor_note(with_band_cache(read_cube(path, choice)))

    def arrays_of(self, path: Path) -> NeedsChoice:
        """See `CubeFiles.arrays_of`."""
        from focus_viewer.io.reader import arrays_of

        return arrays_of(path)

    def remember_choice(self, path: Path, choice: ArrayChoice) -> None:
        """See `CubeFiles.remember_choice`."""
        from focus_viewer.io.remembered_choices import forget, remember

        if choice == ArrayChoice():
            forget(path)
        else:
            remember(path, choice)

    def read_wavelength_list(self, path: Path) -> tuple[float, ...]:
        """See `CubeFiles.read_wavelength_list`."""
        from focus_viewer.io.metadata.wavelength_list import read_wavelength_list

        return read_wavelength_list(path)

    def fill_band_cache(self, cube: Cube, step: Step) -> None:
        """See `CubeFiles.fill_band_cache`."""
        from focus_viewer.io.band_cache import band_cache_of

        cache = band_cache_of(cube)
        if cache is not None:
            cache.fill(step)

    def reads_bands_slowly(self, cube: Cube) -> bool:
        """See `CubeFiles.reads_bands_slowly`."""
        from focus_viewer.io.band_cache import band_cache_of

        cache = band_cache_of(cube)
        return cache is not None and cache.share < 1


class BundledRegionFiles:
    """Files of regions, read and written by `focus_viewer.io`."""

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """See `RegionFiles.read_annotations`."""
        from focus_viewer.io.annotations import read_annotations

        return read_annotations(path, (cube.rows, cube.cols), cube.georeference.grid, cube.name)

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """See `RegionFiles.write_annotations`."""
        from focus_viewer.io.annotations import write_annotations

        picture = _picture(cube) if region_suffix(path) == ".labelme.json" else None
        write_annotations(
            path,
            annotations,
            (cube.rows, cube.cols),
            cube.georeference.grid,
            cube.name,
            picture,
        )

    def write_text(self, path: Path, text: str) -> None:
        """See `RegionFiles.write_text`."""
        with translated_errors(path, "written"):
            write_atomically(path, text)

    def index_catalogue(self) -> Sequence[Index]:
        """See `RegionFiles.index_catalogue`."""
        from focus_viewer.io.indices.catalogue import index_catalogue

        return index_catalogue()


def _picture(cube: Cube) -> ByteArray:
    """Return the usual picture of a cube, shape (rows, cols, 3), for programs that open no cube."""
    shown = composite(cube, CompositeRecipe())
    whole = shown.image.repeat(shown.stride, axis=0).repeat(shown.stride, axis=1)
    return whole[: cube.rows, : cube.cols]


class BundledExportFiles:
    """Files for other programs, written by `focus_viewer.io`."""

    def export(self, path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
        """See `ExportFiles.export`."""
        from focus_viewer.io.export import write_export

        return write_export(path, request, step)


class BundledPreprocessingFiles:
    """Preprocessing with reference files, read by `focus_viewer.io`."""

    def find_references(self, cube: Cube) -> FoundReferences:
        """See `PreprocessingFiles.find_references`."""
        from focus_viewer.io.references.discovery import find_references

        return find_references(cube)

    def preprocess(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """See `PreprocessingFiles.preprocess`."""
        from focus_viewer.io.references.calibration import apply_preprocessing

        return apply_preprocessing(cube, preprocessing, step)

    def read_spectrum(self, path: Path, cube: Cube) -> DoubleArray:
        """See `PreprocessingFiles.read_spectrum`."""
        from focus_viewer.io.references.spectrum_table import spectrum_at_bands

        return spectrum_at_bands(path, cube)


class BundledLibraryFiles:
    """Files of spectral libraries, read by `focus_viewer.io`."""

    def read_library(self, path: Path) -> SpectralLibrary:
        """See `LibraryFiles.read_library`."""
        from focus_viewer.io.spectral_libraries.reading import read_library

        return read_library(path)


def _load_schema() -> None:
    """Load the schema of projects, in one thread at a time.

    An autosave that is not wanted any more may still be loading it when the next one begins, and
    two threads that load modules which import one another may both fail.
    """
    with _loading_schema:
        from focus_viewer.io.project import schema  # noqa: F401


class BundledProjectFiles:
    """Project files and autosaves, read and written by `focus_viewer.io`."""

    def __init__(self) -> None:
        self._fingerprints: WeakKeyDictionary[Cube, str] = WeakKeyDictionary()

    def read_project(self, path: Path, step: Step) -> ProjectReading:
        """See `ProjectFiles.read_project`."""
        _load_schema()
        from focus_viewer.services.project_reading import read_project

        return read_project(path, step)

    def write_project(
        self, path: Path, project: Project, cubes: Mapping[Path, Cube], step: Step
    ) -> None:
        """See `ProjectFiles.write_project`."""
        _load_schema()
        from focus_viewer.io.project import write_project

        marked = tuple(
            replace(saved, fingerprint=self.fingerprint(cubes[saved.path], step))
            if saved.path in cubes
            else saved
            for saved in project.cubes
        )
        write_project(path, replace(project, cubes=marked), step)

    def is_unchanged(self, saved: ProjectCube, cube: Cube, step: Step) -> bool:
        """See `ProjectFiles.is_unchanged`."""
        return self.fingerprint(cube, step) == saved.fingerprint

    def fingerprint(self, cube: Cube, step: Step) -> str:
        """See `ProjectFiles.fingerprint`; computed once for each cube."""
        from focus_viewer.io.project import fingerprint

        if cube.path is None:
            return ""
        if cube not in self._fingerprints:
            self._fingerprints[cube] = fingerprint(cube, step)
        return self._fingerprints[cube]

    @cached_property
    def _autosave(self) -> Autosave:
        _load_schema()
        from focus_viewer.io.project import Autosave

        return Autosave()

    def autosave(self, project: Project, of: Path | None) -> None:
        """See `ProjectFiles.autosave`."""
        self._autosave.write(project, of)

    def drop_autosave(self, recovered: RecoveredWork | None = None) -> None:
        """See `ProjectFiles.drop_autosave`."""
        if recovered is not None:
            from focus_viewer.io.project import discard_lost

            discard_lost(recovered)
        elif "_autosave" in self.__dict__:  # else nothing was saved
            self._autosave.discard()

    def find_unsaved_work(self) -> Sequence[RecoveredWork]:
        """See `ProjectFiles.find_unsaved_work`."""
        _load_schema()
        from focus_viewer.io.project import find_lost_work

        return find_lost_work()
