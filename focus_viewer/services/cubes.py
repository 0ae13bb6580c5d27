"""Adapter of `focus_viewer.session.tasks.services.CubeFiles`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.core.progress import Step


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
        from focus_viewer.io.metadata.remembered_choices import remember

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
