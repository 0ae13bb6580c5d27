"""netCDF-3: what it says counts as in netCDF-4; records, damage, and what is not read."""

from __future__ import annotations

import gc
import os
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from array_files import write_netcdf3
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, read_cube
from focus_viewer.io.reader import arrays_of

ALL = slice(None)
SIZES = {"y": 5, "x": 7, "wavelength": 8}
DIMS = tuple(SIZES)
STORED = np.random.default_rng(4).integers(1, 9000, (5, 7, 8), dtype="i2")
STORED[1, 2, 3], STORED[0, 0] = -9999, 12
CENTERS_UM = np.linspace(0.9, 0.4, 8)
CUBE = {
    "scale_factor": 1e-4, "add_offset": 0.02, "_FillValue": np.int16(-9999),
    "missing_value": np.int16(12), "long_name": "surface reflectance", "units": "1",
}  # fmt: skip
BANDS = {"units": "um", "standard_name": "radiation_wavelength"}
GOOD = np.array([1, 1, 0, 1, 1, 1, 1, 0], "i1")


def write(path: Path, version: int = 1, records: str = "", **attributes: Any) -> Path:
    arrays = {
        "rad": (DIMS, STORED, CUBE),
        "wavelength": (("wavelength",), CENTERS_UM, BANDS),
        "good_bands": (("wavelength",), GOOD, {}),
    }
    return write_netcdf3(path, arrays, version=version, records=records, **attributes)


def write_netcdf4(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        for name, size in SIZES.items():
            file[name] = CENTERS_UM if name == "wavelength" else np.arange(size)
            file[name].make_scale(name)
        file["wavelength"].attrs.update(BANDS)
        made = file.create_dataset("rad", data=STORED)
        made.attrs.update(CUBE)
        for axis, name in enumerate(SIZES):
            made.dims[axis].attach_scale(file[name])
        file["good_bands"] = GOOD
    return path


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("records", ["", "y"])
def test_it_counts_as_in_netcdf4(tmp_path: Path, version: int, records: str) -> None:
    cube = read_cube(write(tmp_path / "a.nc", version, records, title="a leaf"))
    other = read_cube(write_netcdf4(tmp_path / "b.nc"))
    expected = STORED[:, :, ::-1] * 1e-4 + 0.02
    expected[np.isin(STORED[:, :, ::-1], (-9999, 12))] = np.nan
    assert_allclose(cube.block(ALL, ALL), expected, rtol=1e-6)
    assert_array_equal(cube.block(ALL, ALL), other.block(ALL, ALL))
    assert cube.wavelengths_nm is not None and other.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, np.linspace(400, 900, 8))
    assert_array_equal(cube.wavelengths_nm, other.wavelengths_nm)
    assert_array_equal(cube.good_bands, GOOD[::-1] == 1)
    assert cube.units == other.units == "reflectance"
    assert cube.notes == other.notes
    assert cube.header["title"] == "a leaf"
    assert dict(cube.header) == {**other.header, "title": "a leaf"}


def test_unsigned_numbers_in_signed_types_as_in_netcdf4(tmp_path: Path) -> None:
    """netCDF-3 has no unsigned types: "_Unsigned" says that they are meant, fill value and all."""
    meant = np.arange(280, dtype="u2").reshape(5, 7, 8) * 200
    meant[2, 2] = 65535
    signed, told = meant.view("i2"), {"_Unsigned": "true", "_FillValue": np.int16(-1)}
    bands = (("wavelength",), CENTERS_UM, BANDS)
    write_netcdf3(tmp_path / "a.nc", {"rad": (DIMS, signed, told), "wavelength": bands})
    with h5py.File(tmp_path / "b.nc", "w") as file:
        file["rad"], file["wavelength"] = signed, CENTERS_UM
        file["rad"].attrs.update(told)
        file["wavelength"].attrs.update(BANDS)
    for name in ("a.nc", "b.nc"):
        cube = read_cube(tmp_path / name)
        expected = np.where(meant == 65535, np.nan, meant)[:, :, ::-1]
        assert_array_equal(cube.block(ALL, ALL), expected)
        assert cube.units == "counts"


def test_attributes_that_scipys_reader_takes_for_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nc", dimensionz="x", variablez="y")
    content = path.read_bytes().replace(b"dimensionz", b"dimensions")
    path.write_bytes(content.replace(b"variablez", b"variables"))
    cube = read_cube(path)
    assert cube.shape == (5, 7, 8)
    assert cube.header["dimensions"] == "x"


# Files byte by byte, as the format's description has them


def text(value: str) -> bytes:
    return struct.pack(">i", len(value)) + value.encode() + bytes(-len(value) % 4)


def records_of(*names: str, count: int, told: int | None = None, order: str = ">i2") -> bytes:
    """Cubes of odd lines of int16 that grow band by band: shape (count, 3, 5) each."""
    sides = [("band", 0), ("y", 3), ("x", 5)]
    dimensions = b"".join(text(name) + struct.pack(">i", side) for name, side in sides)
    head = b"CDF\x01" + struct.pack(">I", count if told is None else told)
    head += struct.pack(">ii", 10, 3) + dimensions + bytes(8) + struct.pack(">ii", 11, len(names))
    size = len(head) + sum(len(text(name)) + 16 + 8 + 12 for name in names)
    for number, name in enumerate(names):
        head += text(name) + struct.pack(">4i", 3, 0, 1, 2) + bytes(8)
        head += struct.pack(">3i", 3, 32, size + 32 * number)
    record = np.arange(15)
    padding = b"" if len(names) == 1 else b"\xee\xee"
    for band in range(count):
        for number in range(len(names)):
            head += (record + 100 * band + 1000 * number).astype(order).tobytes() + padding
    return head


def expected_records(count: int, number: int = 0) -> NDArray[Any]:
    bands = 100 * np.arange(count) + 1000 * number
    return np.arange(15).reshape(3, 5)[:, :, None] + bands


@pytest.mark.parametrize("told", [None, 2**32 - 1], ids=["counted", "streamed"])
@pytest.mark.parametrize("tail", [b"", b"\0\0\0\0"])
def test_records_of_one_variable_are_not_padded(
    tmp_path: Path, told: int | None, tail: bytes
) -> None:
    (tmp_path / "a.nc").write_bytes(records_of("cube", count=9, told=told) + tail)
    cube = read_cube(tmp_path / "a.nc", ArrayChoice(axes=("bands", "rows", "cols")))
    assert_array_equal(cube.block(ALL, ALL), expected_records(9))


@pytest.mark.parametrize("told", [None, 2**32 - 1], ids=["counted", "streamed"])
def test_records_of_two_variables_take_turns(tmp_path: Path, told: int | None) -> None:
    (tmp_path / "a.nc").write_bytes(records_of("one", "two", count=9, told=told))
    with pytest.raises(NeedsChoice) as error:
        read_cube(tmp_path / "a.nc")
    assert [one.name for one in error.value.candidates] == ["one", "two"]
    assert [one.name for one in arrays_of(tmp_path / "a.nc").candidates] == ["one", "two"]
    for number, name in enumerate(("one", "two")):
        cube = read_cube(tmp_path / "a.nc", ArrayChoice(name, ("bands", "rows", "cols")))
        wanted = expected_records(9, number)
        assert_array_equal(cube.block(ALL, ALL), wanted)
        assert_array_equal(cube.block(slice(2, 0, -1), slice(0, 5, 3), np.array([8, 0, 3])),
                           wanted[2:0:-1, 0:5:3][:, :, [8, 0, 3]])  # fmt: skip


def test_a_file_without_records_holds_no_cube(tmp_path: Path) -> None:
    (tmp_path / "a.nc").write_bytes(records_of("cube", count=0))
    with pytest.raises(CubeError, match=r"a\.nc holds no cube.*cube \(0 x 3 x 5"):
        read_cube(tmp_path / "a.nc")


def test_cdf5_is_refused_clearly(tmp_path: Path) -> None:
    (tmp_path / "a.nc").write_bytes(b"CDF\x05" + bytes(200))
    with pytest.raises(CubeError, match=r"a\.nc is .*CDF-5.*not read.*nccopy -k nc4 a\.nc"):
        read_cube(tmp_path / "a.nc")


def test_folders_list_it_by_its_content(tmp_path: Path) -> None:
    write(tmp_path / "a.bin")
    (tmp_path / "b.nc").write_bytes(b"CDF\x07" + bytes(200))
    assert find_cubes(tmp_path) == [tmp_path / "a.bin"]


# Damage


@pytest.mark.parametrize("records", ["", "y"])
@pytest.mark.parametrize("version", [1, 2])
def test_truncated(tmp_path: Path, version: int, records: str) -> None:
    """At every power of two, and wherever else."""
    whole = write(tmp_path / "a.nc", version, records).read_bytes()
    path = tmp_path / "cut.nc"
    powers = {2**power for power in range(24) if 2**power < len(whole)}
    for length in sorted(powers | set(range(4, len(whole), 7))):
        path.write_bytes(whole[:length])
        with pytest.raises(CubeError, match=r"cut\.nc (is|has)"):
            read_cube(path)


@given(data=st.data())
@settings(max_examples=300)
def test_flipped_bits(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / "flipped.nc"
    if not (folder / "whole.nc").exists():
        write(folder / "whole.nc")
    content = bytearray((folder / "whole.nc").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, 700))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    try:
        cube = read_cube(path, ArrayChoice(axes=("rows", "cols", "bands")))
        assert cube.block(ALL, ALL).shape == cube.shape
    except CubeError as error:
        assert "flipped.nc" in str(error)


@pytest.mark.parametrize("word", [0, 1, 2**31 - 1, 2**31, 2**32 - 1])
def test_sizes_that_lie_take_no_memory(tmp_path: Path, word: int) -> None:
    """Any word of the header, which has all counts, lengths and places."""
    whole = write(tmp_path / "a.nc", 2).read_bytes()
    path = tmp_path / "lie.nc"
    tracemalloc.start()
    for place in range(4, 700, 4):
        path.write_bytes(whole[:place] + struct.pack(">I", word) + whole[place + 4 :])
        try:
            read_cube(path, ArrayChoice(axes=("rows", "cols", "bands"))).block(ALL, ALL)
        except CubeError as error:
            assert "lie.nc" in str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_file_that_vanishes_comes_back_and_is_cut_short(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nc")
    cube = read_cube(path)
    wanted = cube.pixel(1, 2)
    path.rename(tmp_path / "away")
    with pytest.raises(CubeError, match=r"a\.nc cannot be read"):
        cube.pixel(1, 2)
    (tmp_path / "away").rename(path)
    assert_array_equal(cube.pixel(1, 2), wanted)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(CubeError, match=r"a\.nc was cut short since it was opened"):
        cube.pixel(4, 6)


def test_a_cube_larger_than_memory_gives_a_pixel(tmp_path: Path) -> None:
    """50 GB that are not there, band by band as records, one spectrum apart; nothing warns."""
    bands, rows, cols = 200, 10_000, 6_250
    head = records_of("cube", count=0, told=bands)
    sides = struct.pack(">i", 3), struct.pack(">i", 5)
    head = head.replace(text("y") + sides[0], text("y") + struct.pack(">i", rows))
    head = head.replace(text("x") + sides[1], text("x") + struct.pack(">i", cols))
    head = head.replace(struct.pack(">ii", 3, 32), struct.pack(">ii", 6, -1))  # doubles
    path = tmp_path / "a.nc"
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + bands * rows * cols * 8)
        for band in range(bands):
            file.seek(len(head) + ((band * rows + 9_000) * cols + 77) * 8)
            file.write(struct.pack(">d", band + 1))
    tracemalloc.start()
    cube = read_cube(path, ArrayChoice(axes=("bands", "rows", "cols"), units="counts"))
    spectrum = cube.pixel(9_000, 77)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 50e9
    assert spectrum.tolist() == list(range(1, bands + 1))
    assert peak < 2_000_000
    del cube
    gc.collect()
