"""Run of a validation: folds, baselines, control, learning curve and doubtful places."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from focus_viewer.core.datasets.classifier import Classifier, Taught
from focus_viewer.core.datasets.data_set import DataSet, Example
from focus_viewer.core.datasets.metrics import (
    Interval,
    balanced_accuracy,
    bootstrap,
    counts_of,
    found_shares,
    precisions,
)
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.validation.cross_validation import (
    Outcome,
    Plan,
    cross_validate,
    membership,
    plan_folds,
    tally,
)
from focus_viewer.core.validation.doubt import (
    Place,
    doubtful_held_out,
    doubtful_patches,
    unlabelled_patches,
)
from focus_viewer.core.validation.learning_curve import learning_curve
from focus_viewer.core.validation.report import (
    ClassRow,
    FoldRow,
    Measured,
    Rival,
    ValidationReport,
)
from focus_viewer.core.validation.sentences import BASELINE_NAMES, units_text
from focus_viewer.core.validation.shuffled_labels import SHUFFLES, validate_shuffled
from focus_viewer.version import __version__

BASELINES = ("lda", "pls-da", "random-forest")
_PACKAGES = ("numpy", "scikit-learn", "torch", "timm")
_FEW_UNITS, _FEW_OF_CLASS = 10, 3
_ENDS = (2.5, 97.5)


@dataclass(frozen=True)
class Validation:
    """What is to be validated, and how.

    Attributes
    ----------
    group : str or None
        Column whose groups are held out as a whole.
    repeats : int
        Splits, each with another seed.
    shuffles : int
        Of the control; 0 leaves it out.
    draws : int
        Of the learning curve; 0 leaves it out.
    patches : int
        Unlabelled patches that are looked at for doubtful places; 0 looks at held-out ones only.
    has_data : callable or None
        Says whether a patch has data.
    """

    folds: int = 5
    group: str | None = None
    seed: int = 0
    repeats: int = 1
    shuffles: int = SHUFFLES
    draws: int = 3
    patches: int = 200
    has_data: Callable[[Example], bool] | None = None


def validate(
    classifier: Classifier,
    data_set: DataSet,
    settings: Validation | None = None,
    baselines: Sequence[Classifier] = (),
    taught: Taught | None = None,
    step: Step = silent,
) -> ValidationReport:
    """Validate a classifier on a data set.

    Parameters
    ----------
    baselines : sequence of Classifier
        Named as in `BASELINES`; one that fails is left out with a warning.
    taught : Taught or None
        The classifier as taught from all of the data set, if that was done before.

    Raises
    ------
    DataSetError
        If the data set cannot be taught from or split.
    """
    settings = settings or Validation()
    data_set.validate()
    plan = plan_folds(data_set, settings.folds, settings.group, settings.seed, settings.repeats)
    outcome = cross_validate(classifier, plan, step=part(step, 0.0, 0.25))
    rivals, failed = _rivals(outcome, plan, baselines, part(step, 0.25, 0.4))
    shuffled = None
    if settings.shuffles:
        own_step = part(step, 0.4, 0.6)
        shuffled = validate_shuffled(classifier, plan, settings.shuffles, own_step, outcome)
    curve = None
    if settings.draws:
        own_step = part(step, 0.6, 0.95)
        curve = learning_curve(classifier, plan, settings.draws, own_step, outcome)
    step(0.95, f"{classifier.name}: doubtful places")
    taught = taught or classifier.taught(data_set.examples, plan.classes, settings.seed)
    return ValidationReport(
        name=classifier.name,
        data=_measured(data_set),
        several=plan.several,
        by=plan.by,
        units=len(plan.units),
        repeats=settings.repeats,
        seed=settings.seed,
        classes=tuple(_class_row(plan, outcome, place) for place in range(len(plan.classes))),
        folds=_fold_rows(outcome),
        table=outcome.table,
        balanced_accuracy=outcome.balanced_accuracy,
        macro_f1=outcome.macro_f1,
        training_accuracy=_training_accuracy(taught, plan),
        rivals=rivals,
        shuffled=shuffled,
        curve=curve,
        places=_places(taught, plan, outcome, settings),
        warnings=(*_warnings(plan, outcome), *failed),
        notes=tuple(dict.fromkeys((*data_set.notes, *plan.splits[0].notes))),
        versions=versions(),
        all_right=outcome.all_right,
    )


def versions() -> dict[str, str]:
    """Return versions of the package, of Python and of the libraries that are installed."""
    found = {"focus-viewer": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _rivals(
    outcome: Outcome, plan: Plan, baselines: Sequence[Classifier], step: Step
) -> tuple[tuple[Rival, ...], tuple[str, ...]]:
    """Run the baselines on the same folds; return them, and why some were not run."""
    rivals = {name: Rival(name) for name in BASELINES}
    failed: dict[str, list[str]] = {}
    for number, baseline in enumerate(baselines):
        own_step = part(step, number / len(baselines), (number + 1) / len(baselines))
        try:
            other = cross_validate(baseline, plan, step=own_step)
        except Cancelled:
            raise
        except FocusError as error:
            failed.setdefault(str(error), []).append(baseline.name)
            continue
        difference = _difference(outcome, other)
        rivals[baseline.name] = Rival(baseline.name, other.balanced_accuracy, difference)
    reasons = tuple(
        f"Not run: {', '.join(BASELINE_NAMES.get(n, n) for n in names)}. {reason}"
        for reason, names in failed.items()
    )
    return tuple(rivals.values()), reasons


def _difference(outcome: Outcome, other: Outcome) -> Interval:
    """Return the difference of two balanced accuracies, both of the same drawn units."""
    measure = partial(found_shares, several=outcome.several)
    tables = outcome.unit_tables, other.unit_tables
    mean = outcome.balanced_accuracy.mean - other.balanced_accuracy.mean
    first, second = (bootstrap(own, measure, outcome.seed) for own in tables)
    drawn = (first - second)[np.isfinite(first - second)]
    if not drawn.size:
        return Interval(mean, np.nan, np.nan)
    low, high = np.percentile(drawn, _ENDS)
    return Interval(mean, float(min(low, mean)), float(max(high, mean)))


def _class_row(plan: Plan, outcome: Outcome, place: int) -> ClassRow:
    name = plan.classes[place]
    own = [example for example in plan.data_set.examples if name in example.classes]
    counts = counts_of(outcome.table, plan.several)
    return ClassRow(
        name=name,
        examples=len(own),
        units=len({plan.unit_of[example] for example in own}),
        pixels=sum(example.pixels for example in own),
        judged=float(counts.right[place] + counts.missed[place]),
        balanced_accuracy=float(found_shares(outcome.table, plan.several)[place]),
        recall=outcome.recall(place),
        precision=float(precisions(outcome.table, plan.several)[place]),
        f1=outcome.f1(place),
    )


def _fold_rows(outcome: Outcome) -> tuple[FoldRow, ...]:
    a_repeat = len(outcome.folds) // outcome.repeats
    return tuple(
        FoldRow(
            repeat=number // a_repeat + 1,
            taught_from=fold.taught_from,
            held_out=len(fold.examples),
            judged=int(fold.judged.sum()),
            table=fold.tables.sum(axis=0),
            balanced_accuracy=float(balanced_accuracy(fold.tables.sum(axis=0), outcome.several)),
        )
        for number, fold in enumerate(outcome.folds)
    )


def _training_accuracy(taught: Taught, plan: Plan) -> float:
    examples = plan.data_set.examples
    true = membership(examples, plan.classes)
    units = np.zeros(len(examples), dtype=np.intp)
    tables = tally(true, taught.probabilities(examples), units, 1, plan.several)
    return float(balanced_accuracy(tables[0], plan.several))


def _places(
    taught: Taught, plan: Plan, outcome: Outcome, settings: Validation
) -> tuple[Place, ...]:
    patches: tuple[Example, ...] = ()
    if settings.patches:
        patches = unlabelled_patches(
            plan.data_set, settings.has_data, most=settings.patches, seed=settings.seed
        )
    unlabelled = doubtful_patches(taught, patches, plan.classes, plan.several)
    return (*unlabelled, *doubtful_held_out(outcome))


def _measured(data_set: DataSet) -> Measured:
    return Measured(
        name=data_set.name,
        fingerprint=data_set.fingerprint,
        cubes=len({sample.fingerprint for sample in data_set.samples}),
        regions=sum(example.region is not None for example in data_set.examples),
        pixels=sum(example.pixels for example in data_set.examples),
        columns={column: len(data_set.values(column)) for column in data_set.columns},
    )


def _warnings(plan: Plan, outcome: Outcome) -> list[str]:
    counts = counts_of(outcome.table, plan.several)
    judged = counts.right + counts.missed
    warnings = []
    unknown = [name for name, n in zip(plan.classes, judged, strict=True) if not n]
    if unknown:
        warnings.append(
            f"Not validated: {', '.join(unknown)}. Where it was held out, nothing was left to "
            "learn it from; its row is empty and it counts in no figure."
        )
    if len(unknown) > len(plan.classes) - 2:
        warnings.append(
            "Fewer than two classes could be validated: the figures do not say how good the model "
            f"is. Label more {units_text(plan.by)} of each class."
        )
    units, few = len(plan.units), units_text(plan.by, len(plan.units))
    if units < _FEW_UNITS:
        warnings.append(f"Only {few}: with so few, the intervals are too narrow.")
    scarce = [
        name
        for name in plan.classes
        if name not in unknown and sum(name in u.classes for u in plan.units) < _FEW_OF_CLASS
    ]
    if scarce:
        warnings.append(
            f"Two {units_text(plan.by)} only: {', '.join(scarce)}. Each was predicted from the "
            "other one alone."
        )
    return warnings
