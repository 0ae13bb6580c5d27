"""Zarr stores of versions 2 and 3, as folders and as zip files.

The format: "Zarr core specification" v2 and v3; names of axes as xarray writes them ("Zarr Encoding
Specification": `_ARRAY_DIMENSIONS`, and the dimension names of version 3).
"""

from __future__ import annotations

import base64
import math
import struct
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.arrays.hyperspy import with_axes_of_hyperspy
from focus_viewer.io.formats.arrays.ome_zarr import with_levels_of_ome
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, StoredArray

if TYPE_CHECKING:
    import zarr
    from zarr.core.array_spec import ArraySpec
    from zarr.core.buffer import Buffer

    Member: TypeAlias = zarr.Array[Any] | zarr.Group

_MARKS = ("zarr.json", ".zgroup", ".zarray")
_EXPECTED = "a Zarr store"
_MAX_ARRAYS = 10_000
_ZIP = b"PK\x03\x04"
_DIMENSIONS = "_ARRAY_DIMENSIONS"
_HEADER = struct.Struct("<4BIII")  # versions, flags, type size; bytes unpacked, of a block, packed
_AS_THEY_ARE = 0x02
_MOST_PIECES = 200_000  # each takes zarr some 50 µs
_MOST_BYTES = 2**30  # the largest chunk that is read


def recognises(path: Path, head: bytes) -> bool:
    """Return whether a folder, or the top of a zip file, has the files of a store."""
    if path.is_dir():
        return any((path / mark).is_file() for mark in _MARKS)
    return head.startswith(_ZIP) and _is_store(path)


def _is_store(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(mark in archive.namelist() for mark in _MARKS)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_contents(path: Path) -> Contents:
    """Return arrays of a Zarr store; their names and sizes are read."""
    import zarr
    from zarr.storage import ZipStore

    watch_blosc()
    with translated_errors(path, expected=_EXPECTED):
        store: Any = path if path.is_dir() else ZipStore(path, mode="r")
        root = zarr.open(store=store, mode="r")
        if isinstance(root, zarr.Array):
            return Contents(path, (_described(path, "", root),))

        def attributes_of(name: str) -> dict[str, Any]:
            with translated_errors(path, expected=_EXPECTED):
                found = root.get(name)
                return {} if found is None else _attributes(found)

        members = tuple(islice(root.members(max_depth=None), _MAX_ARRAYS))
        arrays = tuple(_arrays(path, members))
        groups = {name: _attributes(group) for name, group in members if _is_group(group)}
        contents = Contents(
            path, arrays, _attributes(root), groups=groups, attributes_of=attributes_of
        )
        return with_axes_of_hyperspy(with_levels_of_ome(contents))


def _is_group(member: object) -> TypeGuard[zarr.Group]:
    import zarr

    return isinstance(member, zarr.Group)


def _arrays(path: Path, members: Iterable[tuple[str, Member]]) -> Iterator[StoredArray]:
    import zarr

    for name, member in members:
        if isinstance(member, zarr.Array) and member.dtype.kind in "iufcb":
            yield _described(path, name, member)


def _described(path: Path, name: str, stored: zarr.Array[Any]) -> StoredArray:
    shape = tuple(int(side) for side in stored.shape)
    dtype = np.dtype(stored.dtype)
    chunk = math.prod(stored.chunks) * dtype.itemsize

    def read(key: Key) -> NDArray[Any]:
        with translated_errors(path, expected=_EXPECTED):
            if not path.exists():
                raise CubeError(f"{path} cannot be read: it is missing. Restore it to this path.")
            pieces = _pieces(key, stored.chunks)
            if pieces > _MOST_PIECES:
                raise CubeError(
                    f"{path}: {name} is stored in so small chunks that {pieces:,} of them would be "
                    f"read at once. Expected at most {_MOST_PIECES:,}: save it again in larger "
                    "chunks."
                )
            return np.asarray(stored[key])

    attributes = _attributes(stored)
    return StoredArray(name, shape, dtype, read, _dims(stored), _decoded(stored, attributes), chunk)


def _pieces(key: Key, chunks: tuple[int, ...]) -> int:
    """Return how many chunks hold a block."""
    return math.prod(
        max(0, part.stop - 1) // side - part.start // side + 1
        for part, side in zip(key, chunks, strict=True)
        if side > 0
    )


def _attributes(stored: zarr.Array[Any] | zarr.Group) -> dict[str, Any]:
    """Return the attributes as a mapping, also from malformed JSON."""
    return {name: value for name, value in stored.attrs.items() if _is_even(value)}


def _is_even(value: Any) -> bool:
    try:
        np.asarray(value)
    except ValueError:
        return False
    return True


def _dims(stored: zarr.Array[Any]) -> tuple[str, ...]:
    names: Any = getattr(stored.metadata, "dimension_names", None) or stored.attrs.get(_DIMENSIONS)
    if not isinstance(names, list | tuple) or len(names) != len(stored.shape):
        return ()
    return tuple(names) if all(isinstance(name, str) for name in names) else ()


def _decoded(stored: zarr.Array[Any], attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes with the fill value as a number.

    xarray stores it in version 2 as the store's fill value, and in version 3 as an attribute,
    of decimal numbers in base 64.
    """
    declared = attributes.get("_FillValue")
    if isinstance(declared, str) and stored.dtype.kind == "f":
        attributes["_FillValue"] = struct.unpack("<d", base64.standard_b64decode(declared))[0]
    of_xarray = stored.metadata.zarr_format == 2 and _DIMENSIONS in attributes
    if declared is None and of_xarray and stored.fill_value is not None:
        attributes["_FillValue"] = stored.fill_value
    return attributes


def check(chunk: memoryview) -> None:
    """Refuse a Blosc chunk whose size differs from its header.

    numcodecs (0.16, seen by tests/io/damage/test_any_damage.py) believes the header of a chunk: of
    one that was cut short it gives numbers that never were, from the memory behind it, or ends the
    process. The header: "Blosc Chunk Format" of c-blosc, README_CHUNK_FORMAT.rst.

    Raises
    ------
    ValueError
    """
    if chunk.nbytes < _HEADER.size:
        raise ValueError(f"a Blosc chunk of {chunk.nbytes} bytes, less than its header has")
    _, _, flags, _, unpacked, block, packed = _HEADER.unpack_from(chunk)
    if packed != chunk.nbytes:
        raise ValueError(f"a Blosc chunk of {packed:,} bytes, of which {chunk.nbytes:,} are there")
    # Uncompressed, or in blocks with a table of four-byte offsets.
    blocks = -(-unpacked // max(1, block))
    fits = unpacked == packed - _HEADER.size if flags & _AS_THEY_ARE else 4 * blocks < packed
    if unpacked > _MOST_BYTES or not fits:
        raise ValueError(f"a Blosc chunk that unpacks to {unpacked:,} bytes")


@cache
def watch_blosc() -> None:
    """Make zarr check Blosc's chunks before they are decompressed, from now on."""
    import numcodecs  # type: ignore[import-untyped]
    import zarr
    from numcodecs.blosc import Blosc  # type: ignore[import-untyped]
    from zarr.codecs.blosc import BloscCodec
    from zarr.registry import register_codec

    class WatchedBlosc(Blosc):  # type: ignore[misc]
        """Of version 2 of the format."""

        codec_id = "blosc"

        def decode(self, buf: Any, out: Any = None) -> Any:
            check(memoryview(buf).cast("B"))
            return super().decode(buf, out)

    class WatchedBloscCodec(BloscCodec):
        """Of version 3."""

        async def _decode_single(self, chunk_bytes: Buffer, chunk_spec: ArraySpec) -> Buffer:
            check(chunk_bytes.as_numpy_array().data.cast("B"))
            return await super()._decode_single(chunk_bytes, chunk_spec)

    numcodecs.register_codec(WatchedBlosc)
    name = f"{WatchedBloscCodec.__module__}.{WatchedBloscCodec.__qualname__}"
    register_codec("blosc", WatchedBloscCodec, qualname=name)
    zarr.config.set({"codecs.blosc": name})
