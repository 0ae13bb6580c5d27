"""Rows of a study from explanations: a cube and its regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.regions.masked_pixels import masked_pixels
from focus_viewer.core.regions.saliency import region_saliencies
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.saliency.volume import importance_curve, met_pixels
from focus_viewer.core.spectra.indices import available
from focus_viewer.core.studies.plan import PROBABILITY
from focus_viewer.core.studies.study import NOT_EXPLAINED, REGION_CLASS, Curve, Row
from focus_viewer.core.typing import DoubleArray

NOT_ATTRIBUTED = "unattributed"


@dataclass(frozen=True, eq=False)
class Part:
    """Region of an explained cube.

    Attributes
    ----------
    crop : MaskCrop or None
        Its pixels; None where it covers none.
    decision : RegionDecision or None
        On it alone, where that was asked for.
    """

    name: str
    class_name: str
    crop: MaskCrop | None
    decision: RegionDecision | None = None


@dataclass(frozen=True, eq=False)
class ExplainedCube:
    """Cube with its explanation, groups and regions.

    Attributes
    ----------
    place : Path
        Its file, or a name where it has none.
    done : Explanation or None
        None where it could not be explained; then `problem` says why.
    """

    place: Path
    cube: Cube
    done: Explanation | None
    groups: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[Part] = ()
    problem: str = ""


def rows_of(explained: ExplainedCube, step: Step = silent) -> tuple[Row, ...]:
    """Return the row of a cube, and those of its regions; the cube is read once for all."""
    if explained.done is None:
        reason = explained.problem or NOT_EXPLAINED
        return (Row(explained.place, explained.cube.name, "", explained.groups, error=reason),)
    parts = [part for part in explained.parts if part.crop is not None]
    crops = [_met(explained.cube, explained.done), *(part.crop for part in parts)]
    spectra = _mean_spectra(explained.cube, crops, step)
    whole = _row(explained, explained.done, spectra[0])
    curves = _region_curves(explained.done, [part.crop for part in parts])
    regions = (
        _region_row(whole, part, explained.cube, own, spectrum)
        for part, own, spectrum in zip(parts, curves, spectra[1:], strict=True)
    )
    return (whole, *regions)


def _row(explained: ExplainedCube, done: Explanation, spectrum: DoubleArray) -> Row:
    probabilities = dict(zip(done.classes, done.probabilities.tolist(), strict=True))
    of_model = {f"{PROBABILITY} {name}": share for name, share in probabilities.items()}
    of_model[NOT_ATTRIBUTED] = done.doubt(done.predicted)
    verdict = done.applicability.verdict
    return Row(
        explained.place,
        explained.cube.name,
        "",
        explained.groups,
        "" if verdict == "does not apply" else done.predicted,
        verdict,
        of_model | _indices(explained.cube, spectrum),
        frozenset(of_model),
        done.predicted,
        frozenset([NOT_ATTRIBUTED]),
        {
            name: Curve(done.edges_nm, importance_curve(done.volume(name, "evidence")))
            for name in done.classes
        },
        _spectrum(explained.cube, spectrum),
        explained.cube.units,
    )


def _region_row(
    whole: Row, part: Part, cube: Cube, importance: Mapping[str, Curve], spectrum: DoubleArray
) -> Row:
    """Return the row of a region; without a decision on it alone it has that on the image."""
    alone = part.decision
    own = {REGION_CLASS: part.class_name} if part.class_name else {}
    return Row(
        whole.path,
        whole.name,
        part.name,
        {**whole.groups, **own},
        whole.decided if alone is None else alone.diagnosis,
        whole.verdict if alone is None else alone.verdict,
        _indices(cube, spectrum),
        frozenset(),
        whole.explained,
        frozenset(),
        importance,
        _spectrum(cube, spectrum),
        whole.units,
    )


def _region_curves(done: Explanation, crops: Sequence[MaskCrop | None]) -> list[dict[str, Curve]]:
    curves: list[dict[str, Curve]] = [{} for _ in crops]
    if crops:
        for name in done.classes:
            found = region_saliencies(done.volume(name, "evidence"), crops)
            for own, each in zip(curves, found, strict=True):
                own[name] = Curve(done.edges_nm, each.curve)
    return curves


def _met(cube: Cube, done: Explanation) -> MaskCrop | None:
    """Return the pixels that the model met."""
    shape = (cube.rows, cube.cols)
    met = met_pixels(done.volume(done.predicted, "evidence"), shape)
    return crop_mask(np.ones(shape, dtype=np.bool_) if met is None else met)


def _mean_spectra(cube: Cube, crops: Sequence[MaskCrop | None], step: Step) -> list[DoubleArray]:
    """Return mean spectra, shape (bands,) each: NaN where there is no pixel."""
    sums, counts = np.zeros((len(crops), cube.bands)), np.zeros((len(crops), cube.bands))
    present = [place for place, crop in enumerate(crops) if crop is not None]
    known = [crop for crop in crops if crop is not None]
    for which, spectra in masked_pixels(cube, known, step):
        finite = np.isfinite(spectra)
        sums[present[which]] += np.where(finite, spectra, 0).sum(axis=0, dtype=np.float64)
        counts[present[which]] += finite.sum(axis=0)
    return list(sums / np.where(counts > 0, counts, np.nan))


def _indices(cube: Cube, spectrum: DoubleArray) -> dict[str, float]:
    found = ((each.index.name, float(each.of(spectrum[None])[0])) for each in available(cube))
    return {name: value for name, value in found if np.isfinite(value)}


def _spectrum(cube: Cube, spectrum: DoubleArray) -> Curve | None:
    nm = cube.wavelengths_nm
    if nm is None:
        return None
    return Curve.of_bands(np.asarray(nm), np.where(cube.good_bands, spectrum, np.nan))
