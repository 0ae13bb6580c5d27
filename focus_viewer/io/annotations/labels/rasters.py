"""Label rasters: images of one band whose pixels are numbers of classes or regions.

GeoTIFF and other TIFF, and classifications of ENVI. Names and colours come from the header's class
names and class lookup, from GDAL's category names, or from a palette. A raster without a map must
have the size of the cube; one with a map is placed by it, and another resolution, position or
reference system is resampled to the cube's pixels by nearest neighbour.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.typing import ImageShape, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.labels.legend import (
    OWN_ENTRY,
    Legend,
    annotations_from_labels,
    from_own_entry,
)
from focus_viewer.io.annotations.refusal import Unreadable, short_reason, shown
from focus_viewer.io.annotations.storage import first_bytes, from_xml
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of, is_header, may_be_data
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header, read_header
from focus_viewer.io.metadata.projections import parse_crs

_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ENVI_FIRST_LINE = re.compile(rb"\s*ENVI\s*[\r\n]", flags=re.IGNORECASE)
_MOST_PIXELS = 1_000_000_000
_MOST_BLOCK_BYTES = 100_000_000
_SAME_PX = 0.01
_OTHER_RASTER = "Open it with the cube that it belongs to."


class PlacedLabels(NamedTuple):
    """Numbers in the pixels of a cube, shape (rows, cols), and what a file says of them.

    Attributes
    ----------
    found : str
        Where the file is, for people.
    """

    numbers: NDArray[Any]
    legend: Legend
    notes: tuple[str, ...]
    found: str


class _Place(NamedTuple):
    """Affine matrix from pixels to the map, and the reference system; None if it is not known."""

    transform: Any
    crs: Any

    def on_map(self, point: Point2) -> Point2:
        """Return the map coordinates of a point (col, row)."""
        (col, row), matrix = point, self.transform
        x = matrix.a * col + matrix.b * row + matrix.c
        return x, matrix.d * col + matrix.e * row + matrix.f


def is_label_raster(path: Path, start: bytes) -> bool:
    """Return whether a file begins as a TIFF or an ENVI header."""
    return start.startswith(_TIFF_SIGNATURES) or bool(_ENVI_FIRST_LINE.match(start))


def has_header(path: Path) -> bool:
    """Return whether there is an ENVI header beside a data file."""
    with suppress(CubeError):
        return may_be_data(path) and header_of(path) != path
    return False


def annotations_from_label_raster(
    path: Path, image_shape: ImageShape, grid: MapGrid | None = None
) -> Annotations:
    """Read annotations from a label raster, one for each value except 0 and "no data".

    Raises
    ------
    Unreadable
        If it is an image of another kind, or not of the cube's place.
    CubeError
        If a file of it is missing or damaged.
    """
    labels = read_labels(path, image_shape, grid)
    found = annotations_from_labels(labels.numbers, labels.legend)
    if not found.regions:
        raise Unreadable(f"no label is on the image: it covers {labels.found}", _OTHER_RASTER)
    return replace(found, notes=labels.notes)


def read_labels(path: Path, image_shape: ImageShape, grid: MapGrid | None = None) -> PlacedLabels:
    """Read the numbers of a label raster in the pixels of a cube.

    Raises
    ------
    Unreadable
        If it is an image of another kind, or not of the cube's size.
    CubeError
        If a file of it is missing or damaged.
    """
    is_tiff = first_bytes(path).startswith(_TIFF_SIGNATURES)
    envi = None if is_tiff else read_header(header_of(path))
    data, driver = (path, "GTiff") if envi is None else (_data_file(path, envi), "ENVI")
    with _opened(data, driver) as dataset:
        _check_kind(dataset)
        place = _Place(dataset.transform, dataset.crs) if envi is None else _envi_place(envi)
        notes: list[str] = []
        numbers = _whole_numbers(_placed(dataset, place, image_shape, grid, notes))
        legend = _legend(dataset) if envi is None else _envi_legend(dataset, envi)
        covered = f"{_bounds(dataset, place)} of {place.crs}"
    return PlacedLabels(numbers, legend, tuple(notes), covered)


def _data_file(path: Path, header: Header) -> Path:
    return data_of(header.path) if is_header(path) else path


@contextmanager
def _opened(path: Path, driver: str) -> Iterator[Any]:
    """Open a raster of a driver of GDAL's; any error of the library raises `Unreadable`."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with warnings.catch_warnings(), rasterio.Env():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.open(path, driver=driver) as dataset:
                yield dataset
        except (Unreadable, FocusError):
            raise
        except Exception as error:  # those of GDAL have no common class that is public
            raise Unreadable(
                f"it is not an image that can be decoded ({short_reason(error)})",
                "Copy it again from where it came.",
            ) from error


def _check_kind(dataset: Any) -> None:
    """Refuse pictures, and sizes for which memory would be taken before a pixel is seen."""
    pages = max(1, len(dataset.subdatasets))
    if dataset.count * pages != 1:
        raise Unreadable(
            f"expected one band of class numbers, found {dataset.count * pages} bands",
            "Open the label raster, not a picture or a cube.",
        )
    kind = np.dtype(dataset.dtypes[0])
    block = dataset.block_shapes[0]
    if kind.kind not in "iuf":
        raise Unreadable(f"expected whole numbers, found {kind.name}", "Save it as whole numbers.")
    if (
        dataset.width * dataset.height > _MOST_PIXELS
        or block[0] * block[1] * kind.itemsize > _MOST_BLOCK_BYTES
    ):
        raise Unreadable(
            f"it has {dataset.height} x {dataset.width} pixels in blocks of {block[0]} x "
            f"{block[1]}, too large for labels of a cube",
            "Crop it to the cube first, such as by gdal_translate.",
        )


def _whole_numbers(numbers: NDArray[Any]) -> NDArray[Any]:
    if numbers.dtype.kind in "iu":
        return numbers
    filled = np.nan_to_num(numbers, nan=0.0, posinf=0.5, neginf=0.5)
    if (filled != np.rint(filled)).any() or (np.abs(filled) > np.iinfo(np.int32).max).any():
        raise Unreadable(
            "expected whole numbers of classes, found fractions",
            "Open the label raster, not a picture or a map of values.",
        )
    whole: NDArray[np.int32] = filled.astype(np.int32)
    return whole


def _placed(
    dataset: Any, place: _Place, image_shape: ImageShape, grid: MapGrid | None, notes: list[str]
) -> NDArray[Any]:
    """Return the numbers in the pixels of the cube."""
    size = dataset.height, dataset.width
    if place.transform.is_identity or grid is None:
        if size != image_shape:
            raise Unreadable(
                f"expected {image_shape[0]} rows and {image_shape[1]} columns, as the cube has, "
                f"found {size[0]} and {size[1]}",
                _OTHER_RASTER,
            )
        return np.asarray(dataset.read(1))
    system = parse_crs(grid.coordinate_system)
    same_system = place.crs == system or None in (place.crs, system)
    if size == image_shape and same_system and _same_corners(place, size, grid):
        return np.asarray(dataset.read(1))
    if place.crs is None or system is None:
        raise Unreadable(
            "it is on another grid than the cube, and the reference system of "
            f"{'the cube' if system is None else 'the raster'} is not known",
            "Resample it to the cube's pixels, or add the reference system.",
        )
    notes.append(
        f"The labels are on another grid, {size[0]} x {size[1]} pixels: they were resampled to the "
        "pixels of the cube by nearest neighbour."
    )
    return _resampled(dataset, place, image_shape, _Place(_transform(grid), system))


def _same_corners(place: _Place, size: ImageShape, grid: MapGrid) -> bool:
    """Return whether the corners of a raster are those of the cube."""
    ends = ((0, 0), (size[1], 0), (0, size[0]))
    found = [grid.to_pixel(place.on_map(end)) for end in ends]
    return bool(np.abs(np.subtract(found, ends)).max() < _SAME_PX)


def _resampled(
    dataset: Any, source: _Place, image_shape: ImageShape, target: _Place
) -> NDArray[Any]:
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import Resampling

    rows, cols = image_shape
    fill = 0 if dataset.nodata is None else dataset.nodata
    with (
        _related(source.crs),
        WarpedVRT(
            dataset,
            src_transform=source.transform,
            src_crs=source.crs,
            transform=target.transform,
            crs=target.crs,
            width=cols,
            height=rows,
            nodata=fill,
            resampling=Resampling.nearest,
        ) as resampled,
    ):
        return np.asarray(resampled.read(1))


def _transform(grid: MapGrid) -> Any:
    """Return the grid as an affine matrix, from the map coordinates of three corners."""
    from rasterio.transform import Affine

    (x, y), right, down = (grid.to_map(point) for point in ((0, 0), (1, 0), (0, 1)))
    return Affine(right[0] - x, down[0] - x, x, right[1] - y, down[1] - y, y)


@contextmanager
def _related(system: Any) -> Iterator[None]:
    """Name the reference system where GDAL does not know how to turn it into the cube's."""
    try:
        yield
    except Exception as error:  # those of GDAL have no common class that is public
        raise Unreadable(
            f"it cannot be turned from its reference system, {shown(str(system))}, into that of "
            f"the cube ({short_reason(error)})",
            "Save it in the reference system of the cube.",
        ) from error


def _bounds(dataset: Any, place: _Place) -> str:
    width, height = dataset.width, dataset.height
    corners = [place.on_map(end) for end in ((0, 0), (width, 0), (0, height), (width, height))]
    (left, right), (bottom, top) = ((min(ends), max(ends)) for ends in zip(*corners, strict=True))
    return f"x {left:.7g} to {right:.7g} and y {bottom:.7g} to {top:.7g}"


def _legend(dataset: Any) -> Legend:
    tags = dataset.tags()
    names = dict(enumerate(_categories(Path(f"{dataset.name}.aux.xml"))))
    own = from_own_entry(tags.get(OWN_ENTRY, ""))
    return Legend(names, _colours(dataset), own, _empty(dataset))


def _envi_place(header: Header) -> _Place:
    """Return the place as cubes are placed, so that a rotation has the same meaning."""
    from rasterio.transform import Affine

    found = read_georeference(header)
    transform = Affine.identity() if found.grid is None else _transform(found.grid)
    return _Place(transform, parse_crs(found.crs))


def _envi_legend(dataset: Any, header: Header) -> Legend:
    names = dict(enumerate(header.words("class names")))
    parts = [part for part in header.words("class lookup") if part.isascii() and part.isdigit()]
    triples = zip(parts[::3], parts[1::3], parts[2::3], strict=False)
    colours = {
        value: colour
        for value, triple in enumerate(triples)
        if (colour := checked_values.colour([int(part) for part in triple]))
    }
    own = from_own_entry("".join(header.words(OWN_ENTRY)))
    return Legend(names, colours, own, _empty(dataset))


def _colours(dataset: Any) -> dict[int, str]:
    try:
        palette = dataset.colormap(1)
    except ValueError:  # it has none
        return {}
    listed = {value: checked_values.colour([*parts[:3]]) for value, parts in palette.items()}
    return {value: colour for value, colour in listed.items() if colour}


def _empty(dataset: Any) -> frozenset[int]:
    nodata = dataset.nodata
    whole = nodata is not None and float(nodata).is_integer()
    return frozenset([int(nodata)]) if whole else frozenset()


def _categories(beside: Path) -> list[str]:
    """Return the category names in GDAL's file beside a raster; none without it."""
    try:
        root: Xml.Element = from_xml(beside.read_text(encoding="utf-8", errors="replace"))
    except (OSError, Unreadable):
        return []
    found = root.iterfind("PAMRasterBand/CategoryNames/Category")
    return [checked_values.text(element.text) for element in found]
