"""Scenes with truth of their own: causes, traits, distractors and second lesions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")

from focus_viewer.simulate.distractors import draw_distractors, no_distractors
from focus_viewer.simulate.effects import LESIONS, VEIN, Effect
from focus_viewer.simulate.leaf import Camera, LeafShape, LeafView, look
from focus_viewer.simulate.measured import MeasuredSpectra
from focus_viewer.simulate.render import TRAITS, Blade, Layer, Painting, paint_leaf
from focus_viewer.simulate.scene import PLAIN, Scene, Variety, simulate_scene
from focus_viewer.simulate.sensors import FULL, GRID_NM, limit_sensor
from focus_viewer.simulate.tissue import Tissue, reflectance

SIZE = (32, 32)
TISSUE = Tissue(n=1.6, cab=45.0, car=10.0, ant=0.5, brown=0.0, cw=0.013, cm=0.006)
CROWDED = Variety(distractors=1.0)


def _view(pixel: float = 0.005) -> LeafView:
    shape = LeafShape(half_width=0.4, base=0.6, tip=1.0, bend=0, vein_pairs=1e-3, vein_slope=1)
    return look(shape, Camera((8, 8), (0.0, 0.2), pixel, 0.0))


def _trait(scene: Scene, name: str) -> np.ndarray:
    return scene.traits[..., list(TRAITS).index(name)]


def _cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


@pytest.mark.parametrize(
    ("class_name", "causes", "most"),
    [
        ("chlorosis", ("chlorophyll", "pigments and water"), 0.8),
        ("chlorosis", ("chlorophyll", "chlorophyll and carotenoids"), 0.995),
        ("water stress", ("water", "water and thinner tissue"), 0.98),
        ("bacterial spot", ("brown", "brown and water"), 0.85),
        ("anthocyanin", ("anthocyanin", "anthocyanin and chlorophyll"), 0.95),
    ],
)
def test_causes_of_a_class_have_curves_of_their_own(
    class_name: str, causes: tuple[str, str], most: float
) -> None:
    curves = [
        [simulate_scene(seed, FULL, class_name, SIZE, cause=c).scene_importance for c in causes]
        for seed in range(8)
    ]
    assert np.mean([_cosine(*pair) for pair in curves]) < most


def test_drawn_causes_are_those_of_the_class_and_all_occur() -> None:
    for class_name, causes in LESIONS.items():
        scenes = [simulate_scene(seed, FULL, class_name, (12, 12)) for seed in range(20)]
        assert {scene.cause for scene in scenes} == set(causes)
    assert simulate_scene(0, FULL, "healthy", SIZE).cause == ""


def test_scene_importance_has_its_peak_where_the_cause_acts() -> None:
    scene = simulate_scene(2, FULL, "water stress", SIZE, cause="water")
    assert FULL.wavelengths_nm[scene.scene_importance.argmax()] > 1300
    assert scene.scene_importance.max() > 1
    healthy = simulate_scene(2, FULL, "healthy", SIZE)
    np.testing.assert_array_equal(healthy.scene_importance, np.zeros(FULL.bands))


def test_traits_by_hand() -> None:
    half = np.full((8, 8), 0.5, dtype=np.float32)
    layer = Layer(Effect(cab=0.4, ant=8.0), half)
    before, after = (
        paint_leaf(_view(), Blade(TISSUE), layers, FULL, np.random.default_rng(0)).traits
        for layers in ([], [layer])
    )
    names = list(TRAITS)
    chlorophyll, anthocyanin = names.index("chlorophyll"), names.index("anthocyanin")
    np.testing.assert_allclose(after[..., chlorophyll], 0.7 * before[..., chlorophyll], rtol=1e-5)
    np.testing.assert_allclose(after[..., anthocyanin], 4 + before[..., anthocyanin], rtol=1e-5)
    for same in ("carotenoids", "brown pigment", "water", "dry matter", "structure"):
        number = names.index(same)
        np.testing.assert_array_equal(after[..., number], before[..., number])
    # The leaf's own variation stays within 12 % for water; veins leave water as it is.
    assert VEIN.cw == 1
    assert np.abs(before[..., names.index("water")] / TISSUE.cw - 1).max() <= 0.1201


@pytest.mark.parametrize(
    ("class_name", "cause", "trait", "factor"),
    [
        ("chlorosis", "chlorophyll", "chlorophyll", (0.15, 0.9)),
        ("water stress", "water", "water", (0.2, 0.9)),
        ("water stress", "water and thinner tissue", "structure", (0.85, 0.995)),
    ],
)
def test_lesions_change_their_traits(
    class_name: str, cause: str, trait: str, factor: tuple[float, float]
) -> None:
    healthy = simulate_scene(3, FULL, "healthy", SIZE)
    scene = simulate_scene(3, FULL, class_name, SIZE, cause=cause)
    ratio = _trait(scene, trait) / _trait(healthy, trait)
    assert np.all((ratio[scene.lesion] > factor[0]) & (ratio[scene.lesion] < factor[1]))
    np.testing.assert_allclose(ratio[scene.leaf].max(), 1, rtol=1e-6)


@pytest.mark.parametrize("variety", [PLAIN, CROWDED])
def test_traits_are_known_on_tissue_and_nowhere_else(variety: Variety) -> None:
    for seed in range(6):
        scene = simulate_scene(seed, FULL, "anthocyanin", SIZE, interior=False, variety=variety)
        assert np.isfinite(scene.traits[scene.tissue]).all()
        assert np.isnan(scene.traits[~scene.tissue]).all()
        assert not scene.tissue.all()
        assert np.all(scene.tissue[scene.leaf])


def test_plain_scenes_have_no_distractors() -> None:
    for seed in range(6):
        scene = simulate_scene(seed, FULL, "chlorosis", SIZE)
        assert not scene.distractor.any()
        assert scene.second is None
        np.testing.assert_array_equal(scene.tissue, scene.leaf)


@pytest.mark.parametrize("class_name", ["healthy", "bacterial spot"])
def test_distractors_keep_class_and_lesion(class_name: str) -> None:
    others = 0
    for seed in range(10):
        plain, crowded = (
            simulate_scene(seed, FULL, class_name, SIZE, variety=v) for v in (PLAIN, CROWDED)
        )
        np.testing.assert_array_equal(plain.lesion, crowded.lesion)
        assert crowded.class_name == class_name
        assert crowded.cause == plain.cause
        assert crowded.distractor.any()
        assert not crowded.distractor[crowded.lesion].any()
        assert np.all(crowded.tissue[crowded.distractor])
        others += (crowded.tissue & ~crowded.leaf).any()
    assert others >= 3


def test_distractors_are_the_same_in_every_class() -> None:
    healthy, spotted = (
        simulate_scene(5, FULL, name, SIZE, variety=CROWDED) for name in ("healthy", "chlorosis")
    )
    np.testing.assert_array_equal(healthy.tissue, spotted.tissue)
    changed = (healthy.reflectance != spotted.reflectance).any(axis=2)
    assert np.all(changed[spotted.lesion])
    assert not changed.all()


def test_another_leaf_is_painted_over_the_leaf() -> None:
    shares = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    under, over = (
        Painting(np.full((8, 8, 2), level, np.float32), np.full((8, 8, 7), level, np.float32))
        for level in (0.2, 0.6)
    )
    distractors = replace(no_distractors((8, 8)), coverage=shares, painting=over)
    painted = distractors.over(under)
    np.testing.assert_allclose(painted.reflectance[..., 0], 0.2 + 0.4 * shares, rtol=1e-5)
    np.testing.assert_allclose(painted.traits[..., 0], np.where(shares > 0.5, 0.6, 0.2), rtol=1e-6)
    assert no_distractors((8, 8)).over(under) is under


def test_another_leaf_covers_nothing_that_is_spared() -> None:
    view = _view(0.25)
    spared = np.zeros((8, 8), dtype=np.bool_)
    spared[:, :4] = True
    found = [
        draw_distractors(view, Blade(TISSUE), spared, 1.0, FULL, np.random.default_rng(seed))
        for seed in range(12)
    ]
    assert not any(drawn.coverage[spared].any() for drawn in found)
    assert any(drawn.coverage.any() for drawn in found)


def test_second_lesions_are_of_another_class_and_as_often_as_wanted() -> None:
    always = Variety(second=1.0)
    for seed in range(8):
        scene = simulate_scene(seed, FULL, "chlorosis", SIZE, variety=always)
        alone = simulate_scene(seed, FULL, "chlorosis", SIZE)
        assert scene.second in set(LESIONS) - {"chlorosis"}
        assert scene.second_lesion.any()
        np.testing.assert_array_equal(scene.lesion, alone.lesion)
    assert simulate_scene(0, FULL, "healthy", SIZE, variety=always).second is None
    some = Variety(second=0.3)
    drawn = [simulate_scene(seed, FULL, "chlorosis", (12, 12), variety=some) for seed in range(60)]
    assert 0.1 < np.mean([scene.second is not None for scene in drawn]) < 0.5


def test_a_measured_leaf_has_its_own_spectrum_and_unknown_traits() -> None:
    green = reflectance([TISSUE])
    odd = green * (1 + 0.5 * np.exp(-(((GRID_NM - 1000) / 50) ** 2))).astype(np.float32)
    odd[:, (GRID_NM < 500) | (GRID_NM > 2400)] = np.nan
    nothing = np.zeros(1, dtype=np.bool_)
    leaves = MeasuredSpectra(odd, ("",), ~nothing, nothing)
    sensor = limit_sensor(FULL, *leaves.range_nm)
    scene = simulate_scene(
        1, sensor, "healthy", SIZE, interior=True, variety=Variety(leaves=leaves)
    )
    assert np.isfinite(scene.reflectance).all()
    assert np.isnan(scene.traits).all()
    mean = scene.reflectance[scene.leaf].mean(axis=0)
    bump, beside = (np.abs(sensor.wavelengths_nm - nm).argmin() for nm in (1000, 880))
    assert mean[bump] / mean[beside] == pytest.approx(1.45, rel=0.1)
