"""A data set of two cameras is taught at the wavelengths that both have, and used on a third."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from teaching_cases import QUICK, Cubes, cube_with, squares

from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.validation.run import Validation, validate
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.explain.teaching.evaluation import evaluate
from focus_viewer.explain.teaching.teach import Prepared, prepare, teach

CLASSES = ("rust", "healthy", "rust", "healthy")
FIRST_NM, SECOND_NM = np.arange(420.0, 900.0, 10.0), np.arange(510.0, 1000.0, 7.0)
THIRD_NM = np.arange(450.0, 950.0, 4.0)


@pytest.fixture(scope="module")
def cubes() -> Cubes:
    return Cubes()


@pytest.fixture(scope="module")
def prepared(cubes: Cubes) -> Prepared:
    axes = {"first": FIRST_NM, "second": SECOND_NM}
    samples = tuple(
        cubes.sample(f"{camera} {n}", cube_with(CLASSES, 10 + n, axis),
                     regions=squares(CLASSES), groups={"camera": camera})
        for camera, axis in axes.items() for n in range(2)
    )  # fmt: skip
    return prepare(DataSet(samples, "two cameras"), cubes.open, QUICK, silent)


def test_what_is_read_is_what_both_cameras_have(prepared: Prepared) -> None:
    edges = prepared.card.edges_nm[prepared.pixels.groups]
    assert (edges.min(), edges.max()) == (500, 900)
    (note,) = prepared.pixels.notes
    assert note == (
        "Not all cubes have 400-500, 900-1000 nm (4 spectral groups): it is not read of any cube."
    )


def test_a_camera_is_predicted_by_what_was_taught_from_the_other(prepared: Prepared) -> None:
    settings = Validation(2, "camera", draws=0, shuffles=0, patches=0)
    report = validate(prepared.classifier, prepared.data_set, settings)
    assert (report.by, report.units) == ("camera", 2)
    assert report.balanced_accuracy.mean == 1.0


def test_it_is_used_on_a_third_camera(prepared: Prepared, cubes: Cubes, tmp_path: Path) -> None:
    made = teach(prepared, "cameras", "", silent)
    save_model(tmp_path / "cameras", made.model, made.card, made.recipe)
    assert made.card.teaching["read_nm"] == [[500.0, 900.0]]
    assert made.card.teaching["notes"] == list(prepared.pixels.notes)
    third = cube_with(CLASSES, 30, THIRD_NM)
    data = DataSet((cubes.sample("third", third, regions=squares(CLASSES)),))
    found = evaluate(tmp_path / "cameras", data, cubes.open, silent)
    assert (found.probabilities.argmax(axis=1) == found.labels.argmax(axis=1)).all()
    request = ExplainRequest(0, third, str(tmp_path / "cameras"), "cpu")
    shown = Explainer().explain(request, silent)
    assert shown.edges_nm.min() >= 500
    assert shown.edges_nm.max() <= 900


def test_what_else_differs_between_cubes_is_noted(cubes: Cubes) -> None:
    samples = tuple(
        cubes.sample(
            f"in {units}", replace(cube_with(CLASSES, 40 + n), units=units),
            regions=squares(CLASSES),
        )
        for n, units in enumerate(("reflectance", "radiance"))
    )  # fmt: skip
    found = prepare(DataSet(samples), cubes.open, QUICK, silent)
    (note,) = found.pixels.notes
    assert "different things: reflectance, radiance" in note


def test_a_group_column_that_is_not_there_is_refused_ahead(
    prepared: Prepared, cubes: Cubes
) -> None:
    plan = replace(QUICK, group="plant")
    with pytest.raises(DataSetError, match=r"'plant', found none. The columns are: camera"):
        prepare(prepared.data_set, cubes.open, plan, silent)
