"""Scenes: reproducible, only the lesion tells the class, noise as the sensor says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")

from focus_viewer.simulate.effects import LESIONS, Effect
from focus_viewer.simulate.leaf import Camera, LeafShape, look
from focus_viewer.simulate.render import Blade, Layer, paint_leaf
from focus_viewer.simulate.scene import CLASSES, Scene, simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor, resample
from focus_viewer.simulate.tissue import Tissue, reflectance

SIZE = (32, 32)
NOISELESS = replace(FULL, snr=np.full(FULL.bands, 1e7))


def _mean_change(class_name: str, cause: str, seed: int) -> np.ndarray:
    """Mean change that the lesion makes to its pixels, shape (bands,)."""
    with_lesion = simulate_scene(seed, NOISELESS, class_name, SIZE, cause=cause)
    without = simulate_scene(seed, NOISELESS, "healthy", SIZE)
    change = with_lesion.reflectance - without.reflectance
    return change[with_lesion.lesion].mean(axis=0)


def _at(spectrum: np.ndarray, wavelength_nm: float) -> float:
    return float(spectrum[np.abs(FULL.wavelengths_nm - wavelength_nm).argmin()])


@pytest.mark.parametrize("class_name", CLASSES)
@pytest.mark.parametrize("sensor", [VNIR, FULL])
def test_shapes_and_types(class_name: str, sensor: Sensor) -> None:
    scene = simulate_scene(4, sensor, class_name, (24, 40))
    assert scene.reflectance.shape == (24, 40, sensor.bands)
    assert scene.reflectance.dtype == np.float32
    assert scene.lesion.shape == scene.leaf.shape == scene.nuisance.shape == (24, 40)
    assert scene.importance.shape == (sensor.bands,)


def test_same_seed_same_scene_other_seed_other_scene() -> None:
    first, again, other = (simulate_scene(s, VNIR, "chlorosis", SIZE) for s in (7, 7, 8))
    np.testing.assert_array_equal(first.reflectance, again.reflectance)
    np.testing.assert_array_equal(first.lesion, again.lesion)
    assert not np.array_equal(first.reflectance, other.reflectance)


@pytest.mark.parametrize("class_name", CLASSES)
def test_lesion_lies_in_the_leaf_and_healthy_has_none(class_name: str) -> None:
    for seed in range(40):
        scene = simulate_scene(seed, VNIR, class_name, SIZE)
        assert scene.lesion.any() == (class_name != "healthy"), seed
        assert np.all(scene.leaf[scene.lesion]), seed
        assert scene.nuisance.any(), seed
        assert np.all(scene.leaf[scene.nuisance]), seed


@pytest.mark.parametrize("class_name", LESIONS)
def test_same_seed_differs_between_classes_in_the_lesion_alone(class_name: str) -> None:
    healthy = simulate_scene(11, FULL, "healthy", SIZE)
    lesion = simulate_scene(11, FULL, class_name, SIZE)
    changed = (healthy.reflectance != lesion.reflectance).any(axis=2)
    assert np.all(changed[lesion.lesion])
    assert np.all(lesion.leaf[changed])
    assert not changed.all()
    np.testing.assert_array_equal(healthy.nuisance, lesion.nuisance)


@pytest.mark.parametrize(
    ("class_name", "cause", "up_nm", "down_nm", "still_nm"),
    [
        ("chlorosis", "chlorophyll", (560, 710), (), (850, 1450, 2200)),
        ("chlorosis", "chlorophyll and carotenoids", (560, 710), (), (850, 1450, 2200)),
        ("chlorosis", "pigments and water", (560, 710, 1450, 2020), (), (850,)),
        ("water stress", "water", (1450, 2020), (), (560, 680)),
        ("water stress", "water and thinner tissue", (1450, 2020), (850,), (680,)),
        ("bacterial spot", "brown", (), (760,), (1450, 2020)),
        ("bacterial spot", "brown and water", (1450, 2020), (760,), (1070,)),
        ("anthocyanin", "anthocyanin", (), (550,), (850, 1450, 2200)),
        ("anthocyanin", "anthocyanin and chlorophyll", (700,), (550,), (850, 1450, 2200)),
    ],
)
def test_lesions_change_the_bands_of_their_absorbers(
    class_name: str,
    cause: str,
    up_nm: tuple[int, ...],
    down_nm: tuple[int, ...],
    still_nm: tuple[int, ...],
) -> None:
    change = _mean_change(class_name, cause, seed=2)
    assert all(_at(change, nm) > 0.01 for nm in up_nm)
    assert all(_at(change, nm) < -0.01 for nm in down_nm)
    assert all(abs(_at(change, nm)) < 0.004 for nm in still_nm)


def test_noise_is_what_the_snr_says() -> None:
    noisy = replace(FULL, snr=np.linspace(50, 400, FULL.bands))
    scenes = [simulate_scene(5, sensor, "healthy", (64, 64)) for sensor in (noisy, NOISELESS)]
    measured = (scenes[0].reflectance - scenes[1].reflectance).std(axis=(0, 1))
    np.testing.assert_allclose(measured, 0.5 / noisy.snr, rtol=0.06)


def test_interior_fills_the_window_and_about_half_are_interior() -> None:
    assert simulate_scene(1, VNIR, "healthy", SIZE, interior=True).leaf.all()
    assert not simulate_scene(1, VNIR, "healthy", SIZE, interior=False).leaf.all()
    drawn: list[Scene] = [simulate_scene(seed, VNIR, "healthy", (16, 16)) for seed in range(60)]
    assert 0.3 < np.mean([scene.leaf.all() for scene in drawn]) < 0.7


def test_unknown_class_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"rust.*healthy, chlorosis"):
        simulate_scene(0, VNIR, "rust")


def test_unknown_cause_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'brown' of chlorosis.*chlorophyll, "):
        simulate_scene(0, VNIR, "chlorosis", SIZE, cause="brown")


def test_ratio_blending_stays_close_to_prospect_itself() -> None:
    tissue = Tissue(n=1.6, cab=45.0, car=10.0, ant=0.5, brown=0.0, cw=0.013, cm=0.006)
    shape = LeafShape(half_width=0.4, base=0.6, tip=1.0, bend=0, vein_pairs=1e-3, vein_slope=1)
    view = look(shape, Camera((8, 8), (0.0, 0.2), 0.005, 0.0))
    spot = Effect(cab=0.4, cw=0.5, brown=0.8)
    severity = np.full((8, 8), 0.6, dtype=np.float32)
    leaves = [
        paint_leaf(view, Blade(tissue), layers, FULL, np.random.default_rng(0)).reflectance
        for layers in ([], [Layer(spot, severity)])
    ]
    before, after = resample(reflectance([tissue, spot.on(tissue, 0.6)]), FULL)
    np.testing.assert_allclose((leaves[1] / leaves[0])[4, 4], after / before, rtol=0.03)


@pytest.mark.parametrize("class_name", CLASSES)
def test_nuisance_is_painted_in_every_class(
    class_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_nuisance = simulate_scene(6, FULL, class_name, SIZE)
    monkeypatch.setattr("focus_viewer.simulate.scene.draw_nuisance", lambda rng: Effect())
    without = simulate_scene(6, FULL, class_name, SIZE)
    changed = np.abs(with_nuisance.reflectance - without.reflectance).max(axis=2) > 1e-3
    assert np.all(changed[with_nuisance.nuisance])
    assert not changed.all()
