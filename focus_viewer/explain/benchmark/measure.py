"""Metrics of one method on one scene with known truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.saliency.model_card import sensor_range
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray
from focus_viewer.explain.benchmark.focus_trial import FocusTrial
from focus_viewer.explain.benchmark.methods import Answer, Focus, Method, Window
from focus_viewer.explain.inference.group_images import measure_tissue
from focus_viewer.explain.metrics.collapse import (
    class_similarity,
    collapse_excess,
    collapse_top1pct,
)
from focus_viewer.explain.metrics.cost import (
    Work,
    extra_parameters_percent,
    long_time_ratio,
    peak_memory_bytes,
    time_ratio,
)
from focus_viewer.explain.metrics.faithfulness import Trial, class_probability, faithfulness
from focus_viewer.explain.metrics.fidelity import OwnValues, fidelity, predicted
from focus_viewer.explain.metrics.localisation import localisation
from focus_viewer.explain.metrics.sanity import randomised_similarity
from focus_viewer.explain.metrics.stability import SNR_DB, noisy_cubes, stability
from focus_viewer.explain.metrics.truth import Truth
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.preprocessing import standardise, to_tensor, typical_leaf


@dataclass(frozen=True)
class Effort:
    """Extent of the measurements of each method.

    Attributes
    ----------
    compared : int
        Classes whose volumes are compared for a scene, the true one among them.
    levels_db : tuple of int
        Signal-to-noise ratios at which a scene is explained again.
    steps : int
        Of deletion and insertion.
    faithful_every : int
        Deletion and insertion are measured on all scenes of every so-manieth leaf, the same for
        every method: each takes dozens of passes, whatever the method.
    costly_scenes : int
        Scenes of each seed at which costly methods, too, are asked for other classes, and with
        noise and shuffled weights. All else is measured of every method on every scene.
    seconds : float
        How long each method is timed.
    """

    compared: int = 5
    levels_db: tuple[int, ...] = SNR_DB
    steps: int = 10
    faithful_every: int = 2
    costly_scenes: int = 2
    seconds: float = 2.0


@dataclass(frozen=True, eq=False)
class BenchmarkSetup:
    """Setup of a benchmark: the frozen model that is explained, its groups and classes.

    Attributes
    ----------
    model : FocusModel
        Frozen, on the CPU.
    edges_nm : DoubleArray, shape (groups, 2)
        Of all its groups.
    temperatures : mapping of str to float
        By which logits are divided before they become probabilities; see `ModelCard`.
    """

    model: FocusModel
    edges_nm: DoubleArray
    classes: tuple[str, ...]
    temperatures: Mapping[str, float] = field(default_factory=dict)

    def window(self, scene: BenchmarkScene, data: FloatArray | None = None) -> Window:
        """Return the window of a scene, or of other values in its place."""
        values = scene.data if data is None else data
        groups = scene.groups
        tissue, cells = self._shown(values, groups)
        statistics = self.model.statistics(groups)
        images = standardise(values, statistics, typical_leaf(values, statistics.mean))
        return Window(
            to_tensor((images * tissue[..., None])[None]),
            cells.flatten()[None],
            torch.from_numpy(groups),
            self.edges_nm[groups],
            self.classes,
            values,
        )

    def temperature(self, scene: BenchmarkScene) -> float:
        """Return the temperature of the range of a scene's sensor."""
        return self.temperatures.get(sensor_range(self.edges_nm[scene.groups]), 1.0)

    def tissue(self, values: FloatArray, groups: IntArray) -> BoolArray:
        """Return the pixels that pass the model's test for tissue, shape (rows, cols)."""
        return measure_tissue(values, self.model.tissue_test(groups)).passed

    def _shown(self, values: FloatArray, groups: IntArray) -> tuple[BoolArray, Tensor]:
        """Return the pixels, and the patches, of tissue; all where there is none, as in use."""
        pixels = self.tissue(values, groups)
        patch = self.model.backbone.patch_px
        cells = functional.avg_pool2d(torch.from_numpy(pixels)[None].float(), patch)[0] >= 0.5
        if cells.any():
            return pixels, cells
        return np.ones_like(pixels), torch.ones_like(cells)


class Depth(NamedTuple):
    """Extent of the measurements of a method on one scene.

    Attributes
    ----------
    faithful : bool
        Deletion and insertion.
    thorough : bool
        Whether to ask for other classes, and with noise and shuffled weights.
    """

    faithful: bool
    thorough: bool


class Known(NamedTuple):
    """The frozen model's own values on a scene, and its curves for other scenes of the class.

    Attributes
    ----------
    others : tuple of DoubleArray, shape (groups,)
    """

    own: OwnValues
    others: tuple[DoubleArray, ...]


@dataclass(frozen=True, eq=False)
class Task:
    """Method, and a scene to measure it on.

    Attributes
    ----------
    seed : int
        Of noise and shuffled weights: every method meets the same.
    known : Known or None
        The frozen model's own values, where they were computed.
    """

    setup: BenchmarkSetup
    method: Method
    scene: BenchmarkScene
    seed: int
    effort: Effort
    known: Known | None = None


def measure_scene(task: Task, depth: Depth) -> dict[str, float]:
    """Return figures of a method on a scene, by the benchmark's names; NaN where there is no truth.

    The true class is explained.
    """
    window, scene = task.setup.window(task.scene), task.scene
    answers = task.method.answers(window, _asked(task, depth))
    found = answers[0]
    return {
        **_decided(task, window),
        **_located(found.volume, scene, task.setup.classes),
        "collapse_top1pct": collapse_top1pct(found.volume),
        "collapse_excess": collapse_excess(found.volume, scene.truth),
        "collapse_class_token": found.on_class_token,
        "forward_passes": float(found.forward_passes),
        "backward_passes": float(found.backward_passes),
        **_compared(task, found),
        "faithful_share": float(depth.faithful),
        **(_faithfulness(task, window, found.volume) if depth.faithful else {}),
        "thorough_share": float(depth.thorough),
        **(_tried(task, window, answers) if depth.thorough else {}),
        **_of_focus(task, window, found.volume),
    }


def _decided(task: Task, window: Window) -> dict[str, float]:
    """Compare the shown decision with the truth and with the frozen backbone's."""
    shown = task.method.logits(window)
    with torch.inference_mode():
        frozen = task.setup.model.backbone.logits(window.images, window.groups)[0]
    shares = np.exp((shown - shown.max()) / task.setup.temperature(task.scene))
    right = float(shown.argmax() == task.scene.label)
    return {
        "accuracy": right if task.scene.named else math.nan,
        **({"controls_called_ill": 1 - right} if task.scene.control else {}),
        "confidence": float(shares.max() / shares.sum()),
        "decision_agreement": float(shown.argmax() == int(frozen.argmax())),
    }


def _compared(task: Task, found: Answer) -> dict[str, float]:
    """Compare an explanation with the frozen model's own values, where they are known."""
    if task.known is None:
        return {}
    own, label = task.known.own, task.scene.label
    compared = fidelity(found.volume, own, label, task.known.others)
    return {**compared, **predicted(found.volume, own, label)} if found.additive else compared


def _of_focus(task: Task, window: Window, volume: SaliencyVolume) -> dict[str, float]:
    """Measure what only a method with prompts and a sink has."""
    if not isinstance(task.method, Focus):
        return {}
    trial = FocusTrial(task.method, window, task.scene.label, task.scene.truth, task.seed)
    found = {**trial.accounts(), **trial.without_prompts(volume)}
    if task.known is None:
        return found
    own = task.known.own.curve(task.scene.label)
    return {**found, **trial.prompts_against(own), **trial.without_sink(own)}


def _asked(task: Task, depth: Depth) -> list[int]:
    """Return the classes to explain, the true class first."""
    classes = len(task.setup.classes)
    compared = min(task.effort.compared, classes) if depth.thorough else 1
    return [(task.scene.label + more) % classes for more in range(compared)]


def _located(
    volume: SaliencyVolume, scene: BenchmarkScene, classes: tuple[str, ...]
) -> dict[str, float]:
    found = localisation(volume, scene.truth)
    return {**found, f"band_iou_top_n, {classes[scene.label]}": found["band_iou_top_n"]}


def _faithfulness(task: Task, window: Window, volume: SaliencyVolume) -> dict[str, float]:
    images = window.images[0].numpy()
    ask = class_probability(task.setup.model.backbone, window.groups, task.scene.label)
    baseline = np.zeros(len(images), dtype=np.float32)
    # Batches take a CPU longer than single images do: they outgrow its cache.
    return faithfulness(Trial(images, baseline, ask, steps=task.effort.steps, batch=1), volume)


def _tried(task: Task, window: Window, answers: list[Answer]) -> dict[str, float]:
    """Measure how the explanation changes with class, noise and weights."""
    clean = answers[0]
    rng = np.random.default_rng(task.seed)
    cubes = noisy_cubes(task.scene.data, rng, task.effort.levels_db)
    noisy = {level: _answer(task, task.setup.window(task.scene, c)) for level, c in cubes.items()}
    shuffled = task.method.unlearned(task.seed).answers(window, [task.scene.label])[0]
    return {
        "class_similarity": class_similarity([answer.volume for answer in answers]),
        **stability(clean.volume, {level: answer.volume for level, answer in noisy.items()}),
        **_sunk(clean, noisy),
        "randomised_similarity": randomised_similarity(clean.volume, shuffled.volume),
    }


def _answer(task: Task, window: Window) -> Answer:
    return task.method.answers(window, [task.scene.label])[0]


def _sunk(clean: Answer, noisy: dict[int, Answer]) -> dict[str, float]:
    """Return the mass of the true class on the sink, of methods that have one."""
    if math.isnan(clean.on_sink):
        return {}
    return {
        "sink": clean.on_sink,
        **{f"sink_{level}db": answer.on_sink for level, answer in noisy.items()},
    }


def measure_cost(task: Task) -> dict[str, float]:
    """Return time and memory as ratios to the plain forward pass, for one class and for all.

    Memory is that of all classes' volumes. Methods whose passes give all classes at once cost the
    same for one.
    """
    window = task.setup.window(task.scene)
    backbone, method = task.setup.model.backbone, task.method
    device = window.images.device
    classes = range(len(task.setup.classes))
    turn = count()

    @torch.inference_mode()
    def plain() -> object:
        return backbone.logits(window.images, window.groups)

    def one() -> object:
        return method.answers(window, [next(turn) % len(classes)])

    def every() -> object:
        return method.answers(window, classes)

    def ratio(work: Work) -> float:
        if method.costly:
            return long_time_ratio(work, plain, device)
        return time_ratio(work, plain, device, seconds=task.effort.seconds)

    return {
        "time_ratio": ratio(one),
        "time_ratio_all_classes": ratio(every),
        "memory_ratio": peak_memory_bytes(one, device) / peak_memory_bytes(plain, device),
        "extra_parameters_percent": extra_parameters_percent(method.extra, backbone),
    }


@dataclass(frozen=True, eq=False)
class BenchmarkScene:
    """Window with known truth.

    Attributes
    ----------
    data : FloatArray, shape (rows, cols, groups)
        Mean reflectance of each group; rows and cols are the backbone's window.
    groups : IntArray, shape (groups,)
        Positions among the model's groups.
    label : int
        The true class; the one to explain where `named` is False.
    named : bool
        Whether what is ill is of one of the model's classes.
    control : bool
        Whether this is the healthy twin of other scenes.
    """

    data: FloatArray
    groups: IntArray
    label: int
    truth: Truth
    named: bool = True
    control: bool = False
