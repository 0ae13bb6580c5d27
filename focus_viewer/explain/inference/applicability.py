"""Applicability of a model to an image, judged by what its one pass has met.

Limits were set on simulated and painted leaves and on inputs without any (see docs/method.md): a
leaf's tissue keeps well within them, other materials and mixed pixels of a landscape do not.
"""

from __future__ import annotations

import math

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.core.saliency.applicability import Applicability, Reason, Verdict, grade
from focus_viewer.core.saliency.model_card import ModelCard, sensor_range
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import percent
from focus_viewer.explain.inference.group_images import GroupImages, LeafFound
from focus_viewer.explain.inference.taught_applicability import judge_taught

_FEW_PATCHES = 16
_FEW_GROUPS = 8
_STRANGE, _FOREIGN = 1.0, 1.6
_UNLIKE, _OTHER = 0.65, 0.5
_LEAST_ACCURACY = 0.6
# Metres: of a leaf there must be patches of several pixels.
_COARSE_M, _FAR_M = 0.01, 0.1


def judge(
    cube: Cube, images: GroupImages, card: ModelCard, where: str = "the image"
) -> Applicability:
    """Return the verdict on an image, whatever the model decides.

    Parameters
    ----------
    cube : Cube
        As it was given.
    images : GroupImages
        The same as the model meets it.
    where : str
        What was asked about, for people.
    """
    if card.teaching:
        return judge_taught(cube, images, card, where)
    leaf, edges_nm = images.leaf, images.grouping.edges_nm
    reasons = (
        _of_tissue(leaf, where),
        *_of_spectra(leaf),
        _of_units(cube.units),
        _of_wavelengths(edges_nm),
        *_of_accuracy(card, edges_nm),
        *_of_pixels(cube.georeference),
    )
    return Applicability(reasons, leaf.share)


def _of_tissue(leaf: LeafFound, where: str) -> Reason:
    if not leaf.patches:
        text = f"nothing in {where} has a spectrum that plant tissue can have"
        if leaf.share > 0:
            text = (
                f"plant tissue fills no patch of {where}: only "
                f"{percent(leaf.share)} of its pixels have a spectrum that it can have"
            )
        return Reason("tissue", text, 0.0, 1.0, "does not apply", at_least=True, unit="patches")
    if leaf.patches < _FEW_PATCHES:
        text = (
            f"plant tissue fills only {leaf.patches} of the patches: the model compares places of "
            "one leaf, and takes what they have in common for usual"
        )
        verdict: Verdict = "doubtful"
    else:
        text, verdict = f"{percent(leaf.share)} of {where} is plant tissue", "applies"
    found, least = float(leaf.patches), float(_FEW_PATCHES)
    return Reason("tissue", text, found, least, verdict, at_least=True, unit="patches")


def _of_spectra(leaf: LeafFound) -> tuple[Reason, ...]:
    if leaf.strangeness is None or leaf.likeness is None:
        return ()
    strange = grade(leaf.strangeness, _STRANGE, _FOREIGN)
    spectra = (
        "its spectra are unlike those of the training tissue"
        if strange != "applies"
        else "its spectra are like those of the training tissue"
    )
    unlike = grade(-leaf.likeness, -_UNLIKE, -_OTHER)
    apart = (
        "what passes for tissue is more like soil, rock and other materials than tissue is"
        if unlike != "applies"
        else "it is well apart from soil, rock and other materials"
    )
    return (
        Reason("spectra", spectra, leaf.strangeness, _STRANGE, strange),
        Reason("other materials", apart, leaf.likeness, _UNLIKE, unlike, at_least=True),
    )


def _of_units(units: Units) -> Reason:
    if units == "reflectance":
        return Reason("units", "the cube contains reflectance", None, None)
    held = "values of unknown units" if units == "unknown" else units
    text = f"the cube contains {held}, the model was trained on reflectance"
    return Reason("units", text, None, None, "doubtful")


def _of_wavelengths(edges_nm: DoubleArray) -> Reason:
    count = len(edges_nm)
    few = count < _FEW_GROUPS
    text = f"the sensor fills {'only ' if few else ''}{count} of the model's spectral groups"
    verdict: Verdict = "doubtful" if few else "applies"
    return Reason(
        "wavelengths",
        text,
        float(count),
        float(_FEW_GROUPS),
        verdict,
        at_least=True,
        unit="groups",
    )


def _of_accuracy(card: ModelCard, edges_nm: DoubleArray) -> tuple[Reason, ...]:
    named = sensor_range(edges_nm)
    accuracy = card.measured.get(f"accuracy ({named})")
    if accuracy is None:
        return ()
    kind = "of other ranges" if named == "other" else f"of this range ({named})"
    text = f"at sensors {kind} the model decided {percent(accuracy)} of its test scenes rightly"
    verdict = grade(-accuracy, -_LEAST_ACCURACY)
    return (Reason("accuracy", text, accuracy, _LEAST_ACCURACY, verdict, at_least=True),)


def _of_pixels(georeference: Georeference) -> tuple[Reason, ...]:
    area = georeference.pixel_area.m2
    if area is None:
        return ()
    side = math.sqrt(area)
    shown = f"{side:.3g} m" if side >= 1 else f"{side * 100:.3g} cm"
    verdict = grade(side, _COARSE_M, _FAR_M)
    known = " and the model knows single leaves" if verdict != "applies" else ""
    return (
        Reason("pixel size", f"a pixel is {shown} wide{known}", side, _COARSE_M, verdict, unit="m"),
    )
