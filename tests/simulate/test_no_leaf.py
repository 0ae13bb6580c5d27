"""Inputs that are no leaf are of many kinds, and look like none."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.no_leaf import no_leaf_images
from focus_viewer.simulate.sensors import FULL, VNIR

SOILS = np.linspace(0.1, 0.4, 2101, dtype=np.float32)[None]


def test_every_kind_has_an_image_of_the_sensor() -> None:
    found = no_leaf_images(0, VNIR, (16, 12), SOILS)
    assert set(found) == {"noise", "photograph", "grey card", "soil", "water", "rock"}
    for image in found.values():
        assert image.shape == (16, 12, VNIR.bands)
        assert np.isfinite(image).all()


def test_they_are_the_same_again() -> None:
    first, again, other = (no_leaf_images(seed, VNIR, (8, 8), SOILS) for seed in (0, 0, 1))
    for name, image in first.items():
        np.testing.assert_array_equal(image, again[name])
        assert not np.array_equal(image, other[name])


def test_materials_have_the_spectra_that_they_are_named_for() -> None:
    found = no_leaf_images(0, FULL, (16, 16), SOILS)

    def mean(name: str, nm: float) -> float:
        image: FloatArray = found[name]
        near = np.abs(FULL.wavelengths_nm - nm) < 15
        return float(image[..., near].mean())

    assert mean("water", 560) > 10 * abs(mean("water", 850))
    assert abs(mean("grey card", 550) / mean("grey card", 850) - 1) < 0.05
    assert mean("rock", 850) > 1.2 * mean("rock", 450)
