"""netCDF-3 files: the classic format and the one with 64-bit offsets; netCDF-4 is HDF5.

The format: "NetCDF Classic Format" (Unidata, netCDF File Format Specifications). What attributes
and dimensions mean is read as in netCDF-4 (`choosing`, `spectral`): the conventions for climate and
forecast data (CF) are the same. scipy's reader is not used: it puts a file's attributes in the
place of its own (one that is called "dimensions" or "variables" cannot be read), believes the sizes
in a damaged file, and takes no count of records that was left open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.cf_conventions import unsigned
from focus_viewer.io.formats.arrays.stored_array import (
    Contents,
    Key,
    Read,
    StoredArray,
    read_whole,
    reader_of,
)
from focus_viewer.io.storage.files import size_bytes

# The fifth is recognised so that the error can say that it is not read.
_MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_EXPECTED = "a netCDF-3 file"
_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
_TYPES = {1: ">i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8"}
_PLACE_BYTES = {b"CDF\x01": 4, b"CDF\x02": 8}
_STREAMED = 2**32 - 1
_MOST_AXES = 32
_MOST_NAME_BYTES = 4096
_MOST_VALUES_BYTES = 2**24


def recognises(path: Path, head: bytes) -> bool:
    """Return whether it begins with the letters CDF and a version."""
    return head[:4] in _MAGIC


def read_contents(path: Path) -> Contents:
    """Return arrays of a netCDF-3 file, mapped; only its header is read."""
    with translated_errors(path, expected=_EXPECTED):
        variables, attributes = read_variables(path)
    arrays = tuple(
        _uncompressed(path, variable) for variable in variables if variable.dtype.kind in "if"
    )
    of_variables = {variable.name: variable.attributes for variable in variables}
    return Contents(path, arrays, attributes, attributes_of=lambda name: of_variables.get(name, {}))


def _uncompressed(path: Path, variable: Variable) -> StoredArray:
    """Return values that are stored uncompressed."""
    numbers = _records(path, variable) if variable.record_bytes else None
    if numbers is None:
        numbers = reader_of(path, variable.shape, variable.dtype, variable.start)

    def read(key: Key) -> NDArray[Any]:
        with translated_errors(path, expected=_EXPECTED):
            if size_bytes(path) < variable.start + variable.span_bytes:
                raise CubeError(
                    f"{path} was cut short since it was opened: numbers of {variable.name} are "
                    "missing. Copy it again, then open it."
                )
            return numbers(key)

    return unsigned(
        StoredArray(
            variable.name, variable.shape, variable.dtype, read, variable.dims, variable.attributes
        )
    )


def _records(path: Path, variable: Variable) -> Read:
    """Read through a map: other variables may be stored between two records."""

    def load() -> NDArray[Any]:
        content = np.memmap(path, np.uint8, "r", variable.start, (variable.span_bytes,))
        whole: NDArray[Any] = np.ndarray(variable.shape, variable.dtype, content)
        strides = (variable.record_bytes, *whole.strides[1:])
        return np.ndarray(variable.shape, variable.dtype, content, strides=strides)

    return read_whole(load)


@dataclass(frozen=True, eq=False)
class Variable:
    """An array of a file, of numbers or of letters.

    Attributes
    ----------
    dtype : dtype
        Big-endian.
    attributes : mapping of str to object
        Texts, and arrays of numbers.
    start : int
        Where its numbers begin.
    record_bytes : int
        From one place along the first axis to the next; 0 where all numbers follow one another.
    """

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    attributes: Mapping[str, Any]
    start: int
    record_bytes: int = 0

    @property
    def span_bytes(self) -> int:
        """Size from the first value to the end of the last."""
        if not self.record_bytes or not self.shape[0]:
            return math.prod(self.shape) * self.dtype.itemsize
        variable = math.prod(self.shape[1:]) * self.dtype.itemsize
        return (self.shape[0] - 1) * self.record_bytes + variable

    @property
    def padded_bytes(self) -> int:
        """Size in a record: the next variable begins at a multiple of 4."""
        return -(-math.prod(self.shape[1:]) * self.dtype.itemsize // 4) * 4


def read_variables(path: Path) -> tuple[tuple[Variable, ...], dict[str, Any]]:
    """Read all variables of a file, and its own attributes, without values.

    Raises
    ------
    CubeError
        If it is of the fifth version, which is not read, or shorter than its header declares.
    ValueError, OSError
        If its header is damaged or cannot be read.
    """
    file_bytes = size_bytes(path)
    with path.open("rb") as file:
        magic = file.read(4)
        if magic not in _PLACE_BYTES:
            raise CubeError(_other_version(path, magic))
        reader = _Reader(file, file_bytes, _PLACE_BYTES[magic])
        count = reader.word()
        sides = reader.dimensions()
        attributes = reader.attributes()
        variables = reader.variables(sides)
    named = _with_records(variables, count, file_bytes)
    _check_size(path, named, file_bytes)
    return named, attributes


class _Reader:
    """Reader of header fields that never reads past the end of the file."""

    def __init__(self, file: BinaryIO, file_bytes: int, place_bytes: int) -> None:
        self._file = file
        self._left = file_bytes - file.tell()
        self._place_bytes = place_bytes

    def take(self, count: int) -> bytes:
        """Return the next bytes, and skip the padding to a multiple of 4."""
        padded = -(-count // 4) * 4
        if padded > self._left:
            raise ValueError(f"its header ends where {count:,} bytes more are expected")
        self._left -= padded
        return self._file.read(padded)[:count]

    def word(self) -> int:
        """Return an unsigned number."""
        return int.from_bytes(self.take(4), "big")

    def dimensions(self) -> list[tuple[str, int]]:
        """Return name and length of each dimension; length 0 for the one counted in records."""
        sides = [(self._name(), self.word()) for _ in range(self._count(_DIMENSIONS))]
        if sum(not side for _, side in sides) > 1:
            raise ValueError("more than one dimension has no length")
        return sides

    def attributes(self) -> dict[str, Any]:
        """Return texts and arrays of numbers."""
        return {self._name(): self._values() for _ in range(self._count(_ATTRIBUTES))}

    def variables(self, sides: list[tuple[str, int]]) -> list[Variable]:
        """Return all variables, with length 0 for an axis that is counted in records."""
        return [self._variable(sides) for _ in range(self._count(_VARIABLES))]

    def _variable(self, sides: list[tuple[str, int]]) -> Variable:
        name, axes = self._name(), self.word()
        if axes > _MOST_AXES:
            raise ValueError(f"{name[:80]!r} has {axes:,} axes")
        numbers = [self.word() for _ in range(axes)]
        if any(number >= len(sides) for number in numbers):
            raise ValueError(f"{name[:80]!r} has a dimension that does not exist")
        dims, shape = zip(*(sides[number] for number in numbers), strict=True) if axes else ((), ())
        if 0 in shape[1:]:
            raise ValueError(f"{name[:80]!r} grows along an axis that is not its first")
        attributes = self.attributes()
        dtype = self._type()
        self.word()  # its size, which follows from its shape and has no room for large ones
        start = int.from_bytes(self.take(self._place_bytes), "big")
        return Variable(name, dims, shape, dtype, attributes, start)

    def _count(self, expected: int) -> int:
        """Return length of the list that follows."""
        kind, count = self.word(), self.word()
        if kind != expected and (kind or count):
            raise ValueError(f"expected a list of kind {expected}, found {kind} with {count:,}")
        return count

    def _name(self) -> str:
        size = self.word()
        if not 0 < size <= _MOST_NAME_BYTES:
            raise ValueError(f"a name has {size:,} bytes")
        return self.take(size).decode("utf-8", errors="replace")

    def _type(self) -> np.dtype[Any]:
        kind = self.word()
        if kind not in _TYPES:
            raise ValueError(f"numbers of the unknown type {kind}")
        return np.dtype(_TYPES[kind])

    def _values(self) -> Any:
        dtype = self._type()
        size = self.word() * dtype.itemsize
        if size > _MOST_VALUES_BYTES:
            raise ValueError(f"an attribute has {size:,} bytes")
        content = self.take(size)
        if dtype.kind == "S":
            return content.rstrip(b"\0").decode("utf-8", errors="replace")
        return np.frombuffer(content, dtype).astype(dtype.newbyteorder("="))


def _with_records(variables: list[Variable], count: int, file_bytes: int) -> tuple[Variable, ...]:
    """Return the variables with as many positions along the first axis as there are records."""
    growing = [variable for variable in variables if variable.shape and not variable.shape[0]]
    if not growing:
        return tuple(variables)
    if len(growing) == 1:  # its records follow one another with nothing between
        record = math.prod(growing[0].shape[1:]) * growing[0].dtype.itemsize
    else:
        record = sum(variable.padded_bytes for variable in growing)
    if count == _STREAMED:  # the writer did not come back to fill it in
        first = min(variable.start for variable in growing)
        count = max(0, file_bytes - first) // max(1, record)
    return tuple(
        replace(variable, shape=(count, *variable.shape[1:]), record_bytes=record)
        if variable.shape and not variable.shape[0]
        else variable
        for variable in variables
    )


def _check_size(path: Path, found: tuple[Variable, ...], file_bytes: int) -> None:
    # A map that reaches past the end of its file kills the process when it is read there.
    needed = max((variable.start + variable.span_bytes for variable in found), default=0)
    if file_bytes < needed:
        raise CubeError(
            f"{path} is too short: expected {needed:,} bytes for the arrays in its header, "
            f"found {file_bytes:,}. Copy it again."
        )


def _other_version(path: Path, magic: bytes) -> str:
    if magic == b"CDF\x05":
        return (
            f"{path} is a netCDF file of the format CDF-5 (64-bit data), which is not read: "
            "expected netCDF-4, or netCDF-3 in its classic form or with 64-bit offsets. Convert "
            f"it: nccopy -k nc4 {path.name} NEW.nc."
        )
    return (
        f"{path} is not a netCDF-3 file: expected CDF and version 1 or 2 at its beginning, found "
        f"{magic!r}. Copy it again from where it came."
    )
