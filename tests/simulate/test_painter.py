"""Painted leaves have spots where they say, and twins without."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.painter import Palette, paint_pair
from focus_viewer.simulate.sensors import FULL, GRID_NM

HEALTHY = 0.1 + 0.4 / (1 + np.exp(-(GRID_NM - 720) / 15))
ILL = HEALTHY * np.where(GRID_NM < 700, 1.8, 1.0)


def palette(ill: bool = True) -> Palette:
    """Leaves whose ill tissue is brighter below 700 nm, on a grey card."""
    levels = np.array([0.95, 1.0, 1.05, 1.1])[:, None]
    return Palette(
        spectra(levels * HEALTHY), spectra(ILL[None]) if ill else None, spectra(0 * ILL[None] + 0.3)
    )


def spectra(values: np.ndarray) -> FloatArray:
    return np.asarray(values, dtype=np.float32)


def test_a_twin_differs_in_the_spots_alone() -> None:
    ill, control = paint_pair(0, palette(), None, FULL)
    different = np.abs(ill.reflectance - control.reflectance).max(axis=-1) > 1e-6
    assert ill.lesion.any()
    assert not control.lesion.any()
    assert different[ill.lesion].all()
    assert not different[~ill.leaf].any()
    np.testing.assert_array_equal(ill.leaf, control.leaf)


def test_what_sets_spots_apart_is_where_ill_tissue_differs() -> None:
    ill, control = paint_pair(1, palette(), None, FULL)
    wavelengths = FULL.wavelengths_nm
    visible = (wavelengths > 450) & (wavelengths < 680)
    infrared = wavelengths > 750
    assert ill.importance[visible].min() > 3 * ill.importance[infrared].max()
    assert not control.importance.any()


def test_a_scene_is_the_same_again_and_another_with_another_seed() -> None:
    first, again, other = (paint_pair(seed, palette(), None, FULL).ill for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.reflectance, again.reflectance)
    assert not np.array_equal(first.lesion, other.lesion)


def test_harder_scenes_have_other_tissue_that_is_no_lesion() -> None:
    plain, hard = (paint_pair(2, palette(), None, FULL, harder=harder).ill for harder in (0, 1))
    assert not plain.distractor.any()
    assert hard.distractor.any()
    assert not (hard.distractor & hard.lesion).any()
    np.testing.assert_array_equal(plain.lesion, hard.lesion)


def test_a_class_changes_measured_leaves_by_its_own_ratios() -> None:
    pytest.importorskip("prosail", reason="the ratios are simulated by prosail")
    ill, control = paint_pair(3, palette(ill=False), "water stress", FULL)
    ratio = (ill.reflectance[ill.lesion] / control.reflectance[ill.lesion]).mean(axis=0)
    water = np.abs(FULL.wavelengths_nm - 1450) < 30
    green = np.abs(FULL.wavelengths_nm - 550) < 30
    assert ratio[water].mean() > 1.1 > ratio[green].mean()


def test_spots_need_a_class_or_ill_tissue() -> None:
    with pytest.raises(ValueError, match="ill spectra"):
        paint_pair(0, palette(ill=False), None, FULL)
