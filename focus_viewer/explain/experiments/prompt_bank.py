"""Prompts that classes share: each mixes a few of a bank's, instead of having its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from focus_viewer.explain.model.prompts import SpectralPrompts

SHARED = ("prompts", "score_reader", "off_anchor")
"""What classes mix; of the others each class has a single number."""


class Mixed(nn.Module):
    """Mixture, by `mix` (classes, size), of a bank (size, ...) for every class (classes, ...)."""

    def __init__(self, mix: nn.Parameter) -> None:
        super().__init__()
        self.mix = mix

    def forward(self, bank: Tensor) -> Tensor:
        """Mix the bank for every class."""
        mixed: Tensor = torch.tensordot(self.mix, bank, dims=1)
        return mixed

    def right_inverse(self, whole: Tensor) -> Tensor:
        """Return the bank whose mixtures come nearest to the given values."""
        nearest: Tensor = torch.tensordot(torch.linalg.pinv(self.mix), whole, dims=1)
        return nearest


class BankedPrompts(SpectralPrompts):
    """Prompts p[c, r] = sum over m of mix[c, m] bank[m, r].

    Readers and gains are mixed by the same weights. Everything else is as in `SpectralPrompts`:
    whatever reads with plain prompts reads with these.

    Parameters
    ----------
    size : int
        Of the bank: fewer than classes.

    Raises
    ------
    ValueError
        If the bank holds as many prompts as there are classes, or none.
    """

    def __init__(self, classes: int, groups: int, regions: int, dim: int, size: int) -> None:
        if not 0 < size < classes:
            raise ValueError(f"a bank of {size} for {classes} classes: expected 1 to {classes - 1}")
        super().__init__(classes, groups, regions, dim)
        self.mix = nn.Parameter(torch.randn(classes, size) / size**0.5)
        for name in SHARED:
            bank = getattr(self, name)[:size].detach().clone()
            mixed = Mixed(self.mix)
            parametrize.register_parametrization(self, name, mixed)
            assign(self, name, mixed(bank))

    @torch.no_grad()
    def share_anchors(self, anchor: Tensor) -> None:
        """Take the nearest anchors that as many profiles can make, and mix prompts in the same way.

        Classes of similar tissue begin with similar prompts. What remains of the anchors is
        the best approximation of their roots, which the gains start from, of the bank's size as
        its rank (Eckart & Young, Psychometrika 1, 1936). Anchors have shape (classes, groups).
        """
        classes, size = self.mix.shape
        left, length, profiles = torch.linalg.svd(anchor.sign() * anchor.abs().sqrt(), False)
        size = min(size, len(length))
        root = (left * length)[:, :size] @ profiles[:size]
        self.anchor.copy_(root.sign() * root.square())
        self.mix[:, :size] = left[:, :size] * (classes / self.mix.shape[1]) ** 0.5


@torch.no_grad()
def assign(prompts: SpectralPrompts, name: str, whole: Tensor) -> None:
    """Assign initial values to every class; a bank takes the nearest that it can represent.

    Parameters
    ----------
    name : str
        One of `SHARED`.
    whole : Tensor, shape (classes, ...)
    """
    if isinstance(prompts, BankedPrompts):
        setattr(prompts, name, whole)
    else:
        getattr(prompts, name).copy_(whole)


def learned_parameters(prompts: SpectralPrompts) -> int:
    """Return the count of learned numbers; each counts once, however many classes use it."""
    return sum(parameter.numel() for parameter in prompts.parameters())


def measured_numbers(prompts: SpectralPrompts) -> int:
    """Return the count of numbers in the anchors: measured before training, not learned.

    Of a bank's anchors, profiles and every class's share in them.
    """
    classes, groups = prompts.anchor.shape
    if not isinstance(prompts, BankedPrompts):
        return classes * groups
    size = min(prompts.mix.shape[1], groups)
    return size * (classes + groups)
