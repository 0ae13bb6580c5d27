"""The run: who is asked what, what is kept, and what the figures come to."""

from __future__ import annotations

import math
import multiprocessing
import multiprocessing.connection
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import CLASSES, EDGES_NM, make_small
from torch import nn

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.baselines.cls_attention import ClsAttention
from focus_viewer.explain.baselines.grad_cam import GradCam
from focus_viewer.explain.baselines.method import Baseline
from focus_viewer.explain.baselines.methods import Chance
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.baselines.prompt_cam import ClassPrompts, PromptCam
from focus_viewer.explain.baselines.rollout import Rollout
from focus_viewer.explain.benchmark.measure import (
    BenchmarkScene,
    BenchmarkSetup,
    Depth,
    Effort,
    Known,
    Task,
    measure_cost,
    measure_scene,
)
from focus_viewer.explain.benchmark.methods import Answer, BaselineMethod, Focus, Method, Window
from focus_viewer.explain.benchmark.run import Journal, Repetition, TaskFactory, own_summary, run
from focus_viewer.explain.metrics.coalitions import FrozenModel
from focus_viewer.explain.metrics.fidelity import own_fidelity, own_values
from focus_viewer.explain.metrics.truth import Truth
from focus_viewer.explain.model.focus_model import contrast

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)
DEEP = Depth(faithful=True, thorough=True)
BRIEF = Depth(faithful=False, thorough=False)
QUICK = Effort(compared=2, levels_db=(30,), seconds=0.0)


@pytest.fixture
def setup() -> BenchmarkSetup:
    return BenchmarkSetup(make_small(), EDGES, CLASSES)


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
    costly: bool = False
    asked: list[int] = field(default_factory=list)

    def answers(self, window: Window, targets: Sequence[int]) -> list[Answer]:
        self.asked += targets
        return [self._answer(window, target) for target in targets]

    def _answer(self, window: Window, target: int) -> Answer:
        values = np.zeros((4, 4, 10), dtype=np.float32)
        values[1, 2, 3] = 1.0 + target
        volume = SaliencyVolume(values, window.edges_nm, (16, 16), CLASSES[target], "evidence")
        return Answer(volume, 1, 0, math.nan)

    def logits(self, window: Window) -> DoubleArray:
        return np.eye(3)[1]

    def unlearned(self, seed: int) -> Oracle:
        return Oracle(asked=[])


def test_a_perfect_method_gets_perfect_figures(setup: BenchmarkSetup) -> None:
    found = measure_scene(Task(setup, Oracle(), make_scene(), 0, QUICK), DEEP)
    perfect = (
        "accuracy",
        "band_iou_top_n",
        "spatial_iou",
        "volume_ap",
        "pointing",
        "stability_30db",
    )
    assert {name: found[name] for name in perfect} == dict.fromkeys(perfect, pytest.approx(1.0))
    assert found["band_iou_top_n, right"] == 1.0
    assert found["off_target_mass"] == 0.0
    assert found["class_similarity"] == pytest.approx(1.0)
    assert (found["forward_passes"], found["backward_passes"]) == (1, 0)
    assert math.isnan(found["collapse_class_token"])
    assert found["randomised_similarity"] == pytest.approx(1.0)
    assert not [name for name in found if name.startswith("sink")]


def test_the_true_class_is_explained_first_and_no_more_than_wanted(setup: BenchmarkSetup) -> None:
    oracle = Oracle()
    measure_scene(Task(setup, oracle, make_scene(label=2), 0, QUICK), DEEP)
    assert oracle.asked == [2, 0, 2]  # the last with noise


def test_a_brief_look_explains_the_true_class_alone(setup: BenchmarkSetup) -> None:
    oracle = Oracle()
    found = measure_scene(
        Task(setup, oracle, make_scene(), 0, QUICK), Depth(faithful=True, thorough=False)
    )
    assert oracle.asked == [1]
    assert found["thorough_share"] == 0
    assert {"deletion_spectral", "volume_ap"} < set(found)
    assert not {"class_similarity", "stability_30db", "randomised_similarity"} & set(found)


def test_costly_methods_are_tried_on_some_scenes_each_of_another_class(
    setup: BenchmarkSetup,
) -> None:
    scenes = [make_scene(label) for _ in range(4) for label in range(3)]
    methods = {"cheap": Oracle(), "dear": Oracle(costly=True)}
    make_task = TaskFactory(setup, methods, scenes, 0, Effort(costly_scenes=2))
    tried = [number for number in range(12) if make_task(("dear", str(number)))[1].thorough]
    assert [scenes[number].label for number in tried] == [2, 1]
    assert tried == [2, 4]
    assert all(make_task(("cheap", str(number)))[1].thorough for number in range(12))


def test_the_tissue_signature_is_of_its_class_s_anchor(setup: BenchmarkSetup) -> None:
    window = setup.window(make_scene())
    signature = Focus(setup.model, "signature")
    first, second = (answer.volume.values for answer in signature.answers(window, [0, 1]))
    assert not np.array_equal(first, second)
    with torch.no_grad():
        setup.model.anchor[0] = 0
    assert not signature.answers(window, [0])[0].volume.values.any()


@pytest.mark.parametrize("mode", ["evidence", "attention"])
def test_focus_answers_as_the_model_does(setup: BenchmarkSetup, mode: str) -> None:
    scene = make_scene()
    window = setup.window(scene)
    focus = Focus(setup.model, mode)  # type: ignore[arg-type]
    first, found = focus.answers(window, [0, 1])
    output = setup.model(window.images, window.groups, window.shown)
    whole = contrast(output.evidence) if mode == "evidence" else output.attention
    expected = whole[0, 1].reshape(4, 4, 10).detach().numpy()
    np.testing.assert_array_equal(found.volume.values, expected)
    assert first.volume.class_name == "left"
    assert found.backward_passes == 0
    assert found.on_sink == pytest.approx(float(output.sink[0, 1]))
    frozen = setup.model.backbone.logits(window.images, window.groups)
    np.testing.assert_allclose(focus.logits(window), frozen[0].numpy(), atol=1e-5)


def test_a_baseline_decides_as_the_backbone_does(setup: BenchmarkSetup) -> None:
    window = setup.window(make_scene())
    own = setup.model.backbone.logits(window.images, window.groups)[0]
    np.testing.assert_array_equal(BaselineMethod(Chance(), setup.model).logits(window), own)
    assert BaselineMethod(Rollout(), setup.model).extra is None


def test_a_scene_is_standardised_as_the_model_wants_it(setup: BenchmarkSetup) -> None:
    scene = make_scene()
    window, brighter = setup.window(scene), setup.window(scene, 3 * scene.data)
    assert window.images.shape == (1, 10, 16, 16)
    assert window.shown.shape == (1, 16)
    torch.testing.assert_close(window.images, brighter.images, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(brighter.data, 3 * scene.data)


def test_what_is_no_tissue_is_blanked(setup: BenchmarkSetup) -> None:
    model = setup.model
    scene = make_scene()
    leaf = (model.mean.numpy() * np.ones((16, 16, 1))).astype(np.float32)
    leaf[:, 8:] = leaf[:, 8:, ::-1] * np.array([1, 9] * 5, dtype=np.float32)
    with torch.no_grad():
        model.tissue.normal_(std=0.05)
    window = setup.window(scene, leaf)
    assert not window.images[..., 12:].any()
    assert window.shown.reshape(4, 4).tolist() == [[True, True, False, False]] * 4


def test_where_nothing_is_tissue_all_is_shown(setup: BenchmarkSetup) -> None:
    with torch.no_grad():
        setup.model.tissue.fill_(0.0)
    assert setup.window(make_scene()).shown.all()


def test_decision_and_confidence_are_compared_with_the_frozen_backbone(
    setup: BenchmarkSetup,
) -> None:
    scene = make_scene()
    window = setup.window(scene)
    frozen = int(setup.model.backbone.logits(window.images, window.groups)[0].argmax())
    found = measure_scene(Task(setup, Oracle(), scene, 0, QUICK), BRIEF)
    assert found["decision_agreement"] == float(frozen == 1)
    assert found["confidence"] == pytest.approx(np.e / (np.e + 2))
    cooler = replace(setup, temperatures={"VNIR": 0.5})
    warmed = measure_scene(Task(cooler, Oracle(), scene, 0, QUICK), BRIEF)
    assert warmed["confidence"] == pytest.approx(np.e**2 / (np.e**2 + 2))


def known_of(setup: BenchmarkSetup, scene: BenchmarkScene) -> Known:
    window = setup.window(scene)
    frozen = FrozenModel(setup.model.backbone, window.images, window.groups)
    own = own_values(frozen, 72, 10, np.random.default_rng(0))
    return Known(own, (own.curve(0), own.curve(2)))


def test_a_method_is_compared_with_own_values_where_they_are_known(setup: BenchmarkSetup) -> None:
    scene = make_scene()
    known = known_of(setup, scene)
    found = measure_scene(Task(setup, Oracle(), scene, 0, QUICK, known), BRIEF)
    curve = known.own.curve(1)
    expected = curve[3] / np.linalg.norm(curve)  # the oracle points at one group alone
    assert found["shapley_curve"] == pytest.approx(expected)
    others = [other[3] / np.linalg.norm(other) for other in known.others]
    assert found["scene_specificity"] == pytest.approx(expected - np.mean(others))
    assert "coalition_missed_groups" not in found  # its values are in no logit's units
    focus = Task(setup, Focus(setup.model, "evidence"), scene, 0, QUICK, known)
    assert {"coalition_missed_cells", "sink_out_drop", "swap_curve"} < set(
        measure_scene(focus, BRIEF)
    )


def test_own_values_are_a_line_of_the_summary(setup: BenchmarkSetup) -> None:
    scenes = [make_scene(seed=seed) for seed in range(2)]
    known = {number: known_of(setup, scene) for number, scene in enumerate(scenes)}
    found = own_summary([Repetition(0, scenes, list, ("oracle",), known)])
    assert {"shapley_curve", "shapley_map", "coalition_r2", "band_iou_top_n"} < set(found)
    assert found["evaluations"]["mean"] == 72
    errors = [own_fidelity(known[n].own, scenes[n].truth, 1, []) for n in known]
    missed, added = (
        sum(each[f"coalition_{what}_groups"] for each in errors) for what in ("missed", "added")
    )
    assert found["coalition_r2_groups"]["mean"] == pytest.approx(1 - missed / added)
    assert "coalition_missed_groups" not in found
    assert own_summary([Repetition(0, scenes, list, ("oracle",))]) == {}


def test_costs_are_ratios_to_a_plain_pass(setup: BenchmarkSetup) -> None:
    found = measure_cost(Task(setup, Focus(setup.model, "evidence"), make_scene(), 0, QUICK))
    assert set(found) == {
        "time_ratio", "time_ratio_all_classes", "memory_ratio", "extra_parameters_percent",
    }  # fmt: skip
    prompts = sum(weight.numel() for weight in setup.model.prompts.parameters())
    backbone = sum(weight.numel() for weight in setup.model.backbone.parameters())
    assert found["extra_parameters_percent"] == pytest.approx(100 * prompts / backbone)
    assert found["time_ratio"] > 0
    assert found["memory_ratio"] > 0


def test_focus_tells_its_sink_at_every_level(setup: BenchmarkSetup) -> None:
    focus = Focus(setup.model, "attention")
    found = measure_scene(Task(setup, focus, make_scene(), 0, QUICK), DEEP)
    assert 0 < found["sink"] < 1
    assert 0 < found["sink_30db"] < 1


@pytest.mark.parametrize("name", ["focus", "method", "prompt-cam"])
def test_shuffled_weights_change_the_explanation_and_not_the_method(
    setup: BenchmarkSetup, name: str
) -> None:
    prompts = ClassPrompts(3, 16, torch.Generator().manual_seed(0)).requires_grad_(False)
    methods: dict[str, Method] = {
        "focus": Focus(setup.model, "evidence"),
        "method": BaselineMethod(Rollout(), setup.model),
        "prompt-cam": BaselineMethod(PromptCam(prompts), setup.model),
    }
    window = setup.window(make_scene())
    before = methods[name].answers(window, [1])[0].volume.values
    shuffled = methods[name].unlearned(0)
    assert shuffled.name == methods[name].name
    assert not np.array_equal(shuffled.answers(window, [1])[0].volume.values, before)
    assert np.array_equal(methods[name].answers(window, [1])[0].volume.values, before)


@pytest.mark.parametrize("baseline", [ClsAttention(), Rollout(), GradCam(), Occlusion()])
def test_asking_for_all_classes_at_once_gives_the_same_answers(
    setup: BenchmarkSetup, baseline: Baseline
) -> None:
    method, window = BaselineMethod(baseline, setup.model), setup.window(make_scene())
    for target, together in enumerate(method.answers(window, range(3))):
        alone = method.answers(window, [target])[0]
        np.testing.assert_allclose(together.volume.values, alone.volume.values, atol=1e-5)
        assert together.volume.class_name == CLASSES[target]
        assert together.forward_passes == alone.forward_passes


def test_faithfulness_is_measured_on_every_second_leaf_of_every_method(
    setup: BenchmarkSetup,
) -> None:
    scenes = [make_scene(label) for _ in range(4) for label in range(3)]
    methods = {"cheap": Oracle(), "dear": Oracle(costly=True)}
    make_task = TaskFactory(setup, methods, scenes, 0, Effort(faithful_every=2))
    for method in methods:
        asked = [number for number in range(12) if make_task((method, str(number)))[1].faithful]
        assert asked == [0, 1, 2, 6, 7, 8]
    task = Task(setup, Oracle(), scenes[0], 0, QUICK)
    assert "deletion" not in measure_scene(task, Depth(faithful=False, thorough=False))


def two_methods(seed: int) -> list[Method]:
    model = make_small()
    return [Focus(model, "evidence"), BaselineMethod(Occlusion(), model)]


def test_processes_measure_what_one_would(setup: BenchmarkSetup, tmp_path: Path) -> None:
    scenes = [make_scene(label, seed=label) for label in range(3)]
    names = ("focus-evidence", "occlusion")
    repetitions = [Repetition(0, scenes, partial(two_methods, 0), names)]
    found = [
        run(setup, repetitions, Journal(tmp_path / f"{workers}", "order"), QUICK, silent, workers)
        for workers in (1, 2)
    ]
    for name in names:
        for metric, cell in found[0][name].items():
            if not metric.startswith("time"):
                assert found[1][name][metric]["mean"] == pytest.approx(
                    cell["mean"], abs=1e-4, nan_ok=True
                )
    lines = [(tmp_path / f"{workers}").read_text().count("\n") for workers in (1, 2)]
    assert lines == [1 + 2 * 4] * 2


def test_processes_end_when_the_work_is_broken_off(setup: BenchmarkSetup, tmp_path: Path) -> None:
    def break_off(fraction: float, text: str) -> None:
        if fraction > 0:
            raise Cancelled

    scenes = [make_scene(seed=seed) for seed in range(4)]
    repetitions = [Repetition(0, scenes, partial(two_methods, 0), ("occlusion",))]
    before = set(multiprocessing.active_children())
    with pytest.raises(Cancelled):
        run(setup, repetitions, Journal(tmp_path / "j", "order"), QUICK, break_off, workers=2)
    # Pool and test wait for the same children: who comes second is told that they never ended, so
    # that the children themselves are asked.
    left = set(multiprocessing.active_children()) - before
    assert all(multiprocessing.connection.wait([child.sentinel], 0) for child in left)
    assert 0 < len(Journal(tmp_path / "j", "order").figures) <= 4


def repetitions_of(oracles: list[Oracle]) -> list[Repetition]:
    def methods(oracle: Oracle) -> list[Method]:
        return [oracle]

    return [
        Repetition(seed, [make_scene(seed=seed)], lambda o=oracle: methods(o), ("oracle",))  # type: ignore[misc]
        for seed, oracle in enumerate(oracles)
    ]


def test_figures_are_means_and_spread_over_seeds(setup: BenchmarkSetup, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", "order")
    for seed, value in enumerate((0.2, 0.6)):
        journal.add((seed, "oracle", "0"), {"band_iou_top_n": value, "pointing": math.nan})
        journal.add((seed, "oracle", "cost"), {"time_ratio": 1.0})
    found = run(setup, repetitions_of([Oracle(), Oracle()]), journal, QUICK, silent)
    assert found["oracle"]["band_iou_top_n"]["mean"] == pytest.approx(0.4)
    assert found["oracle"]["band_iou_top_n"]["sd"] == pytest.approx(np.std([0.2, 0.6], ddof=1))
    assert found["oracle"]["time_ratio"] == {"mean": 1.0, "sd": 0.0}
    assert math.isnan(found["oracle"]["pointing"]["mean"])


def test_a_run_that_was_broken_off_goes_on(setup: BenchmarkSetup, tmp_path: Path) -> None:
    oracles = [Oracle(), Oracle()]

    def break_off(fraction: float, text: str) -> None:
        if text.startswith("seed 1"):
            raise Cancelled

    with pytest.raises(Cancelled):
        run(setup, repetitions_of(oracles), Journal(tmp_path / "j", "order"), QUICK, break_off)
    asked = len(oracles[0].asked)
    assert asked
    assert oracles[1].asked == []
    found = run(setup, repetitions_of(oracles), Journal(tmp_path / "j", "order"), QUICK, silent)
    assert len(oracles[0].asked) == asked
    assert oracles[1].asked
    assert found["oracle"]["band_iou_top_n"] == {"mean": 1.0, "sd": 0.0}
