"""JSON of a validation report; docs/reports.md has its entries."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.validation.learning_curve import ClassCurve, Curve, LearningCurve
from focus_viewer.core.validation.report import SHUFFLED, ClassRow, FoldRow, Rival, ValidationReport
from focus_viewer.core.validation.sentences import (
    class_sentences,
    comparison,
    control_text,
    curve_sentence,
    curve_sentences,
    headline,
    split_text,
    training_text,
)

REPORT_VERSION: Final = 1


def report_text(report: ValidationReport) -> str:
    """Return the text of `report.json`: the same report gives the same text."""
    return json.dumps(report_entries(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def report_entries(report: ValidationReport) -> dict[str, Any]:
    """Return the entries of `report.json`; null where a figure is not known."""
    return {**_measured(report), **_context(report)}


def _measured(report: ValidationReport) -> dict[str, Any]:
    return {
        "version": REPORT_VERSION,
        "model": report.model or report.name,
        "classifier": report.name,
        "classes": [row.name for row in report.classes],
        "several_classes": report.several,
        "groups": {"by": report.by, "units": report.units, "columns": dict(report.data.columns)},
        "folds": [_fold(fold) for fold in report.folds],
        "balanced_accuracy": _interval(report.balanced_accuracy),
        "macro_f1": _number(report.macro_f1.mean),
        "macro_f1_interval": _interval(report.macro_f1),
        "confusion": _table(report.table),
        "chance": _number(report.chance),
        "all_classes_right": _number(report.all_right),
        "training_accuracy": _number(report.training_accuracy),
        "per_class": {row.name: _class(row) for row in report.classes},
        "baselines": {
            **{rival.name: _rival(rival) for rival in report.rivals},
            SHUFFLED: None if report.shuffled is None else _interval(report.shuffled),
        },
        "learning_curve": None if report.curve is None else _learning_curve(report.curve),
        "annotate_next": [_place(place) for place in report.places],
    }


def _context(report: ValidationReport) -> dict[str, Any]:
    return {
        "data": {
            "name": report.data.name,
            "fingerprint": report.data.fingerprint,
            "cubes": report.data.cubes,
            "regions": report.data.regions,
            "pixels": report.data.pixels,
        },
        "splits": {
            "by": report.by,
            "folds": report.folds_a_repeat,
            "repeats": report.repeats,
            "seed": report.seed,
        },
        "versions": dict(report.versions),
        "warnings": list(report.warnings),
        "notes": list(report.notes),
        "sentences": [
            headline(report),
            *class_sentences(report),
            training_text(report),
            *comparison(report),
            control_text(report),
            *curve_sentences(report.curve),
            split_text(report),
        ],
    }


def _fold(fold: FoldRow) -> dict[str, Any]:
    return {
        "repeat": fold.repeat,
        "taught_from": fold.taught_from,
        "held_out": fold.held_out,
        "judged": fold.judged,
        "balanced_accuracy": _number(fold.balanced_accuracy),
        "confusion": _table(fold.table),
    }


def _class(row: ClassRow) -> dict[str, Any]:
    return {
        "examples": row.examples,
        "units": row.units,
        "pixels": row.pixels,
        "validated": bool(row.judged),
        "balanced_accuracy": _number(row.balanced_accuracy),
        "recall": _interval(row.recall),
        "precision": _number(row.precision),
        "f1": _interval(row.f1),
    }


def _rival(rival: Rival) -> dict[str, Any] | None:
    if rival.score is None:
        return None
    difference = None if rival.difference is None else _interval(rival.difference)
    return {**_interval(rival.score), "difference": difference}


def _learning_curve(curve: LearningCurve) -> dict[str, Any]:
    return {
        "by": curve.by,
        "draws": curve.draws,
        "balanced_accuracy": _curve(curve.balanced_accuracy),
        "classes": {own.name: _class_curve(own, curve.by) for own in curve.classes},
    }


def _class_curve(own: ClassCurve, by: str) -> dict[str, Any]:
    return {
        "units": own.units,
        "f1": _curve(own.curve),
        "gain_from_five_more": _interval(own.gain),
        "verdict": own.verdict,
        "sentence": curve_sentence(own, by),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "sizes": list(curve.sizes),
        "mean": [_number(value) for value in curve.mean],
        "low": [_number(value) for value in curve.low],
        "high": [_number(value) for value in curve.high],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "cube": place.cube,
        "region": place.region,
        "rows": list(place.rows),
        "cols": list(place.cols),
        "labelled": place.labelled,
        "doubt": _number(place.doubt),
        "likely": {name: _number(share) for name, share in place.likely},
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    return {
        "mean": _number(interval.mean),
        "low": _number(interval.low),
        "high": _number(interval.high),
    }


def _table(table: DoubleArray) -> Any:
    """Return nested lists; counts are fractions where each example was held out several times."""
    if table.ndim:
        return [_table(row) for row in table]
    value = round(float(table), 4)
    return int(value) if value.is_integer() else value


def _number(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
