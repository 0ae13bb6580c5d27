"""Leaf shapes and views: outline, veins, cameras that see leaf only."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.simulate.leaf import Camera, LeafShape, draw_camera, draw_shape, look
from focus_viewer.simulate.patches import draw_patches

SHAPE = LeafShape(half_width=0.4, base=0.6, tip=1.0, bend=0.0, vein_pairs=4, vein_slope=0.8)
FACING = Camera(size=(101, 261), center=(0.0, 0.0), pixel=0.01, angle=0.0)


def test_outline_closes_at_both_ends_and_is_as_wide_as_told() -> None:
    along = np.linspace(-1.2, 1.2, 2401, dtype=np.float32)
    width = SHAPE.half_width_at(along)
    assert np.all(width[np.abs(along) >= 1] == 0)
    assert width.max() == pytest.approx(0.4, rel=1e-3)
    assert along[width.argmax()] == pytest.approx((0.6 - 1.0) / 1.6, abs=2e-3)


def test_view_puts_the_leaf_where_the_camera_looks() -> None:
    view = look(SHAPE, FACING)
    middle = view.leaf[:, 130]
    assert middle.sum() == pytest.approx(2 * view.shape.half_width_at(np.zeros(1))[0] / 0.01, abs=1)
    assert not view.leaf[:, -10:].any()
    assert view.leaf[50, 130 - 120]
    assert not view.blade[50, 130 - 120]


def test_a_quarter_turn_transposes_the_view() -> None:
    turned = look(SHAPE, Camera((261, 101), FACING.center, FACING.pixel, np.pi / 2))
    np.testing.assert_allclose(turned.coverage[:, ::-1].T, look(SHAPE, FACING).coverage, atol=1e-4)


def test_veins_lie_on_the_leaf_and_the_midrib_in_its_middle() -> None:
    view = look(SHAPE, FACING)
    assert view.vein.min() >= 0
    assert view.vein.max() <= 1
    assert np.all(view.vein[50, 40:200] > 0.9)
    off_midrib = view.vein[60:80, 100:180]
    assert 0.05 < (off_midrib > 0.3).mean() < 0.5


@pytest.mark.parametrize("size", [(32, 32), (64, 64), (24, 80)])
def test_interior_views_see_nothing_but_blade(size: tuple[int, int]) -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shape = draw_shape(rng)
        assert look(shape, draw_camera(shape, size, interior=True, rng=rng)).blade.all(), seed


def test_whole_leaf_views_see_leaf_and_background() -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shape = draw_shape(rng)
        view = look(shape, draw_camera(shape, (48, 48), interior=False, rng=rng))
        assert 0.1 < view.leaf.mean() < 0.95, seed


def test_patches_lie_on_the_blade_and_are_severe_somewhere() -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shape = draw_shape(rng)
        view = look(shape, draw_camera(shape, (32, 32), interior=seed % 2 == 0, rng=rng))
        severity = draw_patches(view, rng)
        assert np.all(severity[~view.blade] == 0), seed
        assert 0.5 <= severity.max() <= 1, seed
