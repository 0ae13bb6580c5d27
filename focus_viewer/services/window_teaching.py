"""Adapter of `focus_viewer.session.tasks.service_protocols.Teaching`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from platformdirs import user_data_path

from focus_viewer.core.datasets.class_map import ClassMap, MapRequest
from focus_viewer.core.datasets.data_set import DataSet, Sample
from focus_viewer.core.errors import translated_errors
from focus_viewer.core.progress import Step, part
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.teaching import TaughtResult, TeachRequest
from focus_viewer.preload import preload

if TYPE_CHECKING:
    from focus_viewer.explain.teaching.live import LivePreview
    from focus_viewer.explain.teaching.plan import TeachingPlan
    from focus_viewer.explain.teaching.teach import Prepared
    from focus_viewer.explain.teaching.vit_classifier import TaughtViT
    from focus_viewer.services.teaching import FitRequest

_UNKNOWN = "path:"
_UNSAVED = "PROJECT.focus.json"
_DEBOUNCE_S, _TICK_S = 0.12, 0.02


class _Taught(NamedTuple):
    """What was prepared and taught last, so that it can be validated without teaching again."""

    key: object
    prepared: Prepared
    taught: TaughtViT


class BundledTeaching:
    """Teaching by `focus_viewer.explain.teaching`, as `focus-viewer fit` does it.

    A plan says how long prompts are trained; its group and bands are those of each request.
    """

    def __init__(self, plan: TeachingPlan | None = None) -> None:
        self._plan = plan
        self._last: _Taught | None = None

    @cached_property
    def _live(self) -> LivePreview:
        from focus_viewer.explain.teaching.live import LivePreview

        return LivePreview()

    def backbones(self) -> Sequence[str]:
        """See `Teaching.backbones`."""
        from focus_viewer.explain.model.cards import available_backbones

        return available_backbones()

    def models_folder(self) -> Path:
        """See `Teaching.models_folder`."""
        return user_data_path("focus-viewer", appauthor=False) / "models"

    def teach(self, request: TeachRequest, step: Step) -> TaughtResult:
        """See `Teaching.teach`."""
        preload(step)
        from focus_viewer.services.teaching import teach_model, write_model

        fit = _fit_request(request, self._plan, part(step, 0.0, 0.05))
        with translated_errors(request.out, "written"):
            found = teach_model(fit, part(step, 0.05, 0.98))
            card = write_model(fit, found, part(step, 0.98, 1.0))
        self._last = _Taught(_key(request, fit), found.prepared, found.made.taught)
        return TaughtResult(request.out, card, found.report, found.problem)

    def validate(self, request: TeachRequest, step: Step) -> ValidationReport:
        """See `Teaching.validate`."""
        preload(step)
        from focus_viewer.services.teaching import validated, work_folder

        fit = _fit_request(request, self._plan, part(step, 0.0, 0.05))
        with translated_errors(request.out, "written"):
            last = self._last
            if last is None or last.key != _key(request, fit):
                prepared = _prepared(request, fit, part(step, 0.05, 0.35))
                seed, data_set = prepared.plan.seed, prepared.data_set
                taught = prepared.classifier.taught(data_set.examples, data_set.classes, seed)
                last = self._last = _Taught(_key(request, fit), prepared, taught)
            report = validated(fit, last.prepared, last.taught, part(step, 0.35, 1.0))
            shutil.rmtree(work_folder(request.out), ignore_errors=True)
            return report

    def save_report(self, report: ValidationReport, folder: Path) -> Sequence[Path]:
        """See `Teaching.save_report`."""
        from focus_viewer.figures.validation.files import write_validation_report

        with translated_errors(folder, "written"):
            folder.mkdir(parents=True, exist_ok=True)
            return write_validation_report(report, folder)

    def map_classes(self, request: MapRequest, step: Step) -> ClassMap:
        """See `Teaching.map_classes`; changes that follow one another closely are taken together.

        A later request cancels this one meanwhile.
        """
        end = time.monotonic() + _DEBOUNCE_S
        while time.monotonic() < end:
            step(0.0, "waiting for further changes")
            time.sleep(_TICK_S)
        preload(step)
        return self._live.advance(request, step)


def _prepared(request: TeachRequest, fit: FitRequest, step: Step) -> Prepared:
    from focus_viewer.explain.teaching.teach import prepare
    from focus_viewer.io.datasets.samples import open_sample
    from focus_viewer.services.teaching import work_folder

    work = work_folder(request.out)
    return prepare(fit.data_set, open_sample, fit.plan, step, fit.backbone, work)


def _fit_request(request: TeachRequest, plan: TeachingPlan | None, step: Step) -> FitRequest:
    from focus_viewer.explain.teaching.plan import TeachingPlan
    from focus_viewer.services.teaching import FitRequest

    plan = replace(plan or TeachingPlan(), bands_nm=request.bands_nm, group=request.group)
    data_set = _with_fingerprints(request.data_set, step)
    source = request.source or _UNSAVED
    out, backbone = request.out, request.backbone
    return FitRequest(data_set, source, out, plan, backbone, classes=request.classes)


def _with_fingerprints(data_set: DataSet, step: Step) -> DataSet:
    """Return a data set whose open cubes have the fingerprint of their file."""
    count = len(data_set.samples)
    samples = []
    for done, sample in enumerate(data_set.samples):
        known = not sample.fingerprint.startswith(_UNKNOWN)
        own = part(step, done / count, (done + 1) / count)
        found = sample.fingerprint if known else _fingerprint(sample, own)
        samples.append(replace(sample, fingerprint=found))
    return replace(data_set, samples=tuple(samples))


def _fingerprint(sample: Sample, step: Step) -> str:
    from focus_viewer.io.identity.content_hash import fingerprint
    from focus_viewer.io.reader import read_cube

    return fingerprint(read_cube(sample.path, sample.choice), step)


def _key(request: TeachRequest, fit: FitRequest) -> object:
    several = fit.data_set.several_classes
    return fit.data_set.fingerprint, several, fit.plan, request.backbone, request.out
