"""Label masks: pixels of the PNG, names, overlaps, and masks of other programs."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import MaskShape, PointMark, Rectangle
from focus_viewer.io.annotations import read_annotations, write_annotations

SHAPE = (4, 6)


def png(kind: int, bits: int, rows: list[bytes], width: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG made of its chunks."""
    header = struct.pack(">IIBBBBB", width, len(rows), bits, kind, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    named = [(b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in named
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_later_regions_win_and_names_read_back(tmp_path: Path) -> None:
    shapes = (
        Annotations()
        .add(Rectangle((0, 0), (4, 3)), "Läsion, «1»", "#ff0080", "rust")
        .add(Rectangle((2, 2), (6, 4)), "edge", "#00ff00")
        .change(2, locked=True, hidden=True)
    )
    write_annotations(tmp_path / "mask.png", shapes, SHAPE)

    with Image.open(tmp_path / "mask.png") as image:
        assert image.mode == "P"
        assert image.getpalette()[:9] == [0, 0, 0, 255, 0, 128, 0, 255, 0]
        assert json.loads(image.info["focus_viewer"])["regions"][0]["name"] == "Läsion, «1»"
        labels = np.asarray(image)
    expected = [[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 2, 2, 2, 2], [0, 0, 2, 2, 2, 2]]
    assert labels.tolist() == expected
    found = read_annotations(tmp_path / "mask.png", SHAPE).regions
    assert [(one.name, one.colour, one.class_name) for one in found] == [
        ("Läsion, «1»", "#ff0080", "rust"),
        ("edge", "#00ff00", None),
    ]
    assert (found[0].locked, found[1].locked, found[1].hidden) == (False, True, True)
    for label, one in enumerate(found, start=1):
        np.testing.assert_array_equal(mask_of(one.outline, SHAPE), labels == label)


def test_many_regions_need_16_bits(tmp_path: Path) -> None:
    shape = (20, 20)
    shapes = Annotations()
    for index in range(300):
        shapes = shapes.add(PointMark((index % 20, index // 20)), f"p{index}", "#123456")
    write_annotations(tmp_path / "mask.png", shapes, shape)

    with Image.open(tmp_path / "mask.png") as image:
        assert image.mode == "I;16"
        assert np.asarray(image)[14, 19] == 300
    found = read_annotations(tmp_path / "mask.png", shape)
    assert len(found) == 300
    assert found.regions[299].name == "p299"
    assert found.regions[299].outline == MaskShape(14, 19, (1, 1), b"\x80")


def test_palette_mask_of_another_program(tmp_path: Path) -> None:
    palette = bytes([0, 0, 0, 9, 9, 9, 16, 32, 48, 255, 255, 255])
    content = png(3, 8, [bytes([0, 2, 2]), bytes([3, 0, 0])], 3, (b"PLTE", palette))
    (tmp_path / "mask.png").write_bytes(content)

    first, second = read_annotations(tmp_path / "mask.png", (2, 3))

    assert (first.name, first.colour) == ("Class 2", "#102030")
    assert first.outline == MaskShape(0, 1, (1, 2), b"\xc0")
    assert (second.name, second.colour) == ("Class 3", "#ffffff")


def test_grey_masks_of_other_programs(tmp_path: Path) -> None:
    (tmp_path / "deep.png").write_bytes(png(0, 16, [struct.pack(">3H", 0, 700, 65535)], 3))
    (tmp_path / "one_bit.png").write_bytes(png(0, 1, [b"\x60"], 3))

    deep = read_annotations(tmp_path / "deep.png", (1, 3))
    (one,) = read_annotations(tmp_path / "one_bit.png", (1, 3))

    assert [region.name for region in deep] == ["Class 700", "Class 65535"]
    assert one.outline == MaskShape(0, 1, (1, 2), b"\xc0")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (png(0, 8, [b"\1\1\1"], 3), "expected a mask of 4 rows and 6 columns"),
        (png(2, 8, [bytes(18)] * 4, 6), "found the bands R, G, B"),
        (png(0, 8, [bytes(6)] * 4, 6)[:50], "it is truncated"),
        (png(9, 8, [bytes(6)] * 4, 6), "not a PNG that can be decoded"),
        (png(0, 8, [bytes(6)] * 3 + [b""], 6), "not a PNG that can be decoded"),
        (png(0, 8, [bytes(6)] * 4, 6, (b"tEXt", b"focus_viewer\0{")), "not JSON"),
        (png(0, 8, [b"\1" * 6] * 4, 6, (b"tEXt", b'focus_viewer\0{"regions": [7]}')), "an object"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "bad.png").write_bytes(content)

    with pytest.raises(FocusError, match=r"bad\.png") as refusal:
        read_annotations(tmp_path / "bad.png", SHAPE)

    assert told in str(refusal.value)


def test_a_picture_is_no_mask(tmp_path: Path) -> None:
    values: NDArray[np.uint16] = np.arange(6400, dtype=np.uint16).reshape(80, 80)
    Image.fromarray(values).save(tmp_path / "picture.png")

    with pytest.raises(FocusError, match="too many for a mask"):
        read_annotations(tmp_path / "picture.png", (80, 80))
