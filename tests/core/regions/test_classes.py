"""Classes as if all their pixels had been measured at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from region_masks import mask_of

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import PointMark, Rectangle
from focus_viewer.core.regions.table import class_rows, region_rows
from focus_viewer.core.saliency.volume import SaliencyVolume

SHAPE = (12, 15)


def cube() -> Cube:
    values = np.random.default_rng(8).uniform(0.1, 0.6, (*SHAPE, 4)).astype(np.float32)
    return Cube(ArraySource(values), "c", np.ones(4, dtype=np.bool_))


def volume() -> SaliencyVolume:
    values = np.random.default_rng(2).normal(size=(6, 5, 2)).astype(np.float32)
    edges = np.array([[400.0, 500], [500, 600]])
    return SaliencyVolume(values, edges, SHAPE, "rust", "evidence")


def regions() -> Annotations:
    drawn = Annotations()
    drawn = drawn.add(Rectangle((0, 0), (5, 6)), "a", "#ff0000", "rust")
    drawn = drawn.add(Rectangle((6, 1), (9, 12)), "b", "#ff0000")
    drawn = drawn.add(Rectangle((5, 7), (6, 9)), "c", "#ff0000", "rust")
    return drawn.add(PointMark((12.5, 3.5)), "d", "#ff0000", "Healthy")


def test_pooled_as_all_pixels_of_the_class() -> None:
    rows = class_rows(region_rows(cube(), regions(), volume()))
    assert [row.class_name for row in rows] == ["Healthy", "rust", None]
    dot, rust, _ = rows
    assert rust.region_ids == (1, 3)
    levels = cube().block(slice(None), slice(None)).mean(axis=2, dtype=np.float64)
    inside = mask_of(regions().regions[0].outline, SHAPE) | mask_of(
        regions().regions[2].outline, SHAPE
    )
    assert rust.pixels == inside.sum()
    assert rust.mean == pytest.approx(levels[inside].mean())
    assert rust.sd == pytest.approx(levels[inside].std(ddof=1))
    assert dot.mean == pytest.approx(levels[3, 12])
    assert math.isnan(dot.sd)


def test_shares_are_summed() -> None:
    single = region_rows(cube(), regions(), volume())
    rust = class_rows(single)[1]
    assert rust.positive_share == single[0].positive_share + single[2].positive_share
    assert math.isnan(class_rows(region_rows(cube(), regions()))[1].negative_share)


def test_a_region_without_pixels_has_no_say() -> None:
    outside = Annotations().add(Rectangle((50, 50), (60, 60)), "far", "#ff0000")
    (row,) = class_rows(region_rows(cube(), outside))
    assert row.pixels == 0
    assert math.isnan(row.mean)
    assert class_rows([]) == []
