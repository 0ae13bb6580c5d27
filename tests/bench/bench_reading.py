"""How fast cubes are opened and read, beside SPy and rasterio on the same files in the same run.

Run it from the project's folder as `PYTHONPATH=. python tests/bench/bench_reading.py [FOLDER]`. It
writes one ENVI cube of 1600 x 1600 pixels and 204 bands of 16 bits (1.04 GB) in each interleave to
the folder (a temporary one if none is named), reads it by each library, cold (dropped from the
system's cache) and warm, and prints medians in ms, with what the product takes as a multiple of the
fastest other. All give the same numbers, which is checked. Warm, GDAL keeps blocks decoded.
"""

from __future__ import annotations

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
from numpy.typing import NDArray

from focus_viewer.core.composite import CompositeRecipe, composite
from focus_viewer.core.cube import Cube
from focus_viewer.io import read_cube

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

    def open(self, header: Path) -> Any:
        """Open a cube."""

    def band(self, cube: Any) -> NDArray[Any]:
        """One band, shape (rows, cols)."""

    def pixel(self, cube: Any) -> NDArray[Any]:
        """One spectrum, shape (bands,)."""

    def rgb(self, cube: Any) -> NDArray[Any]:
        """Three bands, shape (rows, cols, 3)."""


class Ours:
    """The reader of this project: reflectance as float32, no data as NaN."""

    def open(self, header: Path) -> Cube:
        """Open a cube."""
        return read_cube(header)

    def band(self, cube: Cube) -> NDArray[Any]:
        """One band."""
        return cube.band(BAND)

    def pixel(self, cube: Cube) -> NDArray[Any]:
        """One spectrum."""
        return cube.pixel(*PLACE)

    def rgb(self, cube: Cube) -> NDArray[Any]:
        """Three bands."""
        return cube.block(slice(None), slice(None), np.array(RGB))


class Spy:
    """Spectral Python: scaled by the header's factor, as float32."""

    def open(self, header: Path) -> Any:
        """Open a cube."""
        from spectral.io import envi

        return envi.open(str(header))

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

    def open(self, header: Path) -> Any:
        """Open a cube."""
        import rasterio

        return rasterio.open(header.with_suffix(".img"))

    def band(self, cube: Any) -> NDArray[Any]:
        """One band."""
        return self._scaled(cube.read(BAND + 1))

    def pixel(self, cube: Any) -> NDArray[Any]:
        """One spectrum."""
        row, col = PLACE
        found = cube.read(window=((row, row + 1), (col, col + 1)))
        return self._scaled(found[:, 0, 0])

    def rgb(self, cube: Any) -> NDArray[Any]:
        """Three bands."""
        return self._scaled(np.moveaxis(cube.read([band + 1 for band in RGB]), 0, 2))

    def _scaled(self, stored: NDArray[Any]) -> NDArray[Any]:
        return stored.astype(np.float32) / np.float32(10000)


READERS: dict[str, Reader] = {"FOCUS": Ours(), "SPy": Spy(), "rasterio": Rasterio()}


@dataclass
class Timing:
    """Medians in ms by reader, of one way to read one file."""

    what: str
    ms: dict[str, float]

    def line(self) -> str:
        """For people."""
        ours = self.ms["FOCUS"]
        best = min(value for name, value in self.ms.items() if name != "FOCUS")
        told = "".join(f"{name} {value:9.2f}   " for name, value in self.ms.items())
        return f"{self.what:28} {told} = {ours / best:5.2f} of the fastest other"


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


def measure(header: Path, cold: bool) -> list[Timing]:
    """Open, band, pixel and RGB by every reader, taking turns so that noise meets all alike."""
    found: dict[str, dict[str, list[float]]] = {}
    data = header.with_suffix(".img")
    for _ in range(REPEATS):
        seen: dict[str, NDArray[Any]] = {}
        for name, reader in READERS.items():
            ms, cube = timed(lambda reader=reader: reader.open(header))  # type: ignore[misc]
            found.setdefault("open", {}).setdefault(name, []).append(ms)
            for what in ("band", "pixel", "rgb"):
                if cold:
                    forget(data)
                else:
                    getattr(reader, what)(cube)
                ms, values = timed(
                    lambda what=what, cube=cube, reader=reader: getattr(reader, what)(cube)  # type: ignore[misc]
                )
                found.setdefault(what, {}).setdefault(name, []).append(ms)
                np.testing.assert_allclose(
                    np.squeeze(values), seen.setdefault(what, np.squeeze(values)), rtol=1e-5
                )
    state = "cold" if cold else "warm"
    return [
        Timing(
            f"{header.stem} {what}, {state}",
            {name: statistics.median(values) for name, values in by_reader.items()},
        )
        for what, by_reader in found.items()
    ]


def main() -> None:
    """Write, read, tell."""
    warnings.simplefilter("ignore")  # rasterio tells of missing georeferences
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        for interleave in ("bsq", "bil", "bip"):
            header = folder / f"{interleave}.hdr"
            if not header.is_file():
                write_cube(folder, interleave)
            for cold in (True, False):
                for timing in measure(header, cold):
                    sys.stdout.write(timing.line() + "\n")
            ms, _ = timed(lambda header=header: composite(read_cube(header), CompositeRecipe()))  # type: ignore[misc]
            sys.stdout.write(f"{interleave} picture as the window shows it: {ms:.0f} ms\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
