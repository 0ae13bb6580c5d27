"""Sensors: what resampling keeps, what noise means, which sensors are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.simulate.sensors import FULL, GRID_NM, VNIR, Sensor, random_sensor, resample


def _random_sensors(count: int) -> list[Sensor]:
    rng = np.random.default_rng(3)
    return [random_sensor(rng) for _ in range(count)]


@pytest.mark.parametrize("sensor", [VNIR, FULL, *_random_sensors(5)])
def test_constant_stays_constant(sensor: Sensor) -> None:
    seen = resample(np.full((1, GRID_NM.size), 0.37, dtype=np.float32), sensor)
    np.testing.assert_allclose(seen, np.full((1, sensor.bands), 0.37), atol=1e-5)


@pytest.mark.parametrize("sensor", [VNIR, FULL, *_random_sensors(5)])
def test_line_is_kept_to_the_ends_of_the_grid(sensor: Sensor) -> None:
    line = (0.1 + 0.0002 * GRID_NM).astype(np.float32)
    expected = 0.1 + 0.0002 * sensor.wavelengths_nm
    np.testing.assert_allclose(resample(line[None], sensor)[0], expected, atol=1e-4)


def test_band_at_half_its_width_sees_half() -> None:
    sensor = Sensor("one", np.array([1000.0]), np.array([20.0]), np.array([100.0]))
    weights = sensor.response[:, 0]
    peak = weights[GRID_NM == 1000.0]
    np.testing.assert_allclose(weights[GRID_NM == 990.0], peak / 2, rtol=1e-4)
    np.testing.assert_allclose(weights[GRID_NM == 1010.0], peak / 2, rtol=1e-4)


def test_presets_have_the_ranges_and_bands_that_they_say() -> None:
    assert (VNIR.wavelengths_nm[0], VNIR.wavelengths_nm[-1], VNIR.bands) == (400, 1000, 204)
    assert (FULL.wavelengths_nm[0], FULL.wavelengths_nm[-1], FULL.bands) == (400, 2500, 210)


def test_random_sensors_keep_their_promises() -> None:
    for sensor in _random_sensors(300):
        sampling = np.diff(sensor.wavelengths_nm)
        assert np.ptp(sensor.wavelengths_nm) >= 300
        assert sampling.min() >= 3 - 1e-9
        assert sampling.max() <= 20 + 1e-9
        assert 30 <= sensor.snr.min() <= sensor.snr.max() <= 500


def test_noise_is_told_for_a_half_bright_panel() -> None:
    sensor = Sensor("one", np.array([500.0]), np.array([5.0]), np.array([250.0]))
    assert sensor.noise[0] == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"snr": np.array([100.0])}, "one value a band"),
        ({"wavelengths_nm": np.array([600.0, 500.0])}, "ascend"),
        ({"wavelengths_nm": np.array([390.0, 500.0])}, "400-2500"),
        ({"wavelengths_nm": np.array([400.0, 2501.0])}, "400-2500"),
        ({"fwhm_nm": np.array([0.5, 5.0])}, "fwhm"),
        ({"snr": np.array([0.0, 5.0])}, "snr"),
    ],
)
def test_impossible_sensors_are_refused(change: dict[str, np.ndarray], message: str) -> None:
    good = Sensor("two", np.array([500.0, 600.0]), np.full(2, 5.0), np.full(2, 100.0))
    with pytest.raises(ValueError, match=message):
        replace(good, **change)
