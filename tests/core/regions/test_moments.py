"""Moments: the same however the rows are cut up."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.regions.moments import moments_of, no_moments


def test_by_hand() -> None:
    moments = moments_of(np.array([[1.0, 5.0], [3.0, np.nan], [8.0, np.inf]]))
    assert moments.counts.tolist() == [3, 1]
    assert moments.means.tolist() == [4, 5]
    assert moments.squares.tolist() == [26, 0]
    np.testing.assert_allclose(moments.sd, [np.sqrt(13), np.nan])


def test_no_rows_have_no_mean() -> None:
    assert np.isnan(no_moments(2).means).all()
    assert np.isnan(no_moments(2).merged(no_moments(2)).sd).all()


def test_values_given_are_left_alone() -> None:
    values = np.array([[1.0], [np.nan]])
    moments_of(values)
    np.testing.assert_array_equal(values, [[1], [np.nan]])


@given(st.lists(st.integers(0, 12), max_size=4), st.integers(0, 99))
def test_pieces_merge_to_the_whole(cuts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = 1e4 + rng.normal(size=(12, 3))
    rows[rng.random(rows.shape) < 0.3] = np.nan
    merged = no_moments(3)
    for piece in np.split(rows, sorted(cuts)):
        merged = merged.merged(moments_of(piece))
    whole = moments_of(rows)
    np.testing.assert_array_equal(merged.counts, whole.counts)
    np.testing.assert_allclose(merged.means, whole.means, rtol=1e-14)
    np.testing.assert_allclose(merged.sd, whole.sd, rtol=1e-9)


def test_a_bright_even_region_does_not_cancel() -> None:
    rows = np.array([[1e8], [1e8 + 1], [1e8 + 2]])
    assert moments_of(rows[:1]).merged(moments_of(rows[1:])).sd[0] == 1
