"""Teaching of a model from a data set on disk, as the command and Python do it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.card_limits import HELD_OUT, HELD_OUT_FROM, NEVER_HELD_OUT
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.typing import DoubleArray
from focus_viewer.version import __version__

if TYPE_CHECKING:
    from focus_viewer.core.datasets.classifier import Classifier
    from focus_viewer.core.validation.remembering import RememberingClassifier
    from focus_viewer.core.validation.report import ValidationReport
    from focus_viewer.explain.teaching.journal import Journal
    from focus_viewer.explain.teaching.plan import TeachingPlan
    from focus_viewer.explain.teaching.teach import Prepared, TaughtModel
    from focus_viewer.explain.teaching.vit_classifier import TaughtViT

_WORK = "fit.partial"
_OTHER_BACKBONE = (
    "A baseline on mean spectra is better. The backbone focus-spectra keeps more of the spectra "
    "than focus-leaf: try it too."
)
_REPORT, _PAGES = "report.json", ("report.html", "report.pdf")


class FitRequest(NamedTuple):
    """What is to be taught, and where the model goes.

    Attributes
    ----------
    out : Path
        Folder of the model, named as the model.
    backbone : str
        Name of a bundled model, or the folder of one.
    report : bool
        Validate, and write the whole report; otherwise training and held-out accuracy only.
    classes : tuple of str
        Those that the data set was restricted to; empty where it was not.
    """

    data_set: DataSet
    source: str
    out: Path
    plan: TeachingPlan
    backbone: str = "focus-leaf"
    report: bool = False
    classes: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that teaches the same model again."""
        plan = self.plan
        spans = ",".join(f"{low:g}-{high:g}" for low, high in plan.bands_nm)
        return (
            f"focus-viewer fit {quote(Path(self.source).name)} --out {quote(self.out.name)} "
            f"--backbone {quote(Path(self.backbone).name)} --folds {plan.folds} --seed {plan.seed}"
            + (f" --group {quote(plan.group)}" if plan.group else "")
            + (f" --bands {spans}" if spans else "")
            + (f" --classes {quote(','.join(self.classes))}" if self.classes else "")
            + (" --several" if self.data_set.several else "")
            + (" --report" if self.report else "")
        )


class Teaching(NamedTuple):
    """Model that was taught, not yet written.

    Attributes
    ----------
    report : ValidationReport or None
        Of leaving out units; without baselines, control and learning curve unless the request
        wants them. None where nothing could be left out.
    problem : str
        Why nothing could be left out.
    """

    prepared: Prepared
    made: TaughtModel
    report: ValidationReport | None
    problem: str = ""


def fit_model(request: FitRequest, step: Step) -> ModelCard:
    """Teach a model and write its folder: weights, card and report; returns the card.

    See `teach_model` and `write_model`.
    """
    return write_model(request, teach_model(request, step), step)


def work_folder(out: Path) -> Path:
    """Return the folder in which work is kept until the model is written."""
    return out / _WORK


def teach_model(request: FitRequest, step: Step) -> Teaching:
    """Teach a model; nothing but the work folder is written.

    It holds what the backbone read of the cubes, the coalitions that were played and the folds that
    were predicted: work that was broken off anywhere goes on from there.

    Raises
    ------
    FocusError
        If the data set, a cube or the backbone cannot be used.
    OSError
        If a file cannot be written.
    """
    from focus_viewer.explain.teaching.teach import prepare, teach
    from focus_viewer.io.datasets.samples import open_sample

    prepared = prepare(
        request.data_set,
        open_sample,
        request.plan,
        part(step, 0, 0.3),
        request.backbone,
        work_folder(request.out),
    )
    made = teach(prepared, request.out.name, request.command, part(step, 0.3, 0.7))
    report, problem = _validated(request, prepared, made.taught, part(step, 0.7, 0.99))
    return Teaching(prepared, _with_held_out(made, report), report, problem)


def _validated(
    request: FitRequest, prepared: Prepared, taught: TaughtViT, step: Step
) -> tuple[ValidationReport | None, str]:
    """Leave out units; unless the whole report is wanted, without all that takes long."""
    if request.report:
        return validated(request, prepared, taught, step), ""
    from focus_viewer.core.validation.run import Validation, validate

    plan = prepared.plan
    settings = Validation(plan.folds, plan.group, plan.seed, shuffles=0, draws=0, patches=0)
    try:
        found = validate(prepared.classifier, prepared.data_set, settings, (), taught, step)
        return replace(found, model=request.out.name), ""
    except DataSetError as error:
        return None, str(error)


def _with_held_out(made: TaughtModel, report: ValidationReport | None) -> TaughtModel:
    """Return a model whose card has the figure of its report: there is one, wherever it stands.

    And where its interval begins, and the classes that it says nothing of.
    """
    measured = {name: own for name, own in made.card.measured.items() if name != HELD_OUT}
    teaching = dict(made.card.teaching)
    if report is not None and isfinite(report.balanced_accuracy.mean):
        measured[HELD_OUT] = round(report.balanced_accuracy.mean, 3)
        if isfinite(report.balanced_accuracy.low):
            teaching[HELD_OUT_FROM] = round(report.balanced_accuracy.low, 3)
        teaching[NEVER_HELD_OUT] = [row.name for row in report.classes if not row.judged]
    return replace(made, card=replace(made.card, measured=measured, teaching=teaching))


def write_model(request: FitRequest, teaching: Teaching, step: Step) -> ModelCard:
    """Write the folder of a model that was taught, and remove the work folder.

    All that can fail or take long is done: until now the folder may hold an earlier model.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    from focus_viewer.explain.model.checkpoint import save_model

    made = teaching.made
    card = save_model(request.out, made.model, made.card, made.recipe)
    _write_report(request.out, card, teaching.report if request.report else None)
    shutil.rmtree(work_folder(request.out), ignore_errors=True)
    step(1.0, "done")
    return card


def _write_report(out: Path, card: ModelCard, report: ValidationReport | None) -> None:
    """Write the whole report; without one, that of an earlier model is removed."""
    if report is not None:
        from focus_viewer.figures.validation.files import write_validation_report

        write_validation_report(report, out)
        return
    write_atomically(out / _REPORT, json.dumps(_figures(card), indent=2) + "\n")
    for name in _PAGES:
        (out / name).unlink(missing_ok=True)


def _figures(card: ModelCard) -> dict[str, Any]:
    """Return what is known without the whole validation."""
    return {
        "classes": list(card.classes),
        "groups": card.teaching["group"],
        "held_out_by": card.teaching["held_out_by"],
        "measured": dict(card.measured),
        "notes": ["Baselines, control and learning curve come with --report."],
    }


def validated(
    request: FitRequest, prepared: Prepared, taught: TaughtViT, step: Step
) -> ValidationReport:
    """Validate the classifier beside baselines on mean spectra, which need scikit-learn."""
    from focus_viewer.core.datasets.example_spectra import ExampleSpectra
    from focus_viewer.core.validation.run import Validation, validate
    from focus_viewer.explain.classical.spectral_classifier import spectral_baselines
    from focus_viewer.explain.teaching.features import model_digest
    from focus_viewer.explain.teaching.journal import Journal
    from focus_viewer.io.datasets.samples import open_sample

    plan, journal = prepared.plan, Journal(work_folder(request.out))
    spectra = ExampleSpectra(open_sample)
    several = prepared.classifier.several
    about = f"{prepared.data_set.fingerprint} {several} {plan.group} {__version__}"
    classifier = _remembering(
        prepared.classifier, f"{model_digest(prepared.model)} {about}", journal
    )
    baselines = [
        _remembering(baseline, about, journal) for baseline in spectral_baselines(spectra, several)
    ]
    settings = Validation(plan.folds, plan.group, plan.seed, has_data=spectra.has_data)
    report = validate(classifier, prepared.data_set, settings, baselines, taught, step)
    advice = backbone_advice(report, request.backbone)
    notes = (*report.notes, *prepared.pixels.notes, *advice)
    return replace(report, model=request.out.name, notes=notes)


def backbone_advice(report: ValidationReport, backbone: str) -> tuple[str, ...]:
    """Return the advice to try the other backbone, where a baseline on mean spectra is better."""
    behind = any(each.difference is not None and each.difference.mean < 0 for each in report.rivals)
    return (_OTHER_BACKBONE,) if behind and backbone == "focus-leaf" else ()


def _remembering(classifier: Classifier, about: str, journal: Journal) -> RememberingClassifier:
    """Return the classifier with its predictions kept in a journal."""
    from focus_viewer.core.validation.remembering import RememberingClassifier

    def recall(key: str, compute: Callable[[], DoubleArray]) -> DoubleArray:
        return journal.found("fold", key, lambda: {"probabilities": compute()})["probabilities"]

    key = f"{classifier.name} {about}"
    return RememberingClassifier(lambda: classifier, classifier.name, key, recall)
