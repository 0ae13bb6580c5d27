"""What is written is ENVI, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube, spy, write_cube
from focus_viewer.io.header import read_header

VALUES = np.arange(24, dtype=np.float32).reshape(2, 3, 4) - 7.5
WAVELENGTHS_NM = np.array([450.25, 550, 650, 750])


def test_bytes_on_the_disk(tmp_path: Path) -> None:
    data = write_cube(tmp_path / "out.hdr", VALUES, WAVELENGTHS_NM, description="what it is")

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
    write_cube(
        tmp_path / "out.hdr",
        values,
        WAVELENGTHS_NM,
        band_names=["blue", "green, dark", "red {edge}", "NIR"],
        description="evidence for {bacterial\nspot}",
        extra={"data units": "reflectance", "fwhm": [5.0, 5.0, 5.0, 5.0]},
    )

    cube = read_cube(tmp_path / "out.img")

    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), values)
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert cube.wavelengths_nm.tolist() == WAVELENGTHS_NM.tolist()
    assert cube.fwhm_nm.tolist() == [5, 5, 5, 5]
    header = read_header(tmp_path / "out.hdr")
    assert header.text("description") == "evidence for (bacterial spot)"
    assert header.words("band names") == ["blue", "green- dark", "red (edge)", "NIR"]
    assert header.text("data units") == "reflectance"


def test_without_wavelengths_and_in_other_memory_orders(tmp_path: Path) -> None:
    write_cube(tmp_path / "out.hdr", np.asfortranarray(VALUES)[:, ::-1], None)

    cube = read_cube(tmp_path / "out.hdr")

    assert cube.wavelengths_nm is None
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), VALUES[:, ::-1])


def test_an_older_cube_is_replaced(tmp_path: Path) -> None:
    write_cube(tmp_path / "out.hdr", VALUES, None)
    write_cube(tmp_path / "out.hdr", VALUES[:1, :2], None)

    assert read_cube(tmp_path / "out.hdr").shape == (1, 2, 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.hdr", "out.img"]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fail_half_way(header_path: Path, *_: object) -> None:
        header_path.write_text("ENVI\n", encoding="ascii")
        header_path.with_suffix(spy.DATA_SUFFIX).write_bytes(b"half")
        raise failure

    monkeypatch.setattr("focus_viewer.io.writer.save_bsq", fail_half_way)

    told = CubeError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(told) as error:
        write_cube(tmp_path / "out.hdr", VALUES, None)

    assert list(tmp_path.iterdir()) == []
    if told is CubeError:
        assert "out.hdr cannot be written: No space left" in str(error.value)


@pytest.mark.parametrize("older", [False, True])
def test_data_and_header_of_two_cubes_never_stay_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    if older:
        write_cube(tmp_path / "out.hdr", VALUES[:1], None)
    rename = Path.replace

    def fail_at_the_header(self: Path, target: Path) -> Path:
        if target.suffix == ".hdr":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_header)

    with pytest.raises(KeyboardInterrupt):
        write_cube(tmp_path / "out.hdr", VALUES, None)

    assert list(tmp_path.iterdir()) == []


def test_a_failed_draft_leaves_the_older_cube(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cube(tmp_path / "out.hdr", VALUES, None)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("focus_viewer.io.writer.save_bsq", fail)
    with pytest.raises(KeyboardInterrupt):
        write_cube(tmp_path / "out.hdr", VALUES * 0, None)

    assert read_cube(tmp_path / "out.hdr").pixel(0, 0)[0] == -7.5


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"out\.hdr cannot be written: No such file"):
        write_cube(tmp_path / "gone" / "out.hdr", VALUES, None)


def test_name_that_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"ending in \.hdr"):
        write_cube(tmp_path / "out.img", VALUES, None)


def test_counts_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 wavelengths for 4 bands"):
        write_cube(tmp_path / "out.hdr", VALUES, WAVELENGTHS_NM[:3])
    with pytest.raises(ValueError, match="1 band names for 4 bands"):
        write_cube(tmp_path / "out.hdr", VALUES, None, band_names=["one"])
    assert list(tmp_path.iterdir()) == []
