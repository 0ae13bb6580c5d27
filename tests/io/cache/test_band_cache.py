"""Bands come from the cache the same as from the file, whatever happened to either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from envi_bytes import write_envi
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled, CubeError
from focus_viewer.core.progress import silent
from focus_viewer.core.typing import IntArray
from focus_viewer.io import band_cache as banded
from focus_viewer.io import read_cube
from focus_viewer.io.band_cache import BandCache, band_cache_of, with_band_cache
from focus_viewer.io.cache import cache_folder, clear_cache, stored_bands, used_bytes
from focus_viewer.io.formats.envi.reader import EnviSource

SHAPE = (11, 6, 9)
VALUES = np.random.default_rng(4).integers(0, 9000, SHAPE).astype("<u2")
ENTRIES = {"data ignore value": "0", "reflectance scale factor": "9000"}
ALL = slice(None)


@pytest.fixture(autouse=True)
def small_tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a tile, of cubes of any size, in a folder of the test's own."""
    monkeypatch.setenv("FOCUS_VIEWER_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(banded, "_LEAST_BYTES", 0)
    monkeypatch.setattr(stored_bands, "_RUN_BYTES", 2 * 6 * 2)


@pytest.fixture
def header(tmp_path: Path) -> Path:
    VALUES[3, 2, 4] = 0
    return write_envi(tmp_path, VALUES, ENTRIES, interleave="bip", big_endian=True, offset=7)


@dataclass
class Watched:
    """Values that tell what was asked of them."""

    raw: Any
    asked: list[Any] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int, int]:
        return tuple(self.raw.shape)  # type: ignore[return-value]

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.raw.dtype)

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> NDArray[Any]:
        self.asked.append((rows, cols, bands))
        return np.asarray(self.raw.read(rows, cols, bands))


def cache_of(cube: Cube) -> BandCache:
    found = band_cache_of(cube)
    assert found is not None
    return found


def opened(header: Path) -> Cube:
    return with_band_cache(read_cube(header))


def test_what_is_kept_is_read_no_more(header: Path) -> None:
    cube = opened(header)
    cache = cache_of(cube)
    watched = Watched(cache.raw)
    kept = BandCache(watched, cache.tiles)
    assert cache.share == 0 and not cache.tiles.folder.exists()

    cache.fill(silent)
    again = kept.read(ALL, slice(1, 5), slice(3, 5))

    np.testing.assert_array_equal(again, VALUES[:, 1:5, 3:5])
    assert again.dtype == np.dtype("=u2")
    assert cache.share == 1 and cache.tiles.count == 6
    assert watched.asked == []
    assert used_bytes() >= VALUES.nbytes


def slices(side: int) -> st.SearchStrategy[slice]:
    ends = st.integers(-side - 1, side + 1) | st.none()
    return st.builds(slice, ends, ends, st.sampled_from([None, 1, 2, 3, -1, -2]))


@pytest.mark.parametrize("interleave", ["bil", "bip"])
def test_any_block_is_the_same_with_any_tiles_there(interleave: str, tmp_path: Path) -> None:
    plain = read_cube(write_envi(tmp_path, VALUES, ENTRIES, interleave=interleave))
    cube = with_band_cache(plain)
    cache = cache_of(cube)
    cache.fill(silent)
    marks = sorted(cache.tiles.folder.glob("*.there"))
    assert len(marks) == 6

    @given(
        slices(11),
        slices(6),
        slices(9) | st.lists(st.integers(-9, 8), max_size=5).map(lambda b: np.array(b, np.intp)),
        st.sets(st.sampled_from(range(6))),
    )
    def read(rows: slice, cols: slice, bands: slice | IntArray, complete: set[int]) -> None:
        for tile, mark in enumerate(marks):
            mark.touch() if tile in complete else mark.unlink(missing_ok=True)
        np.testing.assert_array_equal(cube.block(rows, cols, bands), plain.block(rows, cols, bands))

    read()


def test_rows_that_are_not_kept_are_not_taken_from_the_cache(header: Path) -> None:
    cube = opened(header)
    cache = cache_of(cube)
    cache.fill(silent)
    with cache.tiles.data_path.open("r+b") as file:
        file.write(bytes(VALUES.nbytes))
    (cache.tiles.folder / "000002.there").unlink()

    band = cube.band(5)

    np.testing.assert_array_equal(band[4:6], read_cube(header).band(5)[4:6])
    assert np.isnan(np.delete(band, [4, 5], axis=0)).all()


def test_a_file_that_was_cut_short_counts_for_nothing(header: Path) -> None:
    cube = opened(header)
    cache = cache_of(cube)
    cache.fill(silent)
    with cache.tiles.data_path.open("r+b") as file:
        file.truncate(VALUES.nbytes - 1)

    band = cube.band(4)

    np.testing.assert_array_equal(band, read_cube(header).band(4))
    assert np.isnan(band[3, 2])
    assert len(cache.tiles.missing()) == 6
    cache.fill(silent)
    assert cache.share == 1
    np.testing.assert_array_equal(cube.band(4), band)


def test_another_file_of_the_same_name_has_a_place_of_its_own(header: Path, tmp_path: Path) -> None:
    first = cache_of(opened(header))
    first.fill(silent)
    data = header.with_suffix(".img")
    data.write_bytes(data.read_bytes()[::-1])
    os.utime(data, (1, 1))

    second = opened(header)

    assert cache_of(second).tiles.folder != first.tiles.folder
    np.testing.assert_array_equal(second.band(4), read_cube(header).band(4))


def test_another_reading_of_the_same_file_has_a_place_of_its_own(header: Path) -> None:
    first = cache_of(opened(header))
    header.write_text(header.read_text().replace("byte order = 1", "byte order = 0"))

    assert cache_of(opened(header)).tiles.folder != first.tiles.folder


def test_cancelled_keeps_what_is_there_and_goes_on_later(header: Path) -> None:
    cache = cache_of(opened(header))
    told: list[float] = []

    def stop(fraction: float, text: str) -> None:
        told.append(fraction)
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        cache.fill(stop)

    assert cache.tiles.missing() == [2, 3, 4, 5]
    told.clear()
    cache.fill(lambda fraction, text: told.append(fraction))
    assert told == [2 / 6, 3 / 6, 4 / 6, 5 / 6]
    assert cache.share == 1


def test_what_another_program_fills_is_left_to_it(header: Path) -> None:
    cache = cache_of(opened(header))
    cache.tiles.folder.mkdir(parents=True)
    with FileLock(cache.tiles.folder / "filling.lock"):
        cache.fill(silent)
        assert cache.share == 0


def test_of_a_program_that_is_killed_no_half_written_tile_counts(header: Path) -> None:
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from focus_viewer.io import read_cube
        from focus_viewer.io.cache import stored_bands
        from focus_viewer.io.band_cache import (with_band_cache, band_cache_of)
        from focus_viewer.io import band_cache as banded
        banded._LEAST_BYTES, stored_bands._RUN_BYTES = 0, 24
        cache = band_cache_of(with_band_cache(read_cube(Path({str(header)!r}))))
        os.fsync = lambda number, times=[0]: (
            times.append(0), len(times) == 5 and os.kill(os.getpid(), signal.SIGKILL)
        )
        cache.fill(lambda fraction, text: None)
    """)
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    cube = opened(header)
    cache = cache_of(cube)
    assert cache.tiles.missing() == [3, 4, 5]
    np.testing.assert_array_equal(cube.band(4), read_cube(header).band(4))

    cache.fill(silent)

    assert cache.share == 1
    np.testing.assert_array_equal(cube.band(4), read_cube(header).band(4))


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BandCache]]:
    """Three cubes of which two and a half find room."""
    monkeypatch.setenv("FOCUS_VIEWER_CACHE_GB", str(2.5 * VALUES.nbytes / 1e9))
    found = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        found.append(cache_of(opened(write_envi(folder, VALUES, interleave="bil"))))
    yield found


def test_those_go_that_were_not_opened_the_longest(three: list[BandCache]) -> None:
    first, second, third = three
    first.fill(silent)
    second.fill(silent)
    os.utime(second.tiles.folder, (1, 1))

    third.fill(silent)

    assert (first.share, second.share, third.share) == (1, 0, 1)
    assert used_bytes() <= 2.5 * VALUES.nbytes


def test_a_cube_that_finds_no_room_is_told(header: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_VIEWER_CACHE_GB", "1e-7")
    cache = cache_of(opened(header))

    with pytest.raises(CubeError, match=r"cache may use 0\.0 GB.*FOCUS_VIEWER_CACHE_GB"):
        cache.fill(silent)
    assert not cache_folder().exists()


def test_a_full_disk_is_told_before_it_is_full(
    header: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.io.cache import eviction as room

    monkeypatch.setattr(room, "_LEFT_FREE_BYTES", 10**18)
    cache = cache_of(opened(header))

    with pytest.raises(CubeError, match=r"kept: this cube needs .* The disk has .* free"):
        cache.fill(silent)
    assert cache.share == 0


@pytest.mark.parametrize("told", ["much", "-1", "nan"])
def test_a_limit_that_is_no_number(
    told: str, header: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOCUS_VIEWER_CACHE_GB", told)

    with pytest.raises(CubeError, match=f"expected the gigabytes .* found '{told}'"):
        cache_of(opened(header)).fill(silent)


def test_cleared_while_it_is_open(header: Path) -> None:
    cube = opened(header)
    cache_of(cube).fill(silent)

    clear_cache()

    assert used_bytes() == 0
    np.testing.assert_array_equal(cube.band(4), read_cube(header).band(4))


def test_only_where_it_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = opened(write_envi(tmp_path, VALUES))
    assert band_cache_of(apart) is None
    monkeypatch.setattr(banded, "_LEAST_BYTES", VALUES.nbytes + 1)
    assert band_cache_of(opened(write_envi(tmp_path, VALUES, interleave="bil"))) is None


def test_a_container_of_packed_arrays_is_kept_as_values(tmp_path: Path) -> None:
    path = tmp_path / "packed.h5"
    with h5py.File(path, "w") as file:
        stored = file.create_dataset("cube", data=VALUES, chunks=(4, 4, 9), compression="gzip")
        stored.attrs["wavelengths"] = np.linspace(400, 900, 9)
    from focus_viewer.core.cubes.array_choice import ArrayChoice

    choice = ArrayChoice("cube", ("rows", "cols", "bands"), None, None, "reflectance", 9000.0)
    plain = read_cube(path, choice)
    cube = with_band_cache(plain)
    cache = cache_of(cube)
    cache.fill(silent)

    np.testing.assert_array_equal(cube.band(4), plain.band(4))
    np.testing.assert_array_equal(cube.pixel(1, 2), plain.pixel(1, 2))
    cube.band(4)[...] = 0
    np.testing.assert_array_equal(cube.band(4), plain.band(4))
    other = with_band_cache(
        read_cube(path, ArrayChoice("cube", choice.axes, None, None, None, 2.0))
    )
    assert cache_of(other).tiles.folder != cache.tiles.folder


def test_the_order_of_bands_stays_that_of_the_file(tmp_path: Path) -> None:
    falling = {"wavelength": "{" + ",".join(str(900 - 50 * band) for band in range(9)) + "}"}
    header = write_envi(tmp_path, VALUES, falling, interleave="bip")
    cube = opened(header)
    cache_of(cube).fill(silent)
    assert isinstance(cube.source, EnviSource)

    np.testing.assert_array_equal(cube.band(0), VALUES[:, :, 8])
