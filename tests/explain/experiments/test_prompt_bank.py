"""Prompts mixed from a bank: the sums on paper, and all that holds for prompts of each's own."""

from __future__ import annotations

import pytest
import torch
from explain_models import LN2, make_toy
from torch import Tensor

from focus_viewer.explain.experiments.prompt_bank import (
    SHARED,
    BankedPrompts,
    assign,
    learned_parameters,
    measured_numbers,
)
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.prompts import SpectralPrompts


def put(prompts: BankedPrompts, name: str, bank: Tensor) -> None:
    """Fill a bank."""
    assign(prompts, name, torch.tensordot(prompts.mix.detach(), bank, dims=1))


def test_a_class_mixes_the_bank() -> None:
    prompts = BankedPrompts(classes=3, groups=2, regions=1, dim=2, size=2)
    with torch.no_grad():
        prompts.mix.copy_(torch.tensor([[1.0, 0], [0, 1], [0.5, -2]]))
    put(prompts, "prompts", torch.tensor([[[4.0, 0]], [[0, 3]]]))
    put(prompts, "score_reader", torch.tensor([[2.0, 2], [1, 0]]))
    put(prompts, "off_anchor", torch.tensor([[2.0, 0], [0, 1]]))
    torch.testing.assert_close(prompts.prompts, torch.tensor([[[4.0, 0]], [[0, 3]], [[2, -6]]]))
    torch.testing.assert_close(prompts.score_reader, torch.tensor([[2.0, 2], [1, 0], [-1, 1]]))
    torch.testing.assert_close(prompts.off_anchor, torch.tensor([[2.0, 0], [0, 1], [1, -2]]))


def test_a_toy_that_shares_decides_as_on_paper(toy: FocusModel) -> None:
    """Class 0 takes all of the bank's only entry, class 1 half of its readers and gains."""
    own = toy.prompts
    banked = BankedPrompts(2, 3, len(own.prompts[0]), 4, size=1)
    with torch.no_grad():
        banked.mix.copy_(torch.tensor([[1.0], [0.5]]))
        for name in ("sink", "log_scale", "patch_sink", "bias", "anchor"):
            getattr(banked, name).copy_(getattr(own, name))
    for name in SHARED:
        put(banked, name, getattr(own, name)[:1])
    images = torch.zeros(1, 3, 4, 4)
    images[0, 1, :2, :2] = LN2
    before = toy(images, torch.arange(3))
    toy.prompts = banked
    after = toy(images, torch.arange(3))
    # What class 0 reads is that of the toy: 4/27 ln 2 (see test_focus_model).
    torch.testing.assert_close(after.evidence[:, 0], before.evidence[:, 0])
    assert after.logits[0, 0].item() == pytest.approx(0.5 + 4 / 27 * LN2)
    # Class 1 had no gain; now it has half of what was learned beside the anchor: 1/8, no more.
    assert before.logits[0, 1].item() == 0
    assert 0 < after.logits[0, 1].item() < 1 / 8 * LN2


@pytest.fixture
def banked(small: FocusModel) -> FocusModel:
    """The small model with prompts that share a bank of two."""
    torch.manual_seed(5)
    prompts = BankedPrompts(3, 10, len(small.prompts.prompts[0]), 16, size=2)
    with torch.no_grad():
        for parameter in prompts.parameters():
            parameter.copy_(torch.randn_like(parameter))
        prompts.anchor.copy_(small.prompts.anchor)
    small.prompts = prompts
    return small


@pytest.mark.parametrize("chosen", [list(range(10)), [0, 3, 4], [9]])
def test_evidence_is_an_exact_decomposition(banked: FocusModel, chosen: list[int]) -> None:
    output = banked(torch.randn(4, len(chosen), 16, 16), torch.tensor(chosen))
    total = banked.prompts.bias + output.evidence.sum((2, 3))
    torch.testing.assert_close(total, output.logits)
    torch.testing.assert_close(output.attention.sum((2, 3)) + output.sink, torch.ones(4, 3))
    assert output.evidence.abs().max() > 0


def test_it_reads_as_plain_prompts_of_the_same_values(banked: FocusModel) -> None:
    shared = banked.prompts
    plain = SpectralPrompts(3, 10, len(shared.prompts[0]), 16)
    with torch.no_grad():
        for name in (*SHARED, "sink", "log_scale", "patch_sink", "bias", "anchor"):
            getattr(plain, name).copy_(getattr(shared, name))
    images = torch.randn(2, 10, 16, 16)
    first = banked(images, torch.arange(10))
    banked.prompts = plain
    for one, other in zip(first, banked(images, torch.arange(10)), strict=True):
        torch.testing.assert_close(one, other)


def test_what_one_class_learns_another_has() -> None:
    prompts = BankedPrompts(3, 4, 2, 8, size=1)
    optimizer = torch.optim.SGD(prompts.parameters(), lr=0.1)
    before = [getattr(prompts, name)[1].clone() for name in SHARED]
    torch.autograd.backward(sum(getattr(prompts, name)[0].sum() for name in SHARED))
    optimizer.step()
    after = [getattr(prompts, name)[1] for name in SHARED]
    assert all((one != other).any() for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("size", [0, 3, 4])
def test_a_bank_is_smaller_than_what_it_stands_for(size: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 2"):
        BankedPrompts(3, 4, 2, 8, size)


def test_every_number_is_counted_once() -> None:
    # Prompts 2 x 8, readers 8, gains 4; scale, sink and bias of each class; the sink of 8.
    assert learned_parameters(SpectralPrompts(5, 4, 2, 8)) == 5 * (16 + 8 + 4 + 3) + 8
    # The bank's entries, and two weights of each class beside its scale, sink and bias.
    assert learned_parameters(BankedPrompts(5, 4, 2, 8, 2)) == 2 * (16 + 8 + 4) + 5 * (2 + 3) + 8
    assert measured_numbers(SpectralPrompts(5, 4, 2, 8)) == 5 * 4
    assert measured_numbers(BankedPrompts(5, 4, 2, 8, 2)) == 2 * 4 + 5 * 2


def signed_square(root: Tensor) -> Tensor:
    return root.sign() * root.square()


def test_anchors_that_a_bank_can_make_are_kept() -> None:
    prompts = BankedPrompts(3, 4, 2, 8, size=2)
    shares = torch.tensor([[1.0, 0], [0, 2], [1, -1]])
    anchor = signed_square(shares @ torch.tensor([[1.0, 2, 0, -1], [0, 1, 1, 1]]))
    prompts.share_anchors(anchor)
    torch.testing.assert_close(prompts.anchor, anchor)


def test_of_other_anchors_the_strongest_profile_is_kept() -> None:
    prompts = BankedPrompts(3, 4, 2, 8, size=1)
    root = torch.tensor([[3.0, 0, 0, 0], [3, 0, 0, 0], [0, 0, 1, 0]])
    prompts.share_anchors(signed_square(root))
    expected = torch.tensor([[9.0, 0, 0, 0], [9, 0, 0, 0], [0, 0, 0, 0]])
    torch.testing.assert_close(prompts.anchor, expected)


def test_classes_that_depart_alike_begin_with_like_prompts() -> None:
    prompts = BankedPrompts(4, 4, 2, 8, size=2)
    prompts.share_anchors(torch.tensor([[4.0, 0, 0, 1], [0, 9, 0, 0], [4, 0, 0, 1], [0, 4, 0, 0]]))
    torch.testing.assert_close(prompts.prompts[0], prompts.prompts[2])
    assert (prompts.prompts[0] - prompts.prompts[1]).abs().max() > 0.1


def test_what_a_bank_cannot_make_it_comes_nearest_to() -> None:
    prompts = BankedPrompts(2, 1, 1, 1, size=1)
    with torch.no_grad():
        prompts.mix.copy_(torch.tensor([[1.0], [1]]))
    assign(prompts, "score_reader", torch.tensor([[1.0], [3]]))
    assert prompts.score_reader.flatten().tolist() == pytest.approx([2, 2])


def test_the_bank_is_saved_and_found_again() -> None:
    one, other = make_toy(), make_toy()
    for model in (one, other):
        model.prompts = BankedPrompts(2, 3, 4, 4, size=1)
    other.load_state_dict(one.state_dict())
    for name in SHARED:
        assert torch.equal(getattr(one.prompts, name), getattr(other.prompts, name))
