"""Principal components and minimum noise fractions of cubes with known structure."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.pictures.components import Components, fit_components
from focus_viewer.core.pictures.composite import CompositeRecipe, composite, lacking, read_planes


def mixed(noise_of_last: float = 0.0, bad: int = 0) -> tuple[Cube, np.ndarray, np.ndarray]:
    """Return a cube of two smooth patterns in two spectra, with noise in the last band."""
    rng = np.random.default_rng(1)
    row, col = np.mgrid[0:60, 0:80] / 20
    strong, weak = np.sin(row), 0.2 * np.cos(col)
    one = np.array([1.0, 1, 1, 1, 0, 0]) / 2
    two = np.array([0, 0, 0, 0, 1.0, 0])
    values = strong[..., None] * one + weak[..., None] * two + 0.5
    values += rng.normal(0, 1e-3, values.shape)
    values[..., 5] += rng.normal(0, 1, strong.shape) * noise_of_last
    good = np.ones(6, dtype=np.bool_)
    good[:bad] = False
    return Cube(ArraySource(values.astype(np.float32)), "mixed", good), strong, weak


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return abs(float(np.corrcoef(one.ravel(), other.ravel())[0, 1]))


def test_principal_components_are_the_patterns_by_their_variance() -> None:
    cube, strong, weak = mixed()
    found = fit_components(cube, "pca")
    shares = np.array([strong.var(), weak.var()]) / (strong.var() + weak.var())
    assert found.strengths[:2] == pytest.approx(shares, rel=0.02)
    first, second, _ = read_planes(cube, CompositeRecipe("pca")).values
    assert correlation(first, strong) > 0.999
    assert correlation(second, weak) > 0.99


def test_noise_is_no_strong_component_of_the_minimum_noise_fractions() -> None:
    cube, strong, weak = mixed(noise_of_last=3.0)
    loudest = read_planes(cube, CompositeRecipe("pca")).values[0]
    assert correlation(loudest, strong) < 0.2  # the noise
    first, second, third = read_planes(cube, CompositeRecipe("mnf")).values
    assert max(correlation(first, strong), correlation(second, strong)) > 0.99
    assert max(correlation(first, weak), correlation(second, weak)) > 0.9
    found = fit_components(cube, "mnf")
    assert found.strengths[1] > 10
    assert abs(found.strengths[-1]) < 0.2
    assert third.std() == pytest.approx(1, rel=0.1)  # noise, in units of noise


def test_bad_bands_and_pixels_without_data_are_left_out() -> None:
    cube, _, _ = mixed(bad=2)
    values = cube.block(slice(None), slice(None))
    values[:, :, 0] = 1e9
    values[10:20, 10:20] = np.nan
    holed = Cube(ArraySource(values), "holed", cube.good_bands)
    found = fit_components(holed, "pca")
    assert found.bands.tolist() == [2, 3, 4, 5]
    assert found.pixels < 60 * 80
    first = read_planes(holed, CompositeRecipe("pca")).values[0]
    assert np.isnan(first[10:20, 10:20]).all()
    assert np.isfinite(first[30:]).all()


def test_a_single_component_is_grey_and_says_what_it_is() -> None:
    cube, _, _ = mixed()
    picture = composite(cube, CompositeRecipe("pca", components=(1,)))
    assert picture.choice.channels == ("pca 1",)
    assert picture.choice.how.startswith("PC 2 (")
    assert "fitted to 4,800 pixels" in picture.choice.how
    assert np.array_equal(picture.image[..., 0], picture.image[..., 2])


def test_too_few_bands_are_said() -> None:
    cube, _, _ = mixed(bad=4)
    assert "fewer than 3" in lacking(CompositeRecipe("mnf"), cube)
    with pytest.raises(FocusError, match="3 good bands"):
        fit_components(cube, "pca")


def test_a_cube_without_variance_has_no_components() -> None:
    cube = Cube(ArraySource(np.full((9, 9, 4), 0.3, dtype=np.float32)), "flat", np.ones(4, bool))
    with pytest.raises(FocusError, match="spectra that differ"):
        fit_components(cube, "pca")


def test_a_pattern_without_noise_has_no_noise_fractions() -> None:
    values = np.arange(9 * 9 * 4, dtype=np.float32).reshape(9, 9, 4)
    cube = Cube(ArraySource(values), "counted", np.ones(4, bool))
    with pytest.raises(FocusError, match="Choose the principal components"):
        fit_components(cube, "mnf")
    strengths = fit_components(cube, "pca").strengths
    assert strengths[0] == pytest.approx(1)
    assert (strengths >= 0).all()


def test_fitting_can_be_cancelled() -> None:
    def stop(fraction: float, text: str) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_planes(mixed()[0], CompositeRecipe("pca"), step=stop)


def test_a_share_that_is_small_is_never_told_as_zero() -> None:
    one = np.ones(1)
    found = Components("pca", np.arange(1), one, np.ones((1, 2)), np.array([0.9996, 4e-4]), 9)
    assert [found.text(place) for place in (0, 1)] == ["PC 1 (100.0 %)", "PC 2 (< 0.1 %)"]
