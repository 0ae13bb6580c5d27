"""Cube that reads its bands from the band cache, as far as they are stored there."""

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
from focus_viewer.io.cache.eviction import cache_folder, evict
from focus_viewer.io.cache.stored_bands import Tiles
from focus_viewer.io.formats.arrays.source import StoredSource
from focus_viewer.io.formats.envi.reader import EnviSource
from focus_viewer.io.formats.tiff.planes import MappedPlanes
from focus_viewer.io.formats.tiff.source import TiffSource
from focus_viewer.io.identity.content_hash import file_identity
from focus_viewer.io.storage.raw_array import RawArray
from focus_viewer.io.storage.read_plan import select_positions

_log = logging.getLogger(__name__)

# The system's own cache holds smaller files, and a band of one is there in no time.
_LEAST_BYTES = 256 * 2**20
_FORMAT = 1
# A share of bands above 1/4 is read from the file, where a pixel's bands are stored together.
_FEW = 4


@dataclass(frozen=True, eq=False)
class SourceArray:
    """Values of any source, cached as they are read, where stored values are not available."""

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
    """Values of a cube: few bands come from complete tiles, others from the file.

    Attributes
    ----------
    raw : RawArray
        Of the cube's file.
    """

    raw: RawArray
    tiles: Tiles

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.raw.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number."""
        return self.tiles.dtype

    @property
    def share(self) -> float:
        """Share of the cube in the cache, 0 to 1."""
        return 1 - len(self.tiles.missing()) / self.tiles.count

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        """Read a block of shape (rows, cols, bands)."""
        lines = select_positions(rows, self.shape[0]).positions
        asked = select_positions(bands, self.shape[2]).positions
        complete = self.tiles.complete() if lines.size > 1 else set()
        if not complete or asked.size * _FEW > self.shape[2]:
            return self.raw.read(rows, cols, bands)
        kept = np.isin(lines // self.tiles.rows_each, list(complete))
        if kept.all():
            return self._kept_lines(rows, cols, bands, complete)
        runs = np.split(np.arange(lines.size), np.flatnonzero(np.diff(kept)) + 1)
        out = np.empty((asked.size, lines.size, len(range(self.shape[1])[cols])), self.dtype)
        for run in runs:
            part = _slice(lines[run])
            if kept[run[0]]:
                block = self._kept_lines(part, cols, bands, complete)
            else:
                block = self.raw.read(part, cols, bands)
            out[:, run[0] : run[-1] + 1] = block.transpose(2, 0, 1)
        return out.transpose(1, 2, 0)

    def _kept_lines(
        self, rows: slice, cols: slice, bands: slice | IntArray, complete: set[int]
    ) -> NDArray[Any]:
        """Read lines from the tiles, or from the file if another program has removed the tiles."""
        try:
            block = self.tiles.raw.read(rows, cols, bands)
            if complete <= self.tiles.complete():
                return block
        except CubeError as error:
            _log.info("the band cache was not read: %s", error)
        return self.raw.read(rows, cols, bands)

    def fill(self, step: Step) -> None:
        """Write the missing tiles, unless another program is writing them.

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
        evict(tiles.folder, tiles.all_bytes, tiles.all_bytes * len(missing) // tiles.count)
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
        for position, tile in enumerate(missing):
            step((done + position) / self.tiles.count, "keeping bands together")
            rows = self.tiles.rows_of(tile)
            self.tiles.write(tile, self.raw.read(rows, slice(None), slice(None)))


@dataclass(frozen=True, eq=False)
class CachedSource:
    """Source that reads through the band cache.

    Attributes
    ----------
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
    """Return the cube with the band cache, which is read where it has tiles.

    Only where it helps: for a large file that is not band-sequential. Nothing is written here.

    Raises
    ------
    CubeError
        If its file cannot be read.
    """
    source = cube.source
    if cube.path is None or not cube.path.is_file() or _is_band_sequential(source):
        return cube  # a change in a folder of many files cannot be detected cheaply
    stored = source.raw if isinstance(source, EnviSource) else SourceArray(source)
    if math.prod(stored.shape) * stored.dtype.itemsize < _LEAST_BYTES:
        return cube
    cache = BandCache(stored, _tiles(cube.path, cube, stored))
    if isinstance(source, EnviSource):
        return replace(cube, source=replace(source, raw=cache))
    return replace(cube, source=CachedSource(source, cache))


def _is_band_sequential(source: PixelSource) -> bool:
    """Return whether a band can be read without the others."""
    if isinstance(source, EnviSource):
        return source.layout.interleave == "bsq"
    if isinstance(source, TiffSource):
        planes = source.planes
        return isinstance(planes, MappedPlanes) and planes.step_bytes == planes.dtype.itemsize
    if isinstance(source, StoredSource):
        return source.stored.chunk_bytes == 0 and source.axes[0] == "bands"
    return False


def band_cache_of(cube: Cube) -> BandCache | None:
    """Return the band cache that a cube is read through, or None."""
    source = cube.source
    if isinstance(source, CachedSource):
        return source.cache
    if isinstance(source, EnviSource) and isinstance(source.raw, BandCache):
        return source.raw
    return None


def _tiles(path: Path, cube: Cube, raw: RawArray) -> Tiles:
    dtype = raw.dtype.newbyteorder("=")
    tiles = Tiles(cache_folder() / _key(path, cube, raw), raw.shape, dtype)
    tiles.note_use()
    return tiles


def _key(path: Path, cube: Cube, raw: RawArray) -> str:
    """Return the folder name of a cube; another file, or another reading of it, has another.

    A few spectra distinguish readings that no header does, such as another chosen scale.
    """
    with translated_errors(path):
        identity = [_FORMAT, os.fspath(path), file_identity(path), sorted(cube.header.items())]
    if cube.choice is not None and not isinstance(cube.source, EnviSource):
        identity.append(repr(cube.choice))
    digest = hashlib.sha256(json.dumps(identity).encode("utf-8", "surrogateescape"))
    rows, cols, bands = raw.shape
    digest.update(f"{raw.dtype.str} {raw.shape}".encode())
    for row, col in ((0, 0), (rows // 2, cols // 2), (rows - 1, cols - 1)):
        spectrum = raw.read(slice(row, row + 1), slice(col, col + 1), slice(0, bands))
        digest.update(np.ascontiguousarray(spectrum).tobytes())
    return digest.hexdigest()[:32]


def _slice(lines: IntArray) -> slice:
    """Return evenly spaced lines as a slice."""
    first, last = int(lines[0]), int(lines[-1])
    step = int(lines[1] - lines[0]) if lines.size > 1 else 1
    stop = last + (1 if step > 0 else -1)
    return slice(first, None if stop < 0 else stop, step)
