"""Report: its JSON has the agreed entries, and its sentences say what the figures say."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from data_set_cases import sample
from validation_cases import (
    QUICK,
    Rule,
    always_right,
    hidden_number,
    planted,
    planted_regions,
    report_of,
)

from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.validation.report import Rival
from focus_viewer.core.validation.report_json import report_entries, report_text
from focus_viewer.core.validation.run import validate
from focus_viewer.core.validation.sentences import (
    comparison,
    control_text,
    data_text,
    split_text,
    training_text,
    units_text,
)

LABELS = ["healthy", "rust"] * 8


def test_the_json_has_the_agreed_entries() -> None:
    entries = json.loads(report_text(report_of(LABELS)))
    assert entries["classes"] == ["healthy", "rust"]
    assert entries["groups"] == {"by": "cube", "units": 16, "columns": {"plant": 8}}
    assert len(entries["folds"]) == 5
    assert set(entries["balanced_accuracy"]) == {"mean", "low", "high"}
    assert entries["balanced_accuracy"]["mean"] == entries["macro_f1"] == 1
    assert entries["confusion"] == [[8, 0], [0, 8]]
    assert set(entries["baselines"]) == {"lda", "pls-da", "random-forest", "shuffled-labels"}
    assert entries["baselines"]["lda"]["mean"] == 0.5
    assert entries["baselines"]["pls-da"] is None
    assert entries["learning_curve"]["classes"]["rust"]["f1"]["sizes"][:3] == [1, 2, 3]
    assert entries["data"]["fingerprint"].startswith("sha256:")
    assert entries["splits"] == {"by": "cube", "folds": 5, "repeats": 1, "seed": 0}
    assert {"focus-viewer", "numpy", "python"} <= set(entries["versions"])
    assert entries["training_accuracy"] == 1


def test_the_same_data_give_the_same_report_in_any_order() -> None:
    first = report_of(LABELS)
    data_set = planted(LABELS).data_set
    turned = DataSet(data_set.samples[::-1], data_set.name)
    baseline = Rule(lambda counts, example: next(iter(counts)), "lda")
    second = validate(Rule(always_right, "ViT"), turned, QUICK, [baseline])
    assert report_text(first) == report_text(second)


def test_a_class_that_was_not_validated_is_named_and_counts_nowhere() -> None:
    report = report_of([*LABELS, "virus"])
    entries = report_entries(report)
    assert entries["per_class"]["virus"]["validated"] is False
    assert entries["per_class"]["virus"]["recall"] == {"mean": None, "low": None, "high": None}
    assert entries["confusion"][2] == [0, 0, 0]
    assert entries["chance"] == 0.5
    assert any(warning.startswith("Not validated: virus.") for warning in report.warnings)
    json.loads(report_text(report))


def test_two_cubes_of_two_classes_validate_nothing() -> None:
    report = report_of(["a", "b"])
    assert any("Fewer than two classes could be validated" in text for text in report.warnings)
    entries = json.loads(report_text(report))
    assert entries["balanced_accuracy"] == {"mean": None, "low": None, "high": None}
    assert control_text(report) == "The control with shuffled labels could not be judged."


def test_few_units_are_warned_of() -> None:
    warnings = report_of(["a", "a", "b", "b"]).warnings
    assert "Only 4 cubes: with so few, the intervals are too narrow." in warnings
    assert any(text.startswith("Two cubes only: a, b.") for text in warnings)


def test_one_that_adds_nothing_is_said_to_add_nothing() -> None:
    data_set = planted(LABELS).data_set
    same = [Rule(always_right, "lda"), Rule(always_right, "pls-da")]
    report = validate(Rule(always_right, "ViT"), data_set, QUICK, same)
    assert comparison(report)[0] == (
        "ViT adds nothing that can be seen beyond LDA on mean spectra: difference "
        "+0.00 (+0.00 to +0.00)."
    )
    better = comparison(report_of(LABELS))
    assert better[0].startswith("ViT is better than LDA on mean spectra: by +0.50")
    worse = replace(report, rivals=(Rival("lda", Interval(1, 1, 1), Interval(-0.4, -0.5, -0.3)),))
    assert "worse than LDA" in comparison(worse)[0]
    assert "not known" in comparison(replace(report, rivals=()))[0]


def test_a_difference_is_that_of_the_same_units() -> None:
    """Two that are right on the same units differ by nothing, however wide their intervals."""
    by_chance = lambda counts, e: sorted(counts)[hidden_number(e) % 2]  # noqa: E731
    report = validate(
        Rule(by_chance, "ViT"), planted(LABELS).data_set, QUICK, [Rule(by_chance, "lda")]
    )
    rival = report.rivals[0]
    assert rival.score is not None and rival.score.high > rival.score.low
    assert rival.difference == Interval(0, 0, 0)


def test_the_control_says_whether_anything_was_learned() -> None:
    report = report_of(LABELS)
    assert report.shuffled is not None
    low = replace(
        report, balanced_accuracy=Interval(0.5, 0.4, 0.6), shuffled=Interval(0.5, 0.4, 0.6)
    )
    assert "learned nothing that can be seen" in control_text(low)
    assert "above all of them" in control_text(replace(low, shuffled=Interval(0.4, 0.3, 0.45)))
    assert "not run" in control_text(replace(report, shuffled=None))


def test_training_accuracy_is_called_so() -> None:
    assert training_text(report_of(LABELS)).startswith("Training accuracy 1.00, on the same")


def test_words_of_data_and_splits() -> None:
    report = report_of(LABELS)
    assert "16 cubes, 19,200 labelled pixels, 2 classes. Groups: 8 of plant." in data_text(report)
    assert split_text(report).startswith("16 cubes in 5 folds: each was predicted by a model")
    assert units_text("plant", 6) == "6 plants"
    assert units_text("treatment", 1) == "1 group of treatment"


def test_a_baseline_that_fails_is_left_out_with_its_reason() -> None:
    class Failing(Rule):
        def taught(self, *args: object) -> object:  # type: ignore[override]
            raise FocusError("No band has data.")

    report = validate(
        Rule(always_right), planted(LABELS).data_set, QUICK, [Failing(always_right, "lda")]
    )
    assert report.warnings[-1] == "Not run: LDA. No band has data."
    assert report.rivals[0].score is None


def test_it_can_be_cancelled() -> None:
    def stop(fraction: float, text: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    baseline = Rule(always_right, "lda")
    with pytest.raises(Cancelled):
        validate(Rule(always_right), planted(LABELS).data_set, QUICK, [baseline], step=stop)


def test_progress_only_grows() -> None:
    seen: list[float] = []
    validate(
        Rule(always_right),
        planted(LABELS).data_set,
        QUICK,
        [Rule(always_right, "lda")],
        step=lambda fraction, text: seen.append(fraction),
    )
    assert seen == sorted(seen) and seen[0] >= 0 and seen[-1] <= 1


def test_one_class_is_refused() -> None:
    with pytest.raises(DataSetError, match="at least two classes"):
        validate(Rule(always_right), DataSet((sample("a", ("x",)), sample("b", ("x",)))), QUICK)


def test_unlabelled_patches_come_before_labelled_places() -> None:
    report = validate(Rule(always_right), planted_regions(LABELS).data_set, QUICK)
    labelled = [place.labelled for place in report.places]
    assert labelled == [False] * 5 + [True] * 5
    assert all(not math.isnan(place.doubt) for place in report.places)
    assert np.ptp([place.rows[1] - place.rows[0] for place in report.places[:5]]) == 0
