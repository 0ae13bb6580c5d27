"""Pixels of labelled examples, as means of spectral groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Example, Sample
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.request import Within
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, ImageShape, IntArray
from focus_viewer.explain.inference.band_groups import (
    MIN_GROUPS,
    group_bands,
    merged_spans,
    read_groups,
)
from focus_viewer.explain.inference.explainer import most_pixels
from focus_viewer.explain.inference.group_images import measure_tissue, unread_bands
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.tissue import smoothed
from focus_viewer.explain.teaching.plan import TeachingPlan

Opener = Callable[[Sample], Cube]
"""Opens the cube of a sample."""

_MOST_PIXELS = 600
_LEAST_TISSUE = 0.05


@dataclass(frozen=True, eq=False)
class ExamplePixels:
    """Some pixels of an example.

    Attributes
    ----------
    spectra, smooth : FloatArray, shape (pixels, groups)
        As they are, and averaged with their neighbours, as the tissue test meets them.
    """

    example: Example
    spectra: FloatArray
    smooth: FloatArray


@dataclass(frozen=True, eq=False)
class LabelledPixels:
    """Pixels of all examples, at the groups that all cubes have.

    Attributes
    ----------
    groups : IntArray, shape (groups,)
        Positions among the backbone's groups.
    others : FloatArray, shape (pixels, groups)
        Pixels without a label, of cubes that have regions.
    units : tuple of str
        What the cubes contain.
    notes : tuple of str
    """

    groups: IntArray
    examples: tuple[ExamplePixels, ...]
    others: FloatArray
    units: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _CubePixels:
    groups: IntArray
    examples: tuple[ExamplePixels, ...]
    others: FloatArray
    units: str

    def at(self, groups: IntArray) -> _CubePixels:
        """Select groups by their positions among the backbone's."""
        kept = np.searchsorted(self.groups, groups)
        own = tuple(
            ExamplePixels(each.example, each.spectra[:, kept], each.smooth[:, kept])
            for each in self.examples
        )
        return _CubePixels(groups, own, self.others[:, kept], self.units)


def collect_pixels(
    data_set: DataSet,
    open_sample: Opener,
    model: FocusModel,
    edges_nm: DoubleArray,
    plan: TeachingPlan,
    step: Step,
) -> LabelledPixels:
    """Read some pixels of each example, each cube once.

    Raises
    ------
    DataSetError
        If an example has no pixel with data, or the cubes share too few spectral groups.
    """
    found = []
    for done, sample in enumerate(data_set.samples):
        step(done / len(data_set.samples), "reading labelled pixels")
        cube = binned(open_sample(sample), most_pixels(model))
        found.append(_of_cube(sample, cube, model, edges_nm, plan))
    shared = _shared(data_set, found, edges_nm)
    own = [each.at(shared) for each in found]
    left = np.setdiff1d(np.unique(np.concatenate([each.groups for each in found])), shared)
    units = tuple(dict.fromkeys(each.units for each in own))
    return LabelledPixels(
        shared,
        tuple(pixels for each in own for pixels in each.examples),
        np.concatenate([each.others for each in own]),
        units,
        (*_left_out(left, edges_nm), *_mixed(units)),
    )


def inside_of(example: Example, shape: ImageShape) -> BoolArray:
    """Return the pixels of an example in its image, or in a coarser one of this shape."""
    crop = example.crop
    if crop is None:
        return np.zeros(shape, dtype=np.bool_)
    whole = example.sample.image_shape
    return Within(example.name, crop.rows, crop.cols, crop.inside).on(whole, shape)


def _of_cube(
    sample: Sample, cube: Cube, model: FocusModel, edges_nm: DoubleArray, plan: TeachingPlan
) -> _CubePixels:
    grouping = group_bands(cube, edges_nm, unread_bands(cube))
    images = read_groups(cube, grouping)
    filled = np.isfinite(images).any(axis=(0, 1)) & plan.allows(grouping.edges_nm)
    images, groups = images[..., filled], grouping.groups[filled]
    if groups.size < MIN_GROUPS:
        raise IncompatibleCube(
            f"{cube.name}: {groups.size} spectral groups have data and may be read, expected at "
            f"least {MIN_GROUPS}. Allow more bands, or choose another backbone."
        )
    known = np.isfinite(images).all(axis=-1) & (images.max(axis=-1) > 0)
    labelled = np.zeros(known.shape, dtype=np.bool_)
    found = []
    for example in sample.examples:
        inside = inside_of(example, (cube.rows, cube.cols))
        labelled |= inside
        if example.region is None:
            inside = inside & _subject(images, groups, known, model)
        found.append(_of_example(example, images, inside & known))
    return _CubePixels(groups, tuple(found), _spaced(images[known & ~labelled]), cube.units)


def _subject(
    images: FloatArray, groups: IntArray, known: BoolArray, model: FocusModel
) -> BoolArray:
    """Return what a whole cube shows: what the backbone takes for tissue, else all of it."""
    tissue = measure_tissue(images, model.tissue_test(groups)).passed & known
    return tissue if tissue.sum() >= _LEAST_TISSUE * known.sum() else known


def _of_example(example: Example, images: FloatArray, inside: BoolArray) -> ExamplePixels:
    rows, cols = np.nonzero(inside)
    if not rows.size:
        raise DataSetError(
            f"{example.name}: expected pixels with data, found none. Draw the region on the leaf, "
            "or leave it out."
        )
    chosen = np.linspace(0, rows.size - 1, min(rows.size, _MOST_PIXELS)).astype(np.intp)
    rows, cols = rows[chosen], cols[chosen]
    top, left = max(int(rows.min()) - 1, 0), max(int(cols.min()) - 1, 0)
    around = smoothed(images[top : int(rows.max()) + 2, left : int(cols.max()) + 2])
    return ExamplePixels(example, images[rows, cols], around[rows - top, cols - left])


def _spaced(pixels: FloatArray) -> FloatArray:
    return pixels[:: max(1, len(pixels) // _MOST_PIXELS)]


def _shared(data_set: DataSet, found: Sequence[_CubePixels], edges_nm: DoubleArray) -> IntArray:
    shared = found[0].groups
    for sample, each in zip(data_set.samples, found, strict=True):
        shared = np.intersect1d(shared, each.groups)
        if shared.size < MIN_GROUPS:
            spans = ", ".join(f"{low:.0f}-{high:.0f}" for low, high in _ends(found, edges_nm))
            raise DataSetError(
                f"{sample.path.name}: expected at least {MIN_GROUPS} spectral groups that all "
                f"cubes have, found {shared.size}; cameras measure {spans} nm. Teach each camera "
                "by itself."
            )
    return shared


def _left_out(left: IntArray, edges_nm: DoubleArray) -> tuple[str, ...]:
    """Return what only some cubes have, a sentence."""
    if not left.size:
        return ()
    return (
        f"Not all cubes have {merged_spans(edges_nm[left])} nm ({left.size} spectral groups): it "
        "is not read of any cube.",
    )


def _mixed(units: Sequence[str]) -> tuple[str, ...]:
    """Return that cubes contain different things, a sentence."""
    if len(units) < 2:
        return ()
    return (
        f"The cubes contain different things: {', '.join(units)}. What differs between them may be "
        "learned for the classes: convert all to reflectance.",
    )


def _ends(found: Iterable[_CubePixels], edges_nm: DoubleArray) -> set[tuple[float, float]]:
    return {(edges_nm[e.groups[0], 0], edges_nm[e.groups[-1], 1]) for e in found}
