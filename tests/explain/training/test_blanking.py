"""What is blanked is as usual, and coalitions come in pairs that fill one another up."""

from __future__ import annotations

import numpy as np
import torch

from focus_viewer.explain.training.blanking import COARSE, blank, coalitions, random_blanks


def test_blank_tokens_are_zeros_and_others_stay() -> None:
    images = torch.randn(2, 3, 8, 8)
    kept = torch.ones(2, 3, 4, 4, dtype=torch.bool)
    kept[0, 1, 0, 2] = kept[1, 2] = False
    found = blank(images, kept)
    blanked = torch.zeros(2, 3, 8, 8, dtype=torch.bool)
    blanked[0, 1, 0:2, 4:6] = blanked[1, 2] = True
    assert not found[blanked].any()
    assert torch.equal(found[~blanked], images[~blanked])


def test_coalitions_are_pairs_of_complements() -> None:
    found = coalitions(np.random.default_rng(0), groups=7, pairs=5)
    assert found.shape == (30, 7, COARSE, COARSE)
    assert torch.equal(found[0::2], ~found[1::2])
    whole = found.flatten(1)
    assert whole.any(1).all()
    assert not whole.all(1).any()


def test_a_third_are_of_groups_and_a_third_of_cells() -> None:
    found = coalitions(np.random.default_rng(0), groups=7, pairs=8).flatten(2)
    first, second, third = (found[start::6] for start in (0, 2, 4))
    assert (first == first[:, :, :1]).all()
    assert (second == second[:, :1]).all()
    both = [(each != each[:, :1]).any() and (each != each[:1]).any() for each in third]
    assert sum(bool(mixed) for mixed in both) >= 7


def test_sizes_are_drawn_as_shapleys_kernel_weighs_them() -> None:
    """Of four groups, one or three are drawn as often as 2 x 1/3 to 1/4, two as often as 1/4."""
    rng = np.random.default_rng(1)
    sizes = coalitions(rng, groups=4, pairs=4000)[0::6, :, 0, 0].sum(1)
    shares = torch.bincount(sizes, minlength=5) / len(sizes)
    expected = torch.tensor([0, 1 / 3, 1 / 4, 1 / 3, 0])
    torch.testing.assert_close(shares, expected / expected.sum(), atol=0.03, rtol=0)


def test_every_group_and_cell_is_drawn_as_often_as_left_out() -> None:
    found = coalitions(np.random.default_rng(2), groups=6, pairs=300).float()
    torch.testing.assert_close(found.mean(0), torch.full((6, COARSE, COARSE), 0.5))


def test_training_sees_whole_scenes_and_parts_of_others() -> None:
    kept = random_blanks(np.random.default_rng(0), scenes=400, groups=12)
    assert kept.shape == (400, 12, COARSE, COARSE)
    whole = kept.flatten(1).all(1).float().mean()
    assert 0.3 < whole < 0.5  # (1 - 0.5) x (1 - 0.3), and a few that lost nothing
    groups, cells = kept.any((2, 3)), kept.any(1).flatten(1)
    assert 0.4 < (~groups).any(1).float().mean() < 0.55
    assert 0.2 < (~cells).any(1).float().mean() < 0.4
    # No scene is blank at a group and not at the next cell: what is blank, is in all of it.
    product = groups[:, :, None] & cells[:, None]
    some = groups.any(1)
    assert torch.equal(kept.flatten(2)[some], product[some])


def test_half_of_the_groups_are_blanked_in_runs_of_four() -> None:
    kept = random_blanks(np.random.default_rng(0), scenes=400, groups=40).any((2, 3))
    borders = [torch.nonzero(scene[1:] != scene[:-1])[:, 0] % 4 for scene in kept]
    in_runs = [len(set(places.tolist())) == 1 for places in borders if len(places) >= 4]
    assert len(in_runs) > 80
    assert 0.3 < np.mean(in_runs) < 0.7
