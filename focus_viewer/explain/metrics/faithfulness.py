"""Faithfulness: deletion and insertion of what an explanation ranks as important.

Deletion and insertion: Petsiuk, Das & Saenko, RISE, BMVC 2018, arXiv 1806.07421.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray
from focus_viewer.explain.metrics.localisation import known_values
from focus_viewer.explain.model.backbone import BandPureBackbone

Probability = Callable[[FloatArray], FloatArray]
"""Probability of the explained class, shape (n,), for images (n, groups, height, width)."""

_UNITS_OVER = {"": (), "_spatial": (2,), "_spectral": (0, 1)}


@dataclass(frozen=True, eq=False)
class Trial:
    """Image, and the classifier that is applied to parts of it.

    Attributes
    ----------
    image : FloatArray, shape (groups, height, width)
    baseline : FloatArray, shape (groups,)
        What stands for "nothing here": each group's mean, which is 0 once images are standardised.
    probability : callable
        Of the explained class.
    steps : int
        Into which the way from the whole image to nothing is cut.
    batch : int
        Images that the classifier is asked about at once.
    seed : int
        Of the order of parts that are equally salient: no method may gain by their position.
    """

    image: FloatArray
    baseline: FloatArray
    probability: Probability
    steps: int = 20
    batch: int = 16
    seed: int = 0

    def check(self, volume: SaliencyVolume) -> None:
        """Refuse a volume that is not of this image by a ValueError."""
        groups, height, width = self.image.shape
        rows, cols, found = volume.values.shape
        if found != groups or self.baseline.shape != (groups,) or rows > height or cols > width:
            raise ValueError(
                f"image {self.image.shape}, baseline {self.baseline.shape} and volume "
                f"{volume.values.shape}: expected (groups, height, width), (groups,) and "
                "(grid_rows, grid_cols, groups) with at most a cell a pixel"
            )


def faithfulness(trial: Trial, volume: SaliencyVolume) -> dict[str, float]:
    """Return areas under the curves of deletion and insertion, by voxels, cells and groups.

    Deletion (low is good) takes the most salient parts away first; insertion (high is good) starts
    from the baseline and inserts them first. Both end at the same images for every method.

    Returns
    -------
    dict of str to float
        `deletion` and `insertion`, each also `_spatial` (whole cells) and `_spectral` (whole
        groups); 0 to 1.

    Raises
    ------
    ValueError
        If the volume is not of the trial's image, or the classifier answers in another shape.
    """
    trial.check(volume)
    ends = _ends(trial)
    areas = {}
    for suffix, over in _UNITS_OVER.items():
        ranks = ranks_of(known_values(volume).sum(axis=over, keepdims=True), trial.seed)
        areas[f"deletion{suffix}"] = _area(trial, ranks, ends, insert=False)
        areas[f"insertion{suffix}"] = _area(trial, ranks, ends[::-1], insert=True)
    return areas


def ranks_of(scores: DoubleArray, seed: int) -> IntArray:
    """Rank parts from 0, the most salient, ties in random order; same shape."""
    shuffled = np.random.default_rng(seed).permutation(scores.size)
    order = shuffled[np.argsort(-scores.ravel()[shuffled], kind="stable")]
    ranks = np.empty(scores.size, dtype=np.intp)
    ranks[order] = np.arange(scores.size)
    return ranks.reshape(scores.shape)


def _ends(trial: Trial) -> tuple[DoubleArray, DoubleArray]:
    """Return the classifier's output for image and baseline, each of shape (1,)."""
    nothing = np.broadcast_to(trial.baseline[:, None, None], trial.image.shape)
    whole, empty = (ask(trial, image[None]) for image in (trial.image, nothing))
    return whole, empty


def _area(
    trial: Trial, ranks: IntArray, ends: tuple[DoubleArray, DoubleArray], insert: bool
) -> float:
    counts = np.unique(np.linspace(0, ranks.size, trial.steps + 1).round().astype(np.intp))
    between = counts[1:-1]
    answers = []
    for start in range(0, between.size, trial.batch):
        kept = [(ranks < n) == insert for n in between[start : start + trial.batch]]
        answers.append(ask(trial, np.stack(list(masked(trial, kept)))))
    heights = np.concatenate([ends[0], *answers, ends[1]])
    middles = (heights[1:] + heights[:-1]) / 2
    return float(middles @ np.diff(counts) / ranks.size)


def masked(trial: Trial, kept: list[BoolArray]) -> Iterator[FloatArray]:
    """Return images that keep some of their parts and are baseline elsewhere.

    Parameters
    ----------
    kept : list of BoolArray, shape (grid_rows or 1, grid_cols or 1, groups or 1)
    """
    _, height, width = trial.image.shape
    for parts in kept:
        rows = np.arange(height) * parts.shape[0] // height
        cols = np.arange(width) * parts.shape[1] // width
        pixels = np.moveaxis(parts[rows[:, None], cols], 2, 0)  # (groups or 1, height, width)
        yield np.where(pixels, trial.image, trial.baseline[:, None, None])


def ask(trial: Trial, images: FloatArray) -> DoubleArray:
    """Return the classifier's probabilities of images, shape (n,), checked."""
    answer = np.asarray(trial.probability(images), dtype=np.float64)
    if answer.shape != (len(images),):
        raise ValueError(f"expected {len(images)} probabilities, got an array {answer.shape}")
    return answer


def class_probability(
    backbone: BandPureBackbone,
    groups: Tensor,
    target: int,
    temperature: float = 1.0,
    only: Tensor | None = None,
    several: bool = False,
) -> Probability:
    """Return the probability that the backbone's own decision gives to one class.

    Parameters
    ----------
    groups : Tensor of int64, shape (groups,)
        Which of the model's groups the images are, on the backbone's device.
    target : int
        The class.
    temperature : float
        Over which its logits are taken.
    only : Tensor of bool, shape (1, patches), or None
        Patches that the head pools; all by default.
    several : bool
        Whether several classes may hold at once.
    """

    @torch.inference_mode()
    def ask(images: FloatArray) -> FloatArray:
        tensor = torch.from_numpy(np.ascontiguousarray(images)).to(groups.device)
        scaled = backbone.logits(tensor, groups, only) / temperature
        shares = (scaled.sigmoid() if several else scaled.softmax(dim=1))[:, target]
        return np.asarray(shares.cpu().numpy(), dtype=np.float32)

    return ask
