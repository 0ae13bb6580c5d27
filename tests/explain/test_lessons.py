"""Training examples: normalised like a cube, turned, thinned out, made noisy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from planted import make_lesson

from focus_viewer.explain.lessons import (
    add_noise,
    measure_statistics,
    random_groups,
    turned,
)


def test_statistics_are_those_of_the_leaf_alone() -> None:
    lesson = make_lesson(seed=1)
    mean, deviation = measure_statistics([lesson], 10)
    pixels = lesson.images[lesson.leaf].astype(np.float64)
    shape = (pixels / pixels.mean(axis=1, keepdims=True)).mean(axis=0)
    np.testing.assert_allclose(mean / mean.mean(), shape / shape.mean(), rtol=1e-6)
    lesson.images[~lesson.leaf] *= 7
    np.testing.assert_array_equal(measure_statistics([lesson], 10)[1], deviation)


def test_statistics_need_a_sensor_with_all_groups() -> None:
    with pytest.raises(ValueError, match="all 10 groups"):
        measure_statistics([make_lesson(seed=1).take(np.arange(5))], 10)


def test_a_lesson_keeps_the_groups_asked_for() -> None:
    lesson = make_lesson(seed=1)
    part = lesson.take(np.array([2, 7]))
    assert part.groups.tolist() == [2, 7]
    np.testing.assert_array_equal(part.images, lesson.images[..., [2, 7]])
    np.testing.assert_array_equal(part.importance, lesson.importance[:, [2, 7]])


@pytest.mark.parametrize(("present", "least", "most"), [(42, 6, 12), (9, 6, 12), (3, 6, 12)])
def test_drawn_groups_stay_in_bounds(present: int, least: int, most: int) -> None:
    rng = np.random.default_rng(0)
    lengths = set()
    for _ in range(200):
        kept = random_groups(rng, present, least, most)
        assert kept.min() >= 0
        assert kept.max() < present
        assert (np.diff(kept) > 0).all()
        lengths.add(kept.size)
    assert min(lengths) == min(least, present)
    assert max(lengths) == min(most, present)


def test_turning_keeps_every_value() -> None:
    images = torch.randn(2, 3, 4, 4)
    seen = set()
    for seed in range(40):
        found = turned(images, np.random.default_rng(seed))
        torch.testing.assert_close(found.flatten(2).sort().values, images.flatten(2).sort().values)
        seen.add(tuple(found[0, 0].flatten().tolist()))
    assert len(seen) == 8


def test_noise_lands_where_it_says() -> None:
    images = torch.zeros(64, 10, 16, 16)
    noised, noisy = add_noise(images, 4, np.random.default_rng(0))
    patches = noised.unfold(2, 4, 4).unfold(3, 4, 4).flatten(2, 3)  # (64, 10, 16, 4, 4)
    touched = (patches != 0).flatten(3).any(3).transpose(1, 2)
    assert torch.equal(touched, noisy)
    bands = noisy.all(dim=1).any(dim=1)
    spots = noisy.all(dim=2).any(dim=1)
    assert 0 < bands.sum() < 20
    assert 0 < spots.sum() < 20
    assert not (bands & spots).any()
