"""Files that are too short, gone, forbidden, or far larger than memory."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from envi_bytes import write_envi

from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, read_cube

SIZE = 8 * 8 * 16 * 4


@pytest.fixture
def header(tmp_path: Path) -> Path:
    return write_envi(tmp_path, np.ones((8, 8, 16), dtype="f4"), interleave="bil")


@pytest.mark.parametrize("length", [0, *(2**power for power in range(12))])
def test_truncated_at_powers_of_two(header: Path, length: int) -> None:
    data = header.with_suffix(".img")
    os.truncate(data, length)

    with pytest.raises(CubeError) as error:
        read_cube(header)

    text = str(error.value)
    assert str(data) in text
    assert f"{SIZE:,} bytes" in text and f"found {length:,}" in text
    assert "opy it again" in text or "check that entry" in text


def test_the_fix_counts_what_is_there(header: Path) -> None:
    os.truncate(header.with_suffix(".img"), SIZE * 5 // 8 + 3)

    with pytest.raises(CubeError, match=r"holds 5 of 8 lines.*set 'lines = 5'"):
        read_cube(header)


def test_the_fix_counts_bands_of_bsq(tmp_path: Path) -> None:
    header = write_envi(tmp_path, np.ones((8, 8, 16), dtype="f4"))
    os.truncate(header.with_suffix(".img"), SIZE * 3 // 16)

    with pytest.raises(CubeError, match=r"holds 3 of 16 bands.*set 'bands = 3'"):
        read_cube(header)


def test_the_fix_sees_a_wrong_data_type(header: Path) -> None:
    os.truncate(header.with_suffix(".img"), SIZE // 2)

    with pytest.raises(CubeError, match=r"would fit 'data type = 2' \(int16\)"):
        read_cube(header)


def test_an_offset_beyond_the_file(tmp_path: Path) -> None:
    header = write_envi(tmp_path, None, {"header offset": "1000000"})

    with pytest.raises(CubeError, match=r"asks for 1,000,240 bytes .*found 240\. Copy it again"):
        read_cube(header)


def test_a_longer_file_is_read_and_said(header: Path) -> None:
    with header.with_suffix(".img").open("ab") as file:
        file.write(b"12345")

    cube = read_cube(header)

    assert cube.pixel(7, 7)[15] == 1
    assert any("5 bytes more" in note for note in cube.notes)


def test_sizes_that_lie_are_refused_before_memory_is_taken(header: Path) -> None:
    text = header.read_text(encoding="utf-8")
    for name in ("lines = 8", "samples = 8", "bands = 16"):
        text = text.replace(name, f"{name.split()[0]} = 1000000")
    header.write_text(text, encoding="utf-8")

    tracemalloc.start()
    with pytest.raises(CubeError, match=r"asks for 4,000,000,000,000,000,000 bytes"):
        read_cube(header)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1_000_000


@pytest.mark.parametrize("read_before", [False, True])
def test_a_file_that_vanishes(header: Path, read_before: bool) -> None:
    cube = read_cube(header)
    if read_before:
        cube.pixel(0, 0)
    header.with_suffix(".img").unlink()

    with pytest.raises(CubeError, match=r"cube\.img cannot be read: No such file"):
        cube.pixel(0, 0)


@pytest.mark.parametrize("length", [0, SIZE - 1])
def test_a_file_cut_short_while_it_is_open(header: Path, length: int) -> None:
    cube = read_cube(header)
    cube.pixel(0, 0)
    os.truncate(header.with_suffix(".img"), length)

    with pytest.raises(CubeError, match=rf"cube\.img is too short.*found {length:,}\."):
        cube.band(0)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Without root's right to read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users may enter, as pytest's own is not."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize("name", ["cube.hdr", "cube.img"])
def test_a_file_that_may_not_be_read(public_folder: Path, name: str) -> None:
    header = write_envi(public_folder)
    (public_folder / name).chmod(0)

    with ordinary_user(), pytest.raises(CubeError, match=f"{name} cannot be read: Permission"):
        read_cube(header)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_folder_that_may_not_be_entered(public_folder: Path) -> None:
    header = write_envi(public_folder)
    public_folder.chmod(0)
    try:
        with ordinary_user():
            with pytest.raises(CubeError, match="cannot be read: Permission"):
                read_cube(header)
            with pytest.raises(CubeError, match="cannot be read: Permission"):
                find_cubes(public_folder)
    finally:
        public_folder.chmod(0o755)


ROWS, COLS, BANDS = 600, 102_400, 204
HUGE = ROWS * COLS * BANDS * 4


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """Header of a 50 GB cube whose file takes no room on the disk, one spectrum apart."""
    sizes = {"lines": str(ROWS), "samples": str(COLS), "bands": str(BANDS)}
    header = write_envi(tmp_path, None, sizes, interleave="bip")
    with header.with_suffix(".img").open("wb") as file:
        file.truncate(HUGE)
        file.seek((500 * COLS + 70_000) * BANDS * 4)
        file.write(np.arange(BANDS, dtype="<f4").tobytes())
    return header


def test_a_cube_larger_than_memory_opens_and_gives_a_pixel(huge: Path) -> None:
    assert huge.with_suffix(".img").stat().st_size > 50e9
    tracemalloc.start()
    cube = read_cube(huge)
    spectrum = cube.pixel(500, 70_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert spectrum.tolist() == list(range(BANDS))
    assert not cube.pixel(499, 70_000).any()
    assert peak < 2_000_000


@pytest.mark.skipif(os.name != "posix", reason="page faults are counted by POSIX")
def test_a_pixel_touches_no_more_of_the_file_than_it_needs(huge: Path) -> None:
    cube = read_cube(huge)
    cube.pixel(0, 0)
    before = _page_faults()

    cube.pixel(500, 70_000)

    # The spectrum lies on at most 2 pages; its line of pixels on 20,400.
    assert _page_faults() - before < 200


def _page_faults() -> int:
    import resource  # only POSIX has it

    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_minflt + usage.ru_majflt
