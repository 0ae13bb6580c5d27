"""Prompts for more classes than the backbone's head knows: what they read and learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, make_small

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.explain.experiments.many_classes import (
    Plan,
    PromptTrainer,
    PromptTrainingData,
    draw_classes,
    measure,
    prepare_training_data,
    read_features,
)
from focus_viewer.explain.experiments.prompt_bank import BankedPrompts
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.prompts import SpectralPrompts
from focus_viewer.explain.training.samples import SampleBatch

CLASSES, GROUPS, REGIONS, DIM = 6, 10, 6, 16


def made_samples(count: int, seed: int) -> list[SampleBatch]:
    """Every class has a dark square at one group of its own, on a bright leaf."""
    rng = np.random.default_rng(seed)
    return [_made_batch(rng) for _ in range(count)]


def _made_batch(rng: np.random.Generator) -> SampleBatch:
    images = rng.uniform(0.38, 0.42, (CLASSES, 16, 16, GROUPS)).astype(np.float32)
    lesion = np.zeros((CLASSES, 16, 16), dtype=np.bool_)
    importance = np.zeros((CLASSES, GROUPS), dtype=np.float32)
    for label in range(CLASSES):
        row, col = 4 * rng.integers(0, 4, 2)
        lesion[label, row : row + 4, col : col + 4] = True
        images[label, row : row + 4, col : col + 4, label] *= 0.5
        importance[label, label] = 1
    leaf = np.ones_like(lesion)
    return SampleBatch(images, np.arange(GROUPS), np.arange(CLASSES), leaf, lesion, importance)


@pytest.fixture
def model() -> FocusModel:
    """A small model whose head knows three classes."""
    built = make_small(recipe=ANY_SIZE)
    built.mean.fill_(0.4)
    return built


@pytest.fixture
def data(model: FocusModel) -> PromptTrainingData:
    return prepare_training_data(model, made_samples(8, seed=0), CLASSES, silent)


def own_prompts(model: FocusModel, data: PromptTrainingData) -> SpectralPrompts:
    torch.manual_seed(1)
    regions = model.prompts.prompts.shape[1]
    prompts = SpectralPrompts(CLASSES, GROUPS, regions, DIM)
    prompts.anchor.copy_(data.anchors)
    return prompts


def bank_of_four(model: FocusModel, data: PromptTrainingData) -> SpectralPrompts:
    torch.manual_seed(1)
    prompts = BankedPrompts(CLASSES, GROUPS, model.prompts.prompts.shape[1], DIM, size=4)
    prompts.share_anchors(data.anchors)
    return prompts


def test_classes_are_found_without_a_head_that_knows_them(data: PromptTrainingData) -> None:
    strongest = data.anchors.abs().argmax(dim=1)
    assert strongest.tolist() == list(range(CLASSES))
    for batch, made in zip(data.samples, made_samples(8, seed=0), strict=True):
        place = made.lesion_patches(4).argmax(axis=1)
        assert (batch.target.patch_weights.argmax(dim=1).numpy() == place).mean() > 0.9


@pytest.mark.parametrize("make", [own_prompts, bank_of_four])
def test_prompts_of_both_kinds_learn(
    model: FocusModel, data: PromptTrainingData, make: type[SpectralPrompts]
) -> None:
    prompts = make(model, data)
    trainer = PromptTrainer(model, prompts)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    trainer.learn(data, Plan(epochs=20, rate=2e-2, read_classes=6), silent)
    figures = measure(model, trainer, made_samples(5, seed=9), CLASSES, silent)
    assert figures.accuracy > 0.5
    assert figures.band_iou_top_n > 2 * figures.chance_iou
    assert figures.among_five >= figures.accuracy
    # What lends its backbone stays as it is.
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_a_curve_of_chance_hits_one_group_of_ten(
    model: FocusModel, data: PromptTrainingData
) -> None:
    trainer = PromptTrainer(model, own_prompts(model, data))
    figures = measure(model, trainer, made_samples(1, seed=9), CLASSES, silent)
    assert figures.chance_iou == pytest.approx(1 / 19)


def test_classes_are_read_as_the_whole_model_reads_them(
    model: FocusModel, data: PromptTrainingData
) -> None:
    prompts = own_prompts(model, data)
    batch = made_samples(1, seed=3)[0]
    output = PromptTrainer(model, prompts).decide(read_features(model, batch, CLASSES))
    total = prompts.bias + output.evidence.sum((2, 3))
    torch.testing.assert_close(total, output.logits)
    model.prompts = prompts
    images = batch.tensor(model.statistics(batch.groups))
    whole = model(images, torch.from_numpy(batch.groups))
    torch.testing.assert_close(output.logits, whole.logits, atol=1e-2, rtol=1e-2)


def test_a_step_reads_the_classes_shown_and_some_others() -> None:
    labels = np.array([7, 3, 7])
    drawn = [
        draw_classes(labels, 50, Plan(1, read_classes=5), np.random.default_rng(n)) for n in (0, 1)
    ]
    for classes in drawn:
        assert len(set(classes.tolist())) == 5
        assert {3, 7} <= set(classes.tolist()) <= set(range(50))
        assert (np.diff(classes) > 0).all()
    assert drawn[0].tolist() != drawn[1].tolist()


def test_all_shown_classes_are_read_however_many() -> None:
    labels = np.arange(10)
    classes = draw_classes(labels, 50, Plan(1, read_classes=5), np.random.default_rng(0))
    assert classes.tolist() == list(range(10))


def test_learning_is_left_when_it_is_not_wanted(
    model: FocusModel, data: PromptTrainingData
) -> None:
    def stop(fraction: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        PromptTrainer(model, own_prompts(model, data)).learn(data, Plan(epochs=1), stop)
