"""The front door: formats by content and suffix, whole writes, and nothing but `FocusError`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from annotation_cases import GRID, SHAPE, all_kinds
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.io.annotations import ANNOTATION_SUFFIXES, read_annotations, write_annotations

HOSTILE = [
    b"0", b"-1", b"1e999", b"9" * 30, b"9" * 5000, b"NaN", b"null", b"[]", b"{}", b'"x"', b"true",
    b"[[[[" * 500, b"\xff", b"\0", b"</Region>", b"<Polygon/>", b"; ROI name: x\n", b"Multi",
    b"1.5", b'"\\ud800"',
]  # fmt: skip


def valid(suffix: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        write_annotations(path, all_kinds(), SHAPE)
        return path.read_bytes()


VALID = {suffix: valid(suffix) for suffix in ANNOTATION_SUFFIXES}


@pytest.mark.parametrize("suffix", ANNOTATION_SUFFIXES)
def test_content_tells_the_format(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "renamed.dat").write_bytes(VALID[suffix])

    assert len(read_annotations(tmp_path / "renamed.dat", SHAPE)) == 5


@pytest.mark.parametrize("suffix", ANNOTATION_SUFFIXES)
def test_no_regions(tmp_path: Path, suffix: str) -> None:
    write_annotations(tmp_path / f"a{suffix}", Annotations(), SHAPE)

    if suffix in (".roi", ".txt"):
        with pytest.raises(FocusError, match="it has no region"):
            read_annotations(tmp_path / f"a{suffix}", SHAPE)
    else:
        assert read_annotations(tmp_path / f"a{suffix}", SHAPE) == Annotations()


@given(st.sampled_from(sorted(VALID)), st.data())
@settings(max_examples=80)
def test_broken_files_give_annotations_or_a_focus_error(suffix: str, data: st.DataObject) -> None:
    content = VALID[suffix]
    pieces = st.one_of(st.just(b""), st.sampled_from(HOSTILE), st.binary(max_size=8))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        stop = start + data.draw(st.integers(0, 12))
        content = content[:start] + data.draw(pieces) + content[stop:]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"broken{suffix}"
        path.write_bytes(content)
        try:
            found = read_annotations(path, SHAPE, data.draw(st.sampled_from((None, GRID))))
        except FocusError as error:
            assert "broken" in str(error)
        else:
            for kind in ANNOTATION_SUFFIXES:
                write_annotations(Path(folder) / f"again{kind}", found, SHAPE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("type", "coordinates", "geometry", "properties", "outline", "kind", "bbox")
            ),
            inner | st.sampled_from(("Feature", "Polygon", "Point", "painted", "polygon")),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(("geojson", "coco")))
@settings(max_examples=60)
def test_any_json_gives_annotations_or_a_focus_error(value: object, kind: str) -> None:
    document = (
        {"type": "FeatureCollection", "features": [value],
         "focus_viewer": {"rows": SHAPE[0], "cols": SHAPE[1]}}
        if kind == "geojson"
        else {"images": [{"height": SHAPE[0], "width": SHAPE[1]}], "annotations": [value]}
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        try:
            read_annotations(path, SHAPE)
        except FocusError as error:
            assert "any.json" in str(error)


def test_deep_json(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_bytes(b"[" * 200_000)

    with pytest.raises(FocusError, match=r"deep\.json"):
        read_annotations(tmp_path / "deep.json", SHAPE)


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "is empty"), (b"hello", "has no known format of annotations")]
)
def test_foreign_files(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "a.dat").write_bytes(content)

    with pytest.raises(FocusError, match=told):
        read_annotations(tmp_path / "a.dat", SHAPE)


def test_text_of_another_program_beside_a_header_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "leaf.hdr").write_text("ENVI\n")
    (tmp_path / "leaf.txt").write_text("0 0.5 0.25 0.111 0.1\n")  # boxes of YOLO
    with pytest.raises(FocusError, match=r"no known format of annotations.*found '0 0.5 0.25"):
        read_annotations(tmp_path / "leaf.txt", SHAPE)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match="no such file"):
        read_annotations(tmp_path / "none.geojson", SHAPE)
    with pytest.raises(FocusError, match="no such file"):
        read_annotations(tmp_path, SHAPE)
    with pytest.raises(FocusError, match="cannot be written"):
        write_annotations(tmp_path / "none" / "a.geojson", Annotations(), SHAPE)


def test_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match=r"ends in \.geojson, .*found \.shp"):
        write_annotations(tmp_path / "a.shp", Annotations(), SHAPE)
    assert list(tmp_path.iterdir()) == []


def test_older_file_stays_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b"older")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(FocusError, match="No space left"):
        write_annotations(path, all_kinds(), SHAPE)

    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]
