"""Comparison slice: pair of cubes, and two groups of regions compared band by band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.mask import Mask, clipped_crop
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.effect_size import EffectSize, compare
from focus_viewer.core.regions.mask_crop import MaskCrop, union
from focus_viewer.core.regions.moments import moments_of
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.regions.spectra import pixel_spectra, region_spectrum
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.session.state.pair import MeasuredDifference, Pair

RegionKey = tuple[int, int]
"""Id of a document, id of a region of it."""
Unit = Literal["pixel", "region"]
FEWEST_SPECTRA = 2


@dataclass(frozen=True)
class NthSelected:
    """Region at an index of the selection, from 0."""

    place: int


@dataclass(frozen=True)
class OfClass:
    """Regions of a class, in all comparable cubes."""

    class_name: str


@dataclass(frozen=True)
class Listed:
    """Listed regions, as far as they exist."""

    regions: tuple[RegionKey, ...]


Group = NthSelected | OfClass | Listed


@dataclass(frozen=True)
class Contrast:
    """Groups that are compared, by pixel or by the mean of each region."""

    first: Group = NthSelected(0)
    second: Group = NthSelected(1)
    unit: Unit = "pixel"


@dataclass(frozen=True)
class Part:
    """Region of a group, with all that its spectra depend on."""

    document_id: int
    region_id: int
    cube: Cube
    outline: Shape
    mask: Mask | None = None


@dataclass(frozen=True)
class Question:
    """Present groups, of at least one part each, all with the same spectral axis.

    Equal questions have equal answers.
    """

    first: tuple[Part, ...]
    second: tuple[Part, ...]
    unit: Unit


@dataclass(frozen=True, eq=False)
class GroupComparison:
    """Difference of two groups.

    Attributes
    ----------
    axis : DoubleArray, shape (bands,)
        Spectral axis, in nm or band numbers.
    compared : BoolArray, shape (bands,)
        Bands that are good in all cubes; the others are NaN in what follows.
    difference : DoubleArray, shape (bands,)
        Mean of the first group less mean of the second, over `spectra`.
    effect : EffectSize or None
        None where a group has too few spectra.
    spectra : tuple of int
        Number of spectra that were read of each group; `effect` has the number that it uses.
    """

    question: Question
    axis: DoubleArray
    compared: BoolArray
    difference: DoubleArray
    effect: EffectSize | None
    spectra: tuple[int, int]


@dataclass(frozen=True)
class Comparison:
    """Two cubes on the screen, and two groups of regions compared.

    Attributes
    ----------
    pair : Pair or None
        None shows the active document alone.
    measured_difference : MeasuredDifference or None
        Of the pair at the present band window; None until it is computed.
    contrast : Contrast
        Groups of regions that are compared where `display.curve` wants it.
    groups : GroupComparison or None
        Of the present groups; None until it is computed.
    """

    pair: Pair | None = None
    measured_difference: MeasuredDifference | None = None
    contrast: Contrast = field(default_factory=Contrast)
    groups: GroupComparison | None = None


def same_axis(first: Cube, second: Cube) -> bool:
    """Return whether spectra of two cubes can be compared band by band."""
    if first is second:
        return True
    if first.wavelengths_nm is None or second.wavelengths_nm is None:
        return False
    if first.bands != second.bands or first.units != second.units:
        return False
    return bool(np.allclose(first.wavelengths_nm, second.wavelengths_nm, rtol=0, atol=1e-3))


def answer(question: Question, step: Step) -> GroupComparison:
    """Compare the groups, by `focus_viewer.core.regions.effect_size.compare`."""
    cubes = [part.cube for part in (*question.first, *question.second)]
    compared = np.logical_and.reduce([cube.good_bands for cube in cubes])
    first, second = (
        _spectra(parts, question.unit, compared, step)
        for parts in (question.first, question.second)
    )
    step(1.0, "Comparing regions")
    enough = min(len(first), len(second)) >= FEWEST_SPECTRA
    effect = compare(first, second) if enough else None
    difference = moments_of(first).means - moments_of(second).means
    counts = len(first), len(second)
    return GroupComparison(question, cubes[0].axis, compared, difference, effect, counts)


def _spectra(
    parts: Sequence[Part], unit: Unit, compared: BoolArray, step: Step
) -> FloatArray | DoubleArray:
    """Return spectra of a group, shape (n, bands); NaN for bands that are not compared."""
    if unit == "region":
        found = [region_spectrum(part.cube, _pixels((part,)), step=step).mean for part in parts]
    else:
        found = []
        for document_id in dict.fromkeys(part.document_id for part in parts):
            own = [part for part in parts if part.document_id == document_id]
            # A pixel in two regions is one measurement.
            found.extend(pixel_spectra(own[0].cube, _pixels(own), step=step))
    spectra = np.array(found).reshape(len(found), compared.size)
    spectra[:, ~compared] = np.nan
    return spectra


def _pixels(parts: Sequence[Part]) -> MaskCrop | None:
    shape = parts[0].cube.rows, parts[0].cube.cols
    return union(clipped_crop(part.outline, shape, part.mask) for part in parts)
