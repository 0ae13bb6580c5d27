"""Training: the loss falls, stages touch only what they may, broken-off runs end the same."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, make_small, make_toy, toy_scenes
from planted import make_batch

from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.prompts import SpectralPrompts
from focus_viewer.explain.training.checkpoint import Checkpoint, Order
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.log import TrainingLog
from focus_viewer.explain.training.optimisation import Optimisation
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.statistics import measure_statistics
from focus_viewer.explain.training.trainer import Trainer, tissue_pixels

ORDER = Order("train --seed 0", "plan")


def plan(backbone: int = 1, prompts: int = 1, seed: int = 0, groups: int = 10) -> TrainingPlan:
    return TrainingPlan(
        Stage("backbone", backbone, rate=2e-3, least_groups=groups, most_groups=10),
        Stage("prompts", prompts, rate=5e-3, least_groups=groups, most_groups=10),
        seed,
        games=2,
        pairs=1,
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
    learned = [make_batch(0, 2), make_batch(1, 2, size=32), make_batch(2, 2)]
    log = TrainingLog(folder / "log.csv")
    checkpoint = Checkpoint(folder / "run.partial.pt", order)
    held_out = [make_batch(9, 2)]
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
    before = {name: value.clone() for name, value in small.state_dict().items()}
    trainer = Trainer(small, samples(2), plan())
    trainer.test_tissue()
    trainer.train_prompts()
    for name, value in small.state_dict().items():
        assert torch.equal(value, before[name]) != name.startswith("prompts."), name
    for name, parameter in small.backbone.named_parameters():
        assert not parameter.requires_grad, name
        assert parameter.grad is None, name


def test_before_it_the_head_is_centred_and_nothing_else_changed(small: FocusModel) -> None:
    torch.nn.init.normal_(small.backbone.vit.head.bias)
    before = {name: value.clone() for name, value in small.state_dict().items()}
    trainer = Trainer(small, samples(2), plan())
    trainer.test_tissue()
    trainer.measure_anchors()
    changed = {
        name for name, value in small.state_dict().items() if not torch.equal(value, before[name])
    }
    assert changed == {"anchor", "backbone.vit.head.weight", "backbone.vit.head.bias"}
    head = small.backbone.vit.head
    for found, name in ((head.weight, "weight"), (head.bias, "bias")):
        assert found.sum(0).abs().max() < 1e-5
        moved = found - before[f"backbone.vit.head.{name}"]
        torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-6, rtol=0)


def test_the_toy_s_prompts_are_found_by_training() -> None:
    """Prompts that begin at random come to share as is known on paper; others' do not serve."""
    toy = make_toy("avg", size=8)
    torch.manual_seed(0)
    toy.prompts = SpectralPrompts(classes=2, regions=7, dim=4, width=4)
    rng = np.random.default_rng(0)
    learned = [toy_scenes((rng.random((8, 3, 4, 4)) < 0.15) * 1.0) for _ in range(6)]
    stage = Stage("prompts", 45, rate=3e-2, least_groups=3, most_groups=3)
    trainer = Trainer(toy, learned, TrainingPlan(prompts=stage, pairs=1))
    trainer._tissue = [batch.leaf for batch in learned]
    unlike = toy_cosine(toy)
    trainer.train_prompts()
    toy.requires_grad_(False)
    assert unlike < 0.7
    assert toy_cosine(toy) > 0.98
    toy.prompts.prompts.copy_(toy.prompts.prompts.flip(0))
    assert toy_cosine(toy) < 0.7


@torch.no_grad()
def toy_cosine(toy: FocusModel) -> float:
    """Cosine of the toy's evidence on scenes that it has not seen with what is known on paper."""
    shown = (np.random.default_rng(99).random((20, 3, 4, 4)) < 0.15) * 1.0
    batch = toy_scenes(shown)
    images = batch.tensor(toy.statistics(batch.groups))
    found = toy(images, torch.arange(3), sink=False).evidence
    tokens = torch.from_numpy(shown).flatten(2).mT.float()
    on_paper = torch.stack([tokens.clone(), tokens.clone()], dim=1)
    on_paper[:, 0, :, 0] = 0  # class 0 has green
    on_paper[:, 1, :, 1:] = 0  # class 1 has blue
    return float(torch.cosine_similarity(found.flatten(), on_paper.flatten(), dim=0))


def test_backbone_training_leaves_the_prompts(small: FocusModel) -> None:
    small.requires_grad_(True)
    before = {name: value.clone() for name, value in small.prompts.state_dict().items()}
    trainer = Trainer(small, samples(1), plan())
    trainer.test_tissue()
    trainer.train_backbone()
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


# Of three batches: two epochs are calls 1 to 6, the anchors 7 to 9, the games of the two small ones
# 10 and 11, two epochs of prompts 12 to 15.
@pytest.mark.parametrize("calls", [[2], [4], [5], [8], [11], [12], [14], [15], [5, 1, 2, 5, 5, 4]])
def test_a_run_that_was_broken_off_ends_with_the_same_weights(
    calls: list[int], whole: tuple[FocusModel, Path], tmp_path: Path
) -> None:
    for call in calls:
        with pytest.raises(Cancelled):
            run(tmp_path, Breaks(call))
    assert_same_weights(run(tmp_path, Breaks(None)), whole[0])
    assert told(tmp_path / "log.csv") == told(whole[1])


@pytest.mark.parametrize(("call", "left"), [(4, 12), (9, 9), (10, 6), (14, 4)])
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


def test_the_log_has_each_part_and_the_figures_of_its_stage(
    whole: tuple[FocusModel, Path],
) -> None:
    backbone, _, _, prompts = told(whole[1])
    figures = ("coalition_r2", "sink_noise", "sink_clean")
    for row, names, absent in (
        (backbone, ("cross_entropy", "traits"), figures),
        (
            prompts,
            ("coalitions", "shapley", "efficiency", "attraction"),
            ("accuracy", "cross_entropy"),
        ),
    ):
        total = sum(float(row[name]) for name in names)
        assert total == pytest.approx(float(row["loss"]), abs=1e-3)
        assert not any(row[name] for name in absent)
        assert 0 <= float(row["held_out_accuracy"]) <= 1
    for name in ("sink_noise", "sink_clean"):
        assert 0 <= float(prompts[name]) <= 1
    assert float(prompts["coalition_r2"]) <= 1


def test_statistics_are_stored_where_they_are_used(small: FocusModel) -> None:
    Trainer(small, samples(2), plan()).measure_statistics()
    leaves = measure_statistics(samples(2), 10)
    for found, expected in (
        (small.mean, leaves.mean),
        (small.log_std, leaves.log_std),
        (small.residual_std, leaves.residual_std),
        (small.brightness_weights, leaves.log_std**-2),
    ):
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)
    batch = make_batch(9)
    passed = tissue_pixels(small, batch)
    assert passed[batch.leaf].mean() > 0.9


def test_training_can_be_cancelled(small: FocusModel) -> None:
    def step(fraction: float, text: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    small.requires_grad_(True)
    with pytest.raises(Cancelled):
        Trainer(small, samples(2), plan(3, 3), step=step).train()


@pytest.mark.parametrize("steps", [1, 2, 9, 10, 11, 20])
def test_a_schedule_may_have_any_number_of_steps(steps: int) -> None:
    trained = torch.nn.Linear(2, 1)
    optimisation = Optimisation(Stage("prompts", 1, 1e-2, 1, 1), trained, steps, seed=0)
    for _ in range(steps):
        optimisation.step(trained(torch.ones(2)).sum())
    assert all(each.isfinite().all() for each in trained.parameters())
