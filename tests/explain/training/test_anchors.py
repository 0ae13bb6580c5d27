"""Where a frozen backbone sees a class, and how its tissue departs there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from explain_models import RECIPE, make_small, make_toy
from planted import PLANTED, make_batch
from torch import Tensor

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.anchors import head_patch_weights, measure_anchors
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.trainer import Trainer

LN2 = float(np.log(2))
SHOWN = torch.ones(1, 4, dtype=torch.bool)


def patch_weights(label: int, shown: Tensor = SHOWN) -> list[float]:
    """Shares of four patches, in the first of which class 0 gets ln 2 / 2 more than class 1."""
    backbone = make_toy().backbone
    patches = torch.zeros(1, 4, 4)
    patches[0, 0, 0] = LN2 / 2 / float(backbone.vit.head.weight[0, 0])
    found: list[float] = head_patch_weights(backbone, patches, torch.tensor([label]), shown)[
        0
    ].tolist()
    return found


def test_patches_share_by_how_far_the_class_is_ahead() -> None:
    # Twice as sharp: exp(ln 2) beside three times 1. What all patches have cancels.
    assert patch_weights(0) == pytest.approx([2 / 5, 1 / 5, 1 / 5, 1 / 5])
    assert patch_weights(1) == pytest.approx([1 / 7, 2 / 7, 2 / 7, 2 / 7])


def test_what_is_not_shown_is_not_looked_at() -> None:
    shown = torch.tensor([[True, False, False, True]])
    assert patch_weights(0, shown) == pytest.approx([2 / 3, 0, 0, 1 / 3])


def test_an_image_that_shows_nothing_is_looked_at_nowhere() -> None:
    assert patch_weights(0, ~SHOWN) == [0, 0, 0, 0]


@pytest.fixture
def even(small: FocusModel) -> FocusModel:
    """A backbone that sees every class in every patch as much."""
    small.backbone.vit.head.weight.zero_()
    return small


def measured(model: FocusModel, *batches: SampleBatch) -> Tensor:
    """Anchors by what is tissue in these batches: their leaves."""
    measure_anchors(model, list(batches), [batch.leaf for batch in batches], silent)
    return model.anchor.clone()


def contrasts(model: FocusModel, batch: SampleBatch, tissue: BoolArray) -> Tensor:
    """Mean over the shown patches of each scene, shape (scenes, groups)."""
    images = batch.tensor(model.statistics(batch.groups), tissue)
    found = model.own_contrasts(images, torch.from_numpy(batch.groups))
    shown = torch.from_numpy(batch.leaf_patches(4))[..., None]
    return (found * shown).sum(1) / shown.sum(1)


def test_an_anchor_is_the_mean_contrast_of_the_scenes_that_show_the_class(
    even: FocusModel,
) -> None:
    batch = make_batch(0)
    anchors, own = measured(even, batch), contrasts(even, batch, batch.leaf)
    for label in range(3):
        expected = own[torch.from_numpy(batch.labels == label)].mean(0)
        torch.testing.assert_close(anchors[label], expected)


def test_scenes_without_tissue_do_not_dilute_an_anchor(even: FocusModel) -> None:
    whole, bare = make_batch(0), make_batch(1)
    bare.leaf[:] = False
    alone = measured(even, whole)
    torch.testing.assert_close(measured(even, whole, bare), alone)


def test_a_sensor_without_a_group_says_nothing_of_it(even: FocusModel) -> None:
    whole, part = make_batch(0), make_batch(1, scenes=6).take(np.arange(5))
    anchor = measured(even, whole, part)[1]
    lone, both = contrasts(even, whole, whole.leaf), contrasts(even, part, part.leaf)
    own = torch.from_numpy(whole.labels == 1), torch.from_numpy(part.labels == 1)
    torch.testing.assert_close(anchor[5:], lone[own[0], 5:].mean(0))
    expected = torch.cat([lone[own[0], :5], both[own[1]]]).mean(0)
    torch.testing.assert_close(anchor[:5], expected)


def test_anchors_point_at_the_planted_band() -> None:
    # A patch can speak for the whole image.
    options = {**RECIPE.options, "weight_init": "jax"}
    model = make_small(recipe=replace(RECIPE, options=options)).requires_grad_(True)
    stage = Stage("backbone", epochs=12, rate=5e-3, least_groups=10, most_groups=10)
    plan = TrainingPlan(stage, blanks=False)
    trainer = Trainer(model, [make_batch(seed) for seed in range(4)], plan)
    trainer.measure_statistics()
    trainer.test_tissue()
    trainer.train_backbone()
    trainer.measure_anchors()
    for label, group in PLANTED.items():
        least, next_to_it = model.anchor[label].sort().values[:2]
        assert model.anchor[label].argmin() == group
        assert least < next_to_it - 0.2
    assert model.anchor[2].std() < 0.1


def test_labels_and_never_masks_of_lesions_are_looked_at(small: FocusModel) -> None:
    batch = make_batch(0)
    before = measured(small, batch)
    batch.lesion[:] = ~batch.lesion
    batch.importance[:] = 1
    assert torch.equal(measured(small, batch), before)


def test_measuring_can_be_cancelled_and_then_changes_nothing(small: FocusModel) -> None:
    before = small.anchor.clone()

    def step(fraction: float, text: str) -> None:
        if fraction > 0:
            raise Cancelled

    batches = [make_batch(0), make_batch(1)]
    with pytest.raises(Cancelled):
        measure_anchors(small, batches, [batch.leaf for batch in batches], step)
    assert torch.equal(small.anchor, before)
