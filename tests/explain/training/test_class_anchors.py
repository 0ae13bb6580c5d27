"""What is measured of a frozen backbone: expected values and the classes' anchors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from explain_models import RECIPE, make_small
from focus_viewer.explain.training.localisation import measure_anchors
from planted import PLANTED, make_batch
from torch import Tensor

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.trainer import Trainer


@pytest.fixture
def even(small: FocusModel) -> FocusModel:
    """A backbone that sees every class in every patch alike."""
    small.backbone.vit.head.weight.zero_()
    return small


def log_ratios(model: FocusModel, batch: SampleBatch) -> Tensor:
    """Mean over the leaf patches of each scene, shape (scenes, groups)."""
    found = model.log_ratios(batch.tensor(model.statistics(batch.groups)))
    leaf = torch.from_numpy(batch.leaf_patches(4))[..., None]
    return (found * leaf).sum(1) / leaf.sum(1)


def test_the_expectation_is_the_mean_over_leaf_patches(small: FocusModel) -> None:
    batch = make_batch(0)
    batch.leaf[:] = False
    batch.leaf[:, 4:8, 8:12] = True  # the patch in row 1, column 2
    measure_anchors(small, [batch], silent)
    groups = torch.arange(10)
    patches = small.backbone(batch.tensor(small.statistics(np.arange(10))), groups).patches
    torch.testing.assert_close(small.expectation, patches[:, 1 * 4 + 2].mean(0))


def test_scenes_without_leaf_do_not_dilute_an_anchor(even: FocusModel) -> None:
    whole, bare = make_batch(0), make_batch(1)
    bare.leaf[:] = False
    measure_anchors(even, [whole], silent)
    alone = even.prompts.anchor.clone()
    measure_anchors(even, [whole, bare], silent)
    torch.testing.assert_close(even.prompts.anchor, alone)


def test_an_anchor_is_the_mean_log_ratio_of_the_scenes_that_show_the_class(
    even: FocusModel,
) -> None:
    batch = make_batch(0)
    measure_anchors(even, [batch], silent)
    own = log_ratios(even, batch)
    for label in range(3):
        expected = own[torch.from_numpy(batch.labels == label)].mean(0)
        torch.testing.assert_close(even.prompts.anchor[label], expected)


def test_a_sensor_without_a_group_says_nothing_of_it(even: FocusModel) -> None:
    whole, part = make_batch(0), make_batch(1, scenes=6).take(np.arange(5))
    measure_anchors(even, [whole, part], silent)
    lone, both = log_ratios(even, whole), log_ratios(even, part)
    own = torch.from_numpy(whole.labels == 1), torch.from_numpy(part.labels == 1)
    anchor = even.prompts.anchor[1]
    torch.testing.assert_close(anchor[5:], lone[own[0], 5:].mean(0))
    expected = torch.cat([lone[own[0], :5], both[own[1]]]).mean(0)
    torch.testing.assert_close(anchor[:5], expected)


def test_anchors_point_at_the_planted_band() -> None:
    # As in training: a patch can speak for the whole image.
    options = {**RECIPE.options, "global_pool": "max", "weight_init": "jax"}
    model = make_small(recipe=replace(RECIPE, options=options)).requires_grad_(True)
    stage = Stage("backbone", epochs=12, rate=5e-3, least_groups=10, most_groups=10)
    trainer = Trainer(model, [make_batch(seed) for seed in range(4)], TrainingPlan(stage))
    trainer.measure_statistics()
    trainer.train_backbone()
    trainer.measure_anchors()
    anchor = model.prompts.anchor
    for label, group in PLANTED.items():
        least, next_to_it = anchor[label].sort().values[:2]
        assert anchor[label].argmin() == group
        assert least < next_to_it - 0.2
    assert anchor[2].std() < 0.05


def test_labels_and_never_masks_of_lesions_are_looked_at(small: FocusModel) -> None:
    batch = make_batch(0)
    measure_anchors(small, [batch], silent)
    before = small.prompts.anchor.clone(), small.expectation.clone()
    batch.lesion[:] = ~batch.lesion
    batch.importance[:] = 1
    measure_anchors(small, [batch], silent)
    assert torch.equal(small.prompts.anchor, before[0])
    assert torch.equal(small.expectation, before[1])


def test_measuring_can_be_cancelled_and_then_changes_nothing(small: FocusModel) -> None:
    before = small.prompts.anchor.clone()

    def step(fraction: float, text: str) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure_anchors(small, [make_batch(0), make_batch(1)], step)
    assert torch.equal(small.prompts.anchor, before)
