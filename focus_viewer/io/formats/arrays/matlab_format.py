"""MATLAB's files up to version 7; those of version 7.3 are HDF5.

The format: "MAT-File Format", The MathWorks, chapter 1. Values are compressed as a whole and stored
in a type that they fit into, so that an array is read at once. scipy's reader is not used: it ends
the process for some damaged files, as it believes the types and sizes in them (scipy 1.17, seen by
tests/bench/fuzz_readers.py).
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray, read_whole
from focus_viewer.io.storage.files import size_bytes

_VERSION_BYTES = slice(124, 128)
_VERSIONS = (b"\x00\x01IM", b"\x01\x00MI")
_MAX_BYTES = 2 * 2**30
_HEADER_BYTES = 128
_TAG_BYTES = 8
_MATRIX, _PACKED = 14, 15
_FLAGS, _SIDES, _NAMES = 6, 5, (1, 16)
_COMPLEX, _LOGICAL = 0x0800, 0x0200
_CELL, _STRUCT = 1, 2
_CLASSES = {
    6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8",
}  # fmt: skip
_STORED = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_MOST_VARIABLES = 10_000
_MOST_TEXT_BYTES = 4_096
_MOST_FIELD_BYTES = 2**20
_DEEPEST = 8  # structs in one another
_PIECE_BYTES = 2**18


_HYPERCUBE = ("rows", "cols", "bands")
ADVICE = (
    "MATLAB's objects, such as its hypercube, are not read: save its parts, as in "
    "s = struct('DataCube', cube.DataCube, 'Wavelength', cube.Wavelength); save('NAME.mat', 's')."
)
"""What to do about a file of MATLAB without a cube."""
_Found = tuple[str, tuple[int, ...], np.dtype[np.generic], int]


def recognises(path: Path, head: bytes) -> bool:
    """Return whether its header ends with the version and the mark of the byte order."""
    return head[_VERSION_BYTES] in _VERSIONS


def read_contents(path: Path) -> Contents:
    """Return arrays of a MAT file of versions 5 to 7; their names and sizes are read."""
    with translated_errors(path, expected="a MATLAB file"):
        # Of a name that is there twice the last.
        by_name = {variable.name: variable for variable in variables(path)}
    arrays = tuple(_array(path, variable) for variable in by_name.values())
    return Contents(path, with_named_axes(arrays), columns_first=True, advice=ADVICE)


def with_named_axes(arrays: Iterable[StoredArray]) -> tuple[StoredArray, ...]:
    """Return arrays with names of axes where MATLAB's documentation gives them: of a hypercube."""
    return tuple(
        replace(array, dims=_HYPERCUBE)
        if array.name.rpartition("/")[2] == "DataCube" and len(array.shape) == 3
        else array
        for array in arrays
    )


def _array(path: Path, variable: Variable) -> StoredArray:
    """Return an array that is read as a whole at its first use."""
    size = math.prod(variable.shape) * variable.dtype.itemsize
    opened_bytes = size_bytes(path)

    def load() -> NDArray[Any]:
        if size > _MAX_BYTES:
            raise CubeError(_too_large(path, variable.name, size))
        if size_bytes(path) != opened_bytes:
            raise CubeError(f"{path} was changed since it was opened: open it again.")
        with translated_errors(path, expected="a MATLAB file"):
            return numbers(path, variable)

    return StoredArray(variable.name, variable.shape, variable.dtype, read_whole(load))


def _too_large(path: Path, name: str, size: int) -> str:
    return (
        f"{path}: {name} has {size:,} bytes, and arrays of this version of MATLAB's files cannot "
        f"be read piece by piece. Expected at most {_MAX_BYTES:,}: save it in MATLAB with "
        "save(..., '-v7.3')."
    )


@dataclass(frozen=True)
class Variable:
    """An array of real numbers.

    Attributes
    ----------
    dtype : dtype
        As MATLAB sees it; the numbers may be stored in a smaller type.
    start, size : int
        Bytes of the element in the file that holds it, without the element's tag.
    inner : int
        Bytes from the beginning of that element to its own, unpacked: 0 unless it is a field of a
        struct.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    start: int
    size: int
    packed: bool
    inner: int = 0


class _Content:
    """Bytes of an element from its beginning on, unpacked no further than is asked for.

    Attributes
    ----------
    position : int
        Number of bytes that were taken.
    """

    def __init__(self, file: BinaryIO, size: int, packed: bool) -> None:
        self._file = file
        self._left = size
        self._unpacker = zlib.decompressobj() if packed else None
        self.position = 0

    def take(self, count: int) -> bytes | bytearray:
        """Return the next bytes; memory is taken for no more than there are."""
        if self._unpacker is None:
            content: bytes | bytearray = self._file.read(min(count, self._left, self._rest()))
            self._left -= len(content)
        else:
            content = self._unpacked(self._unpacker, count)
        if len(content) != count:
            raise ValueError(f"it ends after {len(content):,} of {count:,} bytes")
        self.position += count
        return content

    def pass_to(self, position: int) -> None:
        """Pass to a position, in pieces where the bytes before it must be unpacked."""
        left = position - self.position
        if not 0 <= left <= _MAX_BYTES:
            raise ValueError(f"a part of {left:,} bytes")
        if self._unpacker is None:
            if left > min(self._left, self._rest()):
                raise ValueError(f"it ends before its byte {position:,}")
            self._file.seek(left, os.SEEK_CUR)
            self._left, self.position, left = self._left - left, position, 0
        while left:
            left -= len(self.take(min(left, _PIECE_BYTES)))

    def _rest(self) -> int:
        return max(0, os.fstat(self._file.fileno()).st_size - self._file.tell())

    def _unpacked(self, unpacker: zlib._Decompress, count: int) -> bytearray:
        content = bytearray()
        while len(content) < count:
            piece = unpacker.unconsumed_tail
            if not piece:
                piece = self._file.read(min(self._left, _PIECE_BYTES))
                self._left -= len(piece)
            more = unpacker.decompress(piece, min(count - len(content), _PIECE_BYTES))
            if not piece and not more:
                break
            content += more
        return content


class _Reader:
    """Reader of elements of one byte order."""

    def __init__(self, file: BinaryIO, order: str) -> None:
        self._file = file
        self.order = order

    def word(self, content: bytes | bytearray, position: int) -> int:
        """Return an unsigned number of four bytes."""
        order: str = "little" if self.order == "<" else "big"
        return int.from_bytes(content[position : position + 4], order)  # type: ignore[arg-type]

    def content(self, start: int, size: int, packed: bool) -> _Content:
        """Return the content of an element; of a packed one, of the matrix in it."""
        self._file.seek(start)
        content = _Content(self._file, size, packed)
        if packed:
            tag = content.take(_TAG_BYTES)
            if self.word(tag, 0) != _MATRIX:
                raise ValueError(f"expected a matrix in a packed element, found {tag.hex()}")
            content.position = 0
        return content

    def tag(self, content: _Content) -> tuple[int, int, bytes | None]:
        """Return type and size of the next element, and its bytes if the tag contains them."""
        tag = content.take(_TAG_BYTES)
        first = self.word(tag, 0)
        if first >> 16:
            size = first >> 16
            if size > 4:
                raise ValueError(f"an element of {size} bytes does not fit into its tag")
            return first & 0xFFFF, size, bytes(tag[4 : 4 + size])
        return first, self.word(tag, 4), None

    def small(
        self, content: _Content, types: tuple[int, ...], most: int = _MOST_TEXT_BYTES
    ) -> bytes:
        """Return the next element, which must be one of these types and short."""
        kind, size, inside = self.tag(content)
        if kind not in types or size > most:
            raise ValueError(f"found an element of type {kind} with {size:,} bytes, not {types}")
        if inside is not None:
            return inside
        return bytes(content.take(-(-size // 8) * 8)[:size])


def variables(path: Path) -> list[Variable]:
    """Return arrays of real numbers in a file, in its order; only names and sizes are read.

    Raises
    ------
    ValueError, OSError, zlib.error
        If it is damaged or cannot be read.
    """
    with path.open("rb") as file:
        reader = _Reader(file, _byte_order(file))
        found = (
            variable
            for place in _elements(file, reader)
            if place[1]
            for variable in _variables(reader, *place)
        )
        return list(islice(found, _MOST_VARIABLES))


def numbers(path: Path, variable: Variable) -> NDArray[np.generic]:
    """Read all values of a variable.

    Raises
    ------
    ValueError, OSError, zlib.error
        If it is damaged, another than before, or cannot be read.
    """
    with path.open("rb") as file:
        reader = _Reader(file, _byte_order(file))
        content = reader.content(variable.start, variable.size, variable.packed)
        content.pass_to(variable.inner)
        flags, shape, _ = _head(reader, content)
        if (shape, _CLASSES.get(flags & 0xFF)) != (variable.shape, variable.dtype.str[1:]):
            raise ValueError(f"{variable.name} is not where it was")
        kind, size, inside = reader.tag(content)
        if kind not in _STORED:
            raise ValueError(f"numbers of the unknown type {kind}")
        stored = np.dtype(reader.order + _STORED[kind])
        if size != math.prod(variable.shape) * stored.itemsize:
            raise ValueError(f"{size:,} bytes for {variable.shape} numbers of {stored}")
        flat = np.frombuffer(content.take(size) if inside is None else inside, stored)
    return flat.astype(variable.dtype, copy=False).reshape(variable.shape, order="F")


def _byte_order(file: BinaryIO) -> str:
    return "<" if file.read(_HEADER_BYTES)[126:] == b"IM" else ">"


def _elements(file: BinaryIO, reader: _Reader) -> Iterator[tuple[int, int, bool]]:
    """Return start, size and compression of all variables of a file."""
    position = _HEADER_BYTES
    for _ in range(_MOST_VARIABLES):
        file.seek(position)
        tag = file.read(_TAG_BYTES)
        if not tag:
            return
        kind, size = reader.word(tag, 0), reader.word(tag, 4)
        if len(tag) < _TAG_BYTES or kind not in (_MATRIX, _PACKED):
            raise ValueError(f"expected a variable at byte {position:,}, found {tag.hex()}")
        yield position + _TAG_BYTES, size, kind == _PACKED
        position += _TAG_BYTES + size


def _variables(reader: _Reader, start: int, size: int, packed: bool) -> Iterator[Variable]:
    """Yield arrays of an element: one, or those among the fields of a struct."""
    content = reader.content(start, size, packed)
    for name, shape, dtype, inner in _arrays(reader, content, "", 0):
        yield Variable(name, shape, dtype, start, size, packed, inner)


def _arrays(reader: _Reader, content: _Content, called: str, depth: int) -> Iterator[_Found]:
    """Yield name, shape, type and position of arrays of real numbers in a matrix.

    Parameters
    ----------
    called : str
        Name of a field, whose matrix has none; empty for a variable.
    depth : int
        Number of structs around it.
    """
    inner = content.position
    flags, shape, name = _head(reader, content)
    name, kind = called or name, flags & 0xFF
    # What has no name is the workspace of a function.
    if not name or len(shape) < 2 or not all(side >= 1 for side in shape):
        return
    if kind in (_STRUCT, _CELL) and depth < _DEEPEST:
        yield from _inside(reader, content, _field_names(reader, content, kind, name, shape), depth)
    elif kind in _CLASSES and not flags & (_COMPLEX | _LOGICAL):
        yield name, shape, np.dtype(_CLASSES[kind]), inner


def _inside(
    reader: _Reader, content: _Content, names: Iterator[str], depth: int
) -> Iterator[_Found]:
    """Yield arrays among matrices that follow one another."""
    end = content.position
    for name in names:
        content.pass_to(end)
        kind, size, inside = reader.tag(content)
        if kind != _MATRIX or inside is not None:
            raise ValueError(f"expected a matrix as {name}, found type {kind}")
        end = content.position + size
        if size:
            yield from _arrays(reader, content, name, depth + 1)


def _field_names(
    reader: _Reader, content: _Content, kind: int, name: str, shape: tuple[int, ...]
) -> Iterator[str]:
    """Return names of the fields of a struct, or the parts of a cell, in their order."""
    count = math.prod(shape)
    if kind == _CELL:
        return (f"{name}{{{k + 1}}}" for k in range(min(count, _MOST_VARIABLES)))
    length = reader.word(reader.small(content, (_SIDES,)), 0)
    letters = reader.small(content, _NAMES, _MOST_FIELD_BYTES)
    if not 0 < length <= _MOST_TEXT_BYTES:
        raise ValueError(f"names of fields with {length} letters")
    fields = [letters[k : k + length].split(b"\0")[0] for k in range(0, len(letters), length)]
    texts = [field.decode("utf-8", errors="replace") for field in fields]
    several = count > 1
    return (
        f"{name}({k + 1})/{text}" if several else f"{name}/{text}"
        for k in range(min(count, _MOST_VARIABLES))
        for text in texts
    )


def _head(reader: _Reader, content: _Content) -> tuple[int, tuple[int, ...], str]:
    """Return flags, shape and name of a matrix."""
    flags = reader.word(reader.small(content, (_FLAGS,)), 0)
    if (flags & 0xFF) not in (*_CLASSES, _STRUCT, _CELL):
        return flags, (), ""
    shape_bytes = reader.small(content, (_SIDES,))
    shape = tuple(int(side) for side in np.frombuffer(shape_bytes, reader.order + "i4"))
    return flags, shape, reader.small(content, _NAMES).decode("utf-8", errors="replace")
