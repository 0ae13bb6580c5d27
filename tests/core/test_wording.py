"""Bands, values and shares are worded once, and everywhere as here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ui.fakes import make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, choose_bands
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.wording import (
    axis_title,
    bands_text,
    cube_range_text,
    nm_decimals,
    percent,
    position_text,
    power_of_ten,
    range_text,
    scaled_unit,
    units_text,
    value_title,
    window_text,
)


def spaced(step_nm: float, start_nm: float = 700.0, bands: int = 30) -> Cube:
    """A cube whose bands are that far apart."""
    return replace(
        make_cube(4, 4, bands), wavelengths_nm=start_nm + step_nm * np.arange(bands, dtype=float)
    )


NUMBERED = replace(make_cube(4, 4, 60), wavelengths_nm=None)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "< 0.1 %"),
        (1e-6, "< 0.1 %"),
        (0.001, "0.1 %"),
        (0.0042, "0.4 %"),
        (0.0949, "9.5 %"),
        (0.5, "50 %"),
        (0.996, "99.6 %"),
        (0.99999, "> 99.9 %"),
        (1.0, "> 99.9 %"),
    ],
)
def test_a_share_is_never_rounded_to_certainty(share: float, text: str) -> None:
    assert percent(share) == text


@given(st.floats(0, 1))
def test_no_share_is_shown_as_zero_or_hundred(share: float) -> None:
    assert percent(share) not in ("0 %", "0.0 %", "100 %", "100.0 %")


@pytest.mark.parametrize(
    ("step_nm", "text"),
    [(12.2, "763 nm"), (2.5, "763 nm"), (1.0, "763 nm"), (0.4, "762.5 nm"), (0.04, "762.50 nm")],
)
def test_a_band_has_the_digits_that_its_spacing_needs(step_nm: float, text: str) -> None:
    assert position_text(spaced(step_nm), 762.5) == text


@given(st.floats(0.01, 40), st.floats(350, 1000), st.integers(2, 300))
def test_no_two_bands_of_an_even_sensor_have_one_name(
    step_nm: float, start_nm: float, bands: int
) -> None:
    cube = spaced(step_nm, start_nm, bands)
    names = {position_text(cube, position) for position in cube.axis.tolist()}
    assert len(names) == bands


def test_two_bands_in_one_place_do_not_give_all_others_decimals() -> None:
    overlap = np.append(400.0 + 10 * np.arange(30), 690.0004)
    assert nm_decimals(overlap) == 0
    assert nm_decimals(np.append(overlap, 690.3)) == 0
    assert nm_decimals(400.0 + 10 * np.arange(30)) == 0
    assert nm_decimals(np.array([400.0, 410.0, 420.2, 420.4])) == 1


def test_bands_are_counted_from_one_where_there_are_no_wavelengths() -> None:
    assert position_text(NUMBERED, 52.0) == "band 53"
    assert bands_text(NUMBERED, [63, 54, 45]) == "bands 64, 55, 46"
    assert axis_title(NUMBERED) == "Band (wavelengths not known)"
    assert cube_range_text(NUMBERED) == "wavelengths not known"


@pytest.mark.parametrize(
    ("center", "width", "text"),
    [(52.0, 4.0, "bands 51–55"), (52.0, 5.0, "bands 51–55"), (52.0, 1.0, "band 53")],
)
def test_a_window_of_band_numbers_names_the_bands_in_it(
    center: float, width: float, text: str
) -> None:
    assert window_text(NUMBERED, BandWindow(center, width)) == text


@pytest.mark.parametrize(
    ("step_nm", "center", "text"),
    [(12.2, 702.0, "677–727 nm"), (2.9, 702.0, "677–727 nm"), (0.7, 702.3, "677.3–727.3 nm")],
)
def test_a_window_is_named_by_its_ends(step_nm: float, center: float, text: str) -> None:
    assert window_text(spaced(step_nm), BandWindow(center, 50.0)) == text


def test_a_window_without_width_is_a_wavelength() -> None:
    assert window_text(spaced(10.0), BandWindow(702.0, 0.0)) == "702 nm"


def test_whole_hundreds_keep_their_zeros() -> None:
    assert range_text(400.0, 2500.0) == "400–2500 nm"
    assert range_text(400.0, 2500.04, 1) == "400–2500 nm"


def test_units_that_are_not_known_are_said() -> None:
    unknown = make_cube(4, 4, 5, units="unknown")
    assert value_title(unknown) == "Value (unit not known)"
    assert units_text("unknown") == units_text(None) == "unit not known"
    assert value_title(make_cube(4, 4, 5, units="counts")) == "Counts"


def test_a_single_band_is_named_in_whole_nanometres() -> None:
    assert nm_decimals(np.array([762.5])) == 0


def test_a_composite_names_its_bands_as_the_readout_does() -> None:
    cube = spaced(2.9)
    position = float(cube.axis[7])
    assert choose_bands(cube, CompositeRecipe("band", (7,))).how == position_text(cube, position)


@pytest.mark.parametrize(
    ("top", "power", "name"),
    [(3.5, 0, "logit"), (0.02, -3, "10⁻³ logit"), (1e-5, -6, "10⁻⁶ logit"), (0, 0, "logit")],
)
def test_a_unit_gives_numbers_from_1_to_1000(top: float, power: int, name: str) -> None:
    assert power_of_ten(top) == power
    assert scaled_unit("logit", power) == name
