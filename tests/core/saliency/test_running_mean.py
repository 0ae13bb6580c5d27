"""Mean over a moved band window: the same as over a window that was always there."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.saliency.running_mean import RunningMean
from focus_viewer.core.saliency.volume import SaliencyVolume, window_plane
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import FloatArray

GROUPS = 60
CENTERS = [*range(400, 1000, 3), 450, 950, *range(1000, 400, -7)]


def volume_of(values: FloatArray) -> SaliencyVolume:
    """Return a volume with groups of unlike widths."""
    ends = 400 + 600 * np.linspace(0, 1, GROUPS + 1) ** 1.3
    return SaliencyVolume(
        values, np.stack([ends[:-1], ends[1:]], axis=1), (5, 6), "rust", "evidence"
    )


def noise() -> FloatArray:
    return np.random.default_rng(0).normal(0, 1, (5, 6, GROUPS)).astype(np.float32)


@pytest.mark.parametrize("width_nm", [1, 50, 130, 400, 2000])
def test_a_moved_window_has_the_mean_of_its_groups(width_nm: float) -> None:
    volume, mean = volume_of(noise()), RunningMean()
    for center in CENTERS:
        window = BandWindow(center, width_nm)
        expected = window_plane(volume, window)
        np.testing.assert_allclose(mean.plane(volume, window), expected, atol=1e-6)


def test_a_window_that_is_widened_has_the_mean_of_its_groups() -> None:
    volume, mean = volume_of(noise()), RunningMean()
    for width in [*range(200, 600, 5), *range(600, 200, -9)]:
        window = BandWindow(700, width)
        expected = window_plane(volume, window)
        np.testing.assert_allclose(mean.plane(volume, window), expected, atol=1e-6)


def test_values_that_are_not_known_stay_in_their_groups() -> None:
    values = noise()
    values[1, 2, 30], values[3, 3, 31] = np.nan, np.inf
    volume, mean = volume_of(values), RunningMean()
    for center in CENTERS:
        window = BandWindow(center, 130)
        expected = window_plane(volume, window)
        np.testing.assert_allclose(mean.plane(volume, window), expected, atol=1e-6)


def test_a_value_far_beyond_the_others_leaves_nothing_behind() -> None:
    values = noise()
    values[1, 2, 30], values[3, 3, 10] = -1.23e34, 1e7
    volume, mean = volume_of(values), RunningMean()
    for center in CENTERS:
        window = BandWindow(center, 200)
        expected = window_plane(volume, window)
        np.testing.assert_allclose(mean.plane(volume, window), expected, rtol=1e-4, atol=1e-3)


def test_another_volume_has_its_own_mean() -> None:
    mean, window = RunningMean(), BandWindow(700, 300)
    first, second = volume_of(noise()), volume_of(-noise())
    mean.plane(first, window)
    np.testing.assert_allclose(mean.plane(second, window), window_plane(second, window), atol=1e-6)


def test_a_window_outside_all_groups_has_no_mean() -> None:
    assert np.isnan(RunningMean().plane(volume_of(noise()), BandWindow(3000, 50))).all()
