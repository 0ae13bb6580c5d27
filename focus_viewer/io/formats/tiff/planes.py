"""Planes of a TIFF file: read directly, or decompressed piece by piece."""

from __future__ import annotations

import mmap
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import translated_errors
from focus_viewer.core.typing import IntArray
from focus_viewer.io.formats.tiff.geotiff import open_raster, raster_errors
from focus_viewer.io.formats.tiff.stacks import Plane
from focus_viewer.io.storage.raw_array import LITTLE_BYTES, FileArray

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

_PLANES, _PIXELS = (2, 0, 1), (0, 1, 2)
_CACHE_BYTES = 256 * 2**20
_MOST_IDLE = 8
_MANY_BANDS = 512


class Planes(Protocol):
    """Protocol of stored planes."""

    def read(self, rows: slice, cols: slice, planes: IntArray) -> NDArray[Any]:
        """Read values, shape (rows, cols, planes), for slices with start, stop and step above 0.

        Raises
        ------
        CubeError
            If the file is missing, was cut short, cannot be read or not be decompressed.
        """
        ...


@dataclass(frozen=True, eq=False)
class MappedPlanes:
    """Uncompressed planes, read directly from the file.

    Attributes
    ----------
    shape : tuple of int
        (rows, cols).
    dtype : dtype
        In the file's byte order.
    starts : IntArray, shape (planes,)
        Where planes begin, in bytes.
    step_bytes : int
        From a number to its right neighbour.
    """

    path: Path
    shape: tuple[int, int]
    dtype: np.dtype[Any]
    starts: IntArray
    step_bytes: int

    @property
    def end_bytes(self) -> int:
        """Size that the file must have at least."""
        rows, cols = self.shape
        return int(self.starts.max()) + (rows * cols - 1) * self.step_bytes + self.dtype.itemsize

    def read(self, rows: slice, cols: slice, planes: IntArray) -> NDArray[Any]:
        """Return values of shape (rows, cols, planes)."""
        if self._uncompressed is not None:
            return self._uncompressed.read(rows, cols, _as_slice(planes))
        size = (_length(rows), _length(cols), planes.size)
        values: NDArray[Any] = np.empty(size, self.dtype)
        is_little = values.nbytes <= LITTLE_BYTES
        for position, plane in enumerate(planes):
            read = self._from_map if is_little or not self._is_dense else self._from_file
            values[:, :, position] = read(int(self.starts[plane]), rows, cols)
        return values

    @property
    def _is_dense(self) -> bool:
        """Whether the values of a plane are contiguous."""
        return self.step_bytes == self.dtype.itemsize

    @cached_property
    def _uncompressed(self) -> FileArray | None:
        """All planes as one array, where they follow one another without gaps."""
        (rows, cols), item = self.shape, self.dtype.itemsize
        distances = np.unique(np.diff(self.starts))
        shape, first = (rows, cols, self.starts.size), int(self.starts[0])
        if self._is_dense and set(distances) <= {rows * cols * item}:
            return FileArray(self.path, shape, self.dtype, _PLANES, first)
        if self.step_bytes == self.starts.size * item and set(distances) <= {item}:
            return FileArray(self.path, shape, self.dtype, _PIXELS, first)
        return None

    def _from_file(self, start: int, rows: slice, cols: slice) -> NDArray[Any]:
        numbers = FileArray(self.path, (*self.shape, 1), self.dtype, _PLANES, start)
        return numbers.read(rows, cols, slice(0, 1))[:, :, 0]

    def _from_map(self, start: int, rows: slice, cols: slice) -> NDArray[Any]:
        strides = (self.shape[1] * self.step_bytes, self.step_bytes)
        plane: NDArray[Any] = np.ndarray(self.shape, self.dtype, self._map, start, strides)
        return plane[rows, cols]

    @cached_property
    def _map(self) -> mmap.mmap:
        with translated_errors(self.path), self.path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@dataclass(frozen=True, eq=False)
class CompressedPlanes:
    """Planes that GDAL decompresses; a dataset serves one thread at a time.

    Attributes
    ----------
    shape : tuple of int
        (rows, cols).
    """

    path: Path
    shape: tuple[int, int]
    planes: tuple[Plane, ...]
    _idle: list[DatasetReader] = field(default_factory=list, repr=False)
    _blocks: BlockCache = field(default_factory=lambda: BlockCache(_CACHE_BYTES), repr=False)

    def read(self, rows: slice, cols: slice, planes: IntArray) -> NDArray[Any]:
        """Return values of shape (rows, cols, planes)."""
        size = (_length(rows), _length(cols), planes.size)
        if 0 in size:
            return np.empty(size, np.float32)
        if rows.step != 1:  # the lines between are not kept, however many there are
            lines = [slice(row, row + 1, 1) for row in range(rows.start, rows.stop, rows.step)]
            return np.concatenate([self.read(line, cols, planes) for line in lines])
        if len({plane.directory for plane in self.planes}) == 1:
            return self._from_one_page(rows, cols, planes)
        read = [self._from_pages(rows, cols, self.planes[plane]) for plane in planes]
        return np.stack(read, axis=-1)

    def _from_one_page(self, rows: slice, cols: slice, planes: IntArray) -> NDArray[Any]:
        """Read bands of one image; GDAL caches what it decompressed, within its limits."""
        samples = [self.planes[plane].sample + 1 for plane in planes]
        with raster_errors(self.path):
            dataset = self._lent()
            if len(samples) > _MANY_BANDS:
                # rasterio looks each of n bands up in a list of n, which takes minutes for the
                # 65,535 in a damaged file: whether there is data is checked first.
                corner = ((rows.start, rows.start + 1), (cols.start, cols.start + 1))
                dataset.read(samples[0], window=corner)
            values = dataset.read(
                samples, window=((rows.start, rows.stop), (cols.start, cols.stop))
            )
            # Not after an error: a dataset that failed once is not used again.
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(dataset)
        transposed: NDArray[Any] = np.moveaxis(values, 0, -1)
        return transposed[:, :: cols.step]

    def _lent(self) -> DatasetReader:
        try:
            return self._idle.pop()  # one step in CPython, so no two threads get the same
        except IndexError:
            return open_raster(self.path, self.planes[0].directory)

    def _from_pages(self, rows: slice, cols: slice, plane: Plane) -> NDArray[Any]:
        """Read a window of a separate page, from blocks that were decompressed."""
        height, width = self._block_shape
        tops = range(rows.start // height, (rows.stop - 1) // height + 1)
        lefts = range(cols.start // width, (cols.stop - 1) // width + 1)
        lines = [np.hstack([self._block(plane, i, j) for j in lefts]) for i in tops]
        top, left = rows.start - tops[0] * height, cols.start - lefts[0] * width
        bottom, right = top + rows.stop - rows.start, left + cols.stop - cols.start
        return np.vstack(lines)[top:bottom, left : right : cols.step]

    def _block(self, plane: Plane, i: int, j: int) -> NDArray[Any]:
        key = (plane.directory, plane.sample, i, j)
        block = self._blocks.get(key)
        return self._unpack(plane, i, j) if block is None else block

    def _unpack(self, plane: Plane, i: int, j: int) -> NDArray[Any]:
        height, width = self._block_shape
        rows = (i * height, min((i + 1) * height, self.shape[0]))
        cols = (j * width, min((j + 1) * width, self.shape[1]))
        with (
            raster_errors(self.path),
            open_raster(self.path, plane.directory) as dataset,
        ):
            block: NDArray[Any] = dataset.read(plane.sample + 1, window=(rows, cols))
        self._blocks.put((plane.directory, plane.sample, i, j), block)
        return block

    @cached_property
    def _block_shape(self) -> tuple[int, int]:
        """Block shape of the first page; others may differ, which only costs time."""
        first = self.planes[0]
        with (
            raster_errors(self.path),
            open_raster(self.path, first.directory) as dataset,
        ):
            height, width = dataset.block_shapes[first.sample]
        return int(height), int(width)


class BlockCache:
    """Recently read arrays, up to a total size, for any number of threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._arrays: OrderedDict[tuple[int, ...], NDArray[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[int, ...]) -> NDArray[Any] | None:
        """Return the array of a key, or None."""
        with self._lock:
            array = self._arrays.get(key)
            if array is not None:
                self._arrays.move_to_end(key)
            return array

    def put(self, key: tuple[int, ...], array: NDArray[Any]) -> None:
        """Store an array; those unused for longest are removed."""
        with self._lock:
            replaced = self._arrays.pop(key, None)
            self._bytes += array.nbytes - (0 if replaced is None else replaced.nbytes)
            self._arrays[key] = array
            while self._bytes > self._most_bytes:
                self._bytes -= self._arrays.popitem(last=False)[1].nbytes


def _length(part: slice) -> int:
    return len(range(part.start, part.stop, part.step))


def _as_slice(planes: IntArray) -> slice | IntArray:
    """Return planes at equal distances as a slice, which numpy need not copy."""
    steps = np.diff(planes)
    step = int(steps[0]) if steps.size else 1
    if planes.size == 0 or step < 1 or (steps != step).any():
        return planes
    return slice(int(planes[0]), int(planes[-1]) + 1, step)


@dataclass(frozen=True, eq=False)
class MaskPlane:
    """One plane that is 0 where there is no data."""

    path: Path

    def read(self, rows: slice, cols: slice, planes: IntArray) -> NDArray[Any]:
        """Return the mask, shape (rows, cols, 1), for any planes."""
        if rows.stop <= rows.start or cols.stop <= cols.start:
            return np.empty((0, 0, 1), np.uint8)
        window = ((rows.start, rows.stop), (cols.start, cols.stop))
        with raster_errors(self.path), open_raster(self.path) as dataset:
            mask: NDArray[Any] = dataset.read_masks(1, window=window)
        return mask[:: rows.step, :: cols.step, np.newaxis]
