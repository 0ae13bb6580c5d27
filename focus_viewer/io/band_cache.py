"""A cube whose bands are read from the band cache, as far as they are kept there."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube, PixelSource
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.io.cache.eviction import cache_folder, make_room
from focus_viewer.io.cache.tiles import Tiles
from focus_viewer.io.formats.arrays.source import StoredSource
from focus_viewer.io.formats.envi.source import EnviSource
from focus_viewer.io.formats.tiff.planes import MappedPlanes
from focus_viewer.io.formats.tiff.source import TiffSource
from focus_viewer.io.identity.file_identity import marks_of
from focus_viewer.io.storage.raw_array import Numbers
from focus_viewer.io.storage.read_plan import wanted

_log = logging.getLogger(__name__)

# The system's own cache holds smaller files, and a band of one is there in no time.
_LEAST_BYTES = 256 * 2**20
_FORMAT = 1
# More bands than this share of all are read from the file, where they lie together.
_FEW = 4


@dataclass(frozen=True, eq=False)
class SourceNumbers:
    """Values of any source as the numbers to keep, where those stored cannot be had apart."""

    source: PixelSource

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.source.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32, NaN where there is no data."""
        return np.dtype(np.float32)

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands)."""
        return self.source.read(rows, cols, bands)


@dataclass(frozen=True, eq=False)
class BandCache:
    """Numbers of a cube: few bands come from tiles, as far as those are there.

    Attributes
    ----------
    numbers : Numbers
        Of the cube's file.
    tiles : Tiles
    """

    numbers: Numbers
    tiles: Tiles

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.numbers.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number."""
        return self.tiles.dtype

    @property
    def share(self) -> float:
        """How much of the cube is kept, 0 to 1."""
        return 1 - len(self.tiles.missing()) / self.tiles.count

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands).

        Raises
        ------
        CubeError
            If the cube's file is gone, was cut short, or may not be read.
        """
        lines = wanted(rows, self.shape[0]).positions
        asked = wanted(bands, self.shape[2]).positions
        there = self.tiles.there() if lines.size > 1 else set()
        if not there or asked.size * _FEW > self.shape[2]:
            return self.numbers.read(rows, cols, bands)
        kept = np.isin(lines // self.tiles.rows_each, list(there))
        if kept.all():
            return self._kept_lines(rows, cols, bands, there)
        runs = np.split(np.arange(lines.size), np.flatnonzero(np.diff(kept)) + 1)
        out = np.empty((asked.size, lines.size, len(range(self.shape[1])[cols])), self.dtype)
        for run in runs:
            read = self._kept_lines if kept[run[0]] else self._lines
            block = read(_slice(lines[run]), cols, bands, there)
            out[:, run[0] : run[-1] + 1] = block.transpose(2, 0, 1)
        return out.transpose(1, 2, 0)

    def _kept_lines(
        self, rows: slice, cols: slice, bands: slice | IntArray, there: set[int]
    ) -> NDArray[Any]:
        """Lines whose tiles were there; if they are no more, another program has let them go."""
        try:
            block = self.tiles.numbers.read(rows, cols, bands)
            if there <= self.tiles.there():
                return block
        except CubeError as error:
            _log.info("the band cache was not read: %s", error)
        return self.numbers.read(rows, cols, bands)

    def _lines(
        self, rows: slice, cols: slice, bands: slice | IntArray, _: set[int]
    ) -> NDArray[Any]:
        return self.numbers.read(rows, cols, bands)

    def fill(self, step: Step) -> None:
        """Keep what is missing; what another program is keeping already is left to it.

        Takes memory for two tiles (`tiles.MOST_BYTES`) and one piece of the file.

        Parameters
        ----------
        step : Step
            Called before every tile.

        Raises
        ------
        CubeError
            If the cube does not fit in the cache, or a disk refuses.
        Cancelled
            From `step`; what is kept by then stays.
        """
        from filelock import FileLock, Timeout  # a start need not wait for it

        missing = self.tiles.missing()
        if not missing:
            return
        tiles = self.tiles
        make_room(tiles.folder, tiles.all_bytes, tiles.all_bytes * len(missing) // tiles.count)
        with translated_errors(self.tiles.folder, "written"):
            lock = FileLock(self.tiles.folder / "filling.lock")
            try:
                with lock.acquire(blocking=False):
                    self.tiles.begin()
                    self._keep(self.tiles.missing(), step)
            except Timeout:
                _log.info("another program fills %s", self.tiles.folder)

    def _keep(self, missing: list[int], step: Step) -> None:
        done = self.tiles.count - len(missing)
        for place, tile in enumerate(missing):
            step((done + place) / self.tiles.count, "keeping bands together")
            rows = self.tiles.rows_of(tile)
            self.tiles.write(tile, self.numbers.read(rows, slice(None), slice(None)))


@dataclass(frozen=True, eq=False)
class CachedSource:
    """Values of a source through the band cache.

    Attributes
    ----------
    source : PixelSource
    cache : BandCache
        Of its values.
    """

    source: PixelSource
    cache: BandCache

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.source.shape

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units: a copy."""
        block: FloatArray = self.cache.read(rows, cols, bands)
        return block if block.flags.writeable else block.copy()  # a map's is not to be written


def with_band_cache(cube: Cube) -> Cube:
    """The cube, its bands read from the cache as far as they are kept there.

    Only where it helps: of a large file whose bands do not lie apart. Nothing is kept by this.

    Raises
    ------
    CubeError
        If its file cannot be read.
    """
    source = cube.source
    if cube.path is None or not cube.path.is_file() or _lies_in_bands(source):
        return cube  # of a folder of many files no few marks tell that one has changed
    stored = source.numbers if isinstance(source, EnviSource) else SourceNumbers(source)
    if math.prod(stored.shape) * stored.dtype.itemsize < _LEAST_BYTES:
        return cube
    cache = BandCache(stored, _tiles(cube.path, cube, stored))
    if isinstance(source, EnviSource):
        return replace(cube, source=replace(source, numbers=cache))
    return replace(cube, source=CachedSource(source, cache))


def _lies_in_bands(source: PixelSource) -> bool:
    """Whether a band of it can be read without the others."""
    if isinstance(source, EnviSource):
        return source.layout.interleave == "bsq"
    if isinstance(source, TiffSource):
        planes = source.planes
        return isinstance(planes, MappedPlanes) and planes.step_bytes == planes.dtype.itemsize
    if isinstance(source, StoredSource):
        return source.stored.chunk_bytes == 0 and source.axes[0] == "bands"
    return False


def band_cache_of(cube: Cube) -> BandCache | None:
    """The band cache that a cube is read through, or None."""
    source = cube.source
    if isinstance(source, CachedSource):
        return source.cache
    if isinstance(source, EnviSource) and isinstance(source.numbers, BandCache):
        return source.numbers
    return None


def _tiles(path: Path, cube: Cube, numbers: Numbers) -> Tiles:
    dtype = numbers.dtype.newbyteorder("=")
    tiles = Tiles(cache_folder() / _key(path, cube, numbers), numbers.shape, dtype)
    tiles.note_use()
    return tiles


def _key(path: Path, cube: Cube, numbers: Numbers) -> str:
    """Name of a cube's folder: another file, or another reading of it, has another.

    A few spectra tell what no header does, such as the scale that a user has chosen.
    """
    with translated_errors(path):
        told = [_FORMAT, os.fspath(path), marks_of(path), sorted(cube.header.items())]
    digest = hashlib.sha256(json.dumps(told).encode("utf-8", "surrogateescape"))
    rows, cols, bands = numbers.shape
    digest.update(f"{numbers.dtype.str} {numbers.shape}".encode())
    for row, col in ((0, 0), (rows // 2, cols // 2), (rows - 1, cols - 1)):
        spectrum = numbers.read(slice(row, row + 1), slice(col, col + 1), slice(0, bands))
        digest.update(np.ascontiguousarray(spectrum).tobytes())
    return digest.hexdigest()[:32]


def _slice(lines: IntArray) -> slice:
    """Evenly spaced lines as a slice."""
    first, last = int(lines[0]), int(lines[-1])
    step = int(lines[1] - lines[0]) if lines.size > 1 else 1
    stop = last + (1 if step > 0 else -1)
    return slice(first, None if stop < 0 else stop, step)
