"""Applicability of a model that a user taught, relative to what it was taught."""

from __future__ import annotations

from focus_viewer.core.card_limits import HELD_OUT, HELD_OUT_FROM, NEVER_HELD_OUT
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.metrics import chance_level
from focus_viewer.core.saliency.applicability import Applicability, Reason, Verdict, grade
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import percent
from focus_viewer.explain.inference.group_images import GroupImages, LeafFound

_STRANGE, _FOREIGN = 1.0, 1.6
# What was taught is never strange, nor is what differs from it by noise.
_MARGIN = 1.1
_FEW_GROUPS = 0.5


def judge_taught(cube: Cube, images: GroupImages, card: ModelCard, where: str) -> Applicability:
    """Return the verdict on an image; parameters as for `applicability.judge`."""
    leaf = images.leaf
    reasons = (
        _of_spectra_found(leaf, where),
        *_of_strangeness(leaf, card),
        _of_units(cube, card),
        _of_groups(images, card),
        _of_accuracy(card),
    )
    return Applicability(reasons, leaf.share)


def _of_spectra_found(leaf: LeafFound, where: str) -> Reason:
    found = float(leaf.patches)
    if leaf.patches:
        text = f"{percent(leaf.share)} of {where} has spectra like those that the model was taught"
        return Reason("tissue", text, found, 1.0, at_least=True, unit="patches")
    text = f"nothing in {where} has a spectrum like those that the model was taught"
    if leaf.share > 0:
        text = (
            f"only {percent(leaf.share)} of the pixels of {where} have spectra like those that "
            "the model was taught, and fill no patch"
        )
    return Reason("tissue", text, found, 1.0, "does not apply", at_least=True, unit="patches")


def _of_strangeness(leaf: LeafFound, card: ModelCard) -> tuple[Reason, ...]:
    if leaf.strangeness is None:
        return ()
    limit = max(_STRANGE, _MARGIN * float(card.teaching.get("strangest", 0.0)))
    verdict = grade(leaf.strangeness, limit, _FOREIGN * limit)
    how = "like" if verdict == "applies" else "unlike"
    text = f"its spectra are {how} those that the model was taught"
    return (Reason("spectra", text, leaf.strangeness, limit, verdict),)


def _of_units(cube: Cube, card: ModelCard) -> Reason:
    taught = list(card.teaching.get("units", []))
    if cube.units in taught:
        return Reason("units", f"the cube contains {cube.units}, as in teaching", None, None)
    text = f"the cube contains {cube.units}, the model was taught on {' and '.join(taught)}"
    return Reason("units", text, None, None, "doubtful")


def _of_groups(images: GroupImages, card: ModelCard) -> Reason:
    filled, taught = images.grouping.groups.size, int(card.teaching.get("spectral_groups", 0))
    share = filled / max(taught, 1)
    verdict: Verdict = "applies" if share >= _FEW_GROUPS else "doubtful"
    text = f"the sensor fills {filled} of the {taught} spectral groups that the model was taught"
    least = float(round(_FEW_GROUPS * taught))
    return Reason("wavelengths", text, float(filled), least, verdict, at_least=True, unit="groups")


def _of_accuracy(card: ModelCard) -> Reason:
    """Return how good it was on what was held out: doubtful if nearer to chance than to right.

    And where a guess may have been as good, or a class could not be held out at all.
    """
    accuracy = card.measured.get(HELD_OUT)
    if accuracy is None or accuracy != accuracy:
        text = "nothing could be held out of teaching: how good the model is was not measured"
        return Reason("accuracy", text, None, None, "doubtful")
    guess = chance_level(len(card.classes), card.several)
    least = (1 + guess) / 2
    share = "all" if accuracy == 1 else percent(accuracy)
    text = f"of held-out examples the model decided {share} rightly (mean of the classes)"
    if never := card.teaching.get(NEVER_HELD_OUT):
        text += f", without {', '.join(never)}: too few to hold any out"
        return Reason("accuracy", text, None, None, "doubtful")
    if accuracy > least and card.teaching.get(HELD_OUT_FROM, 1.0) <= guess:
        text += f"; they are so few that a guess, {guess:.2f}, is in the interval of that figure"
        return Reason("accuracy", text, None, None, "doubtful")
    return Reason("accuracy", text, accuracy, least, grade(-accuracy, -least), at_least=True)
