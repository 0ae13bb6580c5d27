"""Noise of known power, and what it does to explanations that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from saliency_cases import volume_of

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.metrics.stability import SNR_DB, add_noise, noisy_cubes, stability


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _measured(
    explain: Callable[[FloatArray], SaliencyVolume],
    data: FloatArray,
    levels_db: Sequence[int] = SNR_DB,
) -> dict[str, float]:
    clean = explain(data)
    noisy = noisy_cubes(data, _rng(), levels_db)
    return stability(clean, {level: explain(cube) for level, cube in noisy.items()})


def _as_it_is(data: FloatArray) -> SaliencyVolume:
    return volume_of(data)


@pytest.mark.parametrize("snr_db", [40, 10, -3])
def test_every_band_gets_the_same_ratio(snr_db: float) -> None:
    data = _rng(1).uniform(0.5, 1, (100, 100, 3)).astype(np.float32) * [1, 0.01, 100]
    noise = add_noise(data.astype(np.float32), snr_db, _rng()) - data
    ratio = (data**2).mean(axis=(0, 1)) / noise.var(axis=(0, 1))
    assert 10 * np.log10(ratio) == pytest.approx([snr_db] * 3, abs=0.2)
    assert np.abs(noise.mean(axis=(0, 1)) / noise.std(axis=(0, 1))).max() < 0.05


def test_no_data_stays_no_data_and_counts_for_nothing() -> None:
    data = np.full((50, 50, 2), 2, dtype=np.float32)
    data[:25, :, 0] = np.nan
    data[:, :, 1] = np.nan
    noisy = add_noise(data, 20, _rng())
    assert np.array_equal(np.isnan(noisy), np.isnan(data))
    assert np.nanstd(noisy[:, :, 0]) == pytest.approx(0.2, rel=0.1)


def test_volume_correlation_is_what_theory_says() -> None:
    # Without a mean, signal power is signal variance: correlation 1 / sqrt(1 + 10^(-snr / 10)).
    data = _rng(2).standard_normal((80, 80, 4)).astype(np.float32)
    found = _measured(_as_it_is, data)
    for level in SNR_DB:
        expected = 1 / np.sqrt(1 + 10 ** (-level / 10))
        assert found[f"stability_{level}db_volume"] == pytest.approx(expected, abs=0.005)


def test_curve_that_keeps_its_order_is_steady() -> None:
    data = np.ones((40, 40, 4), dtype=np.float32) * [1, 2, 4, 3]
    found = _measured(_as_it_is, data.astype(np.float32))
    assert [found[f"stability_{level}db"] for level in SNR_DB] == pytest.approx([1] * 4)


def test_curve_is_compared_by_rank() -> None:
    curves = iter([[1, 2, 3, 4], [20, 10, 40, 30]])  # clean, then noisy: 1 - 6 * 4 / 60
    found = _measured(
        lambda data: volume_of([[next(curves)]]), np.ones((2, 2, 4), np.float32), [20]
    )
    assert found["stability_20db"] == pytest.approx(0.6)


def test_what_does_not_look_at_the_data_is_steady() -> None:
    fixed = volume_of(_rng(3).standard_normal((2, 2, 4)))
    found = _measured(lambda data: fixed, np.ones((4, 4, 4), np.float32))
    assert found == pytest.approx(dict.fromkeys(found, 1.0))
    assert len(found) == 2 * len(SNR_DB)


def test_the_same_seed_gives_the_same_noise() -> None:
    data = _rng(4).uniform(size=(5, 5, 3)).astype(np.float32)
    assert np.array_equal(add_noise(data, 20, _rng(7)), add_noise(data, 20, _rng(7)))
    assert not np.array_equal(add_noise(data, 20, _rng(7)), add_noise(data, 20, _rng(8)))
