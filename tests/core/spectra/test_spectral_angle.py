"""Spectral angles held against their definition by the cosine."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.spectra import spectral_angle
from focus_viewer.core.spectra.spectral_angle import spectral_angles
from focus_viewer.core.typing import FloatArray

GOOD = np.array([True, True, False, True, True])


def made() -> FloatArray:
    values = np.random.default_rng(4).uniform(0.1, 0.9, (6, 7, 5)).astype(np.float32)
    values[..., 2] = 99  # a bad band
    values[3, 4] = 2 * values[1, 2]  # the same, brighter
    values[0, 0, 1] = np.nan
    values[5, 5] = 0
    return values


def of(values: FloatArray) -> Cube:
    return Cube(ArraySource(values), "c", GOOD)


@pytest.mark.parametrize("strip", [1, 4_000_000])
def test_as_the_cosine_defines_them(monkeypatch: pytest.MonkeyPatch, strip: int) -> None:
    monkeypatch.setattr(spectral_angle, "_STRIP_VALUES", strip)
    values = made()
    angles = spectral_angles(of(values), values[1, 2])
    kept = values[..., GOOD].astype(np.float64)
    lengths = np.linalg.norm(kept, axis=2)
    with np.errstate(invalid="ignore"):
        cosine = kept @ kept[1, 2] / (lengths * lengths[1, 2])
    expected = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    np.testing.assert_allclose(angles, expected, atol=1e-5)
    assert np.isnan(angles[0, 0])
    assert np.isnan(angles[5, 5])
    assert angles[3, 4] == pytest.approx(0, abs=1e-9)  # brightness does not count


def test_small_angles_are_exact() -> None:
    tilt = 1e-7
    values = np.array([[[1, 0], [np.cos(tilt), np.sin(tilt)]]], dtype=np.float32)
    cube = Cube(ArraySource(values), "c", np.ones(2, dtype=np.bool_))
    assert spectral_angles(cube, values[0, 0])[0, 1] == pytest.approx(np.degrees(tilt), rel=1e-3)


def test_it_stops_when_it_is_no_longer_wanted() -> None:
    def stop(fraction: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        spectral_angles(of(made()), made()[1, 2], stop)
