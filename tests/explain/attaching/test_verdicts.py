"""Verdicts and notes of an attached model on cubes that differ from those it was attached with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from vit_cases import SIDE, facts_of, specim_nm, spotted, unlabelled, untrained_vit

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.attaching.attach import Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan
from focus_viewer.explain.inference.attached_applicability import (
    CELLS,
    CELLS_NOISE,
    CURVE,
    CURVE_NOISE,
    _of_agreement,
)
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model

QUICK = AttachPlan(groups=10, windows=4, pairs=1, epochs=1, held_out=1, evaluations=10)


class Made:
    """Attached model on disk."""

    def __init__(self, folder: Path) -> None:
        trained = untrained_vit()
        torch.save(trained.vit.state_dict(), folder / "vit.pth")
        order = Order(folder / "vit.pth", facts_of(trained), unlabelled(4), QUICK, "mine")
        made = attach(order, silent)
        self.card = save_model(folder / "mine", made.model, made.card, made.recipe)
        self.folder = folder / "mine"

    def explained(self, cube: Cube) -> Explanation:
        return Explainer().explain(ExplainRequest(0, cube, str(self.folder), "cpu"), silent)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("verdicts"))


@pytest.mark.parametrize("missing", [slice(60, 68), slice(196, 204)])
def test_a_few_bands_that_are_missing_do_not_make_spectra_strange(
    made: Made, missing: slice
) -> None:
    axis = np.delete(specim_nm(), missing)
    found = made.explained(spotted("rust", 1, axis_nm=axis))
    assert found.suitability.reasons[0].verdict == "applies"
    assert "196 of the model's 204 bands" in found.suitability.reasons[2].text


def test_an_image_smaller_than_a_window_is_said_to_be_mirrored(made: Made) -> None:
    said = "has 10 x 10 pixels, the model decides on 16 x 16: it was mirrored"
    assert any(said in note for note in made.explained(spotted("rust", 3, side=10)).notes)
    notes = made.explained(spotted("rust", 3, side=SIDE)).notes
    assert not any("mirrored" in note for note in notes)


def agreement(card: ModelCard, curve: float, noise: float, held_out: str) -> tuple[str, str]:
    measured = {CURVE: curve, CURVE_NOISE: noise}
    attached = {**card.attached, "held_out": held_out}
    (reason,) = _of_agreement(replace(card, measured=measured, attached=attached))
    return reason.text, reason.verdict


def test_agreement_is_judged_by_what_was_held_out(made: Made) -> None:
    text, verdict = agreement(made.card, 0.9, 0.95, "cubes")
    assert (verdict, "itself" in text) == ("applies", False)
    text, verdict = agreement(made.card, 0.6, 0.95, "cubes")
    assert (verdict, "itself" in text) == ("doubtful", False)
    text, verdict = agreement(made.card, 0.6, 0.5, "cubes")
    assert verdict == "doubtful"
    assert "brute force with itself 0.50" in text
    text, verdict = agreement(made.card, 0.99, 0.99, "nothing")
    assert verdict == "doubtful"
    assert "nothing could be held out" in text


@pytest.mark.parametrize(
    ("cosine", "noise", "verdict"),
    [(0.3, 0.9, "doubtful"), (0.3, 0.4, "doubtful"), (0.6, 0.9, None), (float("nan"), 0.9, None)],
)
def test_maps_that_are_far_from_brute_force_are_doubtful(
    made: Made, cosine: float, noise: float, verdict: str | None
) -> None:
    measured = {CURVE: 0.9, CURVE_NOISE: 0.95, CELLS: cosine, CELLS_NOISE: noise}
    attached = {**made.card.attached, "held_out": "cubes"}
    curve, *maps = _of_agreement(replace(made.card, measured=measured, attached=attached))
    assert curve.verdict == "applies"
    assert [each.verdict for each in maps] == ([] if verdict is None else [verdict])
    assert all(("itself" in each.text) == (noise < 0.5) for each in maps)
