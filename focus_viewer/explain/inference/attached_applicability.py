"""Applicability of an attached model to an image, relative to the cubes it was attached with."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.applicability import Applicability, Reason, Verdict, grade
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.typing import FloatArray
from focus_viewer.core.wording import percent
from focus_viewer.explain.foreign.familiarity import Familiarity
from focus_viewer.explain.inference.band_images import BandImages

CURVE, CELLS = "curve, cosine with brute force", "map, cosine with brute force"
CURVE_NOISE, CELLS_NOISE = "curve, brute force with itself", "map, brute force with itself"
_SAMPLE = 5_000
_STRANGE, _FOREIGN = 0.5, 0.9
_LEAST_BANDS, _LEAST_COSINE = 0.9, 0.7
# Places are noisier than curves: said where most of a map is not the frozen model's own.
_LEAST_MAP = 0.5


def judge_attached(cube: Cube, images: BandImages, card: ModelCard, where: str) -> Applicability:
    """Return the verdict on an image, whatever the model decides.

    Parameters
    ----------
    cube : Cube
        As it was given.
    where : str
        What was asked about, for people.
    """
    strange = float((_strangeness(images) > 1).mean())
    reasons = (
        _of_spectra(strange, where),
        _of_units(cube, card),
        _of_bands(images),
        *_of_agreement(card),
    )
    return Applicability(reasons, 1 - strange)


def _strangeness(images: BandImages) -> FloatArray:
    """Return how strange some pixels are: those of present groups with data throughout."""
    model = images.model
    pixels = images.padded.inside[images.met]
    pixels = pixels[:: max(1, len(pixels) // _SAMPLE)]
    found = group_means(pixels, images)
    found = found[np.isfinite(found).all(axis=1)]
    if not len(found):
        return np.full(1, np.inf, dtype=np.float32)
    known = Familiarity.of(model.spectra.cpu().numpy()[:, images.present])
    return np.asarray(known.strangeness(found), dtype=np.float32)


def group_means(pixels: FloatArray, images: BandImages) -> FloatArray:
    """Return the means over the bands of each present group, (n, groups); NaN without data.

    Bands that the cube lacks are as usual, as they are for the model.
    """
    model = images.model
    usual = (model.adapter.usual * model.std + model.mean).cpu().numpy()
    lacking = ~np.isfinite(pixels).any(axis=0)
    pixels = np.where(lacking, usual, pixels)
    members = [images.model.groups.members[group] for group in images.present]
    return np.stack([pixels[:, bands].mean(axis=1) for bands in members], axis=1)


def _of_spectra(strange: float, where: str) -> Reason:
    verdict = grade(strange, _STRANGE, _FOREIGN)
    how = "like" if verdict == "applies" else "unlike"
    found = percent(strange if verdict != "applies" else 1 - strange)
    text = f"{found} of {where} has spectra {how} those that the model was attached with"
    return Reason("spectra", text, strange, _STRANGE, verdict)


def _of_units(cube: Cube, card: ModelCard) -> Reason:
    known = list(card.attached.get("units", []))
    if cube.units in known:
        text = f"the cube contains {cube.units}, as those that the model was attached with"
        return Reason("units", text, None, None)
    text = f"the cube contains {cube.units}, the model was attached with {' and '.join(known)}"
    return Reason("units", text, None, None, "doubtful")


def _of_bands(images: BandImages) -> Reason:
    total = len(images.model.bands_nm)
    share = 1 - images.missing / total
    verdict: Verdict = "applies" if share >= _LEAST_BANDS else "doubtful"
    text = f"the cube has {total - images.missing} of the model's {total} bands"
    if images.missing:
        text += "; the others are as usual"
    least = float(np.ceil(_LEAST_BANDS * total))
    found = float(total - images.missing)
    return Reason("wavelengths", text, found, least, verdict, at_least=True, unit="bands")


def _of_agreement(card: ModelCard) -> tuple[Reason, ...]:
    """Return how near explanations are to brute force on what was held out."""
    if card.attached.get("held_out") == "nothing":
        text = "nothing could be held out: how well curves agree with brute force elsewhere is open"
        return (Reason("faithfulness", text, None, None, "doubtful"),)
    return (*_of_curves(card), *_of_maps(card))


def _of_curves(card: ModelCard) -> tuple[Reason, ...]:
    cosine = card.measured.get(CURVE)
    if cosine is None or cosine != cosine:
        return ()
    text = f"on what was held out, curves agree with brute force to a cosine of {cosine:.2f}"
    itself = card.measured.get(CURVE_NOISE, 1.0)
    if cosine < _LEAST_COSINE and itself < _LEAST_COSINE:
        text += f"; brute force with itself {itself:.2f}: raise --evaluations"
    verdict = grade(-cosine, -_LEAST_COSINE)
    return (Reason("faithfulness", text, cosine, _LEAST_COSINE, verdict, at_least=True),)


def _of_maps(card: ModelCard) -> tuple[Reason, ...]:
    """Return that maps are far from brute force, where they are."""
    cosine = card.measured.get(CELLS, 1.0)
    if not cosine < _LEAST_MAP:
        return ()
    text = f"on what was held out, maps agree with brute force to a cosine of {cosine:.2f} only"
    itself = card.measured.get(CELLS_NOISE, 1.0)
    if itself < _LEAST_MAP:
        text += f"; brute force with itself {itself:.2f}: raise --evaluations"
    return (Reason("faithfulness", text, cosine, _LEAST_MAP, "doubtful", at_least=True),)
