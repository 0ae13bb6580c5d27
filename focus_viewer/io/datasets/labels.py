"""Label files of a cube: rasters of class numbers, and files of regions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from focus_viewer.core.counted import left_out_without_class
from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.datasets.cube_labels import class_names
from focus_viewer.core.datasets.data_set import Classes, LabelledRegion
from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations import read_annotations
from focus_viewer.io.datasets.label_raster import read_label_raster, regions_of_labels

REGION_SUFFIXES = (".geojson", ".json", ".xml", ".roi", ".txt")
RASTER_SUFFIXES = (".tif", ".tiff", ".png", ".bmp", ".npy", ".npz", ".mat", ".hdr")
_NAMED_BY_CLASS = (".xml", ".roi", ".txt")
_OWN_CHUNK = b"focus_viewer\0"
_HEAD_BYTES = 4096


class Labels(Protocol):
    """Labels of a cube that are read once it is open."""

    @property
    def path(self) -> Path:
        """Their file."""
        ...

    def image_shape(self) -> ImageShape | None:
        """Return the shape of a raster; None for others, and for one that is not read."""
        ...

    def regions(
        self, image_shape: ImageShape, grid: MapGrid | None, classes: Classes, notes: list[str]
    ) -> Iterator[LabelledRegion]:
        """Read the labelled regions, with the classes of the whole cube where they have none.

        Raises
        ------
        FocusError
            If the file cannot be read, or is of another image.
        """
        ...


@dataclass(frozen=True)
class LabelFile:
    """Label file of a cube.

    Attributes
    ----------
    names : mapping of int to str
        Names of the classes of a raster, where something beside it states them.
    classes : tuple of str
        Of its pixels, if it has one value; of its regions that have no class.
    groups : mapping of str to str
        Of its regions.
    """

    path: Path
    names: Mapping[int, str] = field(default_factory=dict)
    classes: Classes = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_raster(self) -> bool:
        """Whether it holds class numbers of pixels."""
        suffix = self.path.suffix.lower()
        return suffix not in REGION_SUFFIXES and not (suffix == ".png" and _is_own(self.path))

    def image_shape(self) -> ImageShape | None:
        """Return the shape of a raster; None for a file of regions, or one that is not read."""
        if not self.is_raster:
            return None
        try:
            rows, cols = read_label_raster(self.path, None).values.shape
        except FocusError:  # reported when its regions are read
            return None
        return rows, cols

    def regions(
        self,
        image_shape: ImageShape,
        grid: MapGrid | None,
        classes: Classes,
        notes: list[str],
    ) -> Iterator[LabelledRegion]:
        """Read the labelled regions.

        Parameters
        ----------
        classes : tuple of str
            Of the whole cube: a raster of a single value, and regions without a class, only say
            where they hold.

        Raises
        ------
        FocusError
            If the file cannot be read, or is of another image.
        """
        if self.is_raster:
            raster = read_label_raster(self.path, image_shape, grid)
            notes.extend(f"{self.path}: {note}" for note in raster.notes)
            found = regions_of_labels(raster, self.names, self.classes or classes)
        else:
            found = self._annotated(image_shape, grid, self.classes or classes, notes)
        for region in found:
            yield replace(region, groups=self.groups)

    def _annotated(
        self, image_shape: ImageShape, grid: MapGrid | None, classes: Classes, notes: list[str]
    ) -> Iterator[LabelledRegion]:
        unlabelled = 0
        found = read_annotations(self.path, image_shape, grid)
        notes.extend(f"{self.path}: {note}" for note in found.notes)
        for region in found:
            if own := self._classes(region) or classes:
                yield LabelledRegion(region.outline, own, region.name)
            else:
                unlabelled += 1
        if unlabelled:
            notes.append(f"{self.path}: {left_out_without_class(unlabelled)}")

    def _classes(self, region: Annotation) -> Classes:
        """Return a region's classes; ENVI's regions of interest are classes, by their names."""
        if region.class_name:
            return class_names(region.class_name)
        named = self.path.suffix.lower() in _NAMED_BY_CLASS
        automatic = re.fullmatch(r"Region \d+", region.name)
        return class_names(region.name) if named and not automatic else ()


def _is_own(path: Path) -> bool:
    """Return whether a PNG is a label mask that the program wrote, with names of its regions."""
    try:
        with path.open("rb") as file:
            return _OWN_CHUNK in file.read(_HEAD_BYTES)
    except OSError:
        return False
