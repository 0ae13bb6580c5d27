"""What the explorer can do with files and models; their libraries load when first needed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.preprocessing.settings import FoundReferences, Preprocessing
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.spectra.indices import Index
from focus_viewer.core.typing import DoubleArray
from focus_viewer.preload import preload

if TYPE_CHECKING:
    from focus_viewer.core.cubes.georeference import MapGrid
    from focus_viewer.explain.inference.explainer import Explainer
    from focus_viewer.io.project import Autosave


class BundledServices:
    """`focus_viewer.session.tasks.protocols.Services` by the package's own readers and models.

    Parameters
    ----------
    paint_first_s : float
        How long a window may paint before torch is loaded: the system loads one library at a time,
        and OpenGL's driver is loaded when the panels are first shown.
    """

    def __init__(self, paint_first_s: float = 0.0) -> None:
        self._paint_first_s = paint_first_s
        self._fingerprints: WeakKeyDictionary[Cube, str] = WeakKeyDictionary()

    @cached_property
    def _explainer(self) -> Explainer:
        time.sleep(self._paint_first_s)
        preload()
        from focus_viewer.explain.inference.explainer import Explainer

        return Explainer()

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """What to open at a path: itself for a file, a folder's only cube, or all images in it.

        Raises
        ------
        CubeError
            If a folder holds none.
        """
        from focus_viewer.io.folder import only_cube

        found = self.find_images(path)
        only = only_cube(found)
        if not found:
            raise CubeError(
                f"{path} is a folder without images. Open the folder that the files lie in, or a "
                "file."
            )
        return found if only is None else [only]

    def find_images(self, path: Path) -> Sequence[Path]:
        """Files that claim to be images at a path: itself for a file, those in it for a folder.

        A folder that is an image itself counts as a file.

        Raises
        ------
        CubeError
            If a folder may not be read.
        """
        from focus_viewer.io.folder import images_at

        return images_at(path)

    def read_cube(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        """Open a cube; without a choice as was said of its file before, or as it tells itself.

        Raises
        ------
        NeedsChoice
            If the user must say which of its arrays it is, or how that lies.
        CubeError
            If it is none.
        """
        # All at once: modules that import one another, begun in two threads, may fail in both.
        from focus_viewer.core.preprocessing.sensors import with_sensor_note
        from focus_viewer.io import annotations, read_cube  # noqa: F401
        from focus_viewer.io.band_cache import with_band_cache
        from focus_viewer.io.metadata import georeference  # noqa: F401

        return with_sensor_note(with_band_cache(read_cube(path, choice)))

    def keep_bands(self, cube: Cube, step: Step) -> None:
        """Keep a cube's bands together where it takes long to read one; else do nothing.

        Raises
        ------
        CubeError
            If there is no room for them, or a disk refuses.
        Cancelled
            From `step`; what is kept by then stays.
        """
        from focus_viewer.io.band_cache import band_cache_of

        cache = band_cache_of(cube)
        if cache is not None:
            cache.fill(step)

    def reads_bands_slowly(self, cube: Cube) -> bool:
        """Whether a band takes long to read, as all of a large file must be read through."""
        from focus_viewer.io.band_cache import band_cache_of

        cache = band_cache_of(cube)
        return cache is not None and cache.share < 1

    def arrays_of(self, path: Path) -> NeedsChoice:
        """All arrays of a file that may be the cube.

        Raises
        ------
        CubeError
            If it is no container of arrays.
        """
        from focus_viewer.io.reader import arrays_of

        return arrays_of(path)

    def remember_choice(self, path: Path, choice: ArrayChoice) -> None:
        """Keep what the user said of a file for the next time.

        Raises
        ------
        CubeError
            If the disk refuses.
        """
        from focus_viewer.io.metadata.remembered_choices import remember

        remember(path, choice)

    def read_wavelength_list(self, path: Path) -> tuple[float, ...]:
        """Wavelengths in nm from a table, a row for each band.

        Raises
        ------
        CubeError
            If it holds none.
        """
        from focus_viewer.io.metadata.wavelength_list import read_wavelength_list

        return read_wavelength_list(path)

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """Regions of a cube from a file of any known format.

        Raises
        ------
        FocusError
            If the file is none of them, broken, or of another image.
        """
        from focus_viewer.io.annotations import read_annotations

        return read_annotations(path, (cube.rows, cube.cols), _grid_of(cube))

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """Write regions in the format that the file's suffix names.

        Raises
        ------
        FocusError
            If the suffix is not known, or the disk refuses.
        """
        from focus_viewer.io.annotations import write_annotations

        write_annotations(path, annotations, (cube.rows, cube.cols), _grid_of(cube))

    def write_text(self, path: Path, text: str) -> None:
        """Write a text file, all of it or nothing.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        with translated_errors(path, "written"):
            write_atomically(path, text)

    def export(self, path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
        """Write data for other programs, all of it or nothing; returns the files.

        Raises
        ------
        FocusError
            If the name does not fit, or the disk refuses.
        Cancelled
            From `step`.
        """
        from focus_viewer.io.export import write_export

        return write_export(path, request, step)

    def map_text(self, cube: Cube) -> str:
        """The cube's map projection in words, from its header; "" where it lies on no map."""
        return cube.georeference.projection

    def pixel_area(self, cube: Cube) -> PixelArea:
        """What a pixel of the cube covers on the map."""
        return cube.georeference.pixel_area

    def find_references(self, cube: Cube) -> FoundReferences:
        """White and dark references that lie beside a cube of counts, and fit it.

        Raises
        ------
        CubeError
            If its folder may not be read.
        """
        from focus_viewer.io.references.discovery import find_references

        return find_references(cube)

    def treat(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """A cube with a treatment and no other; its file is never altered.

        Raises
        ------
        CubeError
            If the treatment, or a file that it needs, does not fit.
        Cancelled
            From `step`.
        """
        from focus_viewer.io.references.calibration import apply_preprocessing

        return apply_preprocessing(cube, preprocessing, step)

    def read_spectrum(self, path: Path, cube: Cube) -> DoubleArray:
        """A spectrum of a text file at the bands of a cube, shape (bands,); NaN beyond it.

        Raises
        ------
        CubeError
            If it is no table, or does not meet the cube.
        """
        from focus_viewer.io.references.spectrum_table import spectrum_at_bands

        return spectrum_at_bands(path, cube)

    def index_catalogue(self) -> Sequence[Index]:
        """All vegetation indices to choose from: ours, and those of spyndex."""
        from focus_viewer.io.indices.catalogue import index_catalogue

        return index_catalogue()

    def read_project(self, path: Path, step: Step) -> ProjectReading:
        """Read a project, find its cubes, and take the results that still hold.

        Raises
        ------
        FocusError
            If it is none, or broken.
        Cancelled
            From `step`.
        """
        from focus_viewer.explain.model.cards import read_card
        from focus_viewer.io.project import read_project

        return read_project(path, lambda model: read_card(model).sha256, step)

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
        from focus_viewer.io.project import write_project

        marked = tuple(
            replace(kept, fingerprint=self._fingerprint(cubes[kept.path], step))
            if kept.path in cubes
            else kept
            for kept in project.cubes
        )
        write_project(path, replace(project, cubes=marked), step)

    def is_still(self, kept: ProjectCube, cube: Cube, step: Step) -> bool:
        """Whether a cube that was found elsewhere is what a project kept.

        Raises
        ------
        FocusError
            If it cannot be read.
        Cancelled
            From `step`.
        """
        return self._fingerprint(cube, step) == kept.fingerprint

    def _fingerprint(self, cube: Cube, step: Step) -> str:
        """Found once for each cube: it is the content that was worked on."""
        from focus_viewer.io.project import fingerprint

        if cube not in self._fingerprints:
            self._fingerprints[cube] = fingerprint(cube, step)
        return self._fingerprints[cube]

    @cached_property
    def _autosave(self) -> Autosave:
        from focus_viewer.io.project import Autosave

        return Autosave()

    def keep_work(self, project: Project, of: Path | None) -> None:
        """Keep work that is not saved, in the place of what this program kept before.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        self._autosave.write(project, of)

    def drop_work(self, lost: RecoveredWork | None = None) -> None:
        """Forget what was kept, by another program or by this one.

        Raises
        ------
        FocusError
            If it cannot be removed.
        """
        if lost is not None:
            from focus_viewer.io.project import discard_lost

            discard_lost(lost)
        elif "_autosave" in self.__dict__:  # else nothing was kept
            self._autosave.discard()

    def find_lost_work(self) -> Sequence[RecoveredWork]:
        """What programs that did not live to save have kept, the latest first."""
        from focus_viewer.io.project import find_lost_work

        return find_lost_work()

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain a cube.

        Raises
        ------
        IncompatibleCube, ModelError
            If the model cannot read it, or is none.
        Cancelled
            If it is no longer wanted.
        """
        step(0.0, "loading the model")
        return self._explainer.explain(request, step)

    def prepare(self, step: Step) -> None:
        """Load torch and timm ahead of time."""
        step(0.0, "loading the model")
        self._explainer  # noqa: B018 - the look-up imports


def _grid_of(cube: Cube) -> MapGrid | None:
    """Where a cube lies on the map, if its header tells."""
    return cube.georeference.grid
