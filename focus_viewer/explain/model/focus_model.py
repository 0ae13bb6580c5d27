"""FOCUS model: frozen backbone, prompts, sink, and constants measured in training."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS, region_of
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray
from focus_viewer.explain.model.backbone import BandPureBackbone, Reading, UsualLeaf, cat_windows
from focus_viewer.explain.model.head import check_head, take_apart
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.model.prompts import Attention, SpectralPrompts
from focus_viewer.explain.model.tissue import SPECTRA, TissueTest
from focus_viewer.explain.model.traits import TRAITS

_TINY = 1e-9


class WindowReading(NamedTuple):
    """Reading of a window, before its patches are pooled with those of other windows.

    Attributes
    ----------
    patches : Tensor, shape (batch, patches, dim)
        What the head pools.
    attention : Attention
    """

    patches: Tensor
    attention: Attention


class FocusOutput(NamedTuple):
    """Decision of the frozen backbone with its parts.

    `baseline + evidence.sum((2, 3)) + unattributed.sum((2, 3)) == logits`.

    Attributes
    ----------
    logits : Tensor, shape (batch, classes)
        The backbone's own.
    baseline : Tensor, shape (1, classes)
        The same of an image that is everywhere as the leaf usually is.
    evidence, unattributed : Tensor, shape (batch, classes, patches, groups)
        What each token adds to the logit, and what the sink took of it.
    attention : Tensor, shape (batch, classes, patches, groups)
        Share of each token; with the sink's it sums to 1.
    sink : Tensor, shape (batch, classes)
    """

    logits: Tensor
    baseline: Tensor
    evidence: Tensor
    unattributed: Tensor
    attention: Tensor
    sink: Tensor


class FocusModel(nn.Module):
    """Model that takes the frozen backbone's decision apart, for every class in one pass.

    Parameters
    ----------
    edges_nm : DoubleArray, shape (groups, 2)

    Raises
    ------
    ModelError
        If the backbone's head cannot be taken apart.

    Attributes
    ----------
    mean : Tensor, shape (groups,)
        Mean reflectance of training leaves.
    log_std : Tensor, shape (groups,)
        Spread about it, as a natural logarithm, from leaf to leaf and within one.
    residual_std, brightness_weights : Tensor, shape (groups,)
        See `GroupStatistics`.
    tissue, background : Tensor, shape (spectra, groups)
        Log spectra of leaf tissue and of other materials, brightness taken off; see `TissueTest`.
        Zeros where other materials are not known.
    anchor : Tensor, shape (classes, groups)
        Mean contrast of each class's tissue, in units of `log_std`, for the tissue signature.
    taught : bool
        Whether a user taught it classes of her own. Then pixels are relative to the mean of what
        was taught, the head pools the shown patches alone, and a group whose mean is 0 was not
        taught and is not read.
    traits : nn.Linear
        Traits of each patch, from what the head sees of it; the backbone's second target.
    """

    mean: Tensor
    log_std: Tensor
    residual_std: Tensor
    brightness_weights: Tensor
    tissue: Tensor
    background: Tensor
    anchor: Tensor
    regions: Tensor

    def __init__(self, backbone: BandPureBackbone, edges_nm: DoubleArray, classes: int) -> None:
        super().__init__()
        check_head(backbone.vit)
        groups, dim = len(edges_nm), backbone.vit.embed_dim
        self.backbone = backbone
        self.taught = False
        self.traits = nn.Linear(dim, len(TRAITS))
        width = backbone.heads * backbone.head_dim
        self.prompts = SpectralPrompts(classes, len(SPECTRAL_REGIONS), dim, width)
        for name in ("mean", "log_std", "residual_std", "brightness_weights"):
            self.register_buffer(name, torch.ones(groups))
        for name in ("tissue", "background"):
            self.register_buffer(name, torch.zeros(SPECTRA, groups))
        self.register_buffer("anchor", torch.zeros(classes, groups))
        regions = torch.from_numpy(region_of(edges_nm.mean(axis=1)))
        self.register_buffer("regions", regions, persistent=False)

    def statistics(self, groups: IntArray) -> GroupStatistics:
        """Return the statistics of the training data for these groups."""
        mean, residual_std, weights = (
            values.cpu().numpy().astype(np.float64)[groups]
            for values in (self.mean, self.residual_std, self.brightness_weights)
        )
        return GroupStatistics(mean, residual_std, weights, self.taught)

    @property
    def subject(self) -> str:
        """What it knows, for people."""
        return "what the model was taught" if self.taught else "plant tissue"

    @property
    def read_groups(self) -> BoolArray:
        """Which groups are read at all, shape (groups,)."""
        return np.asarray(self.mean.cpu().numpy() > 0)

    def pooled_patches(self, shown: Tensor) -> Tensor | None:
        """Return which patches the head pools, (batch, patches), given those of tissue.

        None for all.
        """
        if not self.taught:
            return None
        return shown | ~shown.any(1, keepdim=True)

    def tissue_test(self, groups: IntArray, strict: bool = True) -> TissueTest:
        """Return the test for tissue at these groups.

        Parameters
        ----------
        strict : bool
            Whether what is like tissue, but more like other materials, is foreign.
        """
        tissue, background = (
            spectra.cpu().numpy()[:, groups] for spectra in (self.tissue, self.background)
        )
        known = background if strict and background.any() else None
        return TissueTest.fit(tissue, self.statistics(groups), known)

    def own_contrasts(self, images: Tensor, groups: Tensor) -> Tensor:
        """Return each patch's mean contrast in units of `log_std`, (batch, patches, groups).

        Parameters
        ----------
        images : Tensor, shape (batch, groups, height, width)
            Standardised, by the spread within a leaf.
        groups : Tensor of int64, shape (groups,)
        """
        means = functional.avg_pool2d(images, self.backbone.patch_px).flatten(2).mT
        return means * (self.residual_std / self.log_std)[groups]

    def usual(self, groups: Tensor, patches: int) -> UsualLeaf:
        """Read a usual leaf of so many patches; see `BandPureBackbone.usual`."""
        return self.backbone.usual(groups, patches)

    def read(
        self, images: Tensor, groups: Tensor, usual: UsualLeaf, counts: Tensor | None = None
    ) -> WindowReading:
        """Run the frozen backbone on windows, and attend to their tokens as it makes them.

        Parameters as for `BandPureBackbone.tokens`. So keys and values need no memory of their own.
        """
        heard: list[Attention] = []

        def listen(keys: Tensor, values: Tensor) -> None:
            heard.append(self._attend(keys, values, usual, groups))

        patches = self.backbone(images, groups, listen, counts)
        shares, absorbed = (cat_windows(each) for each in zip(*heard, strict=True))
        return WindowReading(patches, Attention(shares, absorbed))

    def attend(self, found: Reading, usual: UsualLeaf, groups: Tensor) -> WindowReading:
        """Attend to features of windows that the backbone read before."""
        attention = self._attend(found.keys, found.values, usual, groups)
        return WindowReading(found.patches, attention)

    def _attend(self, keys: Tensor, values: Tensor, usual: UsualLeaf, groups: Tensor) -> Attention:
        regions = self.regions[groups]
        return self.prompts.attend(self.backbone, (keys, values), usual.values, regions)

    def forward(
        self, images: Tensor, groups: Tensor, shown: Tensor | None = None, sink: bool = True
    ) -> FocusOutput:
        """Explain windows, each an image of its own; other parameters as for `decide`.

        Parameters
        ----------
        images : Tensor, shape (batch, groups, height, width)
            Standardised.
        groups : Tensor of int64, shape (groups,)
        """
        rows, cols = (side // self.backbone.patch_px for side in images.shape[-2:])
        usual = self.usual(groups, rows * cols)
        return self.decide(self.read(images, groups, usual), usual, shown, sink)

    def decide(
        self,
        reading: WindowReading,
        usual: UsualLeaf,
        shown: Tensor | None = None,
        sink: bool = True,
        places: Tensor | None = None,
    ) -> FocusOutput:
        """Decide on an image as the frozen head does, and take the decision apart.

        Parameters
        ----------
        shown : Tensor of bool, shape (batch or 1, patches), or None
            Patches that can have evidence: tissue with data.
        sink : bool
            Whether the sink takes its part, or leaves all to the tokens.
        places : Tensor of int64, shape (n,), or None
            Patches to return, all by default: those that are shown, since others have nothing. The
            shares of the reading are of these alone.
        """
        vit, prompts = self.backbone.vit, self.prompts
        taken = take_apart(vit, reading.patches, usual.patches, shown, self.taught)
        shares, absorbed = reading.attention
        own = taken.shares
        if places is not None:
            own, absorbed = own[:, places], absorbed[:, places]
        part = torch.einsum("bid,cqd->bcqi", own, prompts.rows(cast(nn.Linear, vit.head).weight))
        size = part.abs()
        size = size / size.sum((2, 3), keepdim=True).clamp_min(_TINY)
        whole, attention = _over_parts(part, shares), _over_parts(size, shares)
        evidence = whole
        if sink:
            kept = 1 - absorbed[:, None]
            evidence, attention = whole * kept, attention * kept
        return FocusOutput(
            taken.logits,
            taken.baseline,
            evidence,
            whole - evidence,
            attention,
            1 - attention.sum((2, 3)),
        )


def _over_parts(parts: Tensor, shares: Tensor) -> Tensor:
    """Sum the parts' shares of each token, (batch, classes, patches, groups)."""
    products = (parts[:, :, part, :, None] * shares[:, :, part] for part in range(parts.shape[2]))
    return reduce(torch.add, products)


def contrast(evidence: Tensor) -> Tensor:
    """Return the evidence for each class, (batch, classes, ...), less the mean of the others."""
    classes = evidence.shape[1]
    total = evidence.sum(dim=1, keepdim=True)
    return evidence - (total - evidence) / max(classes - 1, 1)
