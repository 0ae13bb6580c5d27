"""Treatments of a cube: what each changes, what it tells, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.core.preprocessing.apply import ReferenceCalibration, bad_ranges_of, preprocessed
from focus_viewer.core.preprocessing.reflectance import Illumination
from focus_viewer.core.preprocessing.settings import (
    FlatField,
    PreprocessedCube,
    Preprocessing,
    Smoothing,
    WhiteAndDark,
    as_read,
    preprocessing_of,
    preprocessing_words,
)

REFERENCES = WhiteAndDark(Path("white.raw"))


def counts(bands: int = 12, **values: Any) -> Cube:
    array = np.arange(2 * 3 * bands, dtype=np.float32).reshape(2, 3, bands)
    cube = Cube(
        ArraySource(array),
        "made",
        np.ones(bands, dtype=np.bool_),
        wavelengths_nm=400 + 50.0 * np.arange(bands),
        fwhm_nm=np.full(bands, 6.0),
        units="counts",
        default_bands=(5, 3, 1),
        notes=("as read",),
    )
    return replace(cube, **values)


def lit(bands: int = 12) -> ReferenceCalibration:
    flat = np.full((3, bands), 100.0, dtype=np.float32)
    none = np.zeros((1, bands), dtype=np.float32)
    return ReferenceCalibration(
        Illumination(flat, none, none, np.ones(bands), np.ones(bands)), ("by the lamp",)
    )


def test_nothing_to_do_gives_the_cube_as_it_was_read() -> None:
    cube = counts()
    smooth = preprocessed(cube, Preprocessing(smoothing=Smoothing()))
    assert preprocessed(cube, Preprocessing()) is cube
    assert preprocessed(smooth, Preprocessing()) is cube


def test_what_was_done_is_told_in_words() -> None:
    wanted = Preprocessing("", ((400.0, 450.0),), REFERENCES, None, Smoothing(7, 2), 2)
    assert preprocessing_words(preprocessed(counts(), wanted, lit())) == (
        "calibrated with white.raw",
        "bad bands chosen by hand",
        "smoothed over 7 bands (Savitzky-Golay, order 2)",
        "each 2 bands as their mean",
    )
    flat = Preprocessing(flat_field=FlatField((1.0,) * 12, "the mean of panel"))
    assert preprocessing_words(preprocessed(counts(), flat)) == ("divided by the mean of panel",)
    assert preprocessing_words(counts()) == ()


def test_a_treated_cube_knows_its_treatment_and_what_it_was() -> None:
    cube, wanted = counts(), Preprocessing(bin_bands=2)
    found = preprocessed(cube, wanted)
    assert (preprocessing_of(found), as_read(found)) == (wanted, cube)
    assert (preprocessing_of(cube), as_read(cube)) == (Preprocessing(), cube)
    assert preprocessing_of(replace(found, name="other")) == wanted


def test_a_new_treatment_takes_the_place_of_the_old_one() -> None:
    once = preprocessed(counts(), Preprocessing(bin_bands=2))
    again = preprocessed(once, Preprocessing(bin_bands=3))
    assert (once.bands, again.bands) == (6, 4)
    assert len(again.notes) == 2


def test_references_make_reflectance_and_are_told() -> None:
    found = preprocessed(counts(), Preprocessing(references=REFERENCES), lit())
    assert found.units == "reflectance"
    assert found.notes == ("as read", "by the lamp")
    np.testing.assert_allclose(found.pixel(1, 2), np.arange(60, 72) / 100, rtol=1e-6)


def test_dead_places_are_counted() -> None:
    light = lit()
    light.illumination.white[1] = 0
    light.illumination.white[0, 4] = 0
    found = preprocessed(counts(), Preprocessing(references=REFERENCES), light)
    assert found.notes[-1].startswith("13 of 36 pixels of the sensor are dead")
    assert "1 whole column" in found.notes[-1]
    assert np.isnan(found.pixel(0, 1)).all()


def test_reflectance_is_not_calibrated_again() -> None:
    with pytest.raises(CubeError, match="reflectance already"):
        preprocessed(counts(units="reflectance"), Preprocessing(references=REFERENCES), lit())


def test_a_flat_field_divides_and_is_told() -> None:
    flat = FlatField(tuple([2.0] * 11 + [0.0]), "the mean of panel")
    found = preprocessed(counts(), Preprocessing(flat_field=flat))
    np.testing.assert_allclose(found.pixel(0, 1), [*np.arange(12, 23) / 2, np.nan])
    assert "divided by the mean of panel" in found.notes[-2]
    assert found.notes[-1] == "1 band is without light in it: no data."
    plain = preprocessed(
        counts(), Preprocessing(flat_field=FlatField((2.0,) * 12, "the mean of panel"))
    )
    assert "divided by the mean of panel" in plain.notes[-1]


def test_a_flat_field_of_another_cube_is_refused() -> None:
    with pytest.raises(CubeError, match="3 values: expected one for each of the 12"):
        preprocessed(counts(), Preprocessing(flat_field=FlatField((1.0, 1.0, 1.0), "x")))


def test_references_and_flat_field_exclude_one_another() -> None:
    with pytest.raises(ValueError, match="found both"):
        Preprocessing(references=REFERENCES, flat_field=FlatField((1.0,), "x"))


def test_bad_ranges_take_the_place_of_the_header_s() -> None:
    cube = counts(good_bands=np.arange(12) != 0)
    assert bad_ranges_of(cube) == ((400.0, 400.0),)
    found = preprocessed(cube, Preprocessing(bad_ranges=((450.0, 500.0), (930.0, 990.0))))
    assert np.flatnonzero(~found.good_bands).tolist() == [1, 2, 11]
    assert bad_ranges_of(found) == ((450.0, 500.0), (950.0, 950.0))
    assert preprocessed(cube, Preprocessing(bad_ranges=())).good_bands.all()


def test_at_least_one_band_stays_good() -> None:
    with pytest.raises(CubeError, match="at least one good band"):
        preprocessed(counts(), Preprocessing(bad_ranges=((0.0, 5000.0),)))


def test_bad_bands_count_by_number_without_wavelengths() -> None:
    cube = counts(wavelengths_nm=None, fwhm_nm=None)
    found = preprocessed(cube, Preprocessing(bad_ranges=((2.0, 3.0),)))
    assert np.flatnonzero(~found.good_bands).tolist() == [2, 3]


def test_smoothing_leaves_the_bands_where_they_are() -> None:
    found = preprocessed(counts(), Preprocessing(smoothing=Smoothing(5, 2)))
    assert found.shape == (2, 3, 12)
    assert "Savitzky-Golay, 5 bands, order 2" in found.notes[-1]
    np.testing.assert_allclose(found.pixel(0, 0), np.arange(12), atol=1e-5)


def test_binning_moves_wavelengths_widths_and_picture() -> None:
    found = preprocessed(counts(), Preprocessing(bin_bands=5))
    assert found.wavelengths_nm is not None
    assert found.fwhm_nm is not None
    np.testing.assert_array_equal(found.wavelengths_nm, [500, 750, 925])
    np.testing.assert_array_equal(found.fwhm_nm, [206, 206, 56])
    assert found.default_bands == (1, 0, 0)


def test_a_bin_is_smaller_than_the_cube() -> None:
    with pytest.raises(CubeError, match="found 12"):
        preprocessed(counts(), Preprocessing(bin_bands=12))


def test_wavelengths_of_a_sensor_are_put_in_order() -> None:
    cube = counts(224, wavelengths_nm=None, fwhm_nm=None, default_bands=(91, 0, 1))
    found = preprocessed(cube, Preprocessing(sensor="EnMAP"))
    assert found.wavelengths_nm is not None
    assert (np.diff(found.wavelengths_nm) > 0).all()
    first_of_short_wave = int(np.flatnonzero(found.pixel(0, 0) == 91)[0])
    assert found.default_bands == (first_of_short_wave, 0, 1)
    assert "EnMAP (an exact table)" in found.notes[-1]
    assert isinstance(found, PreprocessedCube)


def test_a_sensor_gives_a_picture_where_the_file_has_none() -> None:
    cube = counts(224, wavelengths_nm=None, fwhm_nm=None, default_bands=())
    found = preprocessed(cube, Preprocessing(sensor="FX10"))
    assert found.wavelengths_nm is not None
    near = found.wavelengths_nm[list(found.default_bands)]
    np.testing.assert_allclose(near, (640, 550, 460), atol=3)
    assert "nominal: each camera differs" in found.notes[-1]


@pytest.mark.parametrize("name", ["FX10", "PRISMA", "no such"])
def test_wavelengths_of_a_sensor_that_does_not_fit_are_refused(name: str) -> None:
    bands = 239 if name == "PRISMA" else 12
    with pytest.raises(CubeError, match="do not fit"):
        preprocessed(counts(bands, wavelengths_nm=None, fwhm_nm=None), Preprocessing(sensor=name))


def test_wavelengths_of_the_file_are_never_replaced() -> None:
    with pytest.raises(CubeError, match="of its own"):
        preprocessed(counts(224), Preprocessing(sensor="FX10"))
