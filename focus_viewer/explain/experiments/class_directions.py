"""Where a class is, by what departs from the leaf the way its scenes do: no head is asked."""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.prompts import without_brightness

_ROUNDS = 2
_TINY = 1e-9
# A class whose scenes' leaves depart by less (in deviations of leaves) has no tissue of its own.
_SLIGHT = 0.1


def measure_class_directions(
    backbone: BandPureBackbone, log_ratios: Tensor, leaf: Tensor, labels: Tensor, classes: int
) -> tuple[Tensor, Tensor]:
    """How each class's tissue departs, and where in every scene its class is.

    At first a class's way is the mean departure of all leaf patches of its scenes. Then it is that
    of the patches which go this way, the more the further they go. Labels of whole images are all
    that is needed.

    Parameters
    ----------
    backbone : BandPureBackbone
    log_ratios : Tensor, shape (scenes, patches, groups)
        At all of the model's groups.
    leaf : Tensor of bool, shape (scenes, patches)
    labels : Tensor of int64, shape (scenes,)
    classes : int

    Returns
    -------
    anchors : Tensor, shape (classes, groups)
    patch_weights : Tensor, shape (scenes, patches)
        Sums to 1 in every scene, or is all 0 where no leaf departs that way. Everywhere alike on
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
    # Beyond the usual departure all patches count alike: a lesion's inside and its edge.
    far = projection(own, directions[labels]).clamp(0, 1)
    patch_weights = torch.where(none, everywhere, _shares(far.square() * leaf))
    return class_means(patch_weights, log_ratios, labels, classes), patch_weights


def projection(log_ratios: Tensor, directions: Tensor) -> Tensor:
    """How far patches go a way, 1 being all of it.

    Parameters
    ----------
    log_ratios : Tensor, shape (scenes, patches, groups)
    directions : Tensor, shape (scenes, groups)

    Returns
    -------
    Tensor, shape (scenes, patches)
    """
    gone = torch.einsum("bpk,bk->bp", log_ratios, directions)
    return gone / directions.square().sum(-1, keepdim=True).clamp_min(_TINY)


def _shares(weights: Tensor) -> Tensor:
    return weights / weights.sum(-1, keepdim=True).clamp_min(_TINY)


def class_means(shares: Tensor, values: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Mean over each class's scenes of what their patches have, weighted by shares.

    Parameters
    ----------
    shares : Tensor, shape (scenes, patches)
        Summing to 1 in each scene.
    values : Tensor, shape (scenes, patches, width)
    labels : Tensor of int64, shape (scenes,)
    classes : int

    Returns
    -------
    Tensor, shape (classes, width)
        0 for a class that no scene shows.
    """
    scenes = torch.einsum("bp,bpk->bk", shares, values)
    sums = scenes.new_zeros(classes, scenes.shape[1]).index_add(0, labels, scenes)
    return sums / labels.bincount(minlength=classes).clamp_min(1)[:, None]
