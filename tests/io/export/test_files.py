"""What is refused, and that nothing of others is written over."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import envi_bytes
import pytest
from export_cases import request

from focus_viewer.core.documents.export_request import FORMATS, ExportFormat, ExportKind
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import PreprocessedCube, Preprocessing, WhiteAndDark
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.io import read_cube
from focus_viewer.io.export import write_export

EVERY = [(kind, one.key) for kind, formats in FORMATS.items() for one in formats]


@pytest.mark.parametrize(("kind", "form"), EVERY)
def test_every_kind_in_every_format_is_whole(
    tmp_path: Path, kind: ExportKind, form: ExportFormat
) -> None:
    suffix = next(one.suffix for one in FORMATS[kind] if one.key == form)
    told = []
    files = write_export(
        tmp_path / f"out{suffix}",
        request(kind=kind, format=form),
        lambda fraction, text: told.append(fraction),
    )
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert all(one.stat().st_size for one in files)
    assert told[0] == 0
    assert told[-1] == 1


@pytest.mark.parametrize(("kind", "form"), EVERY)
def test_a_folder_that_is_not_there(tmp_path: Path, kind: ExportKind, form: ExportFormat) -> None:
    suffix = next(one.suffix for one in FORMATS[kind] if one.key == form)
    with pytest.raises(FocusError, match=r"out.* cannot be written: No such file"):
        write_export(tmp_path / "gone" / f"out{suffix}", request(kind=kind, format=form), silent)


def test_another_suffix(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match=r"ends in \.tif for GeoTIFF, found \.png"):
        write_export(tmp_path / "v.png", request(format="geotiff"), silent)
    with pytest.raises(ValueError, match="volume is not written as csv"):
        write_export(tmp_path / "v.csv", request(format="csv"), silent)


def test_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match="Explain it first"):
        write_export(tmp_path / "v.hdr", request(volume=None), silent)
    none = Annotations()
    with pytest.raises(FocusError, match="no regions"):
        write_export(tmp_path / "l.hdr", request(kind="labels", annotations=none), silent)
    bare = request(kind="spectra", format="csv", annotations=none, pins=())
    with pytest.raises(FocusError, match="no region with a pixel"):
        write_export(tmp_path / "s.csv", bare, silent)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opened", ["cube.hdr", "cube.img"])
def test_the_open_cube_is_never_written_over(tmp_path: Path, opened: str) -> None:
    envi_bytes.write_envi(tmp_path)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    asked = replace(request(), cube=read_cube(tmp_path / opened))

    with pytest.raises(FocusError, match="belongs to the cube that is open"):
        write_export(tmp_path / "cube.hdr", asked, silent)

    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["cube.tif", "cube.h5", "cube.npz"])
def test_a_cube_without_a_header_beside_it_is_exported_and_spared(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"a cube")
    asked = replace(request(), cube=replace(request().cube, path=tmp_path / name))
    assert write_export(tmp_path / "v.hdr", asked, silent)
    tiff = replace(asked, format="geotiff")
    if name.endswith(".tif"):
        with pytest.raises(FocusError, match="belongs to the cube that is open"):
            write_export(tmp_path / name, tiff, silent)
    assert (tmp_path / name).read_bytes() == b"a cube"


def test_the_references_of_the_cube_are_never_written_over(tmp_path: Path) -> None:
    white = envi_bytes.write_envi(tmp_path, data_name="white.img", header_name="white.hdr")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    raw = replace(request().cube, units="counts")
    shared = {one.name: getattr(raw, one.name) for one in fields(raw)}
    preprocessing = Preprocessing(references=WhiteAndDark(white.with_suffix(".img")))
    asked = replace(request(), cube=PreprocessedCube(**shared, preprocessing=preprocessing))
    with pytest.raises(FocusError, match="belongs to the cube that is open"):
        write_export(white, asked, silent)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_data_file_without_the_header_that_was_named_is_spared(tmp_path: Path) -> None:
    (tmp_path / "v.img").write_bytes(b"of someone else")
    with pytest.raises(FocusError, match=r"v\.img is there already, without v\.hdr"):
        write_export(tmp_path / "v.hdr", request(), silent)
    assert (tmp_path / "v.img").read_bytes() == b"of someone else"
