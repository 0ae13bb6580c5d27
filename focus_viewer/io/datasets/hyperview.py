"""HYPERVIEW: NUMBER.npz with "data" and "mask", and train_gt.csv.

Source: readers in public repositories, which build a NumPy masked array of "data" and "mask", both
(bands, rows, columns): True in the mask stands for pixels outside the field. train_gt.csv has a row
for each file with P, K, Mg and pH; the name of its column sample_index and the optional file
wavelengths.csv are assumed. The soil's parameters are numbers, not classes: each is divided at its
terciles, an arrangement of this reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.datasets.data_set import Classes, DataSet, DataSetError, LabelledRegion
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.shapes import mask_shape
from focus_viewer.core.typing import BoolArray, ImageShape
from focus_viewer.io.datasets.cube_names import CubeNames
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.datasets.samples import Source, make_sample
from focus_viewer.io.datasets.table_file import TABLE_SUFFIXES, Table, key_of, read_table
from focus_viewer.io.datasets.wavelengths import read_wavelengths
from focus_viewer.io.formats.arrays.numpy_format import read_contents

_LAYOUT = "HYPERVIEW"
_PARAMETERS = ("P", "K", "Mg", "pH")
_LEVELS = ("low", "middle", "high")
_TABLE = "train_gt.csv"


def recognises(source: Path) -> bool:
    """Return whether a folder's train_gt.csv, or a table, has HYPERVIEW's columns."""
    path = source / _TABLE if source.is_dir() else source
    if not path.is_file() or path.suffix.lower() not in TABLE_SUFFIXES:
        return False
    try:
        keys = read_table(path).keys
    except FocusError:
        return False
    return {"sampleindex", *(name.lower() for name in _PARAMETERS)} <= set(keys)


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read fields as regions; the class is the tercile of a parameter, by default of pH."""
    parameter = options.class_column or "pH"
    if parameter.lower() not in {name.lower() for name in _PARAMETERS}:
        raise DataSetError(
            f"{source}: expected one of {', '.join(_PARAMETERS)}, found {parameter!r}. Choose one."
        )
    table = read_table(source / _TABLE if source.is_dir() else source)
    gathering = Gathering(source, options)
    values = _values(table, parameter)
    limits = np.quantile(values, [1 / 3, 2 / 3])
    gathering.note(
        f"{parameter} is a number: its terciles are the classes, divided at {limits[0]:g} and "
        f"{limits[1]:g}."
    )
    names, nm = CubeNames(table.path.parent), read_wavelengths(table.path.parent)
    for done, ((line, cells), value) in enumerate(zip(table.rows, values, strict=True)):
        with gathering.refusing(f"{table.path.name}, line {line}"):
            path = names.find(cells["sampleindex"])
            gathering.step(done, len(table.rows), path)
            level = _LEVELS[int(np.searchsorted(limits, value, side="left"))]
            choice = ArrayChoice("data", ("bands", "rows", "cols"))
            labels = (FieldMask(path),)
            field = Source(
                path, (f"{parameter} {level}",), labels, choice=choice, wavelengths_nm=nm
            )
            gathering.samples.append(make_sample(field, gathering.notes))
    return gathering.data_set(f"{_LAYOUT}, {parameter}")


def _values(table: Table, parameter: str) -> list[float]:
    try:
        return [float(cells[key_of(parameter)]) for _, cells in table.rows]
    except ValueError as error:
        raise DataSetError(
            f"{table.path}: expected a number for {parameter} in every row, found {error}. Correct "
            "the table."
        ) from error


class FieldMask:
    """Pixels of the field: those where the mask is False; see `labels.Labels`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def image_shape(self) -> ImageShape:
        """Return (rows, cols) of the mask."""
        rows, cols = self._outside().shape
        return rows, cols

    def regions(
        self, image_shape: ImageShape, grid: MapGrid | None, classes: Classes, notes: list[str]
    ) -> Iterator[LabelledRegion]:
        """Return the field as one region."""
        outside = self._outside()
        if outside.shape != tuple(image_shape):
            raise CubeError(
                f"{self.path}: expected a mask of {image_shape[0]} x {image_shape[1]} pixels, as "
                f"the data, found {outside.shape[0]} x {outside.shape[1]}. Copy it again."
            )
        outline = mask_shape(crop_mask(~outside))
        if outline is not None:
            yield LabelledRegion(outline, classes, "field")

    def _outside(self) -> BoolArray:
        arrays = {array.name: array for array in read_contents(self.path).arrays}
        mask = arrays.get("mask")
        if mask is None or len(mask.shape) not in (2, 3):
            raise CubeError(
                f"{self.path}: expected arrays named data and mask, found {', '.join(arrays)}. "
                "Copy it again from its source."
            )
        rows, cols = (slice(0, side) for side in mask.shape[-2:])
        first = mask.read((rows, cols) if len(mask.shape) == 2 else (slice(0, 1), rows, cols))
        return np.asarray(first.reshape(mask.shape[-2:]) != 0)
