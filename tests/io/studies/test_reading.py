"""A batch's folder is read as a study."""

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.errors import FocusError
from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import Quantity, usual_plan
from focus_viewer.io.studies import read_study, study_table
from tests.batch_folders import BANDS, EDGES, write_batch


def test_rows_with_groups_values_and_curves(tmp_path: Path) -> None:
    study = read_study(write_batch(tmp_path))
    row = study.rows[-2]
    assert len(study.rows) == 25
    assert row.groups == {"plant": "d5", "treatment": "drought"}
    assert (row.decided, row.verdict, row.units) == ("drought", "applies", "reflectance")
    assert row.path == tmp_path / "cubes" / "d5-1.hdr"
    assert row.values["probability of drought"] == 0.9
    assert row.model_values >= {"probability of drought", "affected share", "peak 1 (nm)"}
    assert "NDVI" in row.values and "NDVI" not in row.model_values
    assert "seconds" not in row.values
    assert row.importance["drought"].edges_nm.tolist() == EDGES.tolist()
    assert row.spectrum is not None
    assert row.spectrum.edges_nm[:, 0].tolist() == BANDS.tolist()
    assert study.versions == {"model": "focus-leaf 3"}


def test_a_row_that_failed_has_its_reason_and_no_values(tmp_path: Path) -> None:
    row = read_study(write_batch(tmp_path)).rows[-1]
    assert row.error == "the file ends early"
    assert row.values == {} and row.importance == {} and row.spectrum is None


def test_the_usual_comparison_finds_the_difference(tmp_path: Path) -> None:
    study = read_study(write_batch(tmp_path) / "cubes.csv")
    plan = usual_plan(study)
    assert (plan.column, plan.unit, plan.value) == ("treatment", "plant", "probability of drought")
    found = compare(study, plan, Quantity("importance", "drought"))
    assert found.test is not None
    assert found.test.sample.sizes == (6, 6)
    assert found.test.different.tolist() == [False, False, True, True, False]
    affected = compare(study, plan, Quantity("value", "affected share"))
    assert "affected share is of another class in some rows: drought, healthy" in affected.notes
    assert not any("another class" in note for note in found.notes)


def test_a_table_without_curves_is_noted(tmp_path: Path) -> None:
    folder = write_batch(tmp_path)
    (folder / "curves.nc").unlink()
    study = read_study(folder)
    assert "curves.nc is missing" in study.notes[0]
    assert study.classes == ()


@pytest.mark.parametrize("content", [b"", b"CDF\x01 is no HDF5", b"\x89HDF\r\n\x1a\n" + bytes(50)])
def test_damaged_curves(tmp_path: Path, content: bytes) -> None:
    folder = write_batch(tmp_path)
    (folder / "curves.nc").write_bytes(content)
    with pytest.raises(FocusError, match=r"curves\.nc cannot be read"):
        read_study(folder)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"path,kind\n"])
def test_other_tables(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cubes.csv").write_bytes(content)
    assert study_table(tmp_path) is None
    with pytest.raises(FocusError, match=r"cubes\.csv"):
        read_study(tmp_path)


def test_the_table_is_found_in_its_folder(tmp_path: Path) -> None:
    folder = write_batch(tmp_path)
    assert study_table(folder) == study_table(folder / "cubes.csv") == folder / "cubes.csv"
    assert study_table(folder / "curves.nc") is None
    assert study_table(tmp_path / "nothing") is None


def test_xarray_reads_what_is_read_here(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    values = np.arange(10.0).reshape(1, 2, 5)
    folder = write_batch(tmp_path, plants=1, images=1)
    xarray.Dataset(
        {
            "evidence": (("cube", "class", "wavelength"), values.astype(np.float32)),
            "spectrum": (("cube", "band"), np.full((1, 12), 0.5, dtype=np.float32)),
            "spectrum_nm": (("cube", "band"), BANDS[None]),
            "low_nm": ("wavelength", EDGES[:, 0]),
            "high_nm": ("wavelength", EDGES[:, 1]),
        },
        {"cube": [2], "class": ["healthy", "drought"], "wavelength": EDGES.mean(axis=1)},
    ).to_netcdf(folder / "curves.nc", engine="netcdf4")
    rows = read_study(folder).rows
    assert rows[1].importance["drought"].values.tolist() == [5, 6, 7, 8, 9]
    assert rows[0].importance == {}
