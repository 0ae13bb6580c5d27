"""Benchmark scenes with their truth."""

from __future__ import annotations

import numpy as np

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.simulated_samples import (
    EDGES_NM,
    group_sensor,
)
from focus_viewer.core.errors import FocusError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.inference.band_groups import average_bands
from focus_viewer.explain.metrics.truth import truth_on_grid
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.checkpoint import load_model
from focus_viewer.simulate.scene import Scene, simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor

# Test scenes never share a seed with training, whose seeds are drawn otherwise: see `samples`.
_FIRST_SEED = 7_000_000
_SEEDS_APART = 10_000
SENSORS = {"full": FULL, "vnir": VNIR}


def fitting_size_px(backbone: BandPureBackbone, wanted: int | None, usual: int) -> int:
    """Return the height and width of the scenes.

    Parameters
    ----------
    usual : int
        Taken if none is wanted, by a backbone that takes windows of any size.

    Raises
    ------
    FocusError
        If the backbone does not take windows of the wanted size.
    """
    own, patch = backbone.window_px, backbone.patch_px
    if backbone.vit.patch_embed.strict_img_size:
        if wanted not in (None, own):
            raise FocusError(
                f"--size-px {wanted}: this model takes windows of {own} px only, because its "
                "position embedding is learned. Omit the option, or choose another model."
            )
        return own
    size = usual if wanted is None else wanted
    if size % patch:
        raise FocusError(f"--size-px {size}: this model takes multiples of its {patch} px patches.")
    return size


def load_setup(model: str) -> tuple[BenchmarkSetup, str]:
    """Load a model whose spectral groups are those of simulated scenes, and its checksum."""
    card, loaded = load_model(model)
    check_groups(card.edges_nm)
    return BenchmarkSetup(loaded, card.edges_nm, card.classes, card.temperatures), card.sha256


def check_groups(edges_nm: DoubleArray) -> None:
    """Refuse, by a FocusError, other spectral groups than scenes are averaged to."""
    if not np.array_equal(edges_nm, EDGES_NM):
        raise FocusError(
            f"this model has {len(edges_nm)} spectral groups, the benchmark's scenes the "
            f"{len(EDGES_NM)} of `focus-viewer train`: choose a model trained by that command."
        )


def simulate_scenes(order: Order, setup: BenchmarkSetup, seed: int) -> list[BenchmarkScene]:
    """Return scenes of a seed, leaf by leaf, each leaf with every class in turn."""
    first = _FIRST_SEED + seed * _SEEDS_APART
    sensor = SENSORS[order.sensor]
    return [
        _scene(order, setup, sensor, first + number, label)
        for number in range(order.scenes)
        for label in range(len(setup.classes))
    ]


def _scene(
    order: Order, setup: BenchmarkSetup, sensor: Sensor, seed: int, label: int
) -> BenchmarkScene:
    size = order.size_px
    cells = size // setup.model.backbone.patch_px
    scene = simulate_scene(seed, sensor, setup.classes[label], (size, size))
    return scene_on_grid(scene, label, cells)


def scene_on_grid(scene: Scene, label: int, cells: int) -> BenchmarkScene:
    """Convert a simulated scene to spectral groups, and its truth to so many cells a side."""
    grouping = group_sensor(scene.sensor)
    truth = truth_on_grid(
        scene.lesion,
        np.asarray(scene.importance, dtype=np.float64),
        scene.sensor.wavelengths_nm,
        grouping.edges_nm,
        (cells, cells),
        np.asarray(scene.scene_importance, dtype=np.float64),
    )
    return BenchmarkScene(
        average_bands(scene.reflectance, grouping.bands), grouping.groups, label, truth
    )
