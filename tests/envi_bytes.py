"""ENVI files written byte by byte, so that no reader or writer under test has a hand in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA_TYPE = {
    "u1": 1, "i2": 2, "i4": 3, "f4": 4, "f8": 5, "c8": 6, "c16": 9, "u2": 12, "u4": 13, "i8": 14,
    "u8": 15,
}  # fmt: skip
FILE_ORDER = {"bsq": (2, 0, 1), "bil": (0, 2, 1), "bip": (0, 1, 2)}


def ramp(shape: tuple[int, int, int] = (3, 4, 5), dtype: str = "f4") -> NDArray[Any]:
    """Numbers 0, 1, 2, ... in the order rows, cols, bands: no two alike."""
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def write_envi(
    folder: Path,
    stored: NDArray[Any] | None = None,
    entries: Mapping[str, str | None] | None = None,
    *,
    interleave: str = "bsq",
    big_endian: bool = False,
    offset: int = 0,
    data_name: str = "cube.img",
    header_name: str = "cube.hdr",
) -> Path:
    """Write a header and a data file.

    Parameters
    ----------
    folder : Path
    stored : NDArray, shape (rows, cols, bands)
        `ramp()` unless given.
    entries : mapping of str to str or None
        Header entries that are added or replaced, or left out where they are None.
    interleave : {"bsq", "bil", "bip"}
    big_endian : bool
    offset : int
        Bytes before the numbers.
    data_name, header_name : str

    Returns
    -------
    Path
        The header.
    """
    numbers = ramp() if stored is None else stored
    in_file = numbers.transpose(FILE_ORDER[interleave])
    swapped = in_file.astype(numbers.dtype.newbyteorder(">" if big_endian else "<"))
    (folder / data_name).write_bytes(b"\xa5" * offset + swapped.tobytes())
    rows, cols, bands = numbers.shape
    told: dict[str, str | None] = {
        "samples": str(cols),
        "lines": str(rows),
        "bands": str(bands),
        "header offset": str(offset),
        "file type": "ENVI Standard",
        "data type": str(DATA_TYPE[numbers.dtype.str[1:]]),
        "interleave": interleave,
        "byte order": str(int(big_endian)),
    }
    told.update(entries or {})
    lines = [f"{name} = {value}" for name, value in told.items() if value is not None]
    header = folder / header_name
    header.write_text("\n".join(["ENVI", *lines, ""]), encoding="utf-8")
    return header
