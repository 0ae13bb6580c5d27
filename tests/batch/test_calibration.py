"""Calibration in batches: references beside cubes, added, changed or exchanged between runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from batch_cases import NM, batch, write_cube
from envi_bytes import write_envi

from focus_viewer.core.errors import FocusError


def test_counts_are_calibrated_by_references_beside_them(model: Path, tmp_path: Path) -> None:
    reflectance = write_cube(tmp_path, "leaf")
    truth = np.fromfile(reflectance.with_suffix(".img"), "<f4").reshape(NM.size, 24, 20)
    folder = tmp_path / "raw"
    folder.mkdir()
    stated = {"wavelength units": "Nanometers", "wavelength": f"{{{', '.join(map(str, NM))}}}"}
    for name, values in (
        ("leaf", np.round(truth * 4000 + 100)),
        ("WHITEREF_leaf", np.full((NM.size, 5, 20), 4100)),
        ("DARKREF_leaf", np.full((NM.size, 5, 20), 100)),
    ):
        counts = values.astype(np.uint16).transpose(1, 2, 0)
        write_envi(folder, counts, stated, data_name=f"{name}.img", header_name=f"{name}.hdr")
    raw = batch(model, tmp_path / "raw_out", folder).table
    done = batch(model, tmp_path / "out", folder, calibrate="auto").table
    assert [row["label"] for row in done.rows] == ["leaf"]
    assert (raw.rows[0]["units"], done.rows[0]["units"]) == ("counts", "reflectance")
    assert "calibrated with WHITEREF_leaf" in str(done.rows[0]["processing"])
    expected = batch(model, tmp_path / "same", reflectance).table
    assert done.curves[0] is not None and expected.curves[0] is not None
    np.testing.assert_allclose(done.curves[0].spectrum, expected.curves[0].spectrum, rtol=1e-2)
    given = batch(
        model, tmp_path / "given", folder, calibrate=str(folder / "WHITEREF_leaf.hdr")
    ).table
    assert given.rows[0]["probability"] == done.rows[0]["probability"]


def write_counts(folder: Path, name: str, value: int) -> Path:
    """Write a cube of counts around a value, with the same header as all others."""
    folder.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(0).integers(value // 2, value, (6, 20, NM.size))
    stated = {"wavelength units": "Nanometers", "wavelength": f"{{{', '.join(map(str, NM))}}}"}
    names = {"data_name": f"{name}.img", "header_name": f"{name}.hdr"}
    return write_envi(folder, values.astype(np.uint16), stated, **names)


def test_references_that_are_added_later_are_taken(model: Path, tmp_path: Path) -> None:
    cube = write_counts(tmp_path / "day", "leaf", 1000)

    def units() -> list[object]:
        done = batch(model, tmp_path / "out", cube, calibrate="auto")
        row = done.rows[0]
        return [row["units"], "DARKREF" in str(row["processing"])]

    assert units() == ["counts", False]
    write_counts(tmp_path / "day", "WHITEREF_leaf", 4000)
    assert units() == ["reflectance", False]
    write_counts(tmp_path / "day", "DARKREF_leaf", 20)
    assert units() == ["reflectance", True]


def test_another_white_reference_is_another_calibration(model: Path, tmp_path: Path) -> None:
    cube = write_counts(tmp_path / "day", "leaf", 1000)
    write_counts(tmp_path / "day", "DARKREF_leaf", 20)
    white, other = (write_counts(tmp_path / str(value), "white", value) for value in (4000, 2500))
    assert white.read_bytes() == other.read_bytes()  # headers; the data differ
    batch(model, tmp_path / "out", cube, calibrate=str(white))
    with pytest.raises(FocusError, match="another calibration"):
        batch(model, tmp_path / "out", cube, calibrate=str(other))
    write_counts(tmp_path / "day", "DARKREF_leaf", 60)
    assert batch(model, tmp_path / "out", cube, calibrate=str(white)).computed == 1
