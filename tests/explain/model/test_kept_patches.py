"""Blank patches of a window are read as one, and each window alone: the same as all of them."""

from __future__ import annotations

import pytest
import torch
from explain_models import ANY_SIZE, RECIPE, make_small
from torch import Tensor

from focus_viewer.explain.model import backbone as backbone_module
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.focus_model import FocusModel, WindowReading
from focus_viewer.explain.model.kept_patches import KeptPatches, keep_patches

GROUPS = torch.arange(10)
WITH_TOKEN = Recipe(ANY_SIZE.architecture, ANY_SIZE.tap, {**ANY_SIZE.options, "class_token": True})
OCCUPIED = torch.zeros(3, 16, dtype=torch.bool)
OCCUPIED[0, [2, 3, 9]] = OCCUPIED[1, 15] = OCCUPIED[2, :] = True


def make_windows() -> Tensor:
    """Three windows of 4 x 4 patches of 4 px, blank where they are not occupied."""
    pixels = torch.randn(3, 10, 16, 16, generator=torch.Generator().manual_seed(1))
    seen = OCCUPIED.reshape(3, 1, 4, 4).repeat_interleave(4, 2).repeat_interleave(4, 3)
    return pixels * seen


def in_a_row(windows: Tensor, kept: KeptPatches) -> Tensor:
    """Return the kept patches of windows side by side."""
    patches = windows.unfold(2, 4, 4).unfold(3, 4, 4).flatten(2, 3)  # (..., patches, 4, 4)
    rows = [patches[number, :, own] for number, own in enumerate(kept.sources)]
    return torch.stack([row.movedim(1, 2).flatten(2) for row in rows])


def parts_of(reading: WindowReading) -> list[Tensor]:
    """Return a reading's parts, each of shape (windows, patches, all else)."""
    shares = reading.attention.shares.movedim(3, 1).flatten(2)
    return [reading.patches, shares, reading.attention.absorbed]


def test_blank_patches_are_one_that_counts_for_all() -> None:
    kept = keep_patches(OCCUPIED)
    assert kept.counts is not None
    assert kept.sources[0, :3].tolist() == [2, 3, 9]
    assert kept.counts[0, :5].tolist() == [1, 1, 1, 13, 0]
    assert kept.counts[1, :3].tolist() == [1, 15, 0]
    assert kept.counts[2].tolist() == [1] * 16
    values = torch.arange(16.0)[:, None]
    assert kept.spread(0, values).flatten().tolist() == [
        *(3, 3, 0, 1, 3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 3)
    ]


def test_windows_without_blank_patches_are_left_as_they_are() -> None:
    kept = keep_patches(OCCUPIED[2:])
    assert kept.counts is None
    assert kept.sources[0].tolist() == list(range(16))


@pytest.mark.parametrize("recipe", [ANY_SIZE, WITH_TOKEN], ids=["plain", "class token"])
def test_reading_blank_patches_as_one_changes_nothing(recipe: Recipe) -> None:
    model, windows, kept = make_small(recipe=recipe), make_windows(), keep_patches(OCCUPIED)
    assert model.backbone.counts_patches
    usual = model.usual(GROUPS, 16)
    found = model.read(in_a_row(windows, kept), GROUPS, usual, kept.counts)
    whole = model.read(windows, GROUPS, usual)
    for part, expected in zip(parts_of(found), parts_of(whole), strict=True):
        spread = torch.stack([kept.spread(number, own) for number, own in enumerate(part)])
        torch.testing.assert_close(spread, expected, atol=1e-5, rtol=1e-5)


def test_positions_forbid_it() -> None:
    assert not make_small(recipe=RECIPE).backbone.counts_patches


def test_a_window_with_blank_patches_does_not_depend_on_others() -> None:
    model, windows, kept = make_small(recipe=ANY_SIZE), make_windows(), keep_patches(OCCUPIED)
    usual, row = model.usual(GROUPS, 16), in_a_row(windows, kept)
    assert kept.counts is not None
    several = model.read(row, GROUPS, usual, kept.counts)
    alone = model.read(row[1:2, ..., : 2 * 4], GROUPS, usual, kept.counts[1:2, :2])
    torch.testing.assert_close(several.patches[1, :2], alone.patches[0], atol=0, rtol=0)


@pytest.mark.parametrize("tokens", [1, 200, 10_000])
def test_a_pass_in_parts_is_the_same(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch, tokens: int
) -> None:
    windows, usual = make_windows(), small.usual(GROUPS, 16)
    whole, features = small.read(windows, GROUPS, usual), small.backbone.read(windows, GROUPS)
    monkeypatch.setattr(backbone_module, "_CACHED_TOKENS", tokens)
    assert small.backbone.parts(windows) == {1: 3, 200: 3, 10_000: 1}[tokens]
    found = small.read(windows, GROUPS, usual)
    for own, expected in zip(
        (found.patches, *found.attention, *small.backbone.read(windows, GROUPS)),
        (whole.patches, *whole.attention, *features),
        strict=True,
    ):
        torch.testing.assert_close(own, expected, atol=1e-5, rtol=1e-5)
