"""Benchmark scenes with their truth, and the methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.simulated_samples import (
    EDGES_NM,
    TRAINING,
    group_sensor,
    simulate_samples,
)
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.baselines.methods import untrained_baselines
from focus_viewer.explain.baselines.prompt_cam import PromptCam
from focus_viewer.explain.baselines.prompt_training import (
    LabelledWindows,
    PromptPlan,
    train_prompt_cam,
)
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.benchmark.methods import BaselineMethod, Focus, Method
from focus_viewer.explain.inference.band_groups import average_bands
from focus_viewer.explain.metrics.truth import truth_on_grid
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.checkpoint import load_model
from focus_viewer.simulate.scene import simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor

# Test scenes never share a seed with training, whose seeds are drawn otherwise: see `samples`.
_FIRST_SEED = 7_000_000
_SEEDS_APART = 10_000
# Occlusion's blocks: lesions grow with the scene, and so do the blocks that are to find them.
_BLOCKS_A_SIDE = 4
_SENSORS = {"full": FULL, "vnir": VNIR}


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
    return BenchmarkSetup(loaded, card.edges_nm, card.classes), card.sha256


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
    sensor = _SENSORS[order.sensor]
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
    grouping = group_sensor(sensor)
    truth = truth_on_grid(
        scene.lesion,
        np.asarray(scene.importance, dtype=np.float64),
        sensor.wavelengths_nm,
        grouping.edges_nm,
        (cells, cells),
    )
    return BenchmarkScene(
        average_bands(scene.reflectance, grouping.bands), grouping.groups, label, truth
    )


def build_methods(
    order: Order, setup: BenchmarkSetup, prompt_cam: PromptCam, seed: int
) -> Sequence[Method]:
    """Build FOCUS in both modes and all baselines; the seed is that of chance."""
    cells = max(1, order.size_px // (_BLOCKS_A_SIDE * setup.model.backbone.patch_px))
    baselines = (*untrained_baselines(seed, cells), prompt_cam)
    others = [BaselineMethod(baseline, setup.model) for baseline in baselines]
    return [Focus(setup.model, "evidence"), Focus(setup.model, "attention"), *others]


def trained_prompt_cam(order: Order, setup: BenchmarkSetup, workers: int, step: Step) -> PromptCam:
    """Train Prompt-CAM on the scenes that FOCUS learns from, once for all seeds, as FOCUS is."""
    plan = PromptPlan(epochs=order.epochs)
    windows = _training_windows(order, setup, workers)
    return train_prompt_cam(setup.model.backbone, windows, len(setup.classes), plan, step)


def _training_windows(
    order: Order, setup: BenchmarkSetup, workers: int
) -> Iterator[LabelledWindows]:
    for batch in simulate_samples(TRAINING, 0, order.samples, (order.size_px,), workers):
        yield LabelledWindows(
            batch.tensor(setup.model.statistics(batch.groups)),
            torch.from_numpy(batch.groups),
            torch.from_numpy(batch.labels),
        )
