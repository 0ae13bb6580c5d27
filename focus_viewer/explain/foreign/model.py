"""Attached model: a frozen model of any origin, with prompts and a sink that take it apart."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor, nn

from focus_viewer.explain.foreign.adapter import Adapter, Decision
from focus_viewer.explain.foreign.bands import SpectralGroups
from focus_viewer.explain.model.prompts import PARTS, SpectralPrompts, soft_limit

SPECTRA = 800
"""Pixels that a model keeps of the cubes it was attached with."""

_LIMIT = 6.0
_SPREAD = 0.02
_TINY = 1e-9


class WindowParts(NamedTuple):
    """Decision of a frozen model on windows, taken apart.

    `baseline + whole.sum((2, 3)) == logits`. The sink takes `absorbed` of each token's part.

    Attributes
    ----------
    logits, baseline : Tensor, shape (windows, classes) and (1, classes)
        Of the windows, and of one where all is as usual.
    whole : Tensor, shape (windows, classes, patches, groups)
        What each token adds to the logit, evidence and what the sink takes of it.
    attention : Tensor, same shape
        Share of each token in the attention of a class's prompts; sums to 1.
    absorbed : Tensor, shape (windows, patches, groups)
    """

    logits: Tensor
    baseline: Tensor
    whole: Tensor
    attention: Tensor
    absorbed: Tensor

    @property
    def evidence(self) -> Tensor:
        """What the sink leaves: (windows, classes, patches, groups)."""
        return self.whole * (1 - self.absorbed[:, None])


class Reader(nn.Module):
    """All that is trained: prompts with their sink, and what looks at places.

    Where a head has no exact parts by patch, `places` and `gains`, a row for each class and part,
    look at the patches as the last block leaves them. A patch gives what its gain says, for or
    against; the rest of a part of the logit is spread over the patches by a softmax, so that all of
    it is shared out.

    What the head took says nothing of groups that cancel: darker or brighter, a healthy leaf may
    have the logit of the usual one, and yet each group speaks for or against it. `effects`, a row
    for each class and group, say of a token's own values what it adds.
    """

    def __init__(self, classes: int, groups: int, dim: int, width: int) -> None:
        super().__init__()
        self._sizes = classes, groups, dim, width
        self.prompts = SpectralPrompts(classes, groups, dim, width)
        self.places = nn.Parameter(_SPREAD * torch.randn(classes, PARTS, dim))
        self.gains = nn.Parameter(_SPREAD * torch.randn(classes, PARTS, dim))
        self.effects = nn.Parameter(_SPREAD * torch.randn(classes, groups, width))

    def anew(self) -> Reader:
        """Return one of the same sizes, on the same device, that was not trained."""
        return Reader(*self._sizes).to(self.places.device)

    def added(self, departure: Tensor, groups: Tensor, shown: Tensor | None) -> Tensor:
        """Return what each token adds by itself, (windows, classes, patches, groups).

        Parameters
        ----------
        departure : Tensor, shape (windows, groups, patches, width)
            Of values from usual ones.
        """
        own = torch.einsum("bkiw,ckw->bcik", departure, self.effects[:, groups])
        own = soft_limit(own, _LIMIT) / departure.shape[2]
        return own if shown is None else own.masked_fill(~shown[:, None, :, None], 0)

    def spread(self, total: Tensor, departure: Tensor, shown: Tensor | None) -> Tensor:
        """Share out parts of logits, (windows, classes, parts), over the patches.

        Parameters
        ----------
        departure : Tensor, shape (windows, patches, dim)
            Of the patches from usual ones.
        shown : Tensor of bool, shape (windows, patches), or None
            Patches that can have a part; each window has some.
        """
        scale = departure.square().mean((1, 2), keepdim=True).sqrt().clamp_min(_TINY)
        scores, own = (
            soft_limit(torch.einsum("bid,cqd->bcqi", departure / scale, rows), _LIMIT)
            for rows in (self.places, self.gains)
        )
        own = own * total.abs().sum(2, keepdim=True)[..., None] / departure.shape[1]
        if shown is not None:
            hidden = ~shown[:, None, None]
            scores, own = scores.masked_fill(hidden, -torch.inf), own.masked_fill(hidden, 0)
        return own + (total - own.sum(-1))[..., None] * scores.softmax(-1)


class AttachedModel(nn.Module):
    """Frozen model with what takes it apart.

    Attributes
    ----------
    several : bool
        Whether several of its classes may hold at once.
    bands_nm, mean, std : Tensor, shape (bands,)
        Its bands, in its order, and the normalisation of a cube's values.
    spread : Tensor, shape (bands,)
        Standard deviation of normalised pixels of the cubes it was attached with.
    spectra : Tensor, shape (pixels, groups)
        Some of these pixels, in the cubes' units.
    anchor : Tensor, shape (classes, groups)
        Mean departure of windows from the usual spectrum, by the class the model decides for.
    """

    bands_nm: Tensor
    mean: Tensor
    std: Tensor
    spread: Tensor
    spectra: Tensor
    anchor: Tensor

    def __init__(self, adapter: Adapter, groups: SpectralGroups, several: bool = False) -> None:
        super().__init__()
        self.several = several
        bands, count, classes = len(groups.of_bands), len(groups.edges_nm), len(adapter.rows)
        self.adapter = adapter
        self.groups = groups
        self.reader = Reader(classes, count, adapter.dim, adapter.width)
        self.register_buffer("bands_nm", torch.zeros(bands))
        self.register_buffer("group_of_bands", torch.from_numpy(groups.of_bands))
        self.register_buffer("edges_nm", torch.from_numpy(groups.edges_nm).float())
        self.register_buffer("mean", torch.zeros(bands))
        for name in ("std", "spread"):
            self.register_buffer(name, torch.ones(bands))
        self.register_buffer("spectra", torch.zeros(SPECTRA, count))
        self.register_buffer("anchor", torch.zeros(classes, count))

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.bands_nm.device

    def compared(self, values: Tensor) -> Tensor:
        """Return values by class, (n, classes, ...), less their mean over classes.

        Where several classes may hold at once, each stands for itself.
        """
        return values if self.several else values - values.mean(1, keepdim=True)

    def normalised(self, pixels: Tensor) -> Tensor:
        """Normalise pixels, (..., bands, height, width), as in the model's training."""
        return (pixels - self.mean.cpu()[:, None, None]) / self.std.cpu()[:, None, None]

    def forward(self, images: Tensor) -> WindowParts:
        """Decide on windows, (windows, bands, height, width), and take the decisions apart."""
        parts = self.adapter.parts(images)
        return self.take_apart(parts, self.adapter.decide(parts), self.usual(parts))

    def usual(self, parts: Tensor) -> tuple[Tensor, Decision]:
        """Decide on a window where all is as usual; `parts` are of any windows."""
        nothing = torch.zeros_like(parts[:1])
        return nothing, self.adapter.decide(nothing)

    def take_apart(
        self,
        parts: Tensor,
        found: Decision,
        usual: tuple[Tensor, Decision],
        present: Tensor | None = None,
        shown: Tensor | None = None,
    ) -> WindowParts:
        """Take decisions on embedded windows apart.

        Parameters
        ----------
        present : Tensor of int64, or None
            Groups that can have a part; all by default.
        shown : Tensor of bool, shape (windows, patches), or None
            Patches that can have one; all by default.
        """
        adapter, (nothing, ordinary) = self.adapter, usual
        part = self._by_patch(found, ordinary, shown)
        groups = torch.arange(len(self.groups.edges_nm)) if present is None else present
        groups = groups.to(parts.device)
        seen, unseen = (
            tuple(each[:, groups] for each in adapter.keys_values(some))
            for some in (parts, nothing)
        )
        attention = self.reader.prompts.attend(adapter, (seen[0], seen[1]), unseen[1][0], groups)
        size = part.abs()
        size = size / size.sum((2, 3), keepdim=True).clamp_min(_TINY)
        shares = _over_parts(size, attention.shares)
        added = self.reader.added(seen[1] - unseen[1], groups, shown)
        # The sum stays: what tokens add by themselves is taken off where a class attends.
        added = added - added.sum((2, 3), keepdim=True) * shares
        whole = _over_parts(part, attention.shares) + added
        return WindowParts(found.logits, ordinary.logits, whole, shares, attention.absorbed)

    def _by_patch(self, found: Decision, usual: Decision, shown: Tensor | None) -> Tensor:
        """Return each part of the logits by patch, (windows, classes, parts, patches)."""
        rows = self.reader.prompts.rows(self.adapter.rows)
        shares = self.adapter.shares(found.context, usual.context, shown)
        if shares is not None:
            return torch.einsum("bid,cqd->bcqi", shares, rows)
        total = torch.einsum("bd,cqd->bcq", found.pooled - usual.pooled, rows)
        return self.reader.spread(total, found.context - usual.context, shown)


def _over_parts(parts: Tensor, shares: Tensor) -> Tensor:
    """Sum the parts' shares of each token, (windows, classes, patches, groups)."""
    products = (parts[:, :, part, :, None] * shares[:, :, part] for part in range(parts.shape[2]))
    return reduce(torch.add, products)
