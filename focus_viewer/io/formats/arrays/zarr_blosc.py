"""Checked decompression of Blosc chunks: their headers must be consistent.

numcodecs (0.16, seen by tests/io/test_any_damage.py) believes the header of a chunk: of one that
was cut short it gives numbers that never were, from the memory behind it, or ends the process. The
header: "Blosc Chunk Format" of c-blosc, README_CHUNK_FORMAT.rst.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zarr.core.array_spec import ArraySpec
    from zarr.core.buffer import Buffer

_HEADER = struct.Struct("<4BIII")  # versions, flags, type size; bytes unpacked, of a block, packed
_AS_THEY_ARE = 0x02
_MOST_BYTES = 2**30  # the largest chunk that is read


def check(chunk: memoryview) -> None:
    """Refuse a chunk whose size differs from its header.

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
    """Have zarr unpack Blosc's chunks in this way from now on."""
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
