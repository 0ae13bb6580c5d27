"""Rasters of class numbers: TIFF, PNG, ENVI classifications, and arrays of NumPy and MATLAB."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.datasets.data_set import Classes, LabelledRegion
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.regions.connectivity import components
from focus_viewer.core.regions.shapes import mask_shape
from focus_viewer.core.typing import ImageShape, IntArray
from focus_viewer.io.annotations.labels.rasters import is_label_raster, read_labels
from focus_viewer.io.annotations.refusal import naming_the_file
from focus_viewer.io.annotations.storage import first_bytes
from focus_viewer.io.formats.arrays.choosing import ArrayFiles
from focus_viewer.io.formats.arrays.stored_array import StoredArray
from focus_viewer.io.formats.envi.file_pairs import data_of, is_header
from focus_viewer.io.formats.hdf5.reader import Hdf5Format
from focus_viewer.io.formats.recognise import recognise_format

_MOST_CLASSES = 4096
_EXPECTED = "an image of one band, with a class number for each pixel"


@dataclass(frozen=True, eq=False)
class LabelRaster:
    """Class numbers of pixels.

    Attributes
    ----------
    values : IntArray, shape (rows, cols)
        0 for no class.
    names : mapping of int to str
        As the file itself states them.
    notes : tuple of str
        What was assumed, a sentence each.
    """

    path: Path
    values: IntArray
    names: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_label_raster(
    path: Path, image_shape: ImageShape | None, grid: MapGrid | None = None
) -> LabelRaster:
    """Read class numbers; pixels without data, and negative numbers, have no class.

    TIFF and ENVI are read as annotations are: those on another map grid are resampled to the cube.

    Parameters
    ----------
    image_shape : tuple of int or None
        (rows, cols) of its cube, by which its array is found in a file of several; None accepts
        any.
    grid : MapGrid or None
        Of its cube.

    Raises
    ------
    FocusError
        If it cannot be read, is of another image, or holds something else than class numbers.
    """
    if image_shape is not None and is_label_raster(path, first_bytes(path)):
        return _placed(path, image_shape, grid)
    form = None if is_header(path) else recognise_format(path)
    if isinstance(form, ArrayFiles | Hdf5Format):
        values = _plane(path, _arrays(path, form), image_shape)
    else:
        values = _pixels(path)
    if image_shape is not None and values.shape != tuple(image_shape):
        rows, cols = image_shape
        raise CubeError(
            f"{path} is of another image: expected labels for {rows} rows and {cols} columns, as "
            f"the cube has, found {values.shape[0]} and {values.shape[1]}. Put the right file "
            "beside the cube."
        )
    return LabelRaster(path, _numbers(path, values))


def regions_of_labels(
    raster: LabelRaster, names: Mapping[int, str], classes: Classes = ()
) -> Iterator[LabelledRegion]:
    """Return each connected field of a class as a region, so that fields are never separated.

    Parameters
    ----------
    names : mapping of int to str
        Names of classes by number; the file's own win, and "class 3" stands for unknown ones.
    classes : tuple of str
        Of the whole cube: a raster with one value only says where they hold.
    """
    known = {**names, **raster.names}
    found = [int(value) for value in np.unique(raster.values) if value]
    for value in found:
        own: Classes = (known.get(value) or f"class {value}",)
        if classes and len(found) == 1:
            own = classes
        for number, crop in enumerate(components(raster.values == value), start=1):
            outline = mask_shape(crop)
            if outline is not None:
                yield LabelledRegion(outline, own, f"{' + '.join(own)} {number}")


def _placed(path: Path, image_shape: ImageShape, grid: MapGrid | None) -> LabelRaster:
    """Read a TIFF or ENVI raster; a class that 0 stands for gets a number of its own."""
    with naming_the_file(path, "a label raster"):
        labels = read_labels(path, image_shape, grid)
    legend, values = labels.legend, labels.numbers.astype(np.intp)
    names = {value: name for value, name in legend.names.items() if value and name}
    found = [int(value) for value in np.unique(values)]
    if 0 in found and not legend.stands_for_none(0):
        own = max([*found, *names]) + 1
        values[values == 0], names[own] = own, legend.names[0]
    values[np.isin(values, [value for value in found if legend.stands_for_none(value)])] = 0
    return LabelRaster(path, _numbers(path, values), names, labels.notes)


def _arrays(path: Path, form: ArrayFiles | Hdf5Format) -> tuple[StoredArray, ...]:
    """Return all arrays of a file."""
    return form.contents(path).arrays


def _plane(
    path: Path, stored: tuple[StoredArray, ...], image_shape: ImageShape | None
) -> NDArray[Any]:
    """Return the only array of two axes, of the image's shape where several have two."""
    planes = [
        array
        for array in stored
        if sum(side > 1 for side in array.shape) == 2 and array.dtype.kind in "iufb"
    ]
    if image_shape is not None and len(planes) > 1:
        planes = [array for array in planes if _sides(array) == tuple(image_shape)] or planes
    if len(planes) != 1:
        found = ", ".join(array.text for array in stored[:6]) or "none"
        raise CubeError(
            f"{path}: expected one array of two axes, with a class number for each pixel, found "
            f"{found}. Save the labels in a file of their own."
        )
    with translated_errors(path):
        return planes[0].all().reshape(_sides(planes[0]))


def _sides(array: StoredArray) -> tuple[int, ...]:
    return tuple(side for side in array.shape if side > 1)


def _pixels(path: Path) -> NDArray[Any]:
    """Return the pixels of a picture or raster as they are stored; 0 where it has no data."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    image = data_of(path) if is_header(path) else path
    with translated_errors(path, expected="an image"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(image) as dataset:
            if dataset.count != 1:
                raise CubeError(
                    f"{path}: expected {_EXPECTED}, found {dataset.count} bands. A picture holds "
                    "colours: save the class numbers."
                )
            return np.where(dataset.read_masks(1) > 0, dataset.read(1), 0)


def _numbers(path: Path, values: NDArray[Any]) -> IntArray:
    known = np.nan_to_num(values, nan=0, posinf=0, neginf=0) if values.dtype.kind == "f" else values
    with np.errstate(invalid="ignore"):
        numbers: IntArray = known.astype(np.intp)
    if (numbers != known).any():
        raise CubeError(f"{path}: expected {_EXPECTED}, found fractions. Save the class numbers.")
    numbers[numbers < 0] = 0
    count = np.unique(numbers).size
    if count > _MOST_CLASSES:
        raise CubeError(
            f"{path}: expected {_EXPECTED}, found {count:,} different numbers. It looks like a "
            "measurement, not a raster of labels: choose another file."
        )
    return numbers
