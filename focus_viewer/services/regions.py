"""Adapter of `focus_viewer.session.tasks.services.RegionFiles`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.spectra.indices import Index

if TYPE_CHECKING:
    from focus_viewer.io.annotations import MapGrid


class BundledRegionFiles:
    """Files of regions, read and written by `focus_viewer.io`."""

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """See `RegionFiles.read_annotations`."""
        from focus_viewer.io.annotations import read_annotations

        return read_annotations(path, (cube.rows, cube.cols), _grid_of(cube))

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """See `RegionFiles.write_annotations`."""
        from focus_viewer.io.annotations import write_annotations

        write_annotations(path, annotations, (cube.rows, cube.cols), _grid_of(cube))

    def write_text(self, path: Path, text: str) -> None:
        """See `RegionFiles.write_text`."""
        from focus_viewer.io.annotations.storage import write_whole

        write_whole(path, text.encode())

    def index_catalogue(self) -> Sequence[Index]:
        """See `RegionFiles.index_catalogue`."""
        from focus_viewer.io.indices.catalogue import index_catalogue

        return index_catalogue()


def _grid_of(cube: Cube) -> MapGrid | None:
    from focus_viewer.io.metadata import georeference

    return georeference.grid_of(cube)
