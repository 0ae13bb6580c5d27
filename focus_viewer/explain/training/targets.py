"""Targets of the backbone: classes by what is shown of a lesion, and traits of tissue as images."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.typing import BoolArray, FloatArray
from focus_viewer.explain.model.preprocessing import to_tensor
from focus_viewer.explain.model.traits import TRAIT_SCALES
from focus_viewer.explain.training.samples import SampleBatch

_LIMIT = 3.0
# Of a class's logit over the others' where all is shown: a probability of 0.96 among five.
_MARGIN = 4.6
# Pixels of a lesion that say all: one is as sick with four spots as with eight.
_ENOUGH_PX = 48.0


def class_targets(
    batch: SampleBatch, classes: int, kept: Tensor, lesion: Tensor, usual: int
) -> Tensor:
    """Return the wanted probabilities of the classes, (scenes, classes), where parts are blank.

    Their logits are on a line from a usual leaf's to the class's own, as far as the share of the
    lesion's information goes that is shown: so that a decision rests on the bands in which tissue
    changed, as much as on each of them as it says, and parts of a scene add up.

    Parameters
    ----------
    kept : Tensor of bool, shape (scenes, groups, cells, cells)
        What is not blank, see `blanking.random_blanks`.
    lesion : Tensor, shape (scenes, height, width)
        1 where tissue changed; a scene without any has all its information whatever is shown.
    usual : int
        Class of a leaf without any lesion.
    """
    share = torch.from_numpy(shown_information(batch, kept, lesion))[:, None]
    own = functional.one_hot(torch.from_numpy(batch.labels), classes).float()
    second = torch.from_numpy(batch.second)
    other = functional.one_hot(second.clamp_min(0), classes) * (second >= 0)[:, None]
    nothing = functional.one_hot(torch.tensor(usual), classes)
    return (_MARGIN * (share * (own + other) + (1 - share) * nothing)).softmax(dim=1)


def shown_information(batch: SampleBatch, kept: Tensor, lesion: Tensor) -> FloatArray:
    """Return the share of a lesion's information that is shown, shape (scenes,).

    Independent bands add the squares of their d' (Green & Swets, 1966). In space a few patches of a
    lesion say what all say.
    """
    cells = functional.adaptive_avg_pool2d(lesion[:, None], kept.shape[-1])[:, 0]
    pixels = cells * (lesion[0].numel() / kept.shape[-1] ** 2)
    seen = (kept * pixels[:, None]).sum((2, 3))
    enough = pixels.sum((1, 2)).clamp_max(_ENOUGH_PX)[:, None]
    visible = (seen / enough.clamp_min(1e-6)).clamp_max(1).numpy()
    weight = np.square(batch.scene_importance if batch.scene_importance.size else batch.importance)
    known = (weight.sum(axis=1) > 0) & (enough[:, 0].numpy() > 0)
    share = (weight * visible).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12)
    return np.where(known, share, 1).astype(np.float32)


def trait_targets(batch: SampleBatch, shown: BoolArray, alone: bool) -> Tensor:
    """Return standardised traits of each pixel, and whether it is tissue; NaN where not known.

    Shape (scenes, traits, rows, cols).

    Parameters
    ----------
    shown : BoolArray, shape (scenes, rows, cols)
        Pixels that pass the tissue test.
    alone : bool
        Whether all others are blank: they then look like a usual leaf, and give no example.
    """
    middle, spread = np.asarray(TRAIT_SCALES, dtype=np.float32).T
    numbers = np.clip((batch.traits - middle) / spread, -_LIMIT, _LIMIT)
    tissue = batch.tissue.astype(np.float32)
    if alone:
        numbers = np.where(shown[..., None], numbers, np.nan)
        tissue = np.where(shown, tissue, np.nan)
    return to_tensor(np.concatenate([numbers, tissue[..., None]], axis=-1).astype(np.float32))
