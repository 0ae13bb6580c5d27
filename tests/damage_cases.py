"""Small good files of every format that is read, and ways to damage them."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import rasterio
import tifffile
from array_files import (
    KINDS,
    write_array,
    write_emit,
    write_matlab_73,
    write_neon,
    write_netcdf3,
    write_prisma,
)
from container_files import (
    write_bands,
    write_hyperspy,
    write_neon_radiance,
    write_ome_zarr,
    write_struct,
    write_structs_73,
)
from envi_bytes import write_envi
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

Files = Mapping[str, bytes]
"""Contents by name, relative to a folder; the first is what is opened, or lies in it."""

VALUES = np.random.default_rng(1).integers(1, 900, (6, 7, 8), dtype="i2")
CENTERS_NM = np.linspace(400, 900, 8)
ENTRIES = {
    "wavelength units": "Nanometers",
    "wavelength": "{" + ", ".join(map(str, CENTERS_NM)) + "}",
    "fwhm": "{" + ", ".join(["5.5"] * 8) + "}",
    "bbl": "{1, 1, 0, 1, 1, 1, 1, 1}",
    "reflectance scale factor": "1000",
    "data ignore value": "-1",
    "default bands": "{3, 2, 1}",
    "map info": "{UTM, 1, 1, 257000, 4112000, 1, 1, 11, North, WGS-84}",
}

TIFFS: dict[str, dict[str, Any]] = {
    "tiff strips": {},
    "tiff tiles": {"tiled": True, "blockxsize": 16, "blockysize": 16, "interleave": "pixel"},
    "tiff deflate": {"compress": "deflate", "interleave": "pixel"},
    "tiff big lzw": {"BIGTIFF": "YES", "ENDIANNESS": "BIG", "compress": "lzw", "predictor": 2},
}


CONTAINERS: dict[str, Callable[[Path], object]] = {
    "container struct": lambda at: write_struct(at / "cube.mat", VALUES, CENTERS_NM, packed=False),
    "container packed struct": lambda at: write_struct(
        at / "cube.mat", VALUES, CENTERS_NM, packed=True
    ),
    "container structs 7.3": lambda at: write_structs_73(at / "cube.mat", VALUES, CENTERS_NM),
    "container bands": lambda at: write_bands(at / "cube.h5", VALUES, CENTERS_NM),
    "container hyperspy": lambda at: write_hyperspy(at / "cube.hspy", VALUES, CENTERS_NM),
    "container neon radiance": lambda at: write_neon_radiance(at / "cube.h5", VALUES, CENTERS_NM),
    "container ome 0.4": lambda at: write_ome_zarr(at / "cube.zarr", VALUES, CENTERS_NM, "0.4"),
    "container ome 0.5": lambda at: write_ome_zarr(at / "cube.zarr", VALUES, CENTERS_NM, "0.5"),
}


def good_files(folder: Path) -> dict[str, Files]:
    """A good file of each kind, by the name of the kind.

    Parameters
    ----------
    folder : Path
        An empty one, in which they are written.

    Returns
    -------
    dict of str to Files
        `opened_at` tells by which path each is opened.
    """
    kinds: dict[str, Callable[[Path], object]] = {
        **{f"envi {how}": _envi(how) for how in ("bsq", "bil", "bip")},
        **{kind: _tiff(options) for kind, options in TIFFS.items()},
        "tiff pages": _pages(None),
        "tiff packed pages": _pages("zlib"),
        **{f"array {kind}": _array(kind) for kind in KINDS},
        "netcdf emit": lambda at: write_emit(at / "cube.nc", VALUES.astype("f4"), CENTERS_NM),
        "netcdf 3": _netcdf3,
        "hdf5 neon": lambda at: write_neon(at / "cube.h5", VALUES, CENTERS_NM),
        "hdf5 prisma": _prisma,
        "matlab 7.3": lambda at: write_matlab_73(
            at / "cube.mat", "img", VALUES, wavelengths=CENTERS_NM
        ),
        **CONTAINERS,
    }
    return {kind: kept(folder / kind.replace(" ", "_"), write) for kind, write in kinds.items()}


def opened_at(folder: Path, files: Files) -> Path:
    """The path by which files in a folder are opened: the first one's, or the store's."""
    return folder / next(iter(files)).partition("/")[0]


def put(folder: Path, files: Files) -> Path:
    """Write files into a folder; returns the path by which they are opened."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return opened_at(folder, files)


def chosen(path: Path) -> Cube:
    """The cube of a file; where it asks, the first of its arrays is taken.

    Raises
    ------
    CubeError
        If it is none.
    """
    try:
        return read_cube(path)
    except NeedsChoice as asked:
        first = next((one for one in asked.candidates if len(one.shape) == 3), None)
        if first is None:
            raise
        return read_cube(path, ArrayChoice(first.name, first.axes or ("rows", "cols", "bands")))


def kept(folder: Path, write: Callable[[Path], object]) -> Files:
    """The files that a function writes into a folder, by their names in it."""
    folder.mkdir(parents=True)
    write(folder)
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _envi(interleave: str) -> Callable[[Path], object]:
    return lambda at: write_envi(at, VALUES, ENTRIES, interleave=interleave)


def _array(kind: str) -> Callable[[Path], object]:
    return lambda at: write_array(at, kind, VALUES, (3, 3, 3), wavelength=CENTERS_NM.tolist())


def _tiff(options: Mapping[str, Any]) -> Callable[[Path], object]:
    def write(at: Path) -> None:
        large = np.tile(VALUES, (4, 4, 1))
        rows, cols, bands = large.shape
        with rasterio.open(at / "cube.tif", "w", driver="GTiff", height=rows, width=cols,
                           count=bands, dtype="int16", **options) as dataset:  # fmt: skip
            dataset.write(np.moveaxis(large, -1, 0))
            for band, center in enumerate(CENTERS_NM, 1):
                dataset.update_tags(band, wavelength=str(center), wavelength_units="nm")

    return write


def _pages(compression: str | None) -> Callable[[Path], object]:
    def write(at: Path) -> None:
        tifffile.imwrite(
            at / "cube.tif", np.moveaxis(VALUES, -1, 0), compression=compression,
            photometric="minisblack", rowsperstrip=4, metadata={"axes": "CYX"},
        )  # fmt: skip

    return write


def _netcdf3(at: Path) -> None:
    axes = ("rows", "cols", "bands")
    arrays = {
        "cube": (axes, VALUES, {"units": "1"}),
        "wavelength": (axes[2:], CENTERS_NM.astype("f4"), {"units": "nm"}),
    }
    write_netcdf3(at / "cube.nc", arrays)


def _prisma(at: Path) -> None:
    cube: NDArray[Any] = VALUES.astype("u2").transpose(0, 2, 1)
    write_prisma(at / "cube.he5", cube, cube, (CENTERS_NM[::-1], CENTERS_NM[::-1] + 600))


# Damage

_NUMBERS = (0, 1, 2, 7, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 10**12,
            2**62, 2**63 - 1, 2**63, 2**64 - 1)  # fmt: skip
_WORDS = (b"-1", b"0", b"1e308", b"nan", b"inf", b"1e999", b"", b"999999999999", b"1000000",
          b"18446744073709551615", b"9" * 400, b"[]", b"{", b"null", b'"x"')  # fmt: skip
_DECIMAL = re.compile(rb"\d+(?:\.\d+)?")
_HEAD_BYTES = 4096


def damaged(random: Random, files: Files) -> dict[str, bytes]:
    """The files with one to three damages in one of them."""
    name = random.choice(sorted(files))
    content = files[name]
    for _ in range(random.choice((1, 1, 2, 3))):
        content = random.choice(_DAMAGES)(random, content)
    return {**files, name: content}


def flipped(random: Random, content: bytes) -> bytes:
    """A few bits turned round."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 32))):
        if changed:
            changed[_place(random, content)] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(random: Random, content: bytes) -> bytes:
    """Not all of it."""
    return content[: random.randrange(len(content) + 1)]


def spliced(random: Random, content: bytes) -> bytes:
    """A piece of it put in, written over, or taken out elsewhere."""
    size = random.choice((1, 4, 16, 64, 512, 2048))
    start, place = _place(random, content), _place(random, content)
    piece = random.choice((content[start : start + size], bytes(size), b"\xff" * size, b""))
    return content[:place] + piece + content[place + random.choice((0, size)) :]


def swapped(random: Random, content: bytes) -> bytes:
    """Two pieces of one size in one another's place."""
    size = random.choice((1, 2, 4, 8, 64, 512))
    first, second = sorted((_place(random, content), _place(random, content)))
    if first + size > second:
        return content
    middle = content[first + size : second]
    ends = content[second : second + size], content[first : first + size]
    return content[:first] + ends[0] + middle + ends[1] + content[second + size :]


def misnumbered(random: Random, content: bytes) -> bytes:
    """A number of 2, 4 or 8 bytes that no sane file holds."""
    form = random.choice("HIQ")
    size = struct.calcsize(form)
    place = _place(random, content)
    if random.random() < 0.8:
        place -= place % 2
    number = random.choice(_NUMBERS) % 2 ** (8 * size)
    packed = struct.pack(random.choice("<>") + form, number)
    return content[:place] + packed + content[place + size :]


def reworded(random: Random, content: bytes) -> bytes:
    """A decimal number of its text replaced."""
    found = list(_DECIMAL.finditer(content))
    if not found:
        return flipped(random, content)
    where = random.choice(found)
    return content[: where.start()] + random.choice(_WORDS) + content[where.end() :]


def _place(random: Random, content: bytes) -> int:
    """A place in the content, more often near its beginning, where headers lie."""
    near = random.choice((64, 512, _HEAD_BYTES, len(content)))
    return random.randrange(max(1, min(near, len(content))))


_DAMAGES = (flipped, cut, spliced, swapped, misnumbered, misnumbered, reworded)
