"""What is written is ENVI, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube, write_envi
from focus_viewer.io.metadata.header import read_header

VALUES = np.arange(24, dtype=np.float32).reshape(2, 3, 4) - 7.5
WAVELENGTHS_NM = np.array([450.25, 550, 650, 750])
IN_NM = {"wavelength units": "Nanometers", "wavelength": WAVELENGTHS_NM.tolist()}


def write(path: Path, values: NDArray[Any] = VALUES, **entries: Any) -> Path:
    return write_envi(path, np.moveaxis(values, 2, 0), entries)


def test_bytes_on_the_disk(tmp_path: Path) -> None:
    data = write(tmp_path / "out.hdr", description="what it is", **IN_NM)

    assert data == tmp_path / "out.img"
    stored = np.fromfile(data, dtype="<f4").reshape(4, 2, 3)
    np.testing.assert_array_equal(stored, VALUES.transpose(2, 0, 1))
    entries = read_header(tmp_path / "out.hdr").entries
    told = {"lines": "2", "samples": "3", "bands": "4", "data type": "4", "interleave": "bsq",
            "byte order": "0", "header offset": "0", "wavelength units": "Nanometers"}  # fmt: skip
    assert told.items() <= entries.items()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.hdr", "out.img"]


def test_round_trip(tmp_path: Path) -> None:
    values = VALUES.copy()
    values[0, 0, 0] = np.nan
    entries = {
        "band names": ["blue", "green, dark", "red {edge}", "NIR"],
        "description": "{evidence for {bacterial\nspot}}",
        "data units": "reflectance",
        "map info": "{UTM, 1,\n 1}",
        "fwhm": [5.0, 5.0, 5.0, 5.0],
    }
    write(tmp_path / "out.hdr", values, **entries, **IN_NM)

    cube = read_cube(tmp_path / "out.img")

    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), values)
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert cube.wavelengths_nm.tolist() == WAVELENGTHS_NM.tolist()
    assert cube.fwhm_nm.tolist() == [5, 5, 5, 5]
    header = read_header(tmp_path / "out.hdr")
    assert header.text("description") == "(evidence for (bacterial spot))"
    assert header.entries["map info"] == "{UTM, 1, 1}"
    assert header.words("band names") == ["blue", "green- dark", "red (edge)", "NIR"]
    assert header.text("data units") == "reflectance"


def test_without_wavelengths_and_in_other_memory_orders(tmp_path: Path) -> None:
    write(tmp_path / "out.hdr", np.asfortranarray(VALUES)[:, ::-1])

    cube = read_cube(tmp_path / "out.hdr")

    assert cube.wavelengths_nm is None
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), VALUES[:, ::-1])


def test_an_older_cube_is_replaced(tmp_path: Path) -> None:
    write(tmp_path / "out.hdr")
    write(tmp_path / "out.hdr", VALUES[:1, :2])

    assert read_cube(tmp_path / "out.hdr").shape == (1, 2, 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.hdr", "out.img"]


def failing(failure: BaseException) -> Iterator[NDArray[Any]]:
    yield VALUES[:, :, 0]
    raise failure


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_stays(tmp_path: Path, failure: BaseException) -> None:
    told = CubeError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(told) as error:
        write_envi(tmp_path / "out.hdr", failing(failure), {})

    assert list(tmp_path.iterdir()) == []
    if told is CubeError:
        assert "out.hdr cannot be written: No space left" in str(error.value)


@pytest.mark.parametrize("older", [False, True])
def test_data_and_header_of_two_cubes_never_stay_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    if older:
        write(tmp_path / "out.hdr", VALUES[:1])
    rename = Path.replace

    def fail_at_the_header(self: Path, target: Path) -> Path:
        if target.suffix == ".hdr":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_header)

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out.hdr")

    assert list(tmp_path.iterdir()) == []


def test_a_failed_draft_leaves_the_older_cube(tmp_path: Path) -> None:
    write(tmp_path / "out.hdr")

    with pytest.raises(KeyboardInterrupt):
        write_envi(tmp_path / "out.hdr", failing(KeyboardInterrupt()), {})

    assert read_cube(tmp_path / "out.hdr").pixel(0, 0)[0] == -7.5


@pytest.mark.parametrize(("dtype", "code"), [("u1", "1"), (">u2", "12"), ("f8", "5")])
def test_types_and_byte_orders(tmp_path: Path, dtype: str, code: str) -> None:
    values = np.arange(12, dtype=dtype).reshape(3, 4, 1)

    data = write(tmp_path / "out.hdr", values)

    little = np.dtype(dtype).newbyteorder("<")
    np.testing.assert_array_equal(np.fromfile(data, dtype=little).reshape(3, 4, 1), values)
    assert read_header(tmp_path / "out.hdr").text("data type") == code


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"out\.hdr cannot be written: No such file"):
        write(tmp_path / "gone" / "out.hdr")


def test_name_that_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"ending in \.hdr"):
        write(tmp_path / "out.img")


def test_what_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 values for 'wavelength', and 4 bands"):
        write(tmp_path / "out.hdr", wavelength=WAVELENGTHS_NM[:3].tolist())
    with pytest.raises(ValueError, match="1 values for 'band names', and 4 bands"):
        write(tmp_path / "out.hdr", **{"band names": ["one"]})
    with pytest.raises(ValueError, match=r"plane \(1, 3\)"):
        write_envi(tmp_path / "out.hdr", [VALUES[:, :, 0], VALUES[:1, :, 0]], {})
    with pytest.raises(ValueError, match="no plane"):
        write_envi(tmp_path / "out.hdr", [], {})
    with pytest.raises(ValueError, match="no data type for bool"):
        write(tmp_path / "out.hdr", VALUES > 0)
    assert list(tmp_path.iterdir()) == []
