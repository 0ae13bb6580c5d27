"""Expressions of wavelengths become indices of a cube."""

from __future__ import annotations

import numpy as np
import pytest
from phantom import make_phantom

from focus_viewer.core.pictures.composite import CompositeRecipe, composite, lacking, read_planes
from focus_viewer.core.spectra.band_math import expressions, map_bands, map_index
from focus_viewer.core.spectra.formula import FormulaError
from focus_viewer.core.spectra.indices import IndexBands, available

NDVI = "(r800 - r670) / (r800 + r670)"


def test_an_expression_computes_what_it_says() -> None:
    cube = make_phantom().cube
    found = map_bands(cube, NDVI)
    assert isinstance(found, IndexBands)
    assert found.wavelengths_nm == (800.0, 670.0)
    spectrum = np.linspace(0.1, 0.9, 61)
    near, red = spectrum[40], spectrum[27]
    assert found.of(spectrum) == pytest.approx((near - red) / (near + red))


def test_functions_powers_and_decimals() -> None:
    found = map_bands(make_phantom().cube, "log10(1/R550.5) + sqrt(abs(r700 - 1)) * 2**3")
    assert isinstance(found, IndexBands)
    values = np.full(61, 0.1)
    assert found.of(values) == pytest.approx(1 + np.sqrt(0.9) * 8)


@pytest.mark.parametrize(
    "text",
    ["", "1 + 2", "800 - 670", "r800 +", "__import__('os').system('true')", "r800.__class__",
     "open(r800)", "r800 if r670 else 1", "[r800][0]", "nir - r670", "log10(r800, r670)"],
)  # fmt: skip
def test_what_is_no_expression_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(FormulaError, match=r"r800 - r670"):
        map_index(text)
    assert "r800 - r670" in str(map_bands(make_phantom().cube, text))


def test_missing_bands_are_named() -> None:
    cube = make_phantom().cube
    assert "within 7.5 nm of 2200 nm" in str(map_bands(cube, "r800 / r2200"))
    assert "the same band" in str(map_bands(cube, "r800 / r801"))


def test_a_power_that_is_too_large_is_no_value() -> None:
    found = map_bands(make_phantom().cube, "r800 * 9**9**9**9")
    assert isinstance(found, IndexBands)
    assert np.isnan(found.of(np.ones(61)))


@pytest.mark.parametrize("text", ["1/0 * r800", "(0 - 1)**0.5 * r800", "10.0**400 * r800"])
def test_numbers_without_a_result_are_no_value(text: str) -> None:
    found = map_bands(make_phantom().cube, text)
    assert isinstance(found, IndexBands)
    assert np.isnan(found.of(np.full((3, 61), 0.2))).all()


def test_a_built_in_index_is_that_of_the_table() -> None:
    cube = make_phantom().cube
    found = map_bands(cube, "NDVI")
    ndvi = next(each for each in available(cube) if each.index.name == "NDVI")
    assert found == ndvi


def test_names_of_indices_are_no_expressions() -> None:
    assert list(expressions(["NDVI", NDVI, "r800 + open"])) == [NDVI]


def test_a_map_is_the_index_of_every_pixel_in_colours() -> None:
    found = make_phantom()
    recipe = CompositeRecipe("formula", formula=NDVI)
    planes = read_planes(found.cube, recipe)
    bands = map_bands(found.cube, NDVI)
    assert isinstance(bands, IndexBands)
    whole = found.cube.block(slice(None), slice(None))
    assert planes.values[0] == pytest.approx(bands.of(whole), abs=1e-6)
    picture = composite(found.cube, recipe)
    assert picture.choice.channels == (NDVI,)
    inside, outside = picture.image[found.disc], picture.image[~found.disc]
    assert inside.sum(axis=-1).mean() > outside.sum(axis=-1).mean() + 100


def test_a_cube_without_the_bands_says_so() -> None:
    cube = make_phantom().cube
    assert "2200 nm" in lacking(CompositeRecipe("formula", formula="r800 / r2200"), cube)
