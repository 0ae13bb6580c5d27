"""Teaching a frozen backbone, from labelled squares to a model folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from teaching_cases import DIP_NM, QUICK, Cubes, cube_with, squares, two_leaves

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.data_set import DataSet, DataSetError, LabelledRegion, Sample
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.core.saliency.trust import TrustRequest
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.core.validation.run import Validation, validate
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import load_model, save_model
from focus_viewer.explain.teaching.evaluation import evaluate
from focus_viewer.explain.teaching.teach import Prepared, TaughtModel, prepare, teach
from focus_viewer.explain.trust.run import Trials


@pytest.fixture(scope="module")
def cubes() -> Cubes:
    return Cubes()


@pytest.fixture(scope="module")
def prepared(cubes: Cubes) -> Prepared:
    return prepare(two_leaves(cubes), cubes.open, QUICK, silent)


@pytest.fixture(scope="module")
def made(prepared: Prepared) -> TaughtModel:
    return teach(prepared, "rusty", "focus-viewer fit", silent)


@pytest.fixture(scope="module")
def folder(made: TaughtModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "rusty"
    save_model(folder, made.model, made.card, made.recipe)
    return folder


def explained(folder: Path, classes: tuple[str, ...], seed: int, place: int | None) -> Explanation:
    """Explain a cube of such squares, or one square of it."""
    within = None
    if place is not None:
        crop = squares(classes)[place].outline.crop((28, 4 + 16 * len(classes)))
        assert crop is not None
        within = Within("square", crop.rows, crop.cols, crop.inside)
    request = ExplainRequest(0, cube_with(classes, seed), str(folder), "cpu", within)
    return Explainer().explain(request, silent)


@pytest.mark.parametrize(("place", "name"), [(0, "healthy"), (1, "rust"), (2, "healthy")])
def test_a_class_of_three_squares_is_found_in_another_cube(
    folder: Path, place: int, name: str
) -> None:
    found = explained(folder, ("healthy", "rust", "healthy"), 7, place)
    assert found.predicted == name
    assert found.applicability.verdict != "does not apply"


@pytest.mark.parametrize("place", [None, 1])
def test_evidence_sums_to_the_logit(folder: Path, place: int | None) -> None:
    found = explained(folder, ("healthy", "rust"), 5, place)
    parts = found.baseline + found.evidence.sum(axis=(1, 2, 3)) + found.unattributed
    np.testing.assert_allclose(parts, found.logits, atol=1e-3)


def test_a_region_is_decided_in_an_explanation_as_in_an_evaluation(
    folder: Path, cubes: Cubes
) -> None:
    classes = ("healthy", "rust")
    data = DataSet((cubes.sample("fifth", cube_with(classes, 5), regions=squares(classes)),))
    found = evaluate(folder, data, cubes.open, silent)
    assert (found.probabilities.argmax(axis=1) == found.labels.argmax(axis=1)).all()
    shown = [explained(folder, classes, 5, place).probabilities for place in (0, 1)]
    np.testing.assert_allclose(found.probabilities, shown, atol=1e-4)


def test_the_model_is_judged_by_what_it_was_taught(folder: Path) -> None:
    near = explained(folder, ("healthy", "rust"), 9, None)
    assert near.suitability.verdict == "applies", near.suitability.sentence
    cube = cube_with(("healthy",), 3)
    values = cube.block(slice(None), slice(None))[..., ::-1].copy()
    foreign = replace(cube, source=type(cube.source)(values))
    far = Explainer().explain(ExplainRequest(0, foreign, str(folder), "cpu"), silent)
    assert far.suitability.verdict == "does not apply"


def test_another_camera_is_matched_by_wavelength(folder: Path, cubes: Cubes) -> None:
    axis = np.arange(450.0, 900.0, 7.0)
    classes = ("rust", "healthy")
    cube = cube_with(classes, 8, axis)
    data = DataSet((cubes.sample("other camera", cube, regions=squares(classes)),))
    found = evaluate(folder, data, cubes.open, silent)
    assert (found.probabilities.argmax(axis=1) == found.labels.argmax(axis=1)).all()


def test_groups_that_were_not_taught_are_not_read(folder: Path) -> None:
    wide = cube_with(("rust", "healthy"), 4, np.arange(420.0, 1700.0, 10.0))
    found = Explainer().explain(ExplainRequest(0, wide, str(folder), "cpu"), silent)
    assert found.edges_nm.max() <= 1000
    assert any("not taught" in note for note in found.notes)
    with pytest.raises(IncompatibleCube, match="taught"):
        far = cube_with(("rust", "healthy"), 4, np.arange(1100.0, 1700.0, 10.0))
        Explainer().explain(ExplainRequest(0, far, str(folder), "cpu"), silent)


def test_the_card_says_what_was_taught(folder: Path, prepared: Prepared) -> None:
    card, model = load_model(folder)
    assert card.classes == ("healthy", "rust")
    assert card.teaching["fingerprint"] == prepared.data_set.fingerprint
    assert card.teaching["examples"] == {"healthy": 3, "rust": 3}
    assert card.teaching["read_nm"] == [[400.0, 1000.0]]
    assert card.measured["training balanced accuracy"] == 1.0
    assert model.taught


def test_the_same_seed_teaches_the_same_model(cubes: Cubes, made: TaughtModel) -> None:
    again = prepare(two_leaves(cubes), cubes.open, QUICK, silent)
    other = teach(again, "rusty", "focus-viewer fit", silent)
    assert made.card == other.card
    for name, values in made.model.state_dict().items():
        torch.testing.assert_close(values, other.model.state_dict()[name], rtol=0, atol=0)


def test_shuffled_labels_are_at_chance(cubes: Cubes) -> None:
    classes = ("rust", "healthy") * 4
    data = DataSet((cubes.sample("long", cube_with(classes), regions=squares(classes)),))
    ready = prepare(data, cubes.open, QUICK, silent)
    report = validate(ready.classifier, data, Validation(4, draws=0, patches=0, shuffles=4))
    assert report.balanced_accuracy.mean == 1.0
    assert report.shuffled is not None
    assert report.shuffled.mean < 0.75


def test_classes_of_whole_cubes_are_taught(cubes: Cubes) -> None:
    samples = tuple(
        cubes.sample(f"{name} {n}", cube_with(("",) * 2, 10 * n + len(name), everywhere=name),
                     classes=(name,))
        for name in ("rust", "healthy") for n in range(3)
    )  # fmt: skip
    ready = prepare(DataSet(samples), cubes.open, QUICK, silent)
    report = validate(ready.classifier, ready.data_set, Validation(3, draws=0, shuffles=0))
    assert report.balanced_accuracy.mean == 1.0


def test_several_classes_may_hold_at_once(cubes: Cubes) -> None:
    classes = ("rust", "healthy") * 3
    regions = tuple(
        replace(region, classes=(*region.classes, "leaf")) if place < 4 else region
        for place, region in enumerate(squares(classes))
    )
    data = DataSet((cubes.sample("both", cube_with(classes), regions=regions),))
    made = teach(prepare(data, cubes.open, QUICK, silent), "both", "", silent)
    assert made.card.several
    found = made.taught.probabilities(data.examples)
    rust = data.classes.index("rust")
    assert ((found[:, rust] > 0.5) == ["rust" in e.classes for e in data.examples]).all()


def test_bands_that_may_not_be_read_are_not_needed(cubes: Cubes) -> None:
    plan = replace(QUICK, bands_nm=((420.0, 600.0), (750.0, 900.0)))
    ready = prepare(two_leaves(cubes), cubes.open, plan, silent)
    edges = ready.card.edges_nm[ready.pixels.groups]
    assert not ((edges[:, 0] < DIP_NM) & (edges[:, 1] > DIP_NM)).any()
    report = validate(ready.classifier, ready.data_set, Validation(3, draws=0, shuffles=0))
    assert report.balanced_accuracy.mean < 1.0  # the dip is where nothing is read


def test_a_region_smaller_than_a_patch_is_the_patch_that_it_is_in(cubes: Cubes) -> None:
    classes = ("rust", "healthy") * 3
    small = squares(classes, side=2)
    data = DataSet((cubes.sample("small", cube_with(classes), regions=small),))
    ready = prepare(data, cubes.open, QUICK, silent)
    assert {len(own) for own in ready.classifier.store.of(data.examples)} == {1}


def test_what_nothing_could_be_held_out_of_is_doubtful(cubes: Cubes, tmp_path: Path) -> None:
    ready = prepare(two_leaves(cubes, ("rust", "healthy")), cubes.open, QUICK, silent)
    made = teach(ready, "tiny", "", silent)
    assert "held-out balanced accuracy" not in made.card.measured
    save_model(tmp_path / "tiny", made.model, made.card, made.recipe)
    cube = cube_with(("rust", "healthy"))
    shown = Explainer().explain(ExplainRequest(0, cube, str(tmp_path / "tiny"), "cpu"), silent)
    assert shown.applicability.verdict == "doubtful"
    (reason,) = shown.applicability.against
    assert "nothing could be held out" in reason.text


def test_one_class_alone_is_refused(cubes: Cubes) -> None:
    with pytest.raises(DataSetError, match="at least two"):
        prepare(two_leaves(cubes, ("rust", "rust")), cubes.open, QUICK, silent)


def test_a_region_without_data_is_refused(cubes: Cubes) -> None:
    classes = ("rust", "healthy")
    cube = cube_with(classes)
    values = cube.block(slice(None), slice(None)).copy()
    values[:, :16] = np.nan
    broken = replace(cube, source=type(cube.source)(values))
    data = DataSet((cubes.sample("empty", broken, regions=squares(classes)),))
    with pytest.raises(DataSetError, match=r"square 0.*data"):
        prepare(data, cubes.open, QUICK, silent)


def test_features_are_read_again_only_if_something_changed(cubes: Cubes, tmp_path: Path) -> None:
    first = prepare(two_leaves(cubes), cubes.open, QUICK, silent, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    opened: list[str] = []

    def count(sample: Sample) -> Cube:
        opened.append(sample.fingerprint)
        return cubes.open(sample)

    again = prepare(two_leaves(cubes), count, QUICK, silent, cache=tmp_path)
    assert len(opened) == 1  # for the statistics
    for example in first.data_set.examples:
        own, other = (each.classifier.store.of([example])[0] for each in (first, again))
        np.testing.assert_array_equal(own, other)
    kept.write_bytes(b"damaged")
    prepare(two_leaves(cubes), count, QUICK, silent, cache=tmp_path)
    assert len(opened) == 3


def test_the_curve_of_the_taught_class_has_its_bands(cubes: Cubes, tmp_path: Path) -> None:
    plan = replace(QUICK, windows=4, pairs=4, epochs=20)
    made = teach(prepare(two_leaves(cubes), cubes.open, plan, silent), "rusty", "", silent)
    save_model(tmp_path, made.model, made.card, made.recipe)
    found = explained(tmp_path, ("healthy", "rust", "healthy"), 7, 1)
    volume = found.volume("rust", "evidence")
    curve = importance_curve(volume)
    near = np.abs(volume.centers_nm - DIP_NM) <= 40
    assert curve[near].mean() > 2 * np.abs(curve[~near]).mean()


def test_a_region_outside_the_image_is_refused(cubes: Cubes) -> None:
    away = LabelledRegion(Rectangle((900, 900), (910, 910)), ("rust",), "away")
    regions = (*squares(("rust", "healthy")), away)
    data = DataSet((cubes.sample("away", cube_with(("rust", "healthy")), regions=regions),))
    with pytest.raises(DataSetError, match="away"):
        prepare(data, cubes.open, QUICK, silent)


@pytest.mark.parametrize("place", [None, 1])
def test_the_trial_of_a_decision_starts_from_its_probability(
    folder: Path, place: int | None
) -> None:
    classes = ("healthy", "rust")
    found = explained(folder, classes, 5, place)
    request = TrustRequest(cube_with(classes, 5), found, "rust", str(folder), "cpu")
    trials = Trials(load_model(folder), request, silent)
    shown = found.probabilities[found.card.class_index("rust")]
    assert trials._game.whole == pytest.approx(shown, abs=0.05)  # windows differ
