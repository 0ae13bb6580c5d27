"""Limits of a model in plain sentences, by what was measured on its card."""

from __future__ import annotations

from math import isfinite
from typing import Final

from focus_viewer.core.counted import counted
from focus_viewer.core.saliency.model_card import SENSOR_RANGES, ModelCard
from focus_viewer.core.wording import percent, range_text

RANGE_WORDS: Final = {
    "full range": "full-range sensors (400-2500 nm)",
    "VNIR": "VNIR sensors (400-1000 nm)",
    "other": "sensors of other ranges",
}
HELD_OUT: Final = "held-out balanced accuracy"
"""Figure on the card of a model that a user taught."""
HELD_OUT_FROM: Final = "held_out_from"
"""Entry of the same card: lower end of the figure's interval."""
NEVER_HELD_OUT: Final = "never_held_out"
"""Entry of the same card: classes that the figure says nothing of."""
_LEAST_ACCURACY: Final = 0.6
_LEAST_OVERLAP: Final = 0.35


def summary(card: ModelCard) -> str:
    """Return how many classes a model has, and its held-out accuracy if that was measured."""
    classes = counted(len(card.classes), "class")
    held_out = held_out_text(card)
    return f"{classes}, held-out {held_out}" if held_out else classes


def held_out_text(card: ModelCard) -> str:
    """Return the accuracy on what was held out, and what that was; empty if it is not known."""
    share, by = card.measured.get(HELD_OUT), card.teaching.get("held_out_by", "")
    if share is None or not isfinite(share):
        return ""
    return f"{share:.2f} by {by}" if by else f"{share:.2f}"


def bands_text(card: ModelCard) -> str:
    """Return the wavelengths that a model reads: of a taught one, those that it was taught."""
    spans = card.teaching.get("read_nm") or [(card.group_edges_nm[0], card.group_edges_nm[-1])]
    return ", ".join(range_text(float(low), float(high)) for low, high in spans)


def accuracy_sentence(card: ModelCard, sensors: str) -> str:
    """Return how often the model decided rightly at sensors of a range; empty if not measured."""
    share = card.measured.get(f"accuracy ({sensors})")
    if share is None:
        return ""
    return f"right in {percent(share)} of the test scenes at {RANGE_WORDS[sensors]}"


def limits_of(card: ModelCard) -> tuple[str, ...]:
    """Return what the model must not be trusted for, a sentence each."""
    names = " and ".join(filter(None, (", ".join(card.classes[:-1]), card.classes[-1])))
    exclusive = (
        "Several may hold at once: each has a probability of its own."
        if card.several
        else "These exclude one another: two of them in one image share the 100 %."
    )
    return (
        *(() if card.validated else (_untested(card),)),
        f"It knows nothing but {names}: anything else is called one of these.",
        exclusive,
        *_never_held_out(card),
        *_poor_decisions(card),
        *_poor_bands(card),
    )


def _untested(card: ModelCard) -> str:
    if card.attached:
        return "How good its decisions are was not checked here."
    if card.teaching:
        return "Nobody has confirmed it on data of another source than it was taught from."
    return "It was never tested on measured plants of known state."


def _never_held_out(card: ModelCard) -> tuple[str, ...]:
    names = card.teaching.get(NEVER_HELD_OUT)
    if not names:
        return ()
    return (f"Whether it finds {', '.join(names)} in what it was not taught from is not known.",)


def _poor_decisions(card: ModelCard) -> tuple[str, ...]:
    found = []
    for sensors in SENSOR_RANGES:
        share = card.measured.get(f"accuracy ({sensors})")
        if share is not None and share < _LEAST_ACCURACY:
            found.append(f"Decisions at {RANGE_WORDS[sensors]}: right in {percent(share)} alone.")
    return tuple(found)


def _poor_bands(card: ModelCard) -> tuple[str, ...]:
    """Name classes whose strongest wavelengths are mostly not those that were changed."""
    found = []
    for sensors in SENSOR_RANGES:
        poor = [
            name
            for name in card.classes
            if card.measured.get(f"band_iou_half_max, {name} ({sensors})", 1.0) < _LEAST_OVERLAP
        ]
        if poor:
            found.append(
                f"Wavelengths of {', '.join(poor)} at {RANGE_WORDS[sensors]}: they mostly are not "
                "those that the test scenes had changed."
            )
    return tuple(found)
