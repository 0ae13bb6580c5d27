"""The numbers are those of scipy on the same values."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import stats

from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.effects import noncentrality_limits
from focus_viewer.core.studies.plan import Quantity, StudyPlan
from focus_viewer.core.typing import DoubleArray
from tests.core.studies.study_cases import row, study, two_groups

PLAN = StudyPlan("treatment")
NDVI = Quantity("value", "NDVI")
RNG = np.random.default_rng(3)
FIRST, SECOND = RNG.normal(0, 1, 5), RNG.normal(0.9, 1, 7)


def _t(first: DoubleArray, second: DoubleArray, axis: int = -1) -> DoubleArray:
    return np.abs(stats.ttest_ind(first, second, axis=axis).statistic)


def _paired_t(first: DoubleArray, second: DoubleArray, axis: int = -1) -> DoubleArray:
    return np.abs(stats.ttest_rel(first, second, axis=axis).statistic)


def _f(*groups: DoubleArray, axis: int = -1) -> DoubleArray:
    return stats.f_oneway(*groups, axis=axis).statistic


def _expected(
    groups: Sequence[DoubleArray], statistic: Callable[..., DoubleArray], kind: str = "independent"
) -> float:
    return stats.permutation_test(
        groups, statistic, permutation_type=kind, n_resamples=np.inf, alternative="greater"
    ).pvalue


def test_two_groups_of_plants() -> None:
    found = compare(two_groups(FIRST, SECOND), PLAN, NDVI)
    assert found.test.complete
    assert found.test.p == pytest.approx(_expected((FIRST, SECOND), _t), abs=1e-12)
    assert np.sqrt(found.test.found.f[0]) == pytest.approx(_t(FIRST, SECOND))
    assert found.test.found.free_within == 10


def test_paired_plants() -> None:
    second = SECOND[:5]
    rows = [
        row(str(n), t, v)
        for n in range(5)
        for t, v in zip(("control", "drought"), (FIRST[n], second[n]), strict=True)
    ]
    found = compare(study(*rows), PLAN, NDVI)
    assert found.test.sample.design == "paired"
    assert found.test.p == pytest.approx(_expected((FIRST, second), _paired_t, "samples"))
    assert np.sqrt(found.test.found.f[0]) == pytest.approx(_paired_t(FIRST, second))


def test_three_groups_of_plants() -> None:
    groups = [RNG.normal(centre, 1, 3) for centre in (0, 1, 2)]
    rows = [
        row(f"{name}{n}", name, value)
        for name, values in zip("abc", groups, strict=True)
        for n, value in enumerate(values)
    ]
    found = compare(study(*rows), PLAN, NDVI)
    assert found.test.p == pytest.approx(_expected(groups, _f), abs=1e-12)
    assert found.test.found.f[0] == pytest.approx(_f(*groups))


def test_many_plants_are_arranged_at_random() -> None:
    first, second = RNG.normal(0, 1, 30), RNG.normal(0.5, 1, 30)
    found = compare(two_groups(first, second), PLAN, NDVI)
    assert not found.test.complete
    # 9,999 arrangements: p is known to about 0.005 around 0.05.
    assert found.test.p == pytest.approx(stats.ttest_ind(first, second).pvalue, abs=0.015)


def test_effect_size_is_that_of_t() -> None:
    effect = compare(two_groups(FIRST, SECOND), PLAN, NDVI).effect
    pooled = np.sqrt((4 * FIRST.var(ddof=1) + 6 * SECOND.var(ddof=1)) / 10)
    assert effect.d == pytest.approx((FIRST.mean() - SECOND.mean()) / pooled)
    assert effect.g == pytest.approx(effect.d * (1 - 3 / (4 * 10 - 1)), rel=2e-3)
    assert effect.low < effect.g < effect.high


@pytest.mark.parametrize(("t", "free"), [(0.0, 1), (2.3, 4), (-5.0, 10), (12.0, 60)])
def test_confidence_limits_are_noncentralities(t: float, free: int) -> None:
    low, high = noncentrality_limits(t, free)
    assert stats.nct.cdf(t, free, low) == pytest.approx(0.975, abs=1e-4)
    assert stats.nct.cdf(t, free, high) == pytest.approx(0.025, abs=1e-4)


def test_blocked_groups_are_an_analysis_of_variance_with_blocks() -> None:
    """F of repeated measures: residual of a model with plant and treatment."""
    values = RNG.normal(0, 1, (4, 3)) + RNG.normal(0, 3, (4, 1))
    rows = [row(str(n), name, values[n, k]) for n in range(4) for k, name in enumerate("abc")]
    found = compare(study(*rows), PLAN, NDVI)
    residual = values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()
    between = 4 * ((values.mean(0) - values.mean()) ** 2).sum() / 2
    assert found.test.sample.design == "blocked"
    assert found.test.found.f[0] == pytest.approx(between / ((residual**2).sum() / 6))
    assert found.test.arrangements == 6**4


def test_blocked_groups_are_those_of_statsmodels() -> None:
    anova = pytest.importorskip("statsmodels.stats.anova")
    pandas = pytest.importorskip("pandas")
    values = RNG.normal(0, 1, (6, 3)) + RNG.normal(0, 3, (6, 1))
    cells = [(str(n), "abc"[k], values[n, k]) for n in range(6) for k in range(3)]
    found = compare(study(*(row(*cell) for cell in cells)), PLAN, NDVI)
    table = pandas.DataFrame(cells, columns=["plant", "treatment", "value"])
    expected = anova.AnovaRM(table, "value", "plant", within=["treatment"]).fit().anova_table
    assert found.test.found.f[0] == pytest.approx(expected["F Value"].iloc[0])
    assert found.test.found.free_within == expected["Den DF"].iloc[0]
