"""Which pixels lie in an outline: worked out by hand, and by another program."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from region_masks import mask_of, painted

from focus_viewer.core.regions.handles import ellipse, handles, rectangle, reshaped
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Shape,
    contours_of,
    moved,
)
from focus_viewer.core.typing import BoolArray

SHAPE = (9, 11)


def middles_inside(polygon: shapely.Geometry, shape: tuple[int, int] = SHAPE) -> BoolArray:
    col, row = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    return np.asarray(shapely.contains_xy(polygon, col, row))


def test_a_rectangle_by_hand() -> None:
    mask = mask_of(Rectangle((1, 2), (4, 3)), (5, 6))
    assert np.argwhere(mask).tolist() == [[2, 1], [2, 2], [2, 3]]


def test_middles_on_an_edge_belong_to_one_side() -> None:
    left, right = Rectangle((0.5, 0), (3.5, 5)), Rectangle((3.5, 0), (6, 5))
    assert not (mask_of(left, (5, 6)) & mask_of(right, (5, 6))).any()
    assert (mask_of(left, (5, 6)) | mask_of(right, (5, 6))).all()
    same = [mask_of(Polygon(contours_of(one)), (5, 6)) for one in (left, right)]
    assert (same[0] == mask_of(left, (5, 6))).all()
    assert (same[1] == mask_of(right, (5, 6))).all()


def test_outside_the_image_nothing_is_marked() -> None:
    for outline in (
        Rectangle((-9, -9), (-1, -1)),
        Ellipse((30, 30), (3, 3)),
        Polygon((((20, 20), (30, 20), (25, 30)),)),
        PointMark((11.2, 3)),
        MaskShape(-5, 20, (2, 2), b"\xf0"),
    ):
        assert not mask_of(outline, SHAPE).any()


def test_painted_pixels_at_the_border_are_cut() -> None:
    full = np.ones((3, 3), dtype=np.bool_)
    block = painted(full)
    assert block is not None
    there = mask_of(moved(block, 9, -1), SHAPE)
    assert np.argwhere(there).tolist() == [[0, 9], [0, 10], [1, 9], [1, 10]]


def test_a_point_is_the_pixel_around_it() -> None:
    assert np.argwhere(mask_of(PointMark((4.99, 2.01)), SHAPE)).tolist() == [[2, 4]]


thousandths = st.integers(-3000, 14000).map(lambda value: value / 1000)
places = st.tuples(thousandths, thousandths)


@settings(max_examples=200, deadline=None)
@given(st.lists(places, min_size=3, max_size=9))
def test_polygons_as_shapely_has_them(corners: list[tuple[float, float]]) -> None:
    polygon = shapely.Polygon(corners)
    if not polygon.is_valid:
        return
    # Middles on the line itself are a matter of convention.
    grid = np.meshgrid(np.arange(SHAPE[1]) + 0.5, np.arange(SHAPE[0]) + 0.5)
    clear = shapely.distance(polygon.exterior, shapely.points(*grid)) > 1e-9
    mask = mask_of(Polygon((tuple(corners),)), SHAPE)
    assert (mask == middles_inside(polygon))[clear].all()


def _side(edge: np.ndarray, way: np.ndarray) -> float:
    return float(edge[0] * way[1] - edge[1] * way[0])


@settings(max_examples=200, deadline=None)
@given(places, places, places, places)
def test_polygons_that_share_an_edge_share_no_pixel(
    one: tuple[float, float],
    other: tuple[float, float],
    left: tuple[float, float],
    right: tuple[float, float],
) -> None:
    edge = np.subtract(other, one)
    sides = [_side(edge, np.subtract(tip, one)) for tip in (left, right)]
    if sides[0] * sides[1] >= 0:
        return
    triangles = Polygon(((one, other, left),)), Polygon(((other, one, right),))
    assert not (mask_of(triangles[0], SHAPE) & mask_of(triangles[1], SHAPE)).any()


def test_an_outline_with_a_corner_nowhere_holds_nothing() -> None:
    assert not mask_of(Polygon((((1, 1), (float("nan"), 2), (5, 7)),)), SHAPE).any()


def test_holes_are_left_out() -> None:
    outer = ((0.2, 0.2), (10.3, 0.7), (9.6, 8.4), (1.1, 7.9))
    hole = ((3.1, 2.2), (6.4, 2.9), (5.2, 6.3))
    mask = mask_of(Polygon((outer, hole)), SHAPE)
    assert (mask == middles_inside(shapely.Polygon(outer, [hole]))).all()
    assert not mask[3, 4]


@pytest.mark.parametrize("angle_deg", [0, 30, 90, 211])
def test_ellipses_as_fine_polygons(angle_deg: float) -> None:
    shape = (60, 80)
    outline = Ellipse((41.3, 28.7), (25.2, 11.4), angle_deg)
    fine = shapely.Polygon(contours_of(outline, 4000)[0])
    assert (mask_of(outline, shape) == middles_inside(fine, shape)).all()


@given(arrays(np.bool_, (6, 7)))
def test_painted_pixels_come_back(mask: BoolArray) -> None:
    outline = painted(mask)
    if outline is None:
        assert not mask.any()
        return
    assert (mask_of(outline, (6, 7)) == mask).all()
    rings = contours_of(outline)
    assert (mask_of(Polygon(rings), (6, 7)) == mask).all()
    for ring in rings:  # along the edges of pixels, a corner only where it turns
        steps = np.diff([*ring, ring[0]], axis=0)
        assert ((steps == 0).sum(axis=1) == 1).all()


@pytest.mark.parametrize(
    "outline",
    [
        Rectangle((1, 2), (6, 5)),
        Ellipse((5, 4), (3, 2), 20),
        Polygon((((1, 1), (8, 2), (4, 7)),)),
        PointMark((3.5, 2.5)),
        painted(np.eye(4, dtype=np.bool_)),
    ],
    ids=["rectangle", "ellipse", "polygon", "point", "painted"],
)
def test_moved_by_whole_pixels_the_mask_moves(outline: Shape) -> None:
    large = (20, 20)
    expected = np.roll(mask_of(outline, large), (3, 2), axis=(0, 1))
    assert (mask_of(moved(outline, 2, 3), large) == expected).all()


def test_a_corner_of_a_rectangle_is_dragged_across() -> None:
    outline = rectangle((2, 2), (6, 5))
    assert handles(outline)[2] == (6, 5)
    assert reshaped(outline, 2, (8, 9)) == Rectangle((2, 2), (8, 9))
    assert reshaped(outline, 0, (7, 7)) == Rectangle((6, 5), (7, 7))


def test_an_ellipse_is_stretched_and_turned_by_its_ends() -> None:
    outline = ellipse((2, 2), (8, 6))
    assert outline == Ellipse((5, 4), (3, 2))
    assert handles(outline) == ((8, 4), (5, 6))
    turned = reshaped(outline, 0, (5, 9))
    assert isinstance(turned, Ellipse)
    assert turned.radii == (5, 2)
    assert turned.angle_deg == pytest.approx(90)
    longer = reshaped(outline, 1, (5, 10))
    assert isinstance(longer, Ellipse)
    assert longer.radii == (3, 6)
    assert longer.angle_deg == pytest.approx(0)


def test_a_corner_of_a_hole_is_moved_alone() -> None:
    outline = Polygon((((0, 0), (9, 0), (9, 9)), ((5, 2), (7, 2), (7, 4))))
    changed = reshaped(outline, 4, (6, 3))
    assert isinstance(changed, Polygon)
    assert changed.rings == (outline.rings[0], ((5, 2), (6, 3), (7, 4)))
