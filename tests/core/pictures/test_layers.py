"""Layers over a picture: their composition by values that are computed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ui.fakes import make_cube

from focus_viewer.core.cubes.cube import ArraySource
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.pictures import composite as pictures
from focus_viewer.core.pictures.composite import CompositeRecipe, composite, detail
from focus_viewer.core.pictures.layers import (
    MASK_LAYER,
    Layer,
    laid_over,
    layer_words,
    layered,
    layered_detail,
)
from focus_viewer.core.typing import ByteArray

NDVI = CompositeRecipe("formula", formula="(r800 - r670) / (r800 + r670)")


def grey(value: int) -> ByteArray:
    return np.full((2, 2, 3), value, dtype=np.uint8)


def test_an_image_lies_over_another_where_it_is_known() -> None:
    where = np.array([[True, False], [True, True]])
    assert laid_over(grey(100), grey(200), where, 0.5)[..., 0].tolist() == [[150, 100], [150, 150]]
    assert np.array_equal(laid_over(grey(100), grey(200), where, 0.0), grey(100))
    assert laid_over(grey(255), grey(255), where, 1.0).min() == 255  # no overflow


def test_the_order_of_layers_counts_and_hidden_ones_do_not() -> None:
    cube = make_cube(20, 30)
    base = composite(cube, CompositeRecipe())
    outside = np.zeros((20, 30), dtype=np.bool_)
    outside[:10] = True
    index, mask = Layer(NDVI, opacity=1.0), Layer(None, opacity=1.0, colour="#ff0000")
    upper = layered(cube, base, (index, mask), outside)
    assert (upper.image[:10] == (255, 0, 0)).all()
    assert np.array_equal(upper.image[10:], composite(cube, NDVI).image[10:])
    lower = layered(cube, base, (mask, index), outside, upper)
    assert np.array_equal(lower.image, composite(cube, NDVI).image)
    assert lower.sheets[NDVI] is upper.sheets[NDVI]  # not read again
    hidden = layered(cube, base, (Layer(NDVI, visible=False),), outside, upper)
    assert np.array_equal(hidden.image, base.image)


def test_layers_that_the_cube_has_no_bands_for_are_left_out() -> None:
    cube = make_cube(20, 30)
    base = composite(cube, CompositeRecipe())
    far = CompositeRecipe("formula", formula="r2200 / r800")
    found = layered(cube, base, (Layer(far), MASK_LAYER), None)
    assert np.array_equal(found.image, base.image)
    assert layer_words(Layer(far), found.sheets) == ""


def test_a_layer_that_cannot_be_computed_takes_no_other_one_away() -> None:
    cube = make_cube(20, 30)
    even = np.ones((20, 30, cube.bands), dtype=np.float32)
    flat = replace(cube, source=ArraySource(even))
    noise = CompositeRecipe("mnf", components=(0,))
    base = composite(flat, CompositeRecipe())
    found = layered(flat, base, (Layer(noise), Layer(NDVI)))
    assert set(found.sheets) == {NDVI}
    assert "need spectra that differ" in found.refused[noise]
    assert layered(flat, base, (Layer(noise),), None, found).refused == found.refused


def test_words_of_an_index_have_its_limits() -> None:
    cube = make_cube(20, 30)
    found = layered(cube, composite(cube, CompositeRecipe()), (Layer(NDVI),), None)
    assert "(dark) to" in layer_words(Layer(NDVI), found.sheets)


def test_a_part_in_full_resolution_has_the_same_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MOST_PIXELS", 100)
    monkeypatch.setattr(pictures, "_SCREEN_PIXELS", 100)
    cube = make_cube(20, 30)
    base = composite(cube, CompositeRecipe())
    outside = np.zeros((20, 30), dtype=np.bool_)
    outside[4:6] = True
    layers = (Layer(NDVI, opacity=1.0), Layer(None, opacity=1.0, colour="#ff0000"))
    whole = layered(cube, base, layers, outside)
    assert whole.image.shape[:2] == (7, 10)
    extent = Extent((2, 3), (10, 8))
    part = layered_detail(cube, detail(cube, base, extent), whole)
    plain = detail(cube, whole.sheets[NDVI].picture, extent)
    assert part is not None and plain is not None
    assert (part.image[1:3] == (255, 0, 0)).all()
    assert np.array_equal(part.image[3:], plain.image[3:])
