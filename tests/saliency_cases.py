"""Saliency volumes and truths to measure on: by hand, and any that Hypothesis can think of."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.explain.metrics.truth import Truth

GRID = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 6))


def volume_of(values: Any) -> SaliencyVolume:
    """A volume of 2 x 2 px cells and groups of 50 nm from 400 nm on."""
    array = np.asarray(values, dtype=np.float32)
    low = 400 + 50.0 * np.arange(array.shape[2])
    edges = np.stack([low, low + 50], axis=1)
    return SaliencyVolume(
        array, edges, (2 * array.shape[0], 2 * array.shape[1]), "sick", "evidence"
    )


def truth_of(lesion: Any, importance: Any) -> Truth:
    """A truth from lists; the scene's own bands are those of the class."""
    curve = np.asarray(importance, dtype=np.float64)
    return Truth(np.asarray(lesion, dtype=np.bool_), curve, curve)


# Whole numbers: sums are exact, and what is equal on paper is equal here.
@st.composite
def cases(draw: st.DrawFn) -> tuple[SaliencyVolume, Truth]:
    """A volume and a truth on the same grid, with a lesion and a group that matters."""
    grid = draw(GRID)
    return draw(volumes(grid)), draw(truths(grid))


def volumes(grid: tuple[int, int, int]) -> st.SearchStrategy[SaliencyVolume]:
    """Any volume on a grid."""
    return hnp.arrays(np.float32, grid, elements=st.integers(-50, 50)).map(volume_of)


def truths(grid: tuple[int, int, int]) -> st.SearchStrategy[Truth]:
    """Any truth on a grid that has a lesion."""
    lesion = hnp.arrays(np.bool_, grid[:2]).filter(lambda cells: bool(cells.any()))
    importance = hnp.arrays(np.float64, grid[2], elements=st.integers(0, 9)).filter(
        lambda curve: bool(curve.any())
    )
    return st.builds(truth_of, lesion, importance)
