"""Doubtful places: where a label would teach most, since the prediction there is least certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from focus_viewer.core.datasets.classifier import Taught
from focus_viewer.core.datasets.data_set import DataSet, Example, LabelledRegion, Sample
from focus_viewer.core.regions.mask_crop import union
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.core.validation.cross_validation import Held, Outcome

PLACES = 5
PATCH_PX = 8
MOST_PATCHES = 200


@dataclass(frozen=True)
class Place:
    """Place with a doubtful prediction.

    Attributes
    ----------
    cube : str
        Name of the file.
    region : str
        Of a region that was held out; empty for the whole cube or an unlabelled patch.
    rows, cols : tuple of (int, int)
        First pixel and the one after the last.
    labelled : bool
        Whether it has a class already, which may be wrong.
    doubt : float
        Entropy of the prediction as a share of the largest possible, 0 to 1.
    likely : tuple of (str, float)
        The two likeliest classes with their probabilities.
    path : Path or None
        Of the file, as far as it is known.
    """

    cube: str
    region: str
    rows: tuple[int, int]
    cols: tuple[int, int]
    labelled: bool
    doubt: float
    likely: tuple[tuple[str, float], ...]
    path: Path | None = None


def entropy(probabilities: DoubleArray, several: bool = False) -> DoubleArray:
    """Return the entropy of each row as a share of the largest possible, shape (examples,)."""
    if several:
        return np.asarray((_bits(probabilities) + _bits(1 - probabilities)).mean(axis=1))
    total = probabilities.sum(axis=1, keepdims=True)
    shares = np.divide(probabilities, total, out=np.zeros_like(probabilities), where=total > 0)
    return np.asarray(_bits(shares).sum(axis=1) / np.log2(max(probabilities.shape[1], 2)))


def _bits(shares: DoubleArray) -> DoubleArray:
    return -shares * np.log2(np.clip(shares, 1e-300, None))


def most_doubtful(
    examples: Sequence[Example],
    probabilities: DoubleArray,
    classes: Sequence[str],
    several: bool = False,
    count: int = PLACES,
) -> tuple[Place, ...]:
    """Return the examples with the least certain predictions, the most doubtful first."""
    doubts = entropy(probabilities, several)
    order = np.argsort(-doubts, kind="stable")[:count]
    return tuple(
        _place(examples[index], float(doubts[index]), probabilities[index], classes)
        for index in order
    )


def doubtful_held_out(outcome: Outcome, count: int = PLACES) -> tuple[Place, ...]:
    """Return the held-out examples that could be judged and were least certain."""
    folds = outcome.folds[: len(outcome.folds) // outcome.repeats]
    kept = [entry for fold in folds for entry in _judged(fold)]
    if not kept:
        return ()
    examples, rows = zip(*kept, strict=True)
    return most_doubtful(examples, np.array(rows), outcome.classes, outcome.several, count)


def doubtful_patches(
    taught: Taught,
    patches: Sequence[Example],
    classes: Sequence[str],
    several: bool = False,
    count: int = PLACES,
) -> tuple[Place, ...]:
    """Return the unlabelled patches with the least certain predictions."""
    if not patches:
        return ()
    return most_doubtful(patches, taught.probabilities(patches), classes, several, count)


def unlabelled_patches(
    data_set: DataSet,
    wanted: Callable[[Example], bool] | None = None,
    size: int = PATCH_PX,
    most: int = MOST_PATCHES,
    seed: int = 0,
) -> tuple[Example, ...]:
    """Return squares of the images outside of all labelled regions, drawn at random if many.

    Parameters
    ----------
    wanted : callable or None
        Says whether a patch has data, or shows what is to be labelled.
    size : int
        Side in pixels.
    """
    patches = [patch for sample in data_set.samples for patch in _patches_of(sample, size)]
    order = np.random.default_rng(seed).permutation(len(patches))
    kept: list[Example] = []
    while order.size and len(kept) < most:
        # Of each cube in a row: it is then opened once.
        some, order = np.sort(order[: most - len(kept)]), order[most - len(kept) :]
        drawn = (patches[index] for index in some)
        kept += [patch for patch in drawn if wanted is None or wanted(patch)]
    return tuple(kept)


def _patches_of(sample: Sample, size: int) -> list[Example]:
    if sample.classes:
        return []
    rows, cols = sample.image_shape
    labelled = union(example.crop for example in sample.examples)
    taken: BoolArray = np.zeros((rows, cols), dtype=np.bool_)
    if labelled is not None:
        taken[labelled.rows, labelled.cols] = labelled.inside
    return [
        Example(sample, LabelledRegion(Rectangle((col, row), (col + size, row + size)), ()))
        for row in range(0, rows - size + 1, size)
        for col in range(0, cols - size + 1, size)
        if not taken[row : row + size, col : col + size].any()
    ]


def _judged(fold: Held) -> list[tuple[Example, DoubleArray]]:
    rows = zip(fold.examples, fold.probabilities, fold.judged, strict=True)
    return [(example, row) for example, row, judged in rows if judged]


def _place(
    example: Example, doubt: float, probabilities: DoubleArray, classes: Sequence[str]
) -> Place:
    crop = example.crop
    rows = (0, 0) if crop is None else (crop.rows.start, crop.rows.stop)
    cols = (0, 0) if crop is None else (crop.cols.start, crop.cols.stop)
    order = np.argsort(-probabilities, kind="stable")[:2]
    likely = tuple((classes[index], float(probabilities[index])) for index in order)
    region = "" if example.region is None else example.region.name
    labelled, path = bool(example.classes), example.sample.path
    return Place(path.name, region, rows, cols, labelled, doubt, likely, path)
