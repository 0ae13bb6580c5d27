"""Sentences of a validation report: what its figures say, in plain words."""

from __future__ import annotations

from typing import Final

import numpy as np

from focus_viewer.core.card_limits import HELD_OUT
from focus_viewer.core.counted import counted
from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.validation.learning_curve import MORE, ClassCurve, LearningCurve
from focus_viewer.core.validation.report import Rival, ValidationReport

BASELINE_NAMES: Final = {"lda": "LDA", "pls-da": "PLS-DA", "random-forest": "random forest"}
_PLAIN: Final = ("cube", "region", "plant", "plot", "block", "field", "day", "camera", "specimen")
_UNITS: Final = {"leaf": ("leaf", "leaves"), **{name: (name, f"{name}s") for name in _PLAIN}}
_SAME: Final = 0.001
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five")


def number_text(value: float) -> str:
    """Return `0.71`, with a true minus; `–` where there is none."""
    return f"{value:.2f}".replace("-", "−") if np.isfinite(value) else "–"


def interval_text(interval: Interval) -> str:
    """Return `0.71 (0.60 to 0.80)`."""
    if not np.isfinite(interval.low):
        return number_text(interval.mean)
    low, high = number_text(interval.low), number_text(interval.high)
    return f"{number_text(interval.mean)} ({low} to {high})"


def units_text(by: str, count: int | None = None) -> str:
    """Return `regions`, or `12 plants`, or `1 group of treatment`."""
    one, many = _UNITS.get(by, (f"group of {by}", f"groups of {by}"))
    return many if count is None else f"{count} {one if count == 1 else many}"


def headline(report: ValidationReport) -> str:
    """Return how good it is on what it was not taught from."""
    kind = "mean of presence and absence" if report.several else "mean share found of each class"
    return (
        f"Balanced accuracy {interval_text(report.balanced_accuracy)}, held out by {report.by}: "
        f"{kind}; a guess has {number_text(report.chance)}."
    )


def class_sentences(report: ValidationReport) -> tuple[str, ...]:
    """Return how well each class is found, where several may hold at once; none for others."""
    if not report.several:
        return ()
    listed = ", ".join(
        f"{row.name} {number_text(row.balanced_accuracy) if row.judged else 'not validated'}"
        for row in report.classes
    )
    return (
        f"Balanced accuracy by class: {listed}.",
        f"Share of examples all of whose classes are right: {number_text(report.all_right)}.",
    )


def training_text(report: ValidationReport) -> str:
    """Return the accuracy on what it was taught from, as what it is."""
    return (
        f"Training accuracy {number_text(report.training_accuracy)}, on the same examples that it "
        "was taught from: not a measure of how good it is."
    )


def card_text(card: ModelCard, report: ValidationReport) -> str:
    """Return what the card of the model says instead; empty where it has the same figure."""
    share, by = card.measured.get(HELD_OUT), card.teaching.get("held_out_by", "")
    same = share is not None and abs(share - report.balanced_accuracy.mean) < _SAME
    if share is None or (same and by == report.by):
        return ""
    return (
        f"The card of {card.name} says {number_text(share)}, held out by {by or 'another rule'}, "
        "as it was taught. Teach again to have the figure above on it."
    )


def comparison(report: ValidationReport) -> tuple[str, ...]:
    """Return what the classifier adds to each baseline, the best baseline first."""
    run = [rival for rival in report.rivals if rival.score and rival.difference]
    if not run:
        return ("No baseline was run: what the model adds to plain spectra is not known.",)
    run.sort(key=lambda rival: rival.score.mean if rival.score else 0.0, reverse=True)
    return tuple(_against(report.name, rival) for rival in run)


def _against(name: str, rival: Rival) -> str:
    difference = rival.difference
    assert difference is not None  # noqa: S101 - chosen so by the caller
    other = f"{BASELINE_NAMES.get(rival.name, rival.name)} on mean spectra"
    spread = f"{_signed(difference.mean)} ({_signed(difference.low)} to {_signed(difference.high)})"
    if difference.low > 0:
        return f"{name} is better than {other}: by {spread}."
    if difference.high < 0:
        return f"{name} is worse than {other}: by {spread}."
    return f"{name} adds nothing that can be seen beyond {other}: difference {spread}."


def control_text(report: ValidationReport) -> str:
    """Return what shuffled labels give, and whether the classifier is beyond that."""
    shuffled = report.shuffled
    if shuffled is None:
        return "The control with shuffled labels was not run."
    if not np.isfinite(report.balanced_accuracy.mean) or not np.isfinite(shuffled.mean):
        return "The control with shuffled labels could not be judged."
    measured = f"With labels shuffled between {units_text(report.by)}: {interval_text(shuffled)}"
    if report.balanced_accuracy.mean > shuffled.high:
        return f"{measured}, as a guess; the model is above all of them."
    return f"{measured}. The model does no better: it has learned nothing that can be seen."


def curve_sentences(curve: LearningCurve | None) -> tuple[str, ...]:
    """Return for each class whether more units would help, those that would first."""
    if curve is None:
        return ("No class has enough units for a learning curve.",)
    order = ("helps", "open", "hardly", "too few")
    ranked = sorted(curve.classes, key=lambda own: (order.index(own.verdict), -own.units))
    said = [curve_sentence(own, curve.by) for own in ranked if own.verdict != "too few"]
    scarce = ", ".join(f"{own.name} ({own.units})" for own in ranked if own.verdict == "too few")
    if scarce:
        said.append(f"Too few {units_text(curve.by)} for a curve: {scarce}. Add some first.")
    return tuple(said)


def curve_sentence(own: ClassCurve, by: str) -> str:
    """Return whether more units of a class would help, by its trend and the spread of it."""
    of_class = f"{units_text(by)} of {own.name}"
    gain = f"{_signed(own.gain.mean)} ({_signed(own.gain.low)} to {_signed(own.gain.high)})"
    match own.verdict:
        case "helps":
            more = _NUMBERS[MORE].capitalize()
            return f"{more} more {of_class} would help: F1 {gain} is to be expected."
        case "hardly":
            return f"More {of_class} would hardly help: F1 {gain} from {_NUMBERS[MORE]} more."
        case "open":
            return (
                f"Whether more {of_class} would help cannot be said yet: F1 {gain} from "
                f"{_NUMBERS[MORE]} more, within the spread."
            )
        case _:
            return f"Too few {of_class} for a curve: {own.units} in all. Add some first."


def split_text(report: ValidationReport) -> str:
    """Return how the data were split."""
    repeats = f", repeated {report.repeats} times" if report.repeats > 1 else ""
    return (
        f"{units_text(report.by, report.units)} in {report.folds_a_repeat} folds{repeats}: each "
        "was predicted by a model taught without it; pixels of one are never on both sides. "
        f"Intervals: 95 %, bootstrap over {units_text(report.by)}. Seed {report.seed}."
    )


def data_text(report: ValidationReport) -> str:
    """Return what the data set has."""
    data = report.data
    columns = ", ".join(f"{count} of {name}" for name, count in data.columns.items())
    regions = f", {counted(data.regions, 'region')}" if data.regions else ""
    groups = f" Groups: {columns}." if columns else ""
    return (
        f"{data.name or 'Data set'}: {counted(data.cubes, 'cube')}{regions}, "
        f"{counted(data.pixels, 'labelled pixel')}, {counted(len(report.classes), 'class')}."
        f"{groups} "
        f"Fingerprint {data.fingerprint[:19]}…"
    )


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−") if np.isfinite(value) else "–"
