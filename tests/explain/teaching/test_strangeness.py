"""Verdict on what a model was taught, where one of the cubes is unlike the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from teaching_cases import QUICK, Cubes, cube_with

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.explain.teaching.teach import TaughtModel, prepare, teach

KINDS = ("rust", "healthy") * 5
PATTERN = 0.25 * (-1.0) ** np.arange(58)


def noisy(cube: Cube, share: float, seed: int = 0) -> Cube:
    """Return a cube whose bands differ by turns: no other one does."""
    values = cube.block(slice(None), slice(None)) * (1 + share * PATTERN)
    return replace(cube, source=ArraySource(values.astype(np.float32)))


@pytest.fixture(scope="module")
def leaves() -> list[Cube]:
    found = [cube_with(("",), seed, everywhere=kind) for seed, kind in enumerate(KINDS)]
    return [noisy(found[0], 1.0), *found[1:]]


@pytest.fixture(scope="module")
def made(leaves: list[Cube]) -> TaughtModel:
    cubes = Cubes()
    samples = tuple(
        cubes.sample(f"leaf {place}", cube, classes=(kind,))
        for place, (cube, kind) in enumerate(zip(leaves, KINDS, strict=True))
    )
    prepared = prepare(DataSet(samples, name="leaves"), cubes.open, QUICK, silent)
    return teach(prepared, "rusty", "focus-viewer fit", silent)


def test_a_cube_that_was_taught_is_not_strange(
    made: TaughtModel, leaves: list[Cube], tmp_path: Path
) -> None:
    save_model(tmp_path, made.model, made.card, made.recipe)
    strangest = made.card.teaching["strangest"]
    print("STRANGEST", strangest)

    def reason(cube: Cube) -> str:
        judged = Explainer().judge(ExplainRequest(0, cube, str(tmp_path), "cpu"), silent)
        (found,) = [each for each in judged.reasons if each.name == "spectra"]
        print(found.value)
        return found.verdict

    assert strangest > 1
    assert [reason(cube) for cube in leaves] == ["applies"] * len(leaves)
    assert reason(noisy(cube_with(("",), 99), 2.0)) != "applies"
