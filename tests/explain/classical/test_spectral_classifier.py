"""Baselines on mean spectra: find a planted difference, by what the training part has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from data_set_cases import sample
from validation_cases import SHAPE, cube, planted, planted_regions

from focus_viewer.core.datasets.classifier import Classifier
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.datasets.example_spectra import ExampleSpectra
from focus_viewer.core.errors import FocusError
from focus_viewer.core.validation.cross_validation import cross_validate, plan_folds
from focus_viewer.core.validation.run import Validation, validate
from focus_viewer.explain.classical import estimators
from focus_viewer.explain.classical.estimators import fit_lda
from focus_viewer.explain.classical.spectral_classifier import (
    BASELINES,
    SpectralClassifier,
    spectral_baselines,
)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimators, "_TREES", 30)


LABELS = ["healthy", "rust", "mildew"] * 6


@pytest.mark.parametrize("place", range(3), ids=list(BASELINES))
def test_a_planted_difference_is_found_and_a_missing_one_is_not(place: int) -> None:
    scores = []
    for difference in (1.0, 0.0):
        made = planted(LABELS, difference)
        classifier = spectral_baselines(ExampleSpectra(made.open))[place]
        scores.append(cross_validate(classifier, plan_folds(made.data_set)).balanced_accuracy)
    assert scores[0].mean > 0.85
    assert scores[1].low <= 1 / 3 + 0.1
    assert scores[1].mean < 0.65


@pytest.mark.parametrize("name", BASELINES)
def test_the_same_seed_gives_the_same_probabilities_whatever_the_file_order(name: str) -> None:
    made = planted(LABELS, 0.1)
    examples = made.data_set.examples
    found = []
    for _ in range(2):
        classifier = SpectralClassifier(name, BASELINES[name], ExampleSpectra(made.open))
        taught = classifier.taught(examples[:12], made.data_set.classes, 3)
        found.append(taught.probabilities(examples[12:]))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_allclose(found[0].sum(axis=1), 1)


@pytest.mark.parametrize("name", BASELINES)
def test_a_class_may_have_one_example(name: str) -> None:
    made = planted(["a", "b", "c"], noise=0.02)
    classifier: Classifier = SpectralClassifier(name, BASELINES[name], ExampleSpectra(made.open))
    examples = made.data_set.examples
    shares = classifier.taught(examples, ("a", "b", "c"), 0).probabilities(examples)
    assert shares.shape == (3, 3)
    if name != "random-forest":  # whose trees see two of three examples
        assert shares.argmax(axis=1).tolist() == [0, 1, 2]


def test_brightness_can_be_taken_off() -> None:
    made = planted(["a", "b"] * 8, 0.2, noise=0.02)
    light = np.random.default_rng(0).uniform(0.2, 3, len(made.cubes))
    for factor, (key, own) in zip(light, made.cubes.items(), strict=True):
        made.cubes[key] = cube(own.block(slice(None), slice(None)) * factor)
    plan = plan_folds(made.data_set)
    scores = [
        cross_validate(
            SpectralClassifier("lda", fit_lda, ExampleSpectra(made.open), brightness_free=free),
            plan,
        ).balanced_accuracy.mean
        for free in (False, True)
    ]
    assert scores[1] == 1 > scores[0]


def test_bands_without_data_are_left_out_and_missing_ones_are_the_mean() -> None:
    made = planted(LABELS)
    values = {key: own.block(slice(None), slice(None)) for key, own in made.cubes.items()}
    for block in values.values():
        block[..., 6] = np.nan
    values["c0"][..., 1] = np.nan
    made.cubes = {key: cube(block) for key, block in values.items()}
    classifier = SpectralClassifier("lda", fit_lda, ExampleSpectra(made.open))
    taught = classifier.taught(made.data_set.examples[1:], made.data_set.classes, 0)
    assert taught.scale.bands.tolist() == [True] * 6 + [False, True]
    assert np.isfinite(taught.probabilities(made.data_set.examples)).all()


def test_no_band_at_all_is_an_error() -> None:
    made = planted(["a", "b"] * 3)
    made.cubes["c0"] = cube(np.full(SHAPE, np.nan))
    classifier = SpectralClassifier("lda", fit_lda, ExampleSpectra(made.open))
    with pytest.raises(DataSetError, match="No band has data in all examples"):
        classifier.taught(made.data_set.examples, ("a", "b"), 0)


def test_several_classes_at_once_are_each_taught_against_the_rest() -> None:
    made = planted_regions(["a", "b"] * 9)
    values = made.cubes["scene"].block(slice(None), slice(None))
    regions = list(made.data_set.samples[0].regions)
    for number in range(0, 18, 3):  # the other class holds as well
        own = regions[number]
        crop = own.outline.crop(SHAPE[:2])
        assert crop is not None
        values[crop.rows, crop.cols, 1 if own.classes == ("a",) else 0] += 1
        regions[number] = replace(own, classes=("a", "b"))
    made.cubes["scene"] = cube(values)
    data_set = DataSet((sample("scene", regions=regions),))
    plan = plan_folds(data_set)
    for classifier in spectral_baselines(ExampleSpectra(made.open), plan.several):
        assert cross_validate(classifier, plan).balanced_accuracy.mean > 0.8


def test_components_are_chosen_by_leaving_out_units_of_the_training_part() -> None:
    """Two directions are needed: one component cannot tell three classes apart."""
    random = np.random.default_rng(0)
    classes = np.repeat(np.arange(3), 8)
    spectra = random.normal(size=(24, 30))
    spectra[:, :3] += 6 * np.eye(3)[classes]
    chosen = estimators._components(spectra, classes, np.arange(24), 20, 0)
    assert 2 <= chosen <= 6


def test_without_scikit_learn_the_report_says_that_baselines_were_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(estimators, "import_module", missing)
    made = planted(["a", "b"] * 5)
    spectra = ExampleSpectra(made.open)
    baselines = spectral_baselines(spectra)
    with pytest.raises(FocusError, match=r'pip install "focus-viewer\[fit\]"'):
        baselines[0].taught(made.data_set.examples, ("a", "b"), 0)

    class Own(SpectralClassifier):
        def taught(self, *args: Any) -> Any:
            monkeypatch.undo()
            try:
                return super().taught(*args)
            finally:
                monkeypatch.setattr(estimators, "import_module", missing)

    quick = Validation(shuffles=0, draws=0, patches=0)
    report = validate(Own("ViT", fit_lda, spectra), made.data_set, quick, baselines)
    assert [rival.score for rival in report.rivals] == [None] * 3
    assert (
        sum("Not run: LDA, PLS-DA, random forest. The package" in w for w in report.warnings) == 1
    )


def test_regions_are_the_units_of_one_cube() -> None:
    made = planted_regions(["a", "b"] * 6)
    outcome = cross_validate(
        SpectralClassifier("pls-da", BASELINES["pls-da"], ExampleSpectra(made.open)),
        plan_folds(made.data_set),
    )
    assert outcome.balanced_accuracy.mean == 1
