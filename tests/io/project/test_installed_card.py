"""A result that is read from a project has the card of the model that is installed now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import ramp, write_envi
from project_states import CARD, state

import focus_viewer as fv
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.explain.model.cards import Recipe, write_card
from focus_viewer.io.project import write_project

RECIPE = Recipe("vit_tiny_patch16_224", tap=1, options={})


def reopened(folder: Path, installed: ModelCard) -> Explanation | None:
    """Save a result with `CARD`, install another one, and open the project again."""
    data = write_envi(folder, ramp((20, 30, 4))).with_suffix(".img")
    model, project = folder / "model", folder / "a.focus.json"
    model.mkdir()
    write_project(project, replace(state(1, data), model=str(model)))
    write_card(model / "card.json", installed, RECIPE)
    return fv.open_project(project).project.cubes[0].explanation


def test_the_installed_card_is_taken(tmp_path: Path) -> None:
    installed = replace(
        CARD, temperatures={"other": 4.0}, warning="never for yield", measured={"accuracy": 0.5}
    )
    found = reopened(tmp_path, installed)
    assert found is not None
    assert found.card == installed
    logits = found.logits.astype(np.float64) / 4.0
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(found.probabilities, expected)


@pytest.mark.parametrize(
    "other",
    [
        {"classes": ("blight", "rust", "healthy")},
        {"group_edges_nm": (400.0, 450.0, 500.0, 600.0, 710.0)},
    ],
)
def test_a_card_that_does_not_fit_the_arrays_is_not(
    tmp_path: Path, other: dict[str, object]
) -> None:
    found = reopened(tmp_path, replace(CARD, warning="another", **other))
    assert found is not None
    assert found.card == CARD
