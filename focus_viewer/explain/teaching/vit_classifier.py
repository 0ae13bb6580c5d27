"""Classifier on a frozen ViT's patches, whose head is taught.

The statistics that patches are relative to are those of all labelled pixels, without their labels,
so that a validation reads each cube once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch

from focus_viewer.core.datasets.classifier import Taught
from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Example
from focus_viewer.core.datasets.splits import split_folds
from focus_viewer.core.typing import DoubleArray, IntArray
from focus_viewer.core.validation.cross_validation import membership
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import PatchStore
from focus_viewer.explain.teaching.head import (
    Folds,
    Frozen,
    Head,
    HeldOut,
    Norm,
    Pool,
    best_temperature,
    choose_head,
    fit_head,
    pooled_vectors,
)

_INNER_FOLDS = 5


@dataclass(frozen=True, eq=False)
class TaughtViT:
    """Head that was taught, on patches that were read.

    Attributes
    ----------
    held_out : HeldOut or None
        What it decided on examples while they were held out of its choice of strength; None where
        nothing could be held out.
    """

    head: Head
    temperature: float
    several: bool
    norm: Norm
    store: PatchStore
    held_out: HeldOut | None = None

    def probabilities(self, examples: Sequence[Example]) -> DoubleArray:
        """Return how likely each class is, shape (examples, classes), in the order taught."""
        logits = self.logits(examples) / self.temperature
        if self.several:
            return np.asarray(1 / (1 + np.exp(-logits)))
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

    def logits(self, examples: Sequence[Example]) -> DoubleArray:
        """Return the head's logits, shape (examples, classes)."""
        own = self.store.of(examples)
        return np.asarray(self.head.logits(pooled_vectors(own, self.head.pool, self.norm)).numpy())


class Choice(NamedTuple):
    """What is chosen by held-out examples while a head is taught."""

    pool: Pool
    strength: float
    temperature: float
    offset: bool


@dataclass(frozen=True, eq=False)
class ViTClassifier:
    """Classifier whose examples' patches were read by a frozen backbone.

    Attributes
    ----------
    store : PatchStore
    frozen : Frozen
    several : bool
        Whether several classes may hold at once.
    group : str or None
        Column of groups that are held out as a whole.
    choice : Choice or None
        None chooses each time it is taught.
    """

    store: PatchStore
    frozen: Frozen
    several: bool = False
    group: str | None = None
    choice: Choice | None = None
    name: str = "ViT"

    def taught(self, examples: Sequence[Example], classes: Sequence[str], seed: int) -> TaughtViT:
        """Learn the classes from labelled examples; equal seeds give equal results."""
        labels = membership(examples, classes)
        own, norm = self.store.of(examples), self.frozen.norm
        if self.choice is not None:
            pool, strength, temperature, offset = self.choice
            head = fit_head(own, labels, self.frozen, self.several, pool, strength, offset)
            return TaughtViT(head, temperature, self.several, norm, self.store)
        folds = inner_folds(examples, _INNER_FOLDS, self.group, seed)
        head, held_out = choose_head(own, labels, folds, self.frozen, self.several)
        temperature = 1.0
        if held_out is not None:
            temperature, _ = best_temperature(held_out, labels, self.several)
        return TaughtViT(head, temperature, self.several, norm, self.store, held_out)

    def settled(self, taught: Taught) -> ViTClassifier:
        """Return the classifier with what was chosen for a taught one."""
        if not isinstance(taught, TaughtViT):
            raise TypeError(f"expected what this classifier was taught, found {taught!r}")
        head = taught.head
        return replace(
            self, choice=Choice(head.pool, head.strength, taught.temperature, head.offset)
        )


@torch.no_grad()
def frozen_of(model: FocusModel, groups: IntArray) -> Frozen:
    """Return what is frozen ahead of a model's head, and reads these groups.

    Nothing is shown where every token is blank: what an explanation starts from.
    """
    backbone = model.backbone
    patches = (backbone.window_px // backbone.patch_px) ** 2
    usual = model.usual(torch.from_numpy(groups), patches)
    return Frozen(norm_of(model), usual.patches.numpy())


def norm_of(model: FocusModel) -> Norm:
    """Return the norm of a model's head, in double precision."""
    norm = model.backbone.vit.fc_norm
    if isinstance(norm, torch.nn.LayerNorm):
        weight, bias = (
            None if each is None else each.detach().double() for each in (norm.weight, norm.bias)
        )
        shape, eps = tuple(norm.normalized_shape), norm.eps
        return lambda rows: torch.nn.functional.layer_norm(rows, shape, weight, bias, eps)
    return lambda rows: norm(rows.float()).double()


def inner_folds(examples: Sequence[Example], folds: int, group: str | None, seed: int) -> Folds:
    """Split examples into folds by whole units; none where there is one unit."""
    places: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for place, example in enumerate(examples):
        places.setdefault((example.digest, example.classes), []).append(place)
    try:
        splits = split_folds(_as_data_set(examples), folds, group, seed)
    except DataSetError:
        return ()
    found = []
    for fold in splits.folds:
        sides = (fold.train, fold.held_out)
        train, out = (
            np.unique([place for e in side for place in places[e.digest, e.classes]])
            for side in sides
        )
        found.append((train, out))
    return found


def _as_data_set(examples: Sequence[Example]) -> DataSet:
    """Return a data set of these examples alone."""
    own: dict[int, list[Example]] = {}
    for example in examples:
        own.setdefault(id(example.sample), []).append(example)
    samples = []
    for kept in own.values():
        whole = any(example.region is None for example in kept)
        regions = tuple(example.region for example in kept if example.region is not None)
        sample = kept[0].sample
        samples.append(replace(sample, classes=sample.classes if whole else (), regions=regions))
    return DataSet(tuple(samples))
