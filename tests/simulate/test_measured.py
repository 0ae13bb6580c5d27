"""Measured spectra: tables read as they are, errors that help, a split that holds."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.errors import FocusError
from focus_viewer.simulate import measured
from focus_viewer.simulate.measured import (
    extend,
    measured_soils,
    read_healthy_leaves,
    read_leaf_spectra,
    split_rows,
)
from focus_viewer.simulate.sensors import FULL, GRID_NM, limit_sensor


def _write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _at(spectrum: np.ndarray, wavelength_nm: float) -> float:
    return float(spectrum[int(wavelength_nm - GRID_NM[0])])


def test_percent_becomes_fractions_between_its_wavelengths(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", "Species_Code,LMA,Wave_600,Wave_500", "HEAN,36.4,30,10")
    spectra = read_leaf_spectra(path)
    assert spectra.labels == ("HEAN",)
    assert spectra.healthy.tolist() == [True]
    assert spectra.range_nm == (500, 600)
    assert _at(spectra.reflectance[0], 500) == pytest.approx(0.10)
    assert _at(spectra.reflectance[0], 550) == pytest.approx(0.20)
    assert np.isnan(_at(spectra.reflectance[0], 499))
    assert np.isnan(_at(spectra.reflectance[0], 601))


def test_fractions_stay_and_only_the_healthy_are_healthy(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", "\ufeffType,X500,X600.5", "Healthy,.1,.3", "Treated,.2,.4")
    spectra = read_leaf_spectra(path)
    assert _at(spectra.reflectance[1], 500) == pytest.approx(0.2)
    assert spectra.healthy.tolist() == [True, False]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["type,1,2,3", "a,.1,.2,.3"], "0 columns named by wavelengths"),
        (["Type,500,600", "Healthy,.1,n/a"], "without a number in every column"),
        (["Type,500,600", "Healthy,.1"], "without a number in every column"),
        (["Type,500,600", "Healthy,.1,nan"], "1 missing values"),
        (["Type,500,600"], "0 rows"),
        ([""], "0 columns named by wavelengths"),
    ],
)
def test_what_is_no_such_table_is_refused_by_name(
    tmp_path: Path, lines: list[str], problem: str
) -> None:
    path = _write(tmp_path / "odd.csv", *lines)
    with pytest.raises(FocusError, match=rf"odd\.csv.*{problem}.*expected"):
        read_leaf_spectra(path)


def test_an_empty_file_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(FocusError, match=r"empty\.csv"):
        read_leaf_spectra(path)


def test_a_folder_gives_healthy_leaves_in_the_common_range(tmp_path: Path) -> None:
    _write(tmp_path / "a.csv", "Type,500,700", "Healthy,.1,.3", "Treated,.2,.4")
    _write(tmp_path / "b.csv", "Species_Code,600,800", "HEAN,10,30")
    _write(tmp_path / "bands.csv", "type,1,2", "1,.1,.2")
    spectra = read_healthy_leaves(tmp_path)
    assert spectra.labels == ("Healthy", "HEAN")
    assert spectra.range_nm == (600, 700)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match=r"expected CSV files"):
        read_healthy_leaves(tmp_path)


def test_training_and_testing_share_no_row(tmp_path: Path) -> None:
    rows = [f"s{number},{number / 100},.5" for number in range(35)]
    spectra = read_leaf_spectra(_write(tmp_path / "a.csv", "Species_Code,500,600", *rows))
    training = set(measured.training_rows(spectra).labels)
    testing = set(measured.testing_rows(spectra).labels)
    assert not training & testing
    assert training | testing == {f"s{number}" for number in range(35)}
    assert {"s0", "s9", "s20"} <= training
    assert {"s10", "s19", "s34"} <= testing
    assert split_rows(35).sum() == 15


def test_ends_are_filled_with_the_nearest_value() -> None:
    spectra = np.full((2, GRID_NM.size), np.nan, dtype=np.float32)
    spectra[:, 100:200] = np.linspace(0.2, 0.4, 100)
    filled = extend(spectra)
    np.testing.assert_allclose(filled[:, [0, 99, 100, 199, 2100]], [[0.2, 0.2, 0.2, 0.4, 0.4]] * 2)


def test_a_sensor_keeps_to_a_range() -> None:
    limited = limit_sensor(FULL, 505, 2400)
    assert limited.wavelengths_nm.min() - 6 >= 505
    assert limited.wavelengths_nm.max() + 6 <= 2400
    assert limited.bands == limited.snr.size > 180
    with pytest.raises(ValueError, match="no band within 300-390 nm"):
        limit_sensor(FULL, 300, 390)


def test_soils_are_split_too() -> None:
    pytest.importorskip("earthlib", reason="soils come with the extra `soils`")
    training, testing = measured_soils(testing=False), measured_soils(testing=True)
    assert training is not None
    assert testing is not None
    for soils in (training, testing):
        assert soils.shape[1] == GRID_NM.size
        assert np.all((soils > 0) & (soils < 1))
    assert not {row.tobytes() for row in training[:500]} & {row.tobytes() for row in testing}


@pytest.mark.real
def test_real_tables() -> None:
    folder = Path(os.environ["FOCUS_REAL_DATA"]) / "leaf_spectra"
    crops = read_leaf_spectra(folder / "ely_plsr_data.csv")
    myrtle = read_leaf_spectra(folder / "lemon_myrtle_rust_680x200.csv")
    assert (len(crops.labels), crops.range_nm) == (178, (500, 2400))
    assert (len(myrtle.labels), myrtle.range_nm) == (680, (505, 2500))
    assert myrtle.healthy.sum() == 216
    assert len(read_healthy_leaves(folder).labels) == 178 + 216
