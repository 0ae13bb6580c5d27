"""Truth on a grid, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from saliency_cases import truth_of, volume_of

from focus_viewer.explain.metrics.truth import truth_on_grid

EDGES = np.array([[400.0, 450.0], [450.0, 500.0], [550.0, 600.0]])
BANDS = np.array([410.0, 440.0, 450.0, 520.0, 560.0, 600.0])
IMPORTANCE = np.array([1.0, 2.0, 4.0, 99.0, 1.0, 3.0])


def test_cells_are_lesion_from_a_half_on() -> None:
    lesion = np.array([[1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]], dtype=np.bool_)
    truth = truth_on_grid(lesion, IMPORTANCE, BANDS, EDGES, (2, 2))
    assert truth.lesion_cells.tolist() == [[True, False], [True, False]]


def test_cells_of_unequal_size_cover_the_image_evenly() -> None:
    lesion = np.zeros((3, 5), dtype=np.bool_)
    lesion[:2, 3] = True  # half of the cell of rows 0-1 and columns 3-4
    truth = truth_on_grid(lesion, IMPORTANCE, BANDS, EDGES, (2, 2))
    assert truth.lesion_cells.tolist() == [[False, True], [False, False]]


def test_half_of_a_cell_of_odd_size_is_no_matter_of_rounding() -> None:
    lesion = np.zeros((3, 14), dtype=np.bool_)
    lesion[:, :7] = True
    assert truth_on_grid(lesion, IMPORTANCE, BANDS, EDGES, (1, 1)).lesion_cells.tolist() == [[True]]


def test_a_group_is_as_important_as_its_bands_on_average() -> None:
    truth = truth_on_grid(np.ones((2, 2), np.bool_), IMPORTANCE, BANDS, EDGES, (1, 1))
    # The last edge belongs to the last group; the band between two groups to none.
    assert truth.importance.tolist() == [1.5, 4.0, 2.0]
    assert truth.true_groups.tolist() == [False, True, True]


def test_true_voxels_are_true_groups_of_lesion_cells() -> None:
    truth = truth_of([[1, 0]], [0.0, 2.0, 1.0, 0.9])
    assert truth.true_voxels.tolist() == [[[False, True, True, False], [False] * 4]]


def test_a_class_without_tissue_has_no_true_groups() -> None:
    assert not truth_of([[1]], [0.0, 0.0]).true_groups.any()


def test_a_group_without_bands_is_named() -> None:
    with pytest.raises(ValueError, match="550-600 nm"):
        truth_on_grid(np.ones((2, 2), np.bool_), IMPORTANCE[3:], BANDS[3:] - 110, EDGES, (1, 1))


@pytest.mark.parametrize("grid", [(3, 1), (1, 0)])
def test_a_grid_that_does_not_fit_is_refused(grid: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="does not fit 2 pixels"):
        truth_on_grid(np.ones((2, 2), np.bool_), IMPORTANCE, BANDS, EDGES, grid)


def test_other_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        truth_of([1, 0], [1.0])


def test_a_volume_on_another_grid_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 1, 2\)"):
        truth_of([[1]], [1.0, 0.0]).check(volume_of([[[1, 2, 3]]]))
