"""Games: what the frozen backbone makes of coalitions of tokens, played once and stored.

Scenes of which some tokens are planted noise are played without that noise: the evidence is to be
what clean tokens add, and the rest of the logit is the sink's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.metrics.coalitions import FrozenModel
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.model.backbone import Reading, UsualLeaf
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.blanking import COARSE, blank, coalitions
from focus_viewer.explain.training.losses import Game
from focus_viewer.explain.training.samples import NoisePlan, SampleBatch, add_noise, turned

# Orders of the players: two, and both backwards.
_ORDERS = 4
# Of the seeds of games, so that they are not those of the stages, which are shorter.
_GAMES = 3
_PLANTED = NoisePlan(banded=0.35, spotted=0.35)
_IMAGES = 16


@dataclass(frozen=True, eq=False)
class PlayedGame:
    """Features of a batch from the frozen backbone, and its values under coalitions.

    Attributes
    ----------
    found : Reading
        In half precision until `to`.
    shown : Tensor of bool, shape (batch, patches)
        Patches of tissue.
    noisy : Tensor of bool, shape (batch, patches, groups)
    """

    found: Reading
    usual: UsualLeaf
    groups: Tensor
    shown: Tensor
    noisy: Tensor
    game: Game

    def to(self, device: torch.device) -> PlayedGame:
        """Return it in single precision on a device."""
        return replace(
            self,
            found=Reading(*(each.to(device).float() for each in self.found)),
            usual=UsualLeaf(*(each.to(device) for each in self.usual)),
            groups=self.groups.to(device),
            shown=self.shown.to(device),
            noisy=self.noisy.to(device),
            game=Game(*(each.to(device) for each in self.game)),
        )


def play_games(
    model: FocusModel,
    samples: list[SampleBatch],
    tissue: list[BoolArray],
    count: int,
    pairs: int,
    seed: int,
    step: Step,
) -> list[PlayedGame]:
    """Evaluate the games of at most `count` batches of the smallest size, evenly spaced.

    A window four times as large takes four times as long and has no more coalitions.

    A game depends on the seed and the batch alone: training that goes on finds the same.

    Parameters
    ----------
    tissue : list of BoolArray
        For each batch, its pixels that pass the tissue test.
    pairs : int
        See `blanking.coalitions`.
    """
    chosen = _chosen(samples, count)
    games = []
    for done, index in enumerate(chosen):
        step(done / len(chosen), "playing coalitions")
        games.append(play_game(model, samples[index], tissue[index], pairs, seed, index))
    return games


def _chosen(samples: Sequence[SampleBatch], count: int) -> list[int]:
    """Return positions of at most `count` batches of the smallest size, evenly spaced."""
    sizes = np.array([batch.leaf[0].size for batch in samples])
    small = np.flatnonzero(sizes == sizes.min())
    chosen: list[int] = small[
        np.unique(np.linspace(0, len(small) - 1, count).round().astype(int))
    ].tolist()
    return chosen


@torch.no_grad()
def play_game(
    model: FocusModel,
    batch: SampleBatch,
    shown: BoolArray,
    pairs: int,
    seed: int,
    index: int,
    asked: BoolArray | None = None,
) -> PlayedGame:
    """Evaluate the game of one batch; `index` is its position among all.

    Parameters
    ----------
    asked : BoolArray, shape (scenes, rows, cols), or None
        Pixels whose patches alone the head pools, of a model that was taught; tissue by default.
    """
    rng = np.random.default_rng([seed, _GAMES, index])
    backbone, device = model.backbone, model.mean.device
    tissue, region = (
        torch.from_numpy(each).float()[:, None]
        for each in (shown, shown if asked is None else asked)
    )
    both = torch.cat([batch.tensor(model.statistics(batch.groups), shown), tissue, region], dim=1)
    both = turned(both, rng)
    images, tissue, region = both[:, :-2], both[:, -2:-1], both[:, -1:]
    noised, noisy = add_noise(images, backbone.patch_px, rng, _PLANTED)
    known = functional.avg_pool2d(tissue, backbone.patch_px).flatten(1) > 0.5
    patches = functional.avg_pool2d(region, backbone.patch_px).flatten(1) > 0.5
    # Background stays blank, as in use.
    noised, noisy = torch.where(tissue > 0, noised, 0), noisy & known[..., None]
    groups = torch.from_numpy(batch.groups).to(device)
    found = backbone.read(noised.to(device), groups)
    usual = backbone.usual(groups, found.patches.shape[1])
    clean = _blank_tokens(noised, noisy).to(device)
    only = model.pooled_patches(patches)
    pools = [None] * len(images) if only is None else list(only[:, None].to(device))
    scenes = [
        FrozenModel(backbone, scene[None], groups, pool)
        for scene, pool in zip(clean, pools, strict=True)
    ]
    game = _play(model, scenes, pairs, rng)
    return PlayedGame(
        Reading(*(each.half().cpu() for each in found)),
        UsualLeaf(*(each.cpu() for each in usual)),
        groups.cpu(),
        patches,
        noisy,
        game,
    )


def _play(
    model: FocusModel, scenes: Sequence[FrozenModel], pairs: int, rng: np.random.Generator
) -> Game:
    """Evaluate coalitions in scenes of the same sensor."""
    kept = torch.stack([coalitions(rng, len(scene.groups), pairs) for scene in scenes])
    values = [_values(scene, masks) for scene, masks in zip(scenes, kept, strict=True)]
    by_groups, by_cells = _shapley(model, scenes, rng)
    return Game(
        kept,
        torch.stack([value[:-1] for value in values]),
        torch.stack([value[-1] for value in values]),
        by_groups,
        by_cells,
    )


def _shapley(
    model: FocusModel, scenes: Sequence[FrozenModel], rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Sample the Shapley values of each scene by groups and by cells, for centred logits."""
    centred = (model.prompts.classes - 1) / model.prompts.classes
    found: tuple[list[DoubleArray], list[DoubleArray]] = ([], [])
    for scene in scenes:
        games = ((scene.by_groups, len(scene.groups)), (scene.by_cells, COARSE**2))
        for (game, players), values in zip(games, found, strict=True):
            sampled = shapley_values(game, players, _ORDERS * (players - 1), rng).values
            values.append(centred * sampled)
    by_groups, by_cells = (torch.from_numpy(np.stack(values)).float() for values in found)
    return by_groups, by_cells


def _blank_tokens(images: Tensor, tokens: Tensor) -> Tensor:
    """Blank tokens, a mask of shape (batch, patches, groups)."""
    side = round(tokens.shape[1] ** 0.5)
    return blank(images, ~tokens.mT.reshape(len(tokens), -1, side, side))


def _values(scene: FrozenModel, kept: Tensor) -> Tensor:
    """Return what coalitions, and then all tokens, add to the logits: (coalitions + 1, classes)."""
    nothing, everything = torch.zeros_like(kept[:1]), torch.ones_like(kept[:1])
    whole, backbone = scene.images, scene.backbone
    found = [
        backbone.logits(
            blank(whole.expand(len(masks), -1, -1, -1), masks), scene.groups, scene.only
        )
        for masks in torch.split(torch.cat([nothing, kept, everything]).to(whole.device), _IMAGES)
    ]
    logits = torch.cat(found).cpu()
    logits = logits - logits.mean(1, keepdim=True)
    return logits[1:] - logits[:1]
