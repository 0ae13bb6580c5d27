"""Scales that were applied already, and units that words and numbers disagree about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from envi_bytes import write_envi

from focus_viewer.core.typing import FloatArray
from focus_viewer.io import read_cube

AXIS = {"wavelength": "{450, 550, 650, 850}", "wavelength units": "Nanometers"}
REFLECTANCE = np.random.default_rng(0).uniform(0.05, 0.6, (20, 30, 4)).astype(np.float32)
APPLIED = "the scale was taken as applied already"


@pytest.mark.parametrize(
    "entry",
    [{"reflectance scale factor": "10000"}, {"data gain values": "{1e-4, 1e-4, 1e-4, 1e-4}"}],
)
def test_floats_that_were_scaled_are_not_scaled_again(
    tmp_path: Path, entry: dict[str, str]
) -> None:
    cube = read_cube(write_envi(tmp_path, REFLECTANCE, {**AXIS, **entry}))
    np.testing.assert_allclose(cube.block(slice(None), slice(None)), REFLECTANCE)
    assert cube.units == "reflectance"
    assert any(APPLIED in note for note in cube.notes)


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_numbers_that_were_not_scaled_are(tmp_path: Path, kind: type) -> None:
    stored = (REFLECTANCE * 10_000).astype(kind)
    cube = read_cube(write_envi(tmp_path, stored, {**AXIS, "reflectance scale factor": "10000"}))
    found = cube.block(slice(None), slice(None))
    np.testing.assert_allclose(found, REFLECTANCE, atol=1e-4)
    assert cube.units == "reflectance"
    assert not any(APPLIED in note for note in cube.notes)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_tiff_with_the_tags_of_the_file_before(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    options = {"driver": "GTiff", "height": 20, "width": 30, "count": 4, "dtype": "float32"}
    with rasterio.open(path, "w", **options) as file:
        file.write(np.moveaxis(REFLECTANCE, 2, 0))
        file.update_tags(
            data_gain_values="{0.0001, 0.0001, 0.0001, 0.0001}", wavelength=AXIS["wavelength"]
        )
    cube = read_cube(path)
    np.testing.assert_allclose(cube.block(slice(None), slice(None)), REFLECTANCE)
    assert cube.units == "reflectance"


def test_gains_are_a_scale_where_words_and_numbers_say_reflectance(tmp_path: Path) -> None:
    stored = (REFLECTANCE * 10_000).astype(np.int16)
    gains = {"data gain values": "{1e-4, 1e-4, 1e-4, 1e-4}"}
    told = {**AXIS, **gains, "description": "{surface reflectance}"}
    cube = read_cube(write_envi(tmp_path, stored, told))
    assert cube.units == "reflectance"
    assert any("gains were taken as a scale" in note for note in cube.notes)


def test_a_word_and_numbers_that_disagree_are_said(tmp_path: Path) -> None:
    cube = read_cube(write_envi(tmp_path, REFLECTANCE, {**AXIS, "description": "{radiance}"}))
    assert cube.units == "radiance"
    assert any("mentions radiance, and values are between" in note for note in cube.notes)


# --- one decision from all witnesses -------------------------------------------------------------

GAIN, GAINS = "{1e-4, 1e-4, 1e-4, 1e-4}", "{1e-4, 2e-4, 1e-4, 3e-4}"
PACKED = (REFLECTANCE * 10_000).astype(np.int16)
RADIANCE = (REFLECTANCE * 90).astype(np.float32)
SAID = {
    "gains of GDAL": (PACKED, {"data gain values": GAIN}, "reflectance", "same gain", False),
    "gains of 1": (PACKED, {"data gain values": "{1, 1, 1, 1}"}, "counts", None, False),
    "a gain for each band": (
        PACKED, {"data gain values": GAINS}, "radiance", "gain of its own", True,
    ),
    "gains, and radiance": (
        PACKED, {"data gain values": GAIN, "description": "{radiance}"}, "radiance", None, False,
    ),
    "gains, and large": (
        PACKED, {"data gain values": "{.1, .1, .1, .1}"}, "radiance", None, False,
    ),
    "gains, large, and reflectance": (
        PACKED, {"data gain values": "{.1, .1, .1, .1}", "description": "{reflectance}"},
        "radiance", "values are", True,
    ),
    "a factor, and radiance": (
        PACKED, {"reflectance scale factor": "10000", "description": "{radiance}"},
        "reflectance", "mentions radiance, but", False,
    ),
    "a factor of 1 of whole numbers": (
        PACKED, {"reflectance scale factor": "1"}, "counts", "values are", True,
    ),
    "a factor of 1 of large numbers": (
        RADIANCE, {"reflectance scale factor": "1"}, "unknown", "values are", True,
    ),
    "a factor that is too small": (
        PACKED, {"reflectance scale factor": "100"}, "reflectance", "values are", True,
    ),
    "per cent": (
        (REFLECTANCE * 100).astype(np.float32), {"description": "{reflectance}"}, "unknown",
        "may be reflectance in per cent", True,
    ),
    "whole numbers, and reflectance": (
        PACKED, {"description": "{reflectance}"}, "counts", "may be reflectance x 10000", True,
    ),
    "dark, and reflectance": (
        REFLECTANCE / 100, {"description": "{reflectance}"}, "reflectance", None, False,
    ),
    "a factor to multiply by": (
        PACKED, {"reflectance scale factor": "0.0001"}, "reflectance", "were multiplied", True,
    ),
    "dark, and scaled": (
        REFLECTANCE / 40, {"reflectance scale factor": "10000"}, "reflectance", APPLIED, True,
    ),
    "scaled, with an offset": (
        REFLECTANCE,
        {"data gain values": GAIN, "data offset values": "{0.1, 0.1, 0.1, 0.1}"},
        "reflectance", APPLIED, True,
    ),
    "per cent, and a factor": (
        REFLECTANCE * 100, {"reflectance scale factor": "10000"}, "reflectance",
        "next to nothing", True,
    ),
    "the unit of radiance": (
        REFLECTANCE, {"data units": "W m-2 sr-1 nm-1"}, "radiance", "mentions radiance", True,
    ),
    "the unit of radiance, with stars": (
        REFLECTANCE, {"data units": "W*m^-2*nm^-1*sr^-1"}, "radiance", "mentions radiance", True,
    ),
    "absorbance": (REFLECTANCE, {"data units": "Absorbance"}, "unknown", "absorbance", False),
    "log(1/R)": (
        REFLECTANCE, {"z plot titles": "{Wavelength, Log(1/R)}"}, "unknown", "log(1/r)", False,
    ),
    "irradiance": (REFLECTANCE, {"data units": "Irradiance"}, "unknown", "irradiance", False),
    "large, and radiance": (RADIANCE, {"description": "{radiance}"}, "radiance", None, False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "entries", "units", "note", "contradicts"), SAID.values(), ids=list(SAID)
)
def test_units_by_factors_words_and_numbers(
    tmp_path: Path,
    stored: FloatArray,
    entries: dict[str, str],
    units: str,
    note: str | None,
    contradicts: bool,
) -> None:
    cube = read_cube(write_envi(tmp_path, stored, {**AXIS, **entries}))
    assert cube.units == units
    assert note is None or any(note in text for text in cube.notes)
    assert bool(cube.contradictions) == contradicts
    assert not contradicts or note is None or note in cube.contradictions[0]
