"""Limits of a model in plain sentences, by what was measured on its card."""

from __future__ import annotations

from typing import Final

from focus_viewer.core.saliency.model_card import SENSOR_RANGES, ModelCard
from focus_viewer.core.wording import percent

RANGE_WORDS: Final = {
    "full range": "full-range sensors (400-2500 nm)",
    "VNIR": "VNIR sensors (400-1000 nm)",
    "other": "sensors of other ranges",
}
_LEAST_ACCURACY: Final = 0.6
_LEAST_OVERLAP: Final = 0.35


def accuracy_sentence(card: ModelCard, sensors: str) -> str:
    """Return how often the model decided rightly at sensors of a range; empty if not measured."""
    share = card.measured.get(f"accuracy ({sensors})")
    if share is None:
        return ""
    return f"right in {percent(share)} of the test scenes at {RANGE_WORDS[sensors]}"


def limits_of(card: ModelCard) -> tuple[str, ...]:
    """Return what the model must not be trusted for, a sentence each."""
    names = ", ".join(card.classes[:-1]) + f" and {card.classes[-1]}"
    return (
        *(() if card.validated else ("It was never tested on measured plants of known state.",)),
        f"It knows nothing but {names}: anything else is called one of these.",
        "These exclude one another: two of them on one leaf share the 100 %.",
        *_poor_decisions(card),
        *_poor_bands(card),
    )


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
