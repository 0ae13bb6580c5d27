"""All figures of one method on one scene."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import torch

from focus_viewer.core.saliency import SaliencyVolume
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.benchmark.contestants import Answer, Contestant, Window
from focus_viewer.explain.benchmark.scenes import BenchmarkScene
from focus_viewer.explain.focus_model import FocusModel
from focus_viewer.explain.metrics.classifier import class_probability
from focus_viewer.explain.metrics.collapse import class_similarity, collapse_top1pct
from focus_viewer.explain.metrics.cost import extra_parameters_percent, time_ratio
from focus_viewer.explain.metrics.faithfulness import Trial, faithfulness
from focus_viewer.explain.metrics.localisation import localisation
from focus_viewer.explain.metrics.memory import peak_memory_bytes
from focus_viewer.explain.metrics.stability import SNR_DB, stability


@dataclass(frozen=True)
class Effort:
    """How much is measured of each method.

    Attributes
    ----------
    compared : int
        Classes whose volumes are compared for a scene, the true one among them.
    levels_db : tuple of int
        Signal-to-noise ratios at which a scene is explained again.
    seconds : float
        How long each method is timed.
    """

    compared: int = 5
    levels_db: tuple[int, ...] = SNR_DB
    seconds: float = 2.0


@dataclass(frozen=True, eq=False)
class Arena:
    """The frozen model that is explained, and what its arrays stand for.

    Attributes
    ----------
    model : FocusModel
        Frozen, on the CPU.
    edges_nm : DoubleArray, shape (groups, 2)
        Of all its groups.
    classes : tuple of str
    """

    model: FocusModel
    edges_nm: DoubleArray
    classes: tuple[str, ...]

    def window(self, scene: BenchmarkScene, data: FloatArray | None = None) -> Window:
        """A scene, or other numbers in its place, as contestants are given it."""
        images = scene.tensor(self.model, data)
        groups = torch.from_numpy(scene.groups)
        return Window(images, groups, self.edges_nm[scene.groups], self.classes)


def measure_scene(
    arena: Arena, contestant: Contestant, scene: BenchmarkScene, seed: int, effort: Effort
) -> dict[str, float]:
    """Figures of a method on a scene, by the benchmark's names; NaN where there is no truth.

    The true class is explained. Every method meets the same noise.
    """
    window = arena.window(scene)
    classes = len(arena.classes)
    asked = [(scene.label + more) % classes for more in range(min(effort.compared, classes))]
    answers = [contestant.answer(window, target) for target in asked]
    found = answers[0]
    return {
        "accuracy": float(contestant.decide(window) == scene.label),
        **_located(found.volume, scene, arena.classes),
        **_collapse(found, answers),
        **_faithfulness(arena, scene, window, found.volume),
        **stability(
            lambda data: contestant.answer(arena.window(scene, data), scene.label).volume,
            scene.data,
            np.random.default_rng(seed),
            effort.levels_db,
        ),
        "forward_passes": float(found.forward_passes),
        "backward_passes": float(found.backward_passes),
    }


def _located(
    volume: SaliencyVolume, scene: BenchmarkScene, classes: tuple[str, ...]
) -> dict[str, float]:
    found = localisation(volume, scene.truth)
    return {**found, f"band_iou, {classes[scene.label]}": found["band_iou"]}


def _collapse(found: Answer, answers: list[Answer]) -> dict[str, float]:
    return {
        "collapse_top1pct": collapse_top1pct(found.volume),
        "collapse_class_token": found.on_class_token,
        "class_similarity": class_similarity([answer.volume for answer in answers]),
    }


def _faithfulness(
    arena: Arena, scene: BenchmarkScene, window: Window, volume: SaliencyVolume
) -> dict[str, float]:
    images = window.images[0].numpy()
    ask = class_probability(arena.model.backbone, window.groups, scene.label)
    return faithfulness(Trial(images, np.zeros(len(images), dtype=np.float32), ask), volume)


def measure_cost(
    arena: Arena, contestant: Contestant, scene: BenchmarkScene, effort: Effort
) -> dict[str, float]:
    """Time and memory of explaining one class, against the backbone's plain forward pass."""
    window = arena.window(scene)
    backbone = arena.model.backbone
    device = window.images.device
    turn = count()

    @torch.inference_mode()
    def plain() -> object:
        return backbone.logits(window.images, window.groups)

    def explain() -> object:
        return contestant.answer(window, next(turn) % len(arena.classes))

    return {
        "time_ratio": time_ratio(explain, plain, device, seconds=effort.seconds),
        "memory_ratio": peak_memory_bytes(explain, device) / peak_memory_bytes(plain, device),
        "extra_parameters_percent": extra_parameters_percent(contestant.extra, backbone),
    }
