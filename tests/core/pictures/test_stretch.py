"""Limits, percent and gamma of a picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, composite, read_planes, rendered
from focus_viewer.core.pictures.stretch import Stretch, histogram, stretch_text, stretched


def ramp(bands: int = 3) -> Cube:
    """Return a cube whose band b holds 0 to 99, times b + 1."""
    values = np.arange(100, dtype=np.float32).reshape(10, 10, 1) * np.arange(1, bands + 1)
    return Cube(ArraySource(values.astype(np.float32)), "ramp", np.ones(bands, dtype=np.bool_))


COLOURS = CompositeRecipe("custom", (0, 1, 2))


def test_percent_cuts_both_ends_of_each_channel() -> None:
    picture = composite(ramp(), COLOURS, stretch=Stretch(percent=5))
    expected = [(4.95, 94.05), (9.9, 188.1), (14.85, 282.15)]
    assert np.allclose(picture.limits, expected)


def test_no_percent_is_minimum_to_maximum() -> None:
    picture = composite(ramp(), COLOURS, stretch=Stretch(percent=0))
    assert picture.limits == ((0, 99), (0, 198), (0, 297))


def test_joint_channels_share_their_limits() -> None:
    picture = composite(ramp(), COLOURS, stretch=Stretch(percent=0, joint=True))
    assert len(set(picture.limits)) == 1
    assert picture.limits[0] == pytest.approx((0, 297))


def test_limits_by_hand_hold_for_their_channels_alone() -> None:
    by_hand = Stretch(limits=((0, 50), (0, 60), (0, 70)), channels=("0", "1", "2"))
    assert composite(ramp(), COLOURS, stretch=by_hand).limits == by_hand.limits
    other = composite(ramp(4), CompositeRecipe("custom", (3, 1, 2)), stretch=by_hand)
    assert other.limits == composite(ramp(4), CompositeRecipe("custom", (3, 1, 2))).limits


def test_limits_of_a_single_band_hold_for_every_band() -> None:
    by_hand = Stretch(limits=((10, 20),), channels=("band",))
    for band in range(3):
        assert composite(ramp(), CompositeRecipe("band", (band,)), stretch=by_hand).limits == (
            (10, 20),
        )
    assert composite(ramp(), COLOURS, stretch=by_hand).limits != ((10, 20),) * 3


def test_fixed_limits_hold_for_any_picture() -> None:
    fixed = Stretch(limits=((0, 1),))
    assert composite(ramp(), COLOURS, stretch=fixed).limits == ((0, 1),) * 3
    assert composite(ramp(), CompositeRecipe("band", (1,)), stretch=fixed).limits == ((0, 1),)


def test_gamma_above_one_brightens_the_middle_and_leaves_the_ends() -> None:
    plane = np.array([[0.0, 0.25, 1.0]], dtype=np.float32)
    assert stretched(plane, (0, 1)).tolist() == [[0, 63, 255]]
    assert stretched(plane, (0, 1), gamma=2).tolist() == [[0, 127, 255]]


def test_a_stretch_changes_no_value_and_needs_no_second_read() -> None:
    planes = read_planes(ramp(), COLOURS)
    before = [plane.copy() for plane in planes.values]
    rendered(planes, Stretch(limits=((0, 5),), gamma=3))
    assert all(np.array_equal(*pair) for pair in zip(before, planes.values, strict=True))


def test_a_histogram_counts_the_pixels_but_for_wild_ones() -> None:
    plane = np.linspace(0, 1, 10_000, dtype=np.float32)
    plane[:5] = 1e30
    found = histogram(plane.reshape(100, 100))
    assert found is not None
    assert found.edges[-1] < 2
    assert found.counts.sum() == 10_000 - 5
    assert histogram(np.full((3, 3), np.nan, dtype=np.float32)) is None


@pytest.mark.parametrize(
    "wrong", [{"gamma": 0.0}, {"percent": 50.0}, {"limits": ((2.0, 1.0),)}, {"percent": -1.0}]
)
def test_a_stretch_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Stretch(**wrong)


def test_a_stretch_is_named() -> None:
    assert stretch_text(Stretch(), ((0, 1),), ("band",)) == "2 % to 98 %"
    fixed = replace(Stretch(), limits=((0.0, 1.0),), gamma=1.5)
    assert stretch_text(fixed, ((0.0, 1.0),) * 3, ("0", "1", "2")) == "0 to 1, gamma 1.5"


def test_values_too_small_to_be_told_apart_are_one_grey() -> None:
    plane = np.array([[0, 1e-42]], dtype=np.float32)
    assert stretched(plane, (0.0, 1e-42)).tolist() == [[127, 127]]
