"""Layout of a cube's values in its ENVI data file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.errors import CubeError
from focus_viewer.io.formats.envi.spy import DATA_TYPES
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.storage.files import size_bytes
from focus_viewer.io.storage.raw_array import FileArray, Order

_AXES: dict[str, Order] = {"bsq": (2, 0, 1), "bil": (0, 2, 1), "bip": (0, 1, 2)}
# No sensor has a million bands, lines or samples: such a header is damaged, and per-band arrays
# must not be made for it.
_MAX_SIDE = 1_000_000
_MAX_OFFSET = 2**40


@dataclass(frozen=True)
class Layout:
    """Sizes, order and type of the stored numbers.

    Attributes
    ----------
    offset_bytes : int
        Where the numbers begin in the file.
    data_type : str
        ENVI's code.
    byte_order : int
        0 for little-endian, 1 for big-endian.
    interleave : {"bsq", "bil", "bip"}
    """

    rows: int
    cols: int
    bands: int
    offset_bytes: int
    data_type: str
    byte_order: int
    interleave: str

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number, in the machine's own byte order."""
        dtype: np.dtype[Any] = DATA_TYPES[self.data_type]
        return dtype

    @property
    def values(self) -> int:
        """Number of values."""
        return self.rows * self.cols * self.bands

    @property
    def end_bytes(self) -> int:
        """Size that the file must have at least."""
        return self.offset_bytes + self.values * self.dtype.itemsize

    @property
    def text(self) -> str:
        """For people: `BIL, uint16, little-endian, 34,603,200 bytes`."""
        order = "" if self.dtype.itemsize == 1 else ("little-endian", "big-endian")[self.byte_order]
        after = f"after {self.offset_bytes:,}" if self.offset_bytes else ""
        size = f"{self.end_bytes - self.offset_bytes:,} bytes {after}".rstrip()
        words = [self.interleave.upper(), str(self.dtype), order, size]
        return ", ".join(word for word in words if word)

    def raw_array(self, path: Path) -> FileArray:
        """Return the values of a data file."""
        stored = self.dtype.newbyteorder("big" if self.byte_order else "little")
        shape = self.rows, self.cols, self.bands
        return FileArray(path, shape, stored, _AXES[self.interleave], self.offset_bytes)


def read_layout(header: Header, notes: list[str]) -> Layout:
    """Read the layout from a header; assumptions are added to the notes.

    Raises
    ------
    CubeError
        If an entry is missing or makes no sense.
    """
    return Layout(
        rows=_whole(header, "lines", 1, _MAX_SIDE),
        cols=_whole(header, "samples", 1, _MAX_SIDE),
        bands=_whole(header, "bands", 1, _MAX_SIDE),
        offset_bytes=_whole(header, "header offset", 0, _MAX_OFFSET, missing="0"),
        data_type=_data_type(header),
        byte_order=_byte_order(header, notes),
        interleave=_interleave(header),
    )


def is_whole(layout: Layout, path: Path) -> bool:
    """Return whether a data file has all that its layout needs; `check_size` says what it lacks."""
    try:
        return path.stat().st_size >= layout.end_bytes
    except OSError:
        return False


def check_size(layout: Layout, path: Path) -> int:
    """Compare a data file with its layout.

    Returns
    -------
    int
        Bytes that the file has beyond what the layout needs.

    Raises
    ------
    CubeError
        If the file is too short, missing or cannot be read.
    """
    file_bytes = size_bytes(path)
    if file_bytes < layout.end_bytes:
        raise CubeError(
            f"{path} is too short: its header asks for {layout.end_bytes:,} bytes "
            f"({layout.offset_bytes:,} of offset and {layout.rows} lines x {layout.cols} samples x "
            f"{layout.bands} bands of {layout.dtype.itemsize} bytes), found {file_bytes:,}. "
            + _likely_fix(layout, file_bytes)
        )
    return file_bytes - layout.end_bytes


def _likely_fix(layout: Layout, file_bytes: int) -> str:
    stored = file_bytes - layout.offset_bytes
    fitting = [code for code, t in DATA_TYPES.items() if t.itemsize * layout.values == stored]
    if fitting:
        return (
            f"The size would fit 'data type = {fitting[0]}' ({DATA_TYPES[fitting[0]]}): check that "
            "entry of the header."
        )
    name, many = ("bands", layout.bands) if layout.interleave == "bsq" else ("lines", layout.rows)
    part_bytes = layout.values // many * layout.dtype.itemsize
    whole = max(stored, 0) // part_bytes
    if whole == 0:
        return "Copy it again, or check 'samples', 'lines', 'bands' and 'data type' in the header."
    return (
        f"It holds {whole} of {many} {name}, so it was probably cut short: copy it again, or set "
        f"'{name} = {whole}' in the header to open what there is."
    )


def _whole(header: Header, name: str, low: int, high: int, missing: str = "") -> int:
    text = header.text(name) or missing
    if not text:
        raise CubeError(f"{header.path}: the header has no {name!r}. Add '{name} = NUMBER' to it.")
    # Longer numbers are out of range anyway, and slow to convert.
    value = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None
    if value is None or not low <= value <= high:
        raise CubeError(
            f"{header.path}: expected a whole number from {low} to {high:,} for {name!r}, found "
            f"{text[:40]!r}. Put the header right or copy it again."
        )
    return value


def _data_type(header: Header) -> str:
    text = header.text("data type")
    if text not in DATA_TYPES:
        known = ", ".join(f"{code} ({dtype})" for code, dtype in DATA_TYPES.items())
        raise CubeError(
            f"{header.path}: expected a 'data type' among {known}; found {text[:40] or 'none'!r}. "
            "Put the header right."
        )
    return text


def _byte_order(header: Header, notes: list[str]) -> int:
    text = header.text("byte order")
    if not text:
        notes.append("The header has no byte order: little-endian was assumed.")
        return 0
    if text not in ("0", "1"):
        raise CubeError(
            f"{header.path}: expected 'byte order' 0 (little-endian) or 1 (big-endian), found "
            f"{text[:40]!r}. Put the header right."
        )
    return int(text)


def _interleave(header: Header) -> str:
    text = header.text("interleave").lower()
    if text not in _AXES:
        raise CubeError(
            f"{header.path}: expected 'interleave' bsq, bil or bip, found {text[:40] or 'none'!r}. "
            "Write the one that the data file was saved with."
        )
    return text
