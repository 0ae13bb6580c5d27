"""The volume as voxels, a box, rays and colours: numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.ui.volume.colours import plane_colours, plane_lookup, voxel_colours
from focus_viewer.ui.volume.decorations import leftmost_edge, round_ticks
from focus_viewer.ui.volume.grid import ZERO_CODE, Box, VoxelGrid, voxel_codes
from focus_viewer.ui.volume.picking import peak_projection, strongest_along
from focus_viewer.ui.widgets import colourmaps

EVEN = np.array([[400, 500], [500, 600], [600, 700], [700, 800]], dtype=np.float64)
GAPPED = np.array([[400, 500], [500, 550], [700, 800]], dtype=np.float64)


def make_volume(values: FloatArray, edges_nm: DoubleArray = EVEN) -> SaliencyVolume:
    """A volume of an image of 20 x 40 pixels with limits of -1 to 1."""
    volume = SaliencyVolume(values, edges_nm, (20, 40), "spot", "evidence")
    volume.__dict__["limits"] = (-1.0, 1.0)
    return volume


def zeros(groups: int = 4) -> FloatArray:
    return np.zeros((5, 10, groups), dtype=np.float32)


def whole(volume: SaliencyVolume) -> VoxelGrid:
    return VoxelGrid.within(volume, 10**7, 2048)


def test_the_box_has_the_pictures_proportions_and_the_axis_is_even_in_nm() -> None:
    box = Box.around(make_volume(zeros()))
    assert (box.width, box.depth, box.low_nm, box.high_nm) == (1.0, 0.5, 400.0, 800.0)
    assert box.z_of(500) == pytest.approx(box.height / 4)
    assert box.z_of(300) == 0
    assert box.z_of(900) == box.height


def test_codes_keep_value_sign_and_place_with_row_0_last() -> None:
    values = zeros()
    values[0, 3, 2], values[4, 9, 0], values[1, 1, 1] = 0.5, -1.0, 7.0
    codes = voxel_codes(make_volume(values), whole(make_volume(values)))
    assert codes.shape == (4, 5, 10)
    assert codes[2, 4, 3] == ZERO_CODE + 64
    assert codes[0, 0, 9] == ZERO_CODE - 127
    assert codes[1, 3, 1] == ZERO_CODE + 127
    assert (codes != ZERO_CODE).sum() == 3


def test_no_data_has_the_code_of_nothing() -> None:
    values = np.full_like(zeros(), np.nan)
    volume = make_volume(values)
    assert (voxel_codes(volume, whole(volume)) == ZERO_CODE).all()


def test_gaps_stay_empty_and_wide_groups_fill_more_slices() -> None:
    volume = make_volume(np.ones_like(zeros(3)), GAPPED)
    codes = voxel_codes(volume, whole(volume))
    assert codes.shape[0] == 8, "slices of 50 nm"
    filled = (codes[:, 0, 0] != ZERO_CODE).tolist()
    assert filled == [True, True, True, False, False, False, True, True]


def test_a_budget_shortens_the_longest_sides_and_loses_no_peak() -> None:
    values = zeros()
    values[3, 7, 1], values[0, 0, 3] = -0.9, 0.6
    volume = make_volume(values)
    grid = VoxelGrid.within(volume, 4 * 5 * 6, 2048)
    assert (grid.slices, grid.rows, grid.cols) == (4, 5, 6)
    assert VoxelGrid.within(volume, 10**6, 4) == VoxelGrid(4, 4, 4)
    codes = voxel_codes(volume, VoxelGrid(2, 3, 3))
    assert sorted(codes[codes != ZERO_CODE].tolist()) == [ZERO_CODE - 114, ZERO_CODE + 76]
    assert codes[1, 2, 0] == ZERO_CODE + 76


def test_narrow_groups_survive_thick_slices() -> None:
    edges = np.array([[n, n + 1] for n in range(400, 1000)], dtype=np.float64)
    values = zeros(600)
    values[2, 2, 301] = 1.0
    volume = make_volume(values, edges)
    grid = whole(volume)
    assert grid.slices == 256
    codes = voxel_codes(volume, grid)
    assert codes[:, 2, 2].max() == ZERO_CODE + 127
    codes[:, 2, 2] = ZERO_CODE
    assert (codes == ZERO_CODE).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_ray_finds_the_strongest_voxel_it_meets(sign: int) -> None:
    values = zeros()
    values[1, 6, 3], values[1, 6, 0], values[4, 6, 0] = 0.5, 0.8 * sign, 1.0
    volume = make_volume(values)
    box = Box.around(volume)
    x, y = 6.5 / 10 * box.width, (1 - 1.5 / 5) * box.depth
    found = strongest_along(volume, box, np.array([x, y, 9.0]), np.array([x, y, 8.0]))
    assert found is not None
    assert (found.row, found.col, found.nm) == (6, 26, 450.0)
    assert found.value == pytest.approx(0.8 * sign)


def test_a_ray_from_the_side_finds_its_wavelength() -> None:
    values = zeros(3)
    values[2, 2, 2] = 1.0
    volume = make_volume(values, GAPPED)
    box = Box.around(volume)
    for nm, expected in ((750.0, 750.0), (650.0, None), (450.0, None)):
        start = np.array([-3.0, box.depth / 2, box.z_of(nm)])
        found = strongest_along(volume, box, start, start + np.array([1, 0, 0]))
        assert (found.nm if found else None) == expected


def test_a_ray_that_meets_nothing_or_only_faint_voxels_finds_none() -> None:
    volume = make_volume(np.full_like(zeros(), 0.05))
    box = Box.around(volume)
    through, beside = np.array([0.5, 0.2, 2.0]), np.array([1.5, 0.2, 2.0])
    down = np.array([0.0, 0.0, -1.0])
    assert strongest_along(volume, box, through, through + down) is None
    strong = make_volume(np.ones_like(zeros()))
    assert strongest_along(strong, box, through, through + down) is not None
    assert strongest_along(strong, box, beside, beside + down) is None
    missing = make_volume(np.full_like(zeros(), np.nan))
    assert strongest_along(missing, box, through, through + down) is None


def test_the_peak_projection_keeps_the_sign_and_the_group() -> None:
    values = zeros()
    values[0, 0] = [0.1, -0.6, 0.5, np.nan]
    values[2, 3] = [0.1, 0.2, 0.3, 0.25]
    peaks, groups = peak_projection(make_volume(values))
    assert (peaks[0, 0], groups[0, 0]) == (np.float32(-0.6), 1)
    assert (peaks[2, 3], groups[2, 3]) == (np.float32(0.3), 2)
    assert peaks[4, 9] == 0


@pytest.mark.parametrize("name", [*colourmaps.DIVERGING, *colourmaps.SEQUENTIAL])
def test_opacity_rises_with_strength_and_nothing_is_clear(name: str) -> None:
    opacity = voxel_colours(name)[:, 3]
    assert opacity[ZERO_CODE] == 0
    assert (np.diff(opacity[ZERO_CODE:]) >= 0).all()
    assert opacity[255] > 0
    below = opacity[1:ZERO_CODE][::-1]
    if name in colourmaps.DIVERGING:
        np.testing.assert_allclose(below, opacity[ZERO_CODE + 1 :])
    else:
        assert (below == 0).all()


def test_a_plane_has_the_maps_end_colours_and_a_tint_where_nothing_is() -> None:
    volume = make_volume(zeros())
    name = next(iter(colourmaps.DIVERGING))
    plane = np.array([[-1.0, 1.0, np.nan, 0.0]], dtype=np.float32)
    colours = plane_colours(plane, volume, plane_lookup(name))[0]
    np.testing.assert_array_equal(colours[0], colourmaps.lookup(name)[0])
    np.testing.assert_array_equal(colours[1], colourmaps.lookup(name)[-1])
    np.testing.assert_array_equal(colours[2], colours[3])
    assert 0 < colours[2][3] < 40


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (400.0, 1000.0, [400, 500, 600, 700, 800, 900, 1000]),
        (383.0, 2512.0, [500, 1000, 1500, 2000, 2500]),
        (690.0, 710.0, [690, 695, 700, 705, 710]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[int]) -> None:
    np.testing.assert_allclose(round_ticks(low, high, 6), expected)


@pytest.mark.parametrize(
    ("azimuth", "corner"), [(-45, (0, 1)), (45, (0, 0)), (135, (1, 0)), (225, (1, 1))]
)
def test_the_leftmost_edge_turns_with_the_camera(azimuth: float, corner: tuple[int, int]) -> None:
    found, outward = leftmost_edge(Box(1.0, 1.0, 1.0, 400, 800), azimuth)
    assert tuple(found) == (*corner, 0), "at 0 degrees one looks along +y, so left is -x"
    assert outward @ outward == pytest.approx(1)
    assert (found - [0.5, 0.5, 0]) @ outward > 0
