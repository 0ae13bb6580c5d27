"""Spacing of another camera's bands is not strange; what the spectra are may be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from teaching_cases import AXIS_NM, QUICK, Cubes, cube_with

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.explain.teaching.cameras import draw_shifts, seen_by_other_cameras
from focus_viewer.explain.teaching.teach import prepare, teach

EDGES_NM = np.stack([np.arange(500.0, 800.0, 25.0), np.arange(525.0, 825.0, 25.0)], axis=1)
CLASSES = ("rust", "healthy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was taught from four cubes of each class, at bands 10 nm apart."""
    cubes, folder = Cubes(), tmp_path_factory.mktemp("models") / "rusty"
    samples = tuple(
        cubes.sample(f"{name} {n}", cube_with(("",), 10 * n + len(name), everywhere=name),
                     classes=(name,))
        for name in CLASSES for n in range(4)
    )  # fmt: skip
    made = teach(prepare(DataSet(samples), cubes.open, QUICK, silent), "rusty", "", silent)
    save_model(folder, made.model, made.card, made.recipe)
    return folder


def explained(folder: Path, cube: Cube) -> Explanation:
    return Explainer().explain(ExplainRequest(0, cube, str(folder), "cpu"), silent)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(("first", "spacing"), [(420, 3), (423, 7), (420, 20), (410, 20)])
def test_a_camera_of_another_spacing_applies(
    folder: Path, name: str, first: float, spacing: float
) -> None:
    axis = np.arange(first, 990.0, spacing)
    found = explained(folder, cube_with(("",), 400, axis, everywhere=name))
    assert found.suitability.verdict == "applies", found.suitability.sentence
    assert found.predicted == name


def leaf(edge_nm: float = 715.0, width_nm: float = 12.0) -> DoubleArray:
    return np.asarray(0.08 + 0.4 / (1 + np.exp(-(AXIS_NM - edge_nm) / width_nm)))


def dip(center_nm: float) -> DoubleArray:
    return np.asarray(1 - 0.1 * np.exp(-0.5 * ((AXIS_NM - center_nm) / 25) ** 2))


STRANGE = {
    "rock": 0.2 + 0.15 * (AXIS_NM - 400) / 600,
    "grey card": np.full(AXIS_NM.size, 0.4),
    "other tissue": leaf(735),
    "yellow tissue": 0.2 + 0.3 / (1 + np.exp(-(AXIS_NM - 700) / 15)),
    "a weak band that was not taught": leaf() * dip(550),
    "counts under a lamp": 4000 * leaf() * np.exp(-(((AXIS_NM - 750) / 180) ** 2)),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_was_not_taught_stays_strange(folder: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    noise = 1 + 0.01 * rng.standard_normal((28, 20, AXIS_NM.size))
    values = (STRANGE[name] * noise).astype(np.float32)
    cube = replace(cube_with(("",)), source=ArraySource(values))
    assert explained(folder, cube).suitability.verdict == "does not apply"


def test_bands_are_within_their_group() -> None:
    shifts = draw_shifts(500, EDGES_NM, np.random.default_rng(0))
    assert np.abs(shifts).max() < 12.5
    assert (np.abs(shifts).max(axis=0) > 6).all()


def test_a_spectrum_differs_where_it_is_steep_alone() -> None:
    centers = EDGES_NM.mean(axis=1)
    spectrum = np.where(centers < 650, 0.1, 0.5).astype(np.float32)
    seen = seen_by_other_cameras(np.tile(spectrum, (50, 1)), EDGES_NM, np.random.default_rng(0))
    assert seen.dtype == np.float32
    spread = seen.std(axis=0)
    steep = np.abs(centers - 650) < 25
    assert (spread[steep] > 0.01).all()
    np.testing.assert_allclose(spread[~steep], 0, atol=1e-6)
