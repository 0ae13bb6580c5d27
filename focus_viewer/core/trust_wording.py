"""Sentences on a trust report: what it says for and against an explanation, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from focus_viewer.core.counted import counted
from focus_viewer.core.saliency.trust import (
    MethodTrial,
    RandomWeights,
    Removal,
    Sink,
    TrustReport,
    Unit,
)
from focus_viewer.core.typing import ImageShape
from focus_viewer.core.wording import percent, range_text

READ_AT: Final = 0.2
"""Share of the parts that are removed where the sentences read the curves."""

_NEAR = 0.01  # probabilities that differ by less are the same
_LITTLE = 0.2
_OFF = 0.1
_FEW_CELLS = 10
_DEPENDS, _REMAINS = 0.3, 0.6
_UNITS: Final[dict[Unit, str]] = {
    "place": "place",
    "wavelength": "wavelength",
    "both": "both together",
}


def summary(report: TrustReport) -> str:
    """Return what the test found so far, good or bad; empty before the first curve."""
    place = report.removal("place")
    if place is None:
        return ""
    ordered, chance = place.strongest.at(READ_AT), place.random.at(READ_AT)
    parts = [
        f"Removing the {percent(READ_AT)} of places with the strongest evidence takes the "
        f"probability of {report.class_name} from {_before(report)} to {percent(ordered)}; "
        f"in random order, to {percent(chance)}."
    ]
    wavelength = report.removal("wavelength")
    if wavelength is not None:
        found = [curve.at(READ_AT) for curve in (wavelength.strongest, wavelength.random)]
        parts.append(
            f"By wavelength, {percent(READ_AT)} take it to {percent(found[0])}; in random order, "
            f"to {percent(found[1])}."
        )
    if report.whole < _LITTLE:
        parts.append(_little(report, place))
    else:
        parts += [_by_chance(report), _by_rivals(report)]
    return _unbroken(" ".join(part for part in parts if part))


def _before(report: TrustReport) -> str:
    """Return the probability before removal, beside that of the decision where they differ."""
    tested, decided = percent(report.whole), percent(report.shown)
    return tested if tested == decided else f"{tested} (as tested; {decided} in the decision)"


def _unbroken(text: str) -> str:
    """Keep numbers and their percent sign on one line."""
    return text.replace(" %", "\u00a0%")


def _by_chance(report: TrustReport) -> str:
    """Return where evidence does no better than a random order; empty where it does."""
    poor = [
        _UNITS[removal.unit]
        for removal in report.removals
        if removal.strongest.at(READ_AT) > removal.random.at(READ_AT) - _NEAR
    ]
    return f"The evidence does no better than chance by {_listed(poor)}." if poor else ""


def _by_rivals(report: TrustReport) -> str:
    if not report.rivals:
        return ""
    better = [
        f"{rival.name} does better by {_UNITS[unit]}: {percent(found)}."
        for unit in ("place", "wavelength")
        for rival, found in _better(report, unit)
    ]
    if better:
        return " ".join(better)
    so_far = "" if report.finished else " so far"
    return f"None of the other methods tried{so_far} ({len(report.rivals)}) does clearly better."


def _better(report: TrustReport, unit: Unit) -> list[tuple[MethodTrial, float]]:
    """Return the method that lowers the probability most, if by more than FOCUS does."""
    removal = report.removal(unit)
    if removal is None:
        return []
    found = [(rival, rival.curve(unit).at(READ_AT)) for rival in report.rivals]
    best = min(found, key=lambda pair: pair[1])
    return [best] if best[1] < removal.strongest.at(READ_AT) - _NEAR else []


def _little(report: TrustReport, place: Removal) -> str:
    """Return what adding does for a class of which removal has little to take away."""
    ordered, chance = (place.added(order).at(READ_AT) for order in ("strongest", "random"))
    return (
        f"The model gives {report.class_name} only {_before(report)}, so that there is "
        f"little to remove: the strongest {percent(READ_AT)} of places, added to an image that "
        f"shows nothing, take it from {percent(report.nothing)} to {percent(ordered)}; in random "
        f"order, to {percent(chance)}."
    )


def where_tested(report: TrustReport, image: ImageShape) -> str:
    """Return on what the test was made, and how far that is from what was explained."""
    rows, cols = report.tested
    if report.cropped:
        where = f"the {rows} × {cols} pixels of the image with the strongest evidence"
    else:
        coarser = ", in one window" if report.tested != image else ""
        where = f"the image at {rows} × {cols} pixels{coarser}"
    text = (
        f"Tested on {where}: there the probability of {report.class_name} is "
        f"{percent(report.whole)} ({percent(report.shown)} in the decision), and "
        f"{percent(report.nothing)} where nothing is shown."
    )
    if abs(report.whole - report.shown) > _OFF:
        text += " These differ: what was tested is not all that the decision rests on."
    return text


def sink_text(sink: Sink) -> str:
    """Return how much evidence the sink took, and from where."""
    span = range_text(sink.low_nm, sink.high_nm)
    return (
        f"The sink took {percent(sink.doubt)} of the evidence: most at {span} "
        f"({percent(sink.group_share)} of it); a tenth of the places has "
        f"{percent(sink.place_share)} of it."
    )


def random_weights_text(found: RandomWeights) -> str:
    """Return what is left of an explanation where nothing was learned, and what that means."""
    start = f"With randomised weights ({found.models} models) the rank correlation with FOCUS'"
    if found.cells < _FEW_CELLS:
        have = "has" if found.cells == 1 else "have"
        few = f"only {counted(found.cells, 'cell')} {have} evidence: their map cannot be compared"
        return f"{start} curve is {found.wavelength:.2f}; {few}."
    text = f"{start} map is {found.place:.2f}, with its curve {found.wavelength:.2f}: "
    size = max(abs(found.place), abs(found.wavelength))
    if size < _DEPENDS:
        return f"{text}it explains what the model has learned."
    if size < _REMAINS:
        return f"{text}a part of it does not depend on what the model has learned."
    return f"{text}much of it does not depend on what the model has learned."


def _listed(words: Sequence[str]) -> str:
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])
