"""Rasters of class numbers: TIFF, PNG, ENVI classifications, and arrays of NumPy and MATLAB."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.datasets.data_set import Classes, LabelledRegion
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.regions.connectivity import components
from focus_viewer.core.regions.shapes import mask_shape
from focus_viewer.core.typing import ImageShape, IntArray
from focus_viewer.io.formats.arrays.choosing import ArrayFiles
from focus_viewer.io.formats.arrays.stored_array import StoredArray
from focus_viewer.io.formats.envi.file_pairs import data_of, is_header
from focus_viewer.io.formats.hdf5.reader import Hdf5Format
from focus_viewer.io.formats.recognise import recognise_format
from focus_viewer.io.metadata.header import read_header

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
    """

    path: Path
    values: IntArray
    names: Mapping[int, str] = field(default_factory=dict)


def read_label_raster(path: Path, image_shape: ImageShape | None) -> LabelRaster:
    """Read class numbers; pixels without data, and negative numbers, have no class.

    Parameters
    ----------
    image_shape : tuple of int or None
        (rows, cols) of its cube, by which its array is found in a file of several; None accepts
        any.

    Raises
    ------
    CubeError
        If it cannot be read, is of another image, or holds something else than class numbers.
    """
    form = None if is_header(path) else recognise_format(path)
    names: dict[int, str] = {}
    if isinstance(form, ArrayFiles | Hdf5Format):
        values = _plane(path, _arrays(path, form), image_shape)
    else:
        values, names = _pixels(path)
    if image_shape is not None and values.shape != tuple(image_shape):
        rows, cols = image_shape
        raise CubeError(
            f"{path} is of another image: expected labels for {rows} rows and {cols} columns, as "
            f"the cube has, found {values.shape[0]} and {values.shape[1]}. Put the right file "
            "beside the cube."
        )
    return LabelRaster(path, _numbers(path, values), names)


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


def _pixels(path: Path) -> tuple[NDArray[Any], dict[int, str]]:
    """Return pixels and names of classes of a TIFF, PNG or ENVI file; 0 where it has no data."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    image, names = path, {}
    if is_header(path):
        image, names = data_of(path), _classes_in_header(path)
    with translated_errors(path, expected="an image"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(image) as dataset:
            if dataset.count != 1:
                raise CubeError(
                    f"{path}: expected {_EXPECTED}, found {dataset.count} bands. A picture holds "
                    "colours: save the class numbers."
                )
            values = np.where(dataset.read_masks(1) > 0, dataset.read(1), 0)
    return values, names


def _classes_in_header(path: Path) -> dict[int, str]:
    """Return names by number from an ENVI classification's header; number 0 is unclassified."""
    names = read_header(path).words("class names")
    return {number: name for number, name in enumerate(names) if number and name}


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
