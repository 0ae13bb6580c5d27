"""Classes are wanted as sure as what is shown of a lesion says, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.targets import class_targets, shown_information

USUAL = 2
SIZE = 16


def batch_of(second: int = -1, lesion_px: int = 8) -> SampleBatch:
    """One scene of class 0 whose lesion, a square at the corner, changes two of three groups."""
    lesion = np.zeros((1, SIZE, SIZE), dtype=np.bool_)
    lesion[:, :lesion_px, :lesion_px] = True
    nothing = np.zeros((1, 3), dtype=np.float32)
    return SampleBatch(
        np.ones((1, SIZE, SIZE, 3), dtype=np.float32),
        np.arange(3),
        np.array([0]),
        np.ones_like(lesion),
        lesion,
        nothing,
        scene_importance=np.array([[3.0, 0.0, 4.0]], dtype=np.float32),
        second=np.array([second]),
    )


def lesion_of(batch: SampleBatch) -> Tensor:
    return torch.from_numpy(batch.lesion).float()


def kept_without(groups: tuple[int, ...] = (), cells: tuple[tuple[int, int], ...] = ()) -> Tensor:
    kept = torch.ones(1, 3, 4, 4, dtype=torch.bool)
    kept[:, list(groups)] = False
    for row, col in cells:
        kept[:, :, row, col] = False
    return kept


def margin(wanted: Tensor, label: int = 0) -> float:
    """Log odds of a class against the usual one."""
    return float((wanted[0, label] / wanted[0, USUAL]).log())


def wanted(batch: SampleBatch, kept: Tensor) -> Tensor:
    return class_targets(batch, 4, kept, lesion_of(batch), USUAL)


def test_groups_share_by_the_square_of_their_separability() -> None:
    batch = batch_of()
    for hidden, share in (((), 1.0), ((0,), 16 / 25), ((2,), 9 / 25), ((1,), 1.0), ((0, 2), 0.0)):
        found = shown_information(batch, kept_without(hidden), lesion_of(batch))
        np.testing.assert_allclose(found, [share], rtol=1e-6)


def test_a_few_patches_of_a_lesion_say_all_and_none_say_nothing() -> None:
    batch = batch_of()  # 64 px in four cells of 16; 48 are enough
    corner = ((0, 0), (0, 1), (1, 0), (1, 1))
    for hidden, share in ((1, 1.0), (2, 32 / 48), (3, 16 / 48), (4, 0.0)):
        kept = kept_without(cells=corner[:hidden])
        found = shown_information(batch, kept, lesion_of(batch))
        np.testing.assert_allclose(found, [share], rtol=1e-6)


def test_healthy_tissue_that_is_hidden_changes_nothing() -> None:
    batch = batch_of()
    kept = kept_without(cells=((3, 3), (2, 0)))
    np.testing.assert_array_equal(shown_information(batch, kept, lesion_of(batch)), [1])


def test_a_scene_without_a_lesion_has_its_class_whatever_is_hidden() -> None:
    batch = replace(batch_of(lesion_px=0), labels=np.array([USUAL]))
    found = wanted(batch, kept_without((0, 2)))
    torch.testing.assert_close(found, wanted(batch, kept_without()))
    assert found[0].argmax() == USUAL


def test_wanted_logits_are_on_a_line_from_the_usual_to_the_own_class() -> None:
    batch = batch_of()
    margins = [margin(wanted(batch, kept_without(hidden))) for hidden in ((), (0,), (0, 2))]
    np.testing.assert_allclose(margins, np.array([1.0, 2 * 16 / 25 - 1, -1.0]) * margins[0], 1e-5)
    found = wanted(batch, kept_without())
    torch.testing.assert_close(found.sum(1), torch.ones(1))
    assert 0.95 < found[0, 0] < 0.98


def test_two_lesions_are_wanted_as_much_as_each_other() -> None:
    found = wanted(batch_of(second=3), kept_without())
    torch.testing.assert_close(found[0, 0], found[0, 3])
    assert found[0, 0] > 0.45


def test_the_class_s_separability_serves_where_the_scene_s_is_unknown() -> None:
    batch = batch_of()
    unknown = np.zeros(0, dtype=np.float32)
    batch = replace(batch, scene_importance=unknown, importance=batch.scene_importance)
    found = shown_information(batch, kept_without((0,)), lesion_of(batch))
    np.testing.assert_allclose(found, [16 / 25], rtol=1e-6)
