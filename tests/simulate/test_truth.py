"""The ideal observer: d' worked out by hand, and peaks where the absorbers are."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.simulate.sensors import FULL, VNIR
from focus_viewer.simulate.truth import band_importance, class_importance, true_bands


@pytest.fixture
def _prosail() -> None:
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")


def _band(wavelength_nm: float) -> int:
    return int(np.abs(FULL.wavelengths_nm - wavelength_nm).argmin())


def test_importance_by_hand() -> None:
    # Band 0: means 0.5 and 0.2, variances 0.01 and 0.03, noise variance 0.07: 0.3 / 0.3.
    # Band 1: the means are the same.
    target = np.array([[0.4, 0.3], [0.6, 0.3]], dtype=np.float32)
    spread = np.sqrt(0.03)
    others = np.array([[0.2 - spread, 0.3], [0.2 + spread, 0.3]], dtype=np.float32)
    curve = band_importance(target, others, np.array([np.sqrt(0.07), 0.1]))
    np.testing.assert_allclose(curve, [1.0, 0.0], atol=1e-6)


def test_true_bands_reach_half_of_the_highest() -> None:
    assert true_bands(np.array([0.0, 0.99, 1.0, 2.0])).tolist() == [False, False, True, True]
    assert not true_bands(np.zeros(3)).any()


@pytest.mark.usefixtures("_prosail")
def test_healthy_has_no_tissue_of_its_own() -> None:
    np.testing.assert_array_equal(class_importance("healthy", FULL), np.zeros(FULL.bands))


@pytest.mark.usefixtures("_prosail")
@pytest.mark.parametrize(
    ("class_name", "strong_nm", "weak_nm"),
    [
        ("chlorosis", (560, 710), (850, 1450, 2200)),
        ("water stress", (1450, 2020), (450, 550, 850)),
        ("bacterial spot", (760,), (450, 1070)),
        ("anthocyanin", (540,), (680, 850, 1450, 2200)),
    ],
)
def test_peaks_where_the_absorber_is(
    class_name: str, strong_nm: tuple[int, ...], weak_nm: tuple[int, ...]
) -> None:
    curve = class_importance(class_name, FULL)
    assert all(curve[_band(nm)] > curve.max() / 2 for nm in strong_nm)
    assert all(curve[_band(nm)] < curve.max() / 4 for nm in weak_nm)


@pytest.mark.usefixtures("_prosail")
def test_water_is_hardly_seen_below_1000_nm() -> None:
    assert class_importance("water stress", VNIR).max() < 0.6
    assert class_importance("water stress", FULL).max() > 1.5


@pytest.mark.usefixtures("_prosail")
def test_cached_curve_cannot_be_written_over() -> None:
    with pytest.raises(ValueError, match="read-only"):
        class_importance("anthocyanin", FULL)[0] = 1.0
