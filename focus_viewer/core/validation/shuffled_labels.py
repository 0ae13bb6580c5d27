"""Shuffled labels: a control that shows what validation gives where nothing can be learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from focus_viewer.core.datasets.classifier import Classifier
from focus_viewer.core.datasets.data_set import Classes, Example
from focus_viewer.core.datasets.metrics import Interval, interval_of
from focus_viewer.core.datasets.units import Unit
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.validation.cross_validation import Outcome, Plan, cross_validate

SHUFFLES = 5


def validate_shuffled(
    classifier: Classifier,
    plan: Plan,
    shuffles: int = SHUFFLES,
    step: Step = silent,
    choices: Outcome | None = None,
) -> Interval:
    """Return the mean balanced accuracy with shuffled labels, and the range of the shuffles.

    Parameters
    ----------
    choices : Outcome or None
        Cross-validation of the classifier on this plan, with the true labels: what was chosen in
        the training part of each fold is chosen again. None chooses anew.
    """
    scores = []
    for number in range(shuffles):
        own_step = part(step, number / shuffles, (number + 1) / shuffles)
        relabelled = shuffled(plan.units, plan.seed + number)
        outcome = cross_validate(classifier, plan, relabelled, step=own_step, choices=choices)
        scores.append(outcome.balanced_accuracy.mean)
    known = np.array(scores)[np.isfinite(scores)]
    mean = float(known.mean()) if known.size else float("nan")
    return interval_of(mean, known, len(plan.units))


def shuffled(units: Sequence[Unit], seed: int) -> Mapping[Example, Example]:
    """Return each example with classes of another unit's examples.

    Labels move between units, in random order within each: examples of a unit resemble each other,
    and labels that moved within it would still fit.
    """
    random = np.random.default_rng(seed)
    relabelled = {}
    for unit, source in zip(units, random.permutation(len(units)), strict=True):
        labels = [example.classes for example in units[source].examples]
        order = random.permutation(len(labels))
        for number, example in enumerate(unit.examples):
            relabelled[example] = relabel(example, labels[order[number % len(labels)]])
    return relabelled


def relabel(example: Example, classes: Classes) -> Example:
    """Return the same pixels with other classes."""
    if example.region is None:
        return Example(replace(example.sample, classes=classes))
    copy = Example(example.sample, replace(example.region, classes=classes))
    # The same pixels: neither their mask nor its digest is computed again.
    copy.__dict__.update(crop=example.crop, digest=example.digest)
    return copy
