"""Every format, damaged in every way: a cube or a `CubeError` that names it, in little memory.

What is damaged is the same each time; tests/bench/fuzz_readers.py looks for more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from array_files import KINDS
from damage_cases import (
    CONTAINERS,
    TIFFS,
    Files,
    chosen,
    damaged,
    flipped,
    good_files,
    opened_at,
    put,
)
from memory_peak import ROOM_BYTES, memory_peak
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ALL = slice(None)
NAMES = (
    *(f"envi {how}" for how in ("bsq", "bil", "bip")),
    *TIFFS,
    *("tiff pages", "tiff packed pages"),
    *(f"array {kind}" for kind in KINDS),
    *("netcdf emit", "netcdf 3", "hdf5 neon", "hdf5 prisma", "matlab 7.3"),
    *CONTAINERS,
)
FOLDERS = ("array zarr2", "array zarr3")
Values = NDArray[np.float32]
# rasterio cannot decode what GDAL quotes of broken text, and says so where nobody can catch it.
broken_text = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    """Good files of all kinds, opened once so that no library is loaded while memory is counted."""
    files = good_files(tmp_path_factory.mktemp("good"))
    for one in files.values():
        chosen(put(tmp_path_factory.mktemp("once"), one)).pixel(0, 0)
    return files


def read_all(path: Path) -> Values | None:
    """The whole cube, or None if it is refused in a way that names it."""
    with memory_peak() as grown_bytes:
        values = _values(path)
        assert grown_bytes() < ROOM_BYTES
    return values


def _values(path: Path) -> Values | None:
    try:
        cube = chosen(path)
        values = cube.block(ALL, ALL)
    except CubeError as error:
        assert path.stem in str(error)
        return None
    assert values.shape == cube.shape
    assert not np.isinf(values).any()
    return values


def test_all_kinds_are_damaged_below(good: dict[str, Files]) -> None:
    assert tuple(good) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_is_damaged_below_is_good(tmp_path: Path, good: dict[str, Files], name: str) -> None:
    values = read_all(put(tmp_path, good[name]))
    assert values is not None
    assert np.isfinite(values).mean() > 0.8


@broken_text
@pytest.mark.parametrize("name", NAMES)
def test_each_file_cut_at_powers_of_two(tmp_path: Path, good: dict[str, Files], name: str) -> None:
    whole = read_all(put(tmp_path, good[name]))
    parts = list(good[name])
    data = [part for part in parts if not _describes(part)]
    for part in [one for one in parts if _describes(one) or one in (data[0], data[-1])]:
        content = good[name][part]
        for length in (0, *(2**power for power in range(len(content).bit_length()))):
            path = put(tmp_path, {**good[name], part: content[:length]})
            values = read_all(path)
            if values is not None and not _describes(part):
                np.testing.assert_array_equal(values, whole)


def _describes(part: str) -> bool:
    """Whether a file is text about others: what is missing in it was perhaps never said."""
    return part.endswith((".hdr", ".json", ".zattrs", ".zarray", ".zgroup", ".zmetadata"))


@broken_text
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits(tmp_path: Path, good: dict[str, Files], name: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - to be done again, not secret
    for _ in range(20):
        part = random.choice(sorted(good[name]))
        read_all(put(tmp_path, {**good[name], part: flipped(random, good[name][part])}))


@broken_text
@pytest.mark.parametrize("name", NAMES)
def test_pieces_moved_and_numbers_replaced(
    tmp_path: Path, good: dict[str, Files], name: str
) -> None:
    random = Random(3)  # noqa: S311 - to be done again, not secret
    for _ in range(30):
        read_all(put(tmp_path, damaged(random, good[name])))


def read_later(path: Path, harm: Callable[[], object]) -> Values | None:
    """Open, do harm, and read: all of it, or None for an error that names the file."""
    cube = chosen(path)
    harm()
    try:
        return cube.block(ALL, ALL)
    except CubeError as error:
        assert path.stem in str(error)
        return None


@pytest.mark.parametrize("name", NAMES)
def test_gone_between_opening_and_reading(
    tmp_path: Path, good: dict[str, Files], name: str
) -> None:
    path = put(tmp_path, good[name])
    whole = read_all(path)
    data = path.with_suffix(".img") if name.startswith("envi") else path
    values = read_later(path, lambda: data.rename(tmp_path / "away"))
    if values is not None:  # it was read to see what its numbers mean
        assert name.startswith(("array mat", "array npz packed")) or name.endswith("struct")
        np.testing.assert_array_equal(values, whole)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("name", NAMES)
def test_cut_between_opening_and_reading(
    tmp_path: Path, good: dict[str, Files], name: str, share: float
) -> None:
    path = put(tmp_path, good[name])
    whole = read_all(path)

    def cut_all() -> None:
        for part, content in good[name].items():
            if not _describes(part):
                os.truncate(tmp_path / part, int(len(content) * share))

    values = read_later(path, cut_all)
    if values is not None:
        np.testing.assert_array_equal(values, whole)


@pytest.mark.parametrize("name", NAMES)
def test_another_kind_of_thing_in_its_place(
    tmp_path: Path, good: dict[str, Files], name: str
) -> None:
    path = opened_at(tmp_path, good[name])
    if name in FOLDERS:
        path.write_bytes(b"")
    else:
        path.mkdir()
    with pytest.raises(CubeError, match=path.name):
        chosen(path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
@pytest.mark.parametrize("name", NAMES)
def test_a_link_to_itself(tmp_path: Path, good: dict[str, Files], name: str) -> None:
    path = opened_at(tmp_path, good[name])
    path.symlink_to(path)
    with pytest.raises(CubeError, match=path.name):
        chosen(path)
    with suppress(CubeError):
        assert path not in find_cubes(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_the_data_of_a_header_are_a_link_to_itself(tmp_path: Path, good: dict[str, Files]) -> None:
    path = put(tmp_path, good["envi bsq"])
    (tmp_path / "cube.img").unlink()
    (tmp_path / "cube.img").symlink_to("cube.img")
    with pytest.raises(CubeError, match="cube"):
        chosen(path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_folder_with_a_link_to_itself(tmp_path: Path, good: dict[str, Files]) -> None:
    path = put(tmp_path, good["envi bsq"])
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert find_cubes(tmp_path) == [path]
    with pytest.raises(CubeError, match="is a folder"):
        chosen(tmp_path / "loop")
