"""Effect sizes held against scipy, and a test that keeps its level and finds what was planted."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from focus_viewer.core.regions.effect_size import cohens_d, compare
from focus_viewer.core.typing import DoubleArray


def groups(
    seed: int, n: int = 30, bands: int = 40, shift: float = 0.0
) -> tuple[DoubleArray, DoubleArray]:
    """Two groups whose neighbouring bands go together; the first is shifted at band 17."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(2 * n + 10, bands + 4))
    smooth = np.stack([noise[:, i : i + 5].sum(axis=1) for i in range(bands)], axis=1) / 5**0.5
    smooth[:n, 17] += shift
    return 0.4 + 0.01 * smooth[:n], 0.4 + 0.01 * smooth[n:]


def scipy_d(first: DoubleArray, second: DoubleArray) -> DoubleArray:
    t = stats.ttest_ind(first, second, nan_policy="omit").statistic
    n1, n2 = np.isfinite(first).sum(axis=0), np.isfinite(second).sum(axis=0)
    return np.asarray(t * np.sqrt(1 / n1 + 1 / n2))


def test_d_by_hand() -> None:
    # Means 2 and 5, squares 2 and 8, pooled variance 10 / 4.
    d = cohens_d(np.array([[1.0], [2], [3]]), np.array([[3.0], [5], [7]]))
    assert d[0] == pytest.approx(-3 / np.sqrt(2.5))


def test_d_is_that_of_scipy_also_with_gaps() -> None:
    first, second = groups(0, shift=1)
    np.testing.assert_allclose(cohens_d(first, second), scipy_d(first, second), rtol=1e-10)
    first[::4, 3] = second[5:9, 8] = np.nan
    np.testing.assert_allclose(cohens_d(first, second), scipy_d(first, second), rtol=1e-10)
    np.testing.assert_array_equal(compare(first, second, 9).d, cohens_d(first, second))


def test_d_is_not_defined_without_spread_or_values() -> None:
    first, second = groups(0)
    first[:, 0] = second[:, 0] = 0.1
    first[:, 1] = np.nan
    first[1:, 2] = np.nan
    result = compare(first, second, 99)
    assert np.isnan(result.d[:3]).all()
    assert np.isnan(result.p_values[:3]).all()
    assert not result.significant[:3].any()
    assert np.isfinite(result.d[3:]).all()
    assert 0 < result.threshold < 2


def test_shuffled_maxima_are_those_of_cohens_d() -> None:
    """With few spectra the shuffles run through all ways to split them: the maxima are known."""
    rng = np.random.default_rng(4)
    spectra = rng.normal(size=(5, 3))
    spectra[4, 1] = np.nan

    splits = [
        (list(two), [i for i in range(5) if i not in two]) for two in combinations(range(5), 2)
    ]
    maxima = [np.nanmax(np.abs(cohens_d(spectra[a], spectra[b]))) for a, b in splits]
    result = compare(spectra[:2], spectra[2:], permutations=4000, level=0.5)
    assert np.abs(np.array(maxima) - result.threshold).min() < 1e-9
    for band in range(3):
        share = np.mean([m >= abs(result.d[band]) - 1e-9 for m in maxima])
        assert result.p_values[band] == pytest.approx(share, abs=0.03)


def test_false_positives_come_at_the_level() -> None:
    trials = 400
    hits = sum(compare(*groups(seed), 199, seed=seed).significant.any() for seed in range(trials))
    # 20 expected, standard deviation 4.4.
    assert 8 <= hits <= 34


def test_a_test_without_correction_would_not_keep_the_level() -> None:
    """The null data can tell: uncorrected, most of them hold a band that seems to differ."""
    uncorrected = sum((stats.ttest_ind(*groups(seed)).pvalue < 0.05).any() for seed in range(100))
    assert uncorrected > 40


def test_a_planted_band_is_found() -> None:
    found = [compare(*groups(seed, shift=1.3), 199, seed=seed) for seed in range(60)]
    assert sum(bool(one.significant[17]) for one in found) >= 54
    strongest = [int(np.nanargmax(np.abs(one.d))) for one in found]
    assert np.mean(np.array(strongest) == 17) > 0.9
    assert all(one.d[17] > 0 for one in found)


def test_band_and_p_values_tell_the_same() -> None:
    for seed in range(20):
        result = compare(*groups(seed, shift=0.8), 199, level=0.1, seed=seed)
        np.testing.assert_array_equal(result.significant, result.p_values <= 0.1)
        assert result.p_values.min() >= 1 / 200


def test_too_few_shuffles_make_nothing_significant() -> None:
    result = compare(*groups(0, shift=9), 18)
    assert result.threshold == np.inf
    assert not result.significant.any()
    assert compare(*groups(0, shift=9), 19).significant[17]


def test_large_groups_are_sampled_and_the_seed_tells_all() -> None:
    first, second = groups(0, n=500, shift=1)
    result = compare(first, second, 99, most_spectra=50, seed=3)
    assert result.spectra == (50, 50)
    again = compare(first, second, 99, most_spectra=50, seed=3)
    np.testing.assert_array_equal(result.d, again.d)
    assert result.threshold == again.threshold
    other = compare(first, second, 99, most_spectra=50, seed=4)
    assert (other.d != result.d).any()
    assert compare(first, second, 99, seed=3).threshold < 0.6 * result.threshold


def test_groups_must_fit() -> None:
    first, second = groups(0)
    with pytest.raises(ValueError, match=r"shapes \(30, 40\) and \(40, 39\)"):
        compare(first, second[:, 1:])
    with pytest.raises(ValueError, match="cannot compare"):
        compare(first[:1], second)


def test_shuffles_count_only_the_values_that_there_are() -> None:
    spectra = np.random.default_rng(6).normal(size=(7, 1))
    spectra[4] = np.nan
    splits = [(list(a), [i for i in range(7) if i not in a]) for a in combinations(range(7), 3)]
    known = [abs(float(cohens_d(spectra[a], spectra[b])[0])) for a, b in splits]
    for level in np.arange(0.05, 1, 0.05):
        result = compare(spectra[:3], spectra[3:], permutations=500, level=level)
        assert min(abs(one - result.threshold) for one in known) < 1e-9
