"""Games: what the frozen backbone makes of coalitions of tokens, played once and stored.

Scenes of which some tokens are planted noise are played without that noise: the evidence is to be
what clean tokens add, and the rest of the logit is the sink's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.model.backbone import Reading, UsualLeaf
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.blanking import blank, coalitions
from focus_viewer.explain.training.losses import Game
from focus_viewer.explain.training.samples import NoisePlan, SampleBatch, add_noise, turned

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
    sizes = np.array([batch.leaf[0].size for batch in samples])
    small = np.flatnonzero(sizes == sizes.min())
    chosen = small[np.unique(np.linspace(0, len(small) - 1, count).round().astype(int))]
    games = []
    for done, index in enumerate(chosen.tolist()):
        step(done / len(chosen), "playing coalitions")
        rng = np.random.default_rng([seed, _GAMES, index])
        games.append(_play(model, samples[index], tissue[index], pairs, rng))
    return games


@torch.no_grad()
def _play(
    model: FocusModel, batch: SampleBatch, shown: BoolArray, pairs: int, rng: np.random.Generator
) -> PlayedGame:
    backbone, device = model.backbone, model.mean.device
    tissue = torch.from_numpy(shown).float()[:, None]
    both = torch.cat([batch.tensor(model.statistics(batch.groups), shown), tissue], dim=1)
    both = turned(both, rng)
    images, tissue = both[:, :-1], both[:, -1:]
    noised, noisy = add_noise(images, backbone.patch_px, rng, _PLANTED)
    groups = torch.from_numpy(batch.groups).to(device)
    found = backbone(noised.to(device), groups)
    usual = backbone.usual(groups, found.patches.shape[1])
    clean = _blank_tokens(noised, noisy).to(device)
    kept = torch.stack([coalitions(rng, len(groups), pairs) for _ in images])
    values = [
        _values(model, scene, masks, groups) for scene, masks in zip(clean, kept, strict=True)
    ]
    game = Game(kept, torch.stack([v[:-1] for v in values]), torch.stack([v[-1] for v in values]))
    return PlayedGame(
        Reading(*(each.half().cpu() for each in found)),
        UsualLeaf(*(each.cpu() for each in usual)),
        groups.cpu(),
        functional.avg_pool2d(tissue, backbone.patch_px).flatten(1) > 0.5,
        noisy,
        game,
    )


def _blank_tokens(images: Tensor, tokens: Tensor) -> Tensor:
    """Blank tokens, a mask of shape (batch, patches, groups)."""
    side = round(tokens.shape[1] ** 0.5)
    return blank(images, ~tokens.mT.reshape(len(tokens), -1, side, side))


def _values(model: FocusModel, scene: Tensor, kept: Tensor, groups: Tensor) -> Tensor:
    """Return what coalitions, and then all tokens, add to the logits: (coalitions + 1, classes)."""
    nothing, everything = torch.zeros_like(kept[:1]), torch.ones_like(kept[:1])
    found = [
        model.backbone.logits(blank(scene.expand(len(masks), -1, -1, -1), masks), groups)
        for masks in torch.split(torch.cat([nothing, kept, everything]).to(scene.device), _IMAGES)
    ]
    logits = torch.cat(found).cpu()
    logits = logits - logits.mean(1, keepdim=True)
    return logits[1:] - logits[:1]
