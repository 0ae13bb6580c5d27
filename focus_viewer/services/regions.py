"""Adapter of `focus_viewer.session.tasks.services.RegionFiles`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import translated_errors
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.spectra.indices import Index


class BundledRegionFiles:
    """Files of regions, read and written by `focus_viewer.io`."""

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """See `RegionFiles.read_annotations`."""
        from focus_viewer.io.annotations import read_annotations

        return read_annotations(path, (cube.rows, cube.cols), cube.georeference.grid)

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """See `RegionFiles.write_annotations`."""
        from focus_viewer.io.annotations import write_annotations

        write_annotations(path, annotations, (cube.rows, cube.cols), cube.georeference.grid)

    def write_text(self, path: Path, text: str) -> None:
        """See `RegionFiles.write_text`."""
        with translated_errors(path, "written"):
            write_atomically(path, text)

    def index_catalogue(self) -> Sequence[Index]:
        """See `RegionFiles.index_catalogue`."""
        from focus_viewer.io.indices.catalogue import index_catalogue

        return index_catalogue()
