"""Header and data file find one another, and folders tell what is in them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi

from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, read_cube

USUAL = ["cube", *(f"cube.{suffix}" for suffix in (
    "img", "dat", "raw", "bin", "bsq", "bil", "bip", "hyspex", "cube", "lan", "cal", "spe", "IMG",
    "RAW",
))]  # fmt: skip


@pytest.mark.parametrize("data_name", USUAL)
def test_both_ways_with_every_usual_name(tmp_path: Path, data_name: str) -> None:
    header = write_envi(tmp_path, data_name=data_name)

    by_header, by_data = read_cube(header), read_cube(tmp_path / data_name)

    assert by_header.path is not None and by_header.path.samefile(tmp_path / data_name)
    assert by_data.path == tmp_path / data_name
    assert by_header.name == by_data.name == "cube"
    assert by_header.pixel(2, 3).tolist() == by_data.pixel(2, 3).tolist() == [55, 56, 57, 58, 59]


def test_header_named_after_the_whole_data_file(tmp_path: Path) -> None:
    header = write_envi(tmp_path, data_name="x.raw", header_name="x.raw.hdr")

    assert read_cube(header).path == tmp_path / "x.raw"
    assert read_cube(tmp_path / "x.raw").shape == (3, 4, 5)


def test_header_in_capitals(tmp_path: Path) -> None:
    header = write_envi(tmp_path, header_name="cube.HDR")

    assert read_cube(header).shape == read_cube(tmp_path / "cube.img").shape == (3, 4, 5)


def test_data_file_of_any_suffix_when_it_is_given(tmp_path: Path) -> None:
    header = write_envi(tmp_path, data_name="cube.odd")

    assert read_cube(tmp_path / "cube.odd").shape == read_cube(header).shape == (3, 4, 5)
    (tmp_path / "cube.txt").write_text("notes")
    assert read_cube(header).path == tmp_path / "cube.odd"
    (tmp_path / "cube.even").write_text("more")
    with pytest.raises(CubeError, match=r"found cube.even, cube.odd.*open the data file itself"):
        read_cube(header)


def test_another_file_that_may_be_the_data_is_said(tmp_path: Path) -> None:
    write_envi(tmp_path, data_name="cube.dat")
    header = write_envi(tmp_path, data_name="cube.img")

    cube = read_cube(header)

    assert cube.path == tmp_path / "cube.img"
    assert "cube.img was taken for the header's data; cube.dat may be too." in cube.notes
    assert not any("may be too" in note for note in read_cube(tmp_path / "cube.dat").notes)


def test_name_with_dots(tmp_path: Path) -> None:
    header = write_envi(tmp_path, data_name="v1.2", header_name="v1.2.hdr")

    assert read_cube(header).path == read_cube(tmp_path / "v1.2").path == tmp_path / "v1.2"


def test_the_file_given_is_read_even_beside_another_of_its_name(tmp_path: Path) -> None:
    write_envi(tmp_path, np.ones((3, 4, 5), dtype="f4"), data_name="cube.dat")
    write_envi(tmp_path, np.zeros((3, 4, 5), dtype="f4"), data_name="cube.img")

    assert read_cube(tmp_path / "cube.dat").pixel(0, 0)[0] == 1


def test_relative_path_still_reads_after_the_folder_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_envi(tmp_path)
    monkeypatch.chdir(tmp_path)
    cube = read_cube(Path("cube.hdr"))
    monkeypatch.chdir("/")

    assert cube.pixel(0, 0)[1] == 1


def test_data_file_without_header(tmp_path: Path) -> None:
    (tmp_path / "x.raw").write_bytes(b"\0" * 100)

    with pytest.raises(CubeError, match=r"x\.raw has no ENVI header.*x\.raw\.hdr or x\.hdr"):
        read_cube(tmp_path / "x.raw")


@pytest.mark.parametrize("name", ["missing.hdr", "missing.raw", "missing"])
def test_no_such_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(CubeError, match=rf"{name}: there is no such file"):
        read_cube(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.hdr")

    with pytest.raises(CubeError, match="no such file"):
        read_cube(tmp_path / "x.hdr")


def test_a_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").symlink_to(tmp_path / "b.hdr")
    (tmp_path / "b.hdr").symlink_to(tmp_path / "a.hdr")

    with pytest.raises(CubeError, match=r"a\.hdr: there is no such file, or only a broken link"):
        read_cube(tmp_path / "a.hdr")


def test_data_file_that_is_a_loop_of_links(tmp_path: Path) -> None:
    header = write_envi(tmp_path)
    (tmp_path / "cube.img").unlink()
    (tmp_path / "cube.img").symlink_to(tmp_path / "cube.img")

    with pytest.raises(CubeError, match="no data file beside it"):
        read_cube(header)


def test_link_to_a_cube(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    write_envi(tmp_path / "far")
    for suffix in ("hdr", "img"):
        (tmp_path / f"near.{suffix}").symlink_to(tmp_path / "far" / f"cube.{suffix}")

    assert read_cube(tmp_path / "near.hdr").shape == (3, 4, 5)


def test_folder_names_its_cubes(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"is a folder, not a cube\. It has no ENVI cube in it"):
        read_cube(tmp_path)
    write_envi(tmp_path)
    with pytest.raises(CubeError, match=r"is a folder, not a cube.*: cube\.hdr"):
        read_cube(tmp_path)


def test_find_cubes_sorts_and_leaves_out_what_is_none(tmp_path: Path) -> None:
    mask = np.ones((3, 4, 1), dtype="u1")
    library = {"file type": "ENVI Spectral Library"}
    write_envi(tmp_path, data_name="b.img", header_name="b.hdr")
    write_envi(tmp_path, data_name="a.raw", header_name="a.raw.HDR")
    write_envi(tmp_path, mask, data_name="mask.img", header_name="mask.hdr")
    write_envi(tmp_path, None, library, data_name="lib.sli", header_name="lib.hdr")
    (tmp_path / "esri.hdr").write_text("NROWS 3\nNCOLS 4\nNBANDS 5\n", encoding="ascii")
    (tmp_path / "folder.hdr").mkdir()
    (tmp_path / "inner").mkdir()
    write_envi(tmp_path / "inner")

    assert find_cubes(tmp_path) == [tmp_path / "a.raw.HDR", tmp_path / "b.hdr"]


def test_find_cubes_lists_a_damaged_cube_so_that_opening_tells_why(tmp_path: Path) -> None:
    header = write_envi(tmp_path)
    (tmp_path / "cube.img").unlink()

    assert find_cubes(tmp_path) == [header]


def test_find_cubes_without_the_folder(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match="gone cannot be read"):
        find_cubes(tmp_path / "gone")
