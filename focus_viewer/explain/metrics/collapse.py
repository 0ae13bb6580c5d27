"""Collapse of attention onto few tokens, or onto the same ones for every class."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.metrics.agreement import correlation
from focus_viewer.explain.metrics.localisation import known_values
from focus_viewer.explain.metrics.truth import Truth

_TOP = 0.01


def collapse_top1pct(volume: SaliencyVolume) -> float:
    """Return the share of positive saliency on the 1 % most salient tokens (one token at least).

    Of the attention on patches' tokens alone, without that of a sink or a class token. Where
    1 % is not a whole number of tokens the last one counts in part, so that an even spread gives
    0.01 on any grid of 100 tokens and more. NaN if nothing is positive.
    """
    return _top_share(known_values(volume))


def collapse_excess(volume: SaliencyVolume, truth: Truth) -> float:
    """Return `collapse_top1pct` less what the truth itself has there; NaN without a truth.

    The truth as a volume: the importance of each group in the lesion's cells. A small lesion may
    well hold all saliency in few tokens; only what is beyond that is collapse.
    """
    truth.check(volume)
    return collapse_top1pct(volume) - _top_share(truth.lesion_cells[:, :, None] * truth.importance)


def _top_share(values: DoubleArray) -> float:
    mass = np.sort(np.clip(values, 0, None), axis=None)[::-1]
    total = mass.sum()
    if total == 0:
        return float("nan")
    count = max(1.0, _TOP * mass.size)
    reached = np.concatenate([[0.0], np.cumsum(mass)])
    return float(np.interp(count, np.arange(mass.size + 1), reached) / total)


def collapse_class_token(on_prefix: float, on_patches: float) -> float:
    """Return the share of attention on class token and registers instead of patches.

    Parameters
    ----------
    on_prefix, on_patches : float
        Attention mass, not negative.

    Raises
    ------
    ValueError
        If a mass is negative or there is none.
    """
    total = on_prefix + on_patches
    if min(on_prefix, on_patches) < 0 or not total > 0:
        raise ValueError(
            f"expected masses of 0 and more, not both 0, got {on_prefix:g} and {on_patches:g}"
        )
    return on_prefix / total


def class_similarity(volumes: Sequence[SaliencyVolume]) -> float:
    """Return the mean pairwise correlation of the classes' volumes: 1 if all are equal.

    Raises
    ------
    ValueError
        If there are fewer than two volumes or their grids differ.
    """
    shapes = {volume.values.shape for volume in volumes}
    if len(volumes) < 2 or len(shapes) != 1:
        raise ValueError(
            f"expected the volumes of two classes or more on one grid, got {len(volumes)} on "
            f"{sorted(shapes)}"
        )
    flat = [known_values(volume).ravel() for volume in volumes]
    return float(np.mean([correlation(first, second) for first, second in combinations(flat, 2)]))
