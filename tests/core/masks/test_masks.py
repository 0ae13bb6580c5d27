"""Masks: their rules on cubes of known values, and regions that are limited to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.masks.computing import compute_mask, repeat_refusal
from focus_viewer.core.masks.mask import clipped
from focus_viewer.core.masks.rules import (
    Inverse,
    MaskStep,
    Rule,
    Unsaturated,
    WithData,
    WithinLimits,
    WithinOutline,
    recipe_words,
)
from focus_viewer.core.pictures.recipe import CompositeRecipe
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle

RATIO = WithinLimits(CompositeRecipe("formula", formula="r800 / r670"), low=2.0)
LEFT = WithinOutline(Rectangle((0, 0), (2, 4)), "Left", (4, 4))
TOP = WithinOutline(Rectangle((0, 0), (4, 1)), "Top", (4, 4))


def cube_of(values: np.ndarray, **attributes: object) -> Cube:
    settled = {"wavelengths_nm": np.array([670.0, 800.0]), "units": "reflectance"}
    return Cube(
        source=ArraySource(values.astype(np.float32)),
        name="small",
        good_bands=np.ones(2, dtype=np.bool_),
        **(settled | attributes),  # type: ignore[arg-type]
    )


@pytest.fixture
def cube() -> Cube:
    values = np.ones((4, 4, 2))
    values[1, :, 1] = [1, 2, 3, 4]  # the ratio of this row
    values[3, 0, 0] = np.nan
    return cube_of(values)


def steps_of(*rules: Rule) -> tuple[MaskStep, ...]:
    return tuple(MaskStep(rule) for rule in rules)


def test_limits_hold_the_pixels_at_and_above_them_and_none_without_data(cube: Cube) -> None:
    mask = compute_mask(cube, steps_of(RATIO))
    assert np.argwhere(mask.inside).tolist() == [[1, 1], [1, 2], [1, 3]]
    assert mask.text == "r800 / r670 at least 2 (3 of 16 px)"


@pytest.mark.parametrize(("how", "pixels"), [("and", 2), ("or", 10), ("and not", 6)])
def test_rules_are_combined_by_one_operator(cube: Cube, how: str, pixels: int) -> None:
    steps = (MaskStep(LEFT), MaskStep(TOP, how))  # type: ignore[arg-type]
    mask = compute_mask(cube, steps)
    assert (mask.pixels, mask.words) == (pixels, f"Left {how} Top")


def test_the_inverse_is_what_was_outside_so_far(cube: Cube) -> None:
    mask = compute_mask(cube, (*steps_of(LEFT, Inverse()), MaskStep(TOP)))
    assert mask.pixels == 2
    assert recipe_words(mask.steps) == "(not (Left)) and Top"


def test_pixels_with_a_gap_in_a_good_band_are_without_data(cube: Cube) -> None:
    assert np.argwhere(~compute_mask(cube, steps_of(WithData())).inside).tolist() == [[3, 0]]
    spared = replace(cube, good_bands=np.array([False, True]))
    assert compute_mask(spared, steps_of(WithData())).pixels == 16


def test_saturation_is_what_the_file_tells_or_the_user(cube: Cube) -> None:
    counts = cube_of(
        np.arange(32).reshape(4, 4, 2),
        units="counts",
        acquisition=Acquisition(saturation_limit=30.0, highest_value=65535.0),
    )
    mask = compute_mask(counts, steps_of(Unsaturated()))
    assert np.argwhere(~mask.inside).tolist() == [[3, 3]]
    assert mask.notes == ("Saturated from 30 on, as the file declares.",)
    assert compute_mask(counts, steps_of(Unsaturated(10.0))).pixels == 5
    with pytest.raises(FocusError, match="counts only"):
        compute_mask(cube, steps_of(Unsaturated()))


def test_a_mask_of_another_size_is_refused_by_name_and_sizes(cube: Cube) -> None:
    other = cube_of(np.ones((5, 4, 2)))
    with pytest.raises(FocusError, match=r"Left is of an image of 4 x 4 px.*small has 5 x 4"):
        compute_mask(other, steps_of(LEFT))
    assert "5 x 4" in repeat_refusal(other, steps_of(LEFT))
    assert repeat_refusal(other, steps_of(RATIO)) == ""


def test_limits_of_bands_that_a_cube_lacks_or_of_components_cannot_be_repeated(cube: Cube) -> None:
    blind = replace(cube, wavelengths_nm=None)
    assert "no wavelengths" in repeat_refusal(blind, steps_of(RATIO))
    component = WithinLimits(CompositeRecipe("pca", components=(0,)), high=1.0)
    assert "components" in repeat_refusal(cube, steps_of(component))


def test_a_mask_by_components_says_that_they_are_of_the_cube_as_it_is_now() -> None:
    values = np.random.default_rng(0).normal(1.0, 0.1, (4, 4, 3)).astype(np.float32)
    good = np.ones(3, dtype=np.bool_)
    noisy = Cube(source=ArraySource(values), name="noisy", good_bands=good, units="reflectance")
    component = WithinLimits(CompositeRecipe("pca", components=(0,)), low=0.0)
    mask = compute_mask(noisy, steps_of(component))
    assert len(mask.notes) == 1 and "smoothing change them" in mask.notes[0]
    assert compute_mask(noisy, steps_of(LEFT)).notes == ()


def test_three_colours_have_no_limits(cube: Cube) -> None:
    with pytest.raises(FocusError, match="one value a pixel"):
        compute_mask(cube, steps_of(WithinLimits(CompositeRecipe("rgb"), low=0.0)))


def test_limits_need_an_end_and_ascend() -> None:
    with pytest.raises(ValueError, match="found none"):
        WithinLimits(CompositeRecipe("rgb"))
    with pytest.raises(ValueError, match="ascend"):
        WithinLimits(CompositeRecipe("rgb"), 2.0, 1.0)


def test_words_name_the_limits_that_were_used() -> None:
    counts = WithinLimits(CompositeRecipe("band", (3,)), 12345.0, 65535.0)
    assert counts.text == "band 4 12345 to 65535"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_limits_and_counts_are_finite(number: float) -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        WithinLimits(CompositeRecipe("rgb"), number)
    with pytest.raises(ValueError, match="expected a finite number"):
        Unsaturated(number)


def test_regions_are_limited_to_the_pixels_inside_and_keep_their_ids(cube: Cube) -> None:
    regions = Annotations().add(Rectangle((0, 0), (4, 2)), "Upper", "#ffffff")
    regions = regions.add(Rectangle((0, 2), (4, 4)), "Lower", "#ffffff")
    found = clipped(regions, compute_mask(cube, steps_of(RATIO)))
    upper, lower = (region.outline.crop((4, 4)) for region in found)
    assert upper is not None and (upper.pixels, upper.row, upper.col) == (3, 1, 1)
    assert lower is None
    assert [region.id for region in found] == [1, 2]
    assert clipped(regions, None) is regions
