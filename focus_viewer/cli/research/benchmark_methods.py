"""Methods of the benchmark: FOCUS, baselines, and rivals that know no model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.simulated_samples import TRAINING, group_sensor, simulate_samples
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.baselines.method import Baseline
from focus_viewer.explain.baselines.methods import untrained_baselines
from focus_viewer.explain.baselines.model_free.departure import MedianDeparture, Rx, SpectralAngle
from focus_viewer.explain.baselines.model_free.matched_filter import MatchedFilter
from focus_viewer.explain.baselines.prompt_cam import PromptCam
from focus_viewer.explain.baselines.prompt_training import (
    LabelledWindows,
    PromptPlan,
    train_prompt_cam,
)
from focus_viewer.explain.benchmark.measure import BenchmarkSetup
from focus_viewer.explain.benchmark.methods import BaselineMethod, Focus, Method
from focus_viewer.explain.inference.band_groups import average_bands
from focus_viewer.simulate.effects import LESIONS, draw_lesion
from focus_viewer.simulate.sensors import FULL, resample
from focus_viewer.simulate.truth import changed_spectra

# Occlusion's blocks: lesions grow with the scene, and so do the blocks that are to find them.
_BLOCKS_A_SIDE = 4


def build_methods(
    order: Order, setup: BenchmarkSetup, prompt_cam: PromptCam, seed: int
) -> Sequence[Method]:
    """Build FOCUS in its modes and all baselines and rivals; the seed is that of chance."""
    cells = max(1, order.size_px // (_BLOCKS_A_SIDE * setup.model.backbone.patch_px))
    baselines = (*untrained_baselines(seed, cells), prompt_cam, *model_free_rivals(setup.classes))
    others = [BaselineMethod(baseline, setup.model) for baseline in baselines]
    model = setup.model
    modes = (Focus(model, "evidence"), Focus(model, "attention"), Focus(model, "signature"))
    return [*modes, *others]


def model_free_rivals(classes: Sequence[str]) -> tuple[Baseline, ...]:
    """Return the rivals that know no model; the matched filter knows PROSPECT's signatures."""
    signatures = np.stack([class_signature(name) for name in classes])
    return SpectralAngle(), MedianDeparture(), Rx(), MatchedFilter(signatures)


def class_signature(class_name: str) -> DoubleArray:
    """Return the mean log ratio of a class's simulated tissue to healthy tissue, shape (groups,).

    Zeros for a class without tissue of its own.
    """
    draw = partial(draw_lesion, class_name) if class_name in LESIONS else None
    changed, healthy = (_in_groups(changed_spectra(each)) for each in (draw, None))
    return np.asarray(np.log(changed / healthy).mean(axis=0), dtype=np.float64)


def _in_groups(spectra: FloatArray) -> FloatArray:
    return average_bands(resample(spectra, FULL), group_sensor(FULL).bands)


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
