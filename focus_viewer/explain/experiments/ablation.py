"""Ablation: what is put in the place of each part of the method that is taken out."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from focus_viewer.explain.model.prompts import Attention, Projecting, SpectralPrompts
from focus_viewer.explain.training.losses import LossWeights


class UniformPrompts(SpectralPrompts):
    """Prompts that are not asked: every group of a patch has the same share."""

    def attend(
        self,
        backbone: Projecting,
        tokens: tuple[Tensor, Tensor],
        usual: Tensor,
        regions: Tensor,
    ) -> Attention:
        """See `SpectralPrompts.attend`."""
        found = super().attend(backbone, tokens, usual, regions)
        return found._replace(shares=torch.full_like(found.shares, 1 / len(regions)))


class NoSink(SpectralPrompts):
    """Prompts without a sink: it takes nothing."""

    def attend(
        self,
        backbone: Projecting,
        tokens: tuple[Tensor, Tensor],
        usual: Tensor,
        regions: Tensor,
    ) -> Attention:
        """See `SpectralPrompts.attend`."""
        found = super().attend(backbone, tokens, usual, regions)
        return found._replace(absorbed=torch.zeros_like(found.absorbed))


class KeyPrompts(SpectralPrompts):
    """Prompts that read keys alone."""

    def attend(
        self,
        backbone: Projecting,
        tokens: tuple[Tensor, Tensor],
        usual: Tensor,
        regions: Tensor,
    ) -> Attention:
        """See `SpectralPrompts.attend`."""
        keys, values = tokens
        return super().attend(
            backbone, (keys, torch.zeros_like(values)), torch.zeros_like(usual), regions
        )


@dataclass(frozen=True)
class Recipe:
    """Training of a backbone, which variants of the same recipe share.

    Attributes
    ----------
    blanks, informed, measured, distractors : bool
        Whether parts of its images are blank, classes are wanted only as surely as what is shown
        says, measured spectra are mixed in, and scenes have distractors.
    traits : float
        Weight of the traits of tissue.
    """

    blanks: bool = True
    informed: bool = True
    measured: bool = True
    distractors: bool = True
    traits: float = LossWeights().traits


@dataclass(frozen=True)
class Part:
    """Replacements for a part of the method that is taken out.

    Attributes
    ----------
    instead : str
        In words.
    """

    instead: str
    prompts: type[SpectralPrompts] = SpectralPrompts
    loss: LossWeights = field(default_factory=LossWeights)
    recipe: Recipe = field(default_factory=Recipe)


PARTS: dict[str, Part] = {
    "whole": Part("nothing is taken out"),
    "prompts": Part("every group of a patch has the same share", prompts=UniformPrompts),
    "sink": Part("no token's share is absorbed", prompts=NoSink, loss=LossWeights(attraction=0)),
    "attraction": Part("no loss draws noise into the sink", loss=LossWeights(attraction=0)),
    "coalitions": Part(
        "only the sum of all evidence is trained", loss=LossWeights(coalitions=0, shapley=0)
    ),
    "shapley": Part("no sampled Shapley values beside the coalitions", loss=LossWeights(shapley=0)),
    "values": Part("prompts and sink read keys alone", prompts=KeyPrompts),
    "blanking": Part("the backbone sees no blank parts", recipe=Recipe(blanks=False)),
    "information": Part(
        "the backbone is taught the class alone, whatever is blank", recipe=Recipe(informed=False)
    ),
    "measured-spectra": Part("leaves by PROSPECT alone", recipe=Recipe(measured=False)),
    "distractors": Part("no scene has distractors", recipe=Recipe(distractors=False)),
    "traits": Part("the backbone learns classes alone", recipe=Recipe(traits=0)),
}
"""What is taken out, by name; each alone."""
