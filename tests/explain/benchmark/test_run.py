"""The run: who is asked what, what is kept, and what the figures come to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import CLASSES, EDGES_NM, make_small
from torch import nn

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency import SaliencyVolume
from focus_viewer.explain.baselines.chance import Chance
from focus_viewer.explain.baselines.rollout import Rollout
from focus_viewer.explain.benchmark.contestants import Answer, Contestant, Focus, Guest, Window
from focus_viewer.explain.benchmark.journal import Journal
from focus_viewer.explain.benchmark.measure import Arena, Effort, measure_cost, measure_scene
from focus_viewer.explain.benchmark.run import Round, run
from focus_viewer.explain.benchmark.scenes import BenchmarkScene
from focus_viewer.explain.focus_model import contrast
from focus_viewer.explain.metrics.truth import Truth

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)
QUICK = Effort(compared=2, levels_db=(30,), seconds=0.0)


@pytest.fixture
def arena() -> Arena:
    return Arena(make_small(), EDGES, CLASSES)


def make_scene(label: int = 1, seed: int = 0) -> BenchmarkScene:
    rng = np.random.default_rng(seed)
    data = rng.uniform(0.2, 0.6, (16, 16, 10)).astype(np.float32)
    lesion = np.zeros((4, 4), dtype=np.bool_)
    lesion[1, 2] = True
    return BenchmarkScene(data, np.arange(10), label, Truth(lesion, np.eye(10)[3]))


@dataclass
class Oracle:
    """Knows the truth, and counts how often it is asked."""

    name: str = "oracle"
    extra: nn.Module | None = None
    asked: list[int] = field(default_factory=list)

    def answer(self, window: Window, target: int) -> Answer:
        self.asked.append(target)
        values = np.zeros((4, 4, 10), dtype=np.float32)
        values[1, 2, 3] = 1.0 + target
        volume = SaliencyVolume(values, window.edges_nm, (16, 16), CLASSES[target], "evidence")
        return Answer(volume, 1, 0, math.nan)

    def decide(self, window: Window) -> int:
        return 1


def test_a_perfect_method_gets_perfect_figures(arena: Arena) -> None:
    found = measure_scene(arena, Oracle(), make_scene(), 0, QUICK)
    perfect = ("accuracy", "band_iou", "spatial_iou", "volume_ap", "pointing", "stability_30db")
    assert {name: found[name] for name in perfect} == dict.fromkeys(perfect, pytest.approx(1.0))
    assert found["band_iou, right"] == 1.0
    assert found["off_target_mass"] == 0.0
    assert found["class_similarity"] == pytest.approx(1.0)
    assert (found["forward_passes"], found["backward_passes"]) == (1, 0)
    assert math.isnan(found["collapse_class_token"])


def test_the_true_class_is_explained_first_and_no_more_than_wanted(arena: Arena) -> None:
    oracle = Oracle()
    measure_scene(arena, oracle, make_scene(label=2), 0, QUICK)
    assert oracle.asked[:2] == [2, 0]
    assert set(oracle.asked[2:]) == {2}  # with noise, and without for comparison


@pytest.mark.parametrize("mode", ["evidence", "attention"])
def test_focus_answers_as_the_model_does(arena: Arena, mode: str) -> None:
    scene = make_scene()
    window = arena.window(scene)
    focus = Focus(arena.model, mode)  # type: ignore[arg-type]
    found = focus.answer(window, 1)
    output = arena.model(window.images, window.groups)
    whole = contrast(output.evidence) if mode == "evidence" else output.attention
    expected = whole[0, 1].reshape(4, 4, 10).detach().numpy()
    np.testing.assert_array_equal(found.volume.values, expected)
    assert (found.forward_passes, found.backward_passes) == (1, 0)
    assert focus.decide(window) == int(output.logits[0].argmax())


def test_a_rival_decides_as_the_backbone_does(arena: Arena) -> None:
    window = arena.window(make_scene())
    own = int(arena.model.backbone.logits(window.images, window.groups)[0].argmax())
    assert Guest(Chance(), arena.model).decide(window) == own
    assert Guest(Rollout(), arena.model).extra is None


def test_a_scene_is_standardised_as_the_model_wants_it(arena: Arena) -> None:
    scene = make_scene()
    images = scene.tensor(arena.model)
    assert images.shape == (1, 10, 16, 16)
    brighter = scene.tensor(arena.model, 3 * scene.data)
    torch.testing.assert_close(images, brighter, rtol=1e-3, atol=1e-3)


def test_costs_are_ratios_to_a_plain_pass(arena: Arena) -> None:
    found = measure_cost(arena, Focus(arena.model, "evidence"), make_scene(), QUICK)
    assert set(found) == {"time_ratio", "memory_ratio", "extra_parameters_percent"}
    prompts = sum(weight.numel() for weight in arena.model.prompts.parameters())
    backbone = sum(weight.numel() for weight in arena.model.backbone.parameters())
    assert found["extra_parameters_percent"] == pytest.approx(100 * prompts / backbone)
    assert found["time_ratio"] > 0
    assert found["memory_ratio"] > 0


def rounds_of(oracles: list[Oracle]) -> list[Round]:
    def contestants(oracle: Oracle) -> list[Contestant]:
        return [oracle]

    return [
        Round(seed, [make_scene(seed=seed)], lambda o=oracle: contestants(o), ("oracle",))  # type: ignore[misc]
        for seed, oracle in enumerate(oracles)
    ]


def test_figures_are_means_and_spread_over_seeds(arena: Arena, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", "order")
    for seed, value in enumerate((0.2, 0.6)):
        journal.add((seed, "oracle", "0"), {"band_iou": value, "pointing": math.nan})
        journal.add((seed, "oracle", "cost"), {"time_ratio": 1.0})
    found = run(arena, rounds_of([Oracle(), Oracle()]), journal, QUICK, silent)
    assert found["oracle"]["band_iou"]["mean"] == pytest.approx(0.4)
    assert found["oracle"]["band_iou"]["sd"] == pytest.approx(np.std([0.2, 0.6], ddof=1))
    assert found["oracle"]["time_ratio"] == {"mean": 1.0, "sd": 0.0}
    assert math.isnan(found["oracle"]["pointing"]["mean"])


def test_a_run_that_was_broken_off_goes_on(arena: Arena, tmp_path: Path) -> None:
    oracles = [Oracle(), Oracle()]

    def break_off(fraction: float, text: str) -> None:
        if text.startswith("seed 1"):
            raise Cancelled

    with pytest.raises(Cancelled):
        run(arena, rounds_of(oracles), Journal(tmp_path / "j", "order"), QUICK, break_off)
    asked = len(oracles[0].asked)
    assert asked
    assert oracles[1].asked == []
    found = run(arena, rounds_of(oracles), Journal(tmp_path / "j", "order"), QUICK, silent)
    assert len(oracles[0].asked) == asked
    assert oracles[1].asked
    assert found["oracle"]["band_iou"] == {"mean": 1.0, "sd": 0.0}
