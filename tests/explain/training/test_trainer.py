"""Training: the loss falls, stages touch only what they may, broken-off runs end the same."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, make_small
from planted import make_batch

from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.checkpoint import Checkpoint, Order
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.log import TrainingLog
from focus_viewer.explain.training.samples import SampleBatch, measure_statistics
from focus_viewer.explain.training.trainer import Trainer

ORDER = Order("train --seed 0", "plan")


def plan(backbone: int = 1, prompts: int = 1, seed: int = 0, groups: int = 10) -> TrainingPlan:
    return TrainingPlan(
        Stage("backbone", backbone, rate=2e-3, least_groups=groups, most_groups=10),
        Stage("prompts", prompts, rate=5e-3, least_groups=groups, most_groups=10),
        seed,
    )


def samples(count: int = 4) -> list[SampleBatch]:
    return [make_batch(seed) for seed in range(count)]


class Breaks:
    """A step that breaks the run off at its n-th call."""

    def __init__(self, call: int | None) -> None:
        self.left = call
        self.calls = 0

    def __call__(self, fraction: float, text: str) -> None:
        assert 0 <= fraction <= 1
        self.calls += 1
        if self.calls == self.left:
            raise Cancelled


def run(folder: Path, step: Breaks, order: Order = ORDER) -> FocusModel:
    """A small run of both stages, over two scene sizes, with all that keeps it."""
    model = make_small(recipe=ANY_SIZE)
    learned = [make_batch(0), make_batch(1, scenes=6, size=32), make_batch(2)]
    log = TrainingLog(folder / "log.csv")
    checkpoint = Checkpoint(folder / "run.partial.pt", order)
    held_out = [make_batch(9)]
    Trainer(model, learned, plan(2, 2, groups=4), held_out, step, log, checkpoint).train()
    return model


def told(log: Path) -> list[dict[str, str]]:
    """All that a log tells, save how long it took."""
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: row[name] for name in row if name != "seconds"} for row in rows]


def assert_same_weights(one: FocusModel, other: FocusModel) -> None:
    weights = other.state_dict()
    for name, value in one.state_dict().items():
        assert torch.equal(value, weights[name]), name


def losses(log: Path, stage: str) -> list[float]:
    with log.open(encoding="utf-8", newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file) if row["stage"] == stage]


def test_both_stages_lower_their_loss(small: FocusModel, tmp_path: Path) -> None:
    small.requires_grad_(True)
    log = tmp_path / "log.csv"
    Trainer(small, samples(), plan(backbone=12, prompts=8), log=TrainingLog(log)).train()
    backbone, prompts = losses(log, "backbone"), losses(log, "prompts")
    assert len(backbone) == 12
    assert len(prompts) == 8
    assert backbone[-1] < 0.9 * backbone[0]
    assert prompts[-1] < 0.95 * prompts[0]


def test_prompt_training_leaves_the_backbone_bit_for_bit(small: FocusModel) -> None:
    small.requires_grad_(True)
    before = {name: value.clone() for name, value in small.backbone.state_dict().items()}
    prompts = {name: value.clone() for name, value in small.prompts.named_parameters()}
    anchor = small.prompts.anchor.clone()
    Trainer(small, samples(2), plan()).train_prompts()
    for name, value in small.backbone.state_dict().items():
        assert torch.equal(value, before[name]), name
    for name, parameter in small.backbone.named_parameters():
        assert not parameter.requires_grad, name
        assert parameter.grad is None, name
    for name, value in small.prompts.named_parameters():
        assert not torch.equal(value, prompts[name]), name
    assert torch.equal(small.prompts.anchor, anchor)


def test_backbone_training_leaves_the_prompts(small: FocusModel) -> None:
    small.requires_grad_(True)
    before = {name: value.clone() for name, value in small.prompts.state_dict().items()}
    Trainer(small, samples(1), plan()).train_backbone()
    assert all(
        torch.equal(value, before[name]) for name, value in small.prompts.state_dict().items()
    )


def test_a_seed_repeats(tmp_path: Path) -> None:
    models = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        models.append(run(tmp_path / name, Breaks(None)))
    assert_same_weights(*models)
    assert told(tmp_path / "one" / "log.csv") == told(tmp_path / "two" / "log.csv")


def test_another_seed_gives_other_weights() -> None:
    weights = []
    for seed in (0, 1):
        model = make_small()
        Trainer(model, samples(1), plan(seed=seed)).train()
        weights.append(model.prompts.prompts)
    assert not torch.equal(*weights)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[FocusModel, Path]:
    """A run that nothing broke off, and its log."""
    folder = tmp_path_factory.mktemp("whole")
    return run(folder, Breaks(None)), folder / "log.csv"


# Of three batchs: two epochs are calls 1 to 6, the anchors 7 to 9, the three copies that
# are kept 10 to 18, two epochs of prompts 19 to 24.
@pytest.mark.parametrize(
    "calls", [[2], [4], [5], [8], [12], [19], [20], [22], [24], [5, 1, 2, 5, 13, 11]]
)
def test_a_run_that_was_broken_off_ends_with_the_same_weights(
    calls: list[int], whole: tuple[FocusModel, Path], tmp_path: Path
) -> None:
    for call in calls:
        with pytest.raises(Cancelled):
            run(tmp_path, Breaks(call))
    assert_same_weights(run(tmp_path, Breaks(None)), whole[0])
    assert told(tmp_path / "log.csv") == told(whole[1])


@pytest.mark.parametrize(("call", "left"), [(4, 21), (9, 18), (10, 15), (23, 12)])
def test_what_is_done_is_not_done_again(call: int, left: int, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run(tmp_path, Breaks(call))
    step = Breaks(None)
    run(tmp_path, step)
    assert step.calls == left


def test_a_complete_run_is_only_read(whole: tuple[FocusModel, Path], tmp_path: Path) -> None:
    run(tmp_path, Breaks(None))
    step = Breaks(None)
    model = run(tmp_path, step)
    assert step.calls == 0
    assert_same_weights(model, whole[0])
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_another_order_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run(tmp_path, Breaks(5))
    before = (tmp_path / "run.partial.pt").read_bytes()
    with pytest.raises(FocusError, match=r"`train --seed 0`.*--restart"):
        run(tmp_path, Breaks(None), Order("train --seed 1", "plan"))
    with pytest.raises(FocusError, match=r"other program settings.*--restart"):
        run(tmp_path, Breaks(None), Order("train --seed 0", "another plan"))
    assert (tmp_path / "run.partial.pt").read_bytes() == before


def test_the_log_tells_each_part_and_the_sink(whole: tuple[FocusModel, Path]) -> None:
    backbone, _, _, prompts = told(whole[1])
    assert backbone["attraction"] == backbone["sink_true"] == ""
    assert float(backbone["loss"]) == float(backbone["cross_entropy"])
    told_apart = ("distillation", "noise", "localisation", "gain_l2")
    names = ("cross_entropy", "attraction", "sink_presence", *told_apart)
    assert sum(float(prompts[name]) for name in names) == pytest.approx(
        float(prompts["loss"]), abs=1e-3
    )
    for name in ("sink_absent", "sink_true", "accuracy", "held_out_accuracy"):
        assert 0 <= float(prompts[name]) <= 1


def test_statistics_are_stored_where_they_are_used(small: FocusModel) -> None:
    Trainer(small, samples(2), plan()).measure_statistics()
    leaves = measure_statistics(samples(2), 10)
    for found, expected in (
        (small.mean, leaves.mean),
        (small.backbone.log_std, leaves.log_std),
        (small.backbone.residual_std, leaves.residual_std),
        (small.backbone.brightness_weights, leaves.log_std**-2),
    ):
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def test_training_can_be_cancelled(small: FocusModel) -> None:
    def step(fraction: float, text: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    small.requires_grad_(True)
    with pytest.raises(Cancelled):
        Trainer(small, samples(2), plan(3, 3), step=step).train()
