"""Class directions: localisation of a class from spectral deviation alone, without the head."""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.prompts import without_brightness

_ROUNDS = 2
_TINY = 1e-9
# A class whose mean log ratios are below this (in log std) has no tissue of its own.
_SLIGHT = 0.1


def measure_class_directions(
    backbone: BandPureBackbone, log_ratios: Tensor, leaf: Tensor, labels: Tensor, classes: int
) -> tuple[Tensor, Tensor]:
    """Measure each class's direction, and the patch weights of every scene's class.

    At first a class's direction is the mean log ratio of all leaf patches of its scenes. Then it is
    that of the patches along this direction, weighted by their projection. Labels of whole images
    are all that is needed.

    Parameters
    ----------
    log_ratios : Tensor, shape (scenes, patches, groups)
        At all of the model's groups.
    leaf : Tensor of bool, shape (scenes, patches)
    labels : Tensor of int64, shape (scenes,)

    Returns
    -------
    anchors : Tensor, shape (classes, groups)
    patch_weights : Tensor, shape (scenes, patches)
        Sums to 1 in every scene, or is all 0 where no leaf has that direction. Uniform on
        the leaf for a class that has no tissue of its own.
    """
    own = without_brightness(log_ratios, backbone, torch.arange(log_ratios.shape[-1]))
    everywhere = _shares(leaf.float())
    directions = class_means(everywhere, own, labels, classes)
    none = (directions.abs().amax(-1) < _SLIGHT)[labels, None]
    for _ in range(_ROUNDS):
        far = projection(own, directions[labels]).clamp_min(0)
        patch_weights = torch.where(none, everywhere, _shares(far.square() * leaf))
        directions = class_means(patch_weights, own, labels, classes)
    # Beyond the mean log ratio all patches count equally: a lesion's inside and its edge.
    far = projection(own, directions[labels]).clamp(0, 1)
    patch_weights = torch.where(none, everywhere, _shares(far.square() * leaf))
    return class_means(patch_weights, log_ratios, labels, classes), patch_weights


def projection(log_ratios: Tensor, directions: Tensor) -> Tensor:
    """Project log ratios, (scenes, patches, groups), on directions, (scenes, groups).

    The result has shape (scenes, patches); 1 is the whole direction.
    """
    projected = torch.einsum("bpk,bk->bp", log_ratios, directions)
    return projected / directions.square().sum(-1, keepdim=True).clamp_min(_TINY)


def _shares(weights: Tensor) -> Tensor:
    return weights / weights.sum(-1, keepdim=True).clamp_min(_TINY)


def class_means(shares: Tensor, values: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Return the mean over each class's scenes of what their patches have, weighted by shares.

    The result has shape (classes, width), 0 for a class that no scene shows.

    Parameters
    ----------
    shares : Tensor, shape (scenes, patches)
        Summing to 1 in each scene.
    values : Tensor, shape (scenes, patches, width)
    labels : Tensor of int64, shape (scenes,)
    """
    scenes = torch.einsum("bp,bpk->bk", shares, values)
    sums = scenes.new_zeros(classes, scenes.shape[1]).index_add(0, labels, scenes)
    return sums / labels.bincount(minlength=classes).clamp_min(1)[:, None]
