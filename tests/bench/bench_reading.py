"""How fast cubes are opened and read, beside SPy, rasterio and tifffile on the same files.

Run it from the project's folder as `PYTHONPATH=. python tests/bench/bench_reading.py [FOLDER]`. It
writes one cube of 1600 x 1600 pixels and 204 bands of 16 bits (1.04 GB) to the folder (a temporary
one if none is named): as ENVI in each interleave, and as TIFF with its bands apart and together.
Each library that knows a file reads it in turns, cold (just opened, and dropped from the system's
cache) and warm (read before), and all must give the same numbers. Medians in ms are printed, with
what the product takes as a multiple of the fastest other: without its band cache, and with it where
it has one (filled before, and dropped from the system's cache where it is cold).
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import tifffile
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.progress import silent
from focus_viewer.io import read_cube
from focus_viewer.io.band_cache import band_cache_of, with_band_cache
from focus_viewer.io.cache import cache_folder

SIDE, BANDS = 1600, 204
RGB = (70, 53, 19)
REPEATS = 5
BAND, PLACE = 100, (800, 801)
HEADER = """ENVI
samples = {side}
lines = {side}
bands = {bands}
header offset = 0
file type = ENVI Standard
data type = 12
interleave = {interleave}
byte order = 0
reflectance scale factor = 10000
default bands = {{71, 54, 20}}
wavelength units = Nanometers
wavelength = {{{wavelengths}}}
"""


class Reader(Protocol):
    """A library, told what to read."""

    def open(self, path: Path) -> Any:
        """Open a cube by its data file."""

    def band(self, cube: Any) -> NDArray[Any]:
        """One band, shape (rows, cols)."""

    def pixel(self, cube: Any) -> NDArray[Any]:
        """One spectrum, shape (bands,)."""

    def rgb(self, cube: Any) -> NDArray[Any]:
        """Three bands, shape (rows, cols, 3)."""


class Ours:
    """The reader of this project: reflectance as float32, no data as NaN."""

    def open(self, path: Path) -> Cube:
        """Open a cube."""
        return read_cube(path)

    def band(self, cube: Cube) -> NDArray[Any]:
        """One band."""
        return cube.band(BAND)

    def pixel(self, cube: Cube) -> NDArray[Any]:
        """One spectrum."""
        return cube.pixel(*PLACE)

    def rgb(self, cube: Cube) -> NDArray[Any]:
        """Three bands."""
        return cube.block(slice(None), slice(None), np.array(RGB))


class Cached(Ours):
    """The same through the band cache."""

    def open(self, path: Path) -> Cube:
        """Open a cube."""
        return with_band_cache(read_cube(path))


class Spy:
    """Spectral Python: scaled by the header's factor, as float32."""

    def open(self, path: Path) -> Any:
        """Open a cube."""
        from spectral.io import envi

        return envi.open(str(path.with_suffix(".hdr")))

    def band(self, cube: Any) -> NDArray[Any]:
        """One band."""
        return np.asarray(cube.read_band(BAND, use_memmap=True), dtype=np.float32)

    def pixel(self, cube: Any) -> NDArray[Any]:
        """One spectrum."""
        return np.asarray(cube.read_pixel(*PLACE, use_memmap=True), dtype=np.float32)

    def rgb(self, cube: Any) -> NDArray[Any]:
        """Three bands."""
        return np.asarray(cube.read_bands(list(RGB), use_memmap=True), dtype=np.float32)


class Rasterio:
    """GDAL through rasterio: stored numbers, scaled here as a user of it would."""

    def open(self, path: Path) -> Any:
        """Open a cube."""
        import rasterio

        return rasterio.open(path)

    def band(self, cube: Any) -> NDArray[Any]:
        """One band."""
        return scaled(cube.read(BAND + 1))

    def pixel(self, cube: Any) -> NDArray[Any]:
        """One spectrum."""
        row, col = PLACE
        found = cube.read(window=((row, row + 1), (col, col + 1)))
        return scaled(found[:, 0, 0])

    def rgb(self, cube: Any) -> NDArray[Any]:
        """Three bands."""
        return scaled(np.moveaxis(cube.read([band + 1 for band in RGB]), 0, 2))


class Tifffile:
    """tifffile: through a map where the file lets it, which ours do."""

    def open(self, path: Path) -> Any:
        """Open a cube."""
        mapped = tifffile.memmap(path, mode="r")
        return mapped if path.stem == "pixels" else np.moveaxis(mapped, 0, 2)

    def band(self, cube: Any) -> NDArray[Any]:
        """One band."""
        return scaled(cube[:, :, BAND])

    def pixel(self, cube: Any) -> NDArray[Any]:
        """One spectrum."""
        return scaled(cube[PLACE])

    def rgb(self, cube: Any) -> NDArray[Any]:
        """Three bands."""
        return scaled(cube[:, :, list(RGB)])


def scaled(stored: NDArray[Any]) -> NDArray[Any]:
    """As a user of a library without scale factors would."""
    return stored.astype(np.float32) / np.float32(10000)


ENVI: dict[str, Reader] = {"FOCUS": Ours(), "SPy": Spy(), "rasterio": Rasterio()}
TIFF: dict[str, Reader] = {"FOCUS": Ours(), "tifffile": Tifffile(), "rasterio": Rasterio()}
OURS = ("FOCUS", "cached")


@dataclass
class Timing:
    """Medians in ms by reader, of one way to read one file."""

    what: str
    ms: dict[str, float]

    def line(self) -> str:
        """For people."""
        best = min(value for name, value in self.ms.items() if name not in OURS)
        told = "".join(f"{name} {value:9.2f}   " for name, value in self.ms.items())
        ratios = " / ".join(f"{self.ms[name] / best:5.2f}" for name in OURS if name in self.ms)
        return f"{self.what:22} {told} = {ratios} of the fastest other"


def write_cube(folder: Path, interleave: str) -> Path:
    """Write a cube line by line, the same numbers in each interleave."""
    header = folder / f"{interleave}.hdr"
    wavelengths = ", ".join(f"{nm:.2f}" for nm in np.linspace(397, 1003, BANDS))
    text = HEADER.format(side=SIDE, bands=BANDS, interleave=interleave, wavelengths=wavelengths)
    header.write_text(text, encoding="ascii")
    rows = np.arange(SIDE, dtype=np.uint16)[:, None, None]
    with header.with_suffix(".img").open("wb") as file:
        if interleave == "bsq":
            for band in range(BANDS):
                file.write(_numbers(rows, np.uint16(band))[..., 0].tobytes())
        else:
            order = (0, 2, 1) if interleave == "bil" else (0, 1, 2)
            for row in range(SIDE):
                line = _numbers(rows[row : row + 1], np.arange(BANDS, dtype=np.uint16))
                file.write(np.ascontiguousarray(line.transpose(order)).tobytes())
    return header


def write_tiff(folder: Path, name: str) -> Path:
    """The same numbers as a TIFF: bands apart ("planes") or together ("pixels")."""
    path = folder / f"{name}.tif"
    rows = np.arange(SIDE, dtype=np.uint16)[:, None, None]
    cube = _numbers(rows, np.arange(BANDS, dtype=np.uint16))
    stored = np.ascontiguousarray(cube.transpose(2, 0, 1)) if name == "planes" else cube
    kind = "separate" if name == "planes" else "contig"
    tifffile.imwrite(path, stored, photometric="minisblack", planarconfig=kind)
    return path


def _numbers(rows: NDArray[Any], bands: Any) -> NDArray[Any]:
    cols = np.arange(SIDE, dtype=np.uint16)[None, :, None]
    made: NDArray[Any] = (rows * 3 + cols * 5 + bands * 7) % 9973
    return made.astype(np.uint16)


def forget(path: Path) -> None:
    """Drop a file from the system's cache."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came of it."""
    begin = time.perf_counter()
    result = run()
    return 1000 * (time.perf_counter() - begin), result


def measure(path: Path, readers: dict[str, Reader], cold: bool) -> list[Timing]:
    """Open, band, pixel and RGB by every reader, taking turns so that noise meets all alike."""
    found: dict[str, dict[str, list[float]]] = {}
    seen: dict[str, NDArray[Any]] = {}
    for _ in range(REPEATS):
        for name, reader in readers.items():
            for what in ("band", "pixel", "rgb"):
                took, values = once(path, reader, what, cold)
                factor = 10000 if path.suffix == ".tif" and name in OURS else 1  # it tells none
                values = np.squeeze(values) / np.float32(factor)
                np.testing.assert_allclose(values, seen.setdefault(what, values), rtol=1e-5)
                for which, ms in zip(("open", what), took, strict=True):
                    found.setdefault(which, {}).setdefault(name, []).append(ms)
    state = "cold" if cold else "warm"
    return [
        Timing(
            f"{path.stem} {what}, {state}",
            {name: statistics.median(values) for name, values in by_reader.items()},
        )
        for what, by_reader in found.items()
    ]


def once(
    path: Path, reader: Reader, what: str, cold: bool
) -> tuple[tuple[float, float], NDArray[Any]]:
    """Open and read a file: milliseconds of both, and what was read."""
    gc.collect()  # what is still mapped cannot be dropped
    if cold:
        for file in (path, *cache_folder().glob("*/*.bsq")):
            forget(file)
    open_ms, cube = timed(lambda: reader.open(path))
    if not cold:
        getattr(reader, what)(cube)
    ms, values = timed(lambda: getattr(reader, what)(cube))
    return (open_ms, ms), values


def compare(path: Path, readers: dict[str, Reader]) -> None:
    """Measure one file, and print."""
    cube = with_band_cache(read_cube(path))
    cache = band_cache_of(cube)
    if cache is not None:
        ms, _ = timed(lambda: cache.fill(silent))
        sys.stdout.write(f"{path.stem} band cache filled in {ms / 1000:.1f} s\n")
        readers = {**readers, "cached": Cached()}
    for cold in (True, False):
        for timing in measure(path, readers, cold):
            sys.stdout.write(timing.line() + "\n")
    ms, _ = timed(lambda: composite(cube, CompositeRecipe("band", (BAND,))))
    sys.stdout.write(f"{path.stem} picture of a band as the window shows it: {ms:.0f} ms\n")
    sys.stdout.flush()


def main() -> None:
    """Write, read, tell."""
    warnings.simplefilter("ignore")  # rasterio tells of missing georeferences
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        os.environ["FOCUS_VIEWER_CACHE"] = str(Path(temporary) / "cache")
        for interleave in ("bsq", "bil", "bip"):
            data = folder / f"{interleave}.img"
            if not data.is_file():
                write_cube(folder, interleave)
            compare(data, ENVI)
        for name in ("planes", "pixels"):
            data = folder / f"{name}.tif"
            if not data.is_file():
                write_tiff(folder, name)
            compare(data, TIFF)


if __name__ == "__main__":
    main()
