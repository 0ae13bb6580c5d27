"""Attachment end to end: a ViT trained elsewhere, explained as it decides, beside brute force."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from vit_cases import (
    CLASSES,
    SIDE,
    Trained,
    facts_of,
    pixels_of,
    specim_nm,
    spotted,
    train_vit,
    unlabelled,
)

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import IncompatibleCube, ModelError
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.explain.attaching.attach import Attached, Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan
from focus_viewer.explain.inference.attached_applicability import CURVE
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import load_model, save_model

QUICK = AttachPlan(groups=10, windows=2, pairs=1, epochs=1, held_out=1, evaluations=10)


class Made(NamedTuple):
    """An attached model on disk, hardly trained, and the ViT that it is of."""

    folder: Path
    trained: Trained
    attached: Attached


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A ViT with a class token."""
    folder = tmp_path_factory.mktemp("attached")
    trained = train_vit(cubes=8, epochs=2)
    torch.save(trained.vit.state_dict(), folder / "vit.pth")
    order = Order(folder / "vit.pth", facts_of(trained), unlabelled(3), QUICK, "mine", "command")
    attached = attach(order, silent)
    card = save_model(folder / "mine", attached.model, attached.card, attached.recipe)
    return Made(folder / "mine", trained, attached._replace(card=card))


def explained(made: Made, cube: Cube, within: Within | None = None) -> Explanation:
    return Explainer().explain(ExplainRequest(0, cube, str(made.folder), "cpu", within), silent)


def own_logits(made: Made, cube: Cube) -> torch.Tensor:
    """Return what the ViT itself says of a cube of its size."""
    mean, std = (each[:, None, None] for each in (made.trained.mean, made.trained.std))
    logits: torch.Tensor = made.trained.vit(torch.from_numpy((pixels_of(cube) - mean) / std)[None])
    return logits[0]


@pytest.mark.parametrize("pool", ["avg", "token"])
def test_curves_agree_with_brute_force_on_held_out_cubes(tmp_path: Path, pool: str) -> None:
    trained = train_vit(global_pool=pool)
    before = {name: each.clone() for name, each in trained.vit.state_dict().items()}
    torch.save(before, tmp_path / "vit.pth")
    plan = AttachPlan(groups=10, windows=64, pairs=3, epochs=16, held_out=4, evaluations=400)
    facts = facts_of(trained, global_pool=pool)
    found = attach(Order(tmp_path / "vit.pth", facts, unlabelled(20), plan, "mine"), silent)
    assert found.faithfulness.curve >= 0.8
    assert found.faithfulness.cells >= 0.7
    assert found.card.measured[CURVE] == round(found.faithfulness.curve, 3)
    assert found.card.attached["held_out"] == "cubes"
    frozen = found.model.adapter.frozen.state_dict()
    assert frozen.keys() == before.keys()
    assert all(torch.equal(frozen[name], before[name]) for name in before)


def test_a_window_is_decided_as_the_vit_decides_and_sums_to_its_logit(made: Made) -> None:
    cube = spotted("rust", 1)
    found = explained(made, cube)
    assert np.allclose(found.logits, own_logits(made, cube), atol=1e-4)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert np.allclose(total, found.logits, atol=0.01)
    assert found.classes == CLASSES
    assert found.evidence.shape == (3, 4, 4, 10)
    assert np.allclose(found.attention.sum((1, 2, 3)) + found.sink, 1, atol=1e-4)
    assert found.applicability.reasons[0].code == "spectra"


def test_a_larger_image_is_the_mean_of_its_windows(made: Made) -> None:
    cube = spotted("dry", 2, side=28)
    values = cube.block(slice(None), slice(None))
    parts = [
        replace(cube, source=ArraySource(values[row : row + SIDE, col : col + SIDE]))
        for row in (0, 12)
        for col in (0, 12)
    ]
    found = explained(made, cube)
    expected = torch.stack([own_logits(made, part) for part in parts]).mean(0)
    assert np.allclose(found.logits, expected, atol=1e-4)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert np.allclose(total, found.logits, atol=0.01)
    assert found.evidence.shape[1:3] == (7, 7)
    assert any("4 windows" in note for note in found.notes)


def test_a_smaller_image_is_mirrored_and_still_sums(made: Made) -> None:
    cube = spotted("rust", 3, side=10)
    found = explained(made, cube)
    assert found.evidence.shape[1:3] == (3, 3)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert np.allclose(total, found.logits, atol=0.01)


def test_nothing_lies_where_there_is_no_data_or_outside_the_region(made: Made) -> None:
    cube = spotted("rust", 4)
    inside = np.zeros((SIDE, SIDE), dtype=np.bool_)
    inside[:, :8] = True
    region = Within("left half", slice(0, SIDE), slice(0, SIDE), inside)
    asked = explained(made, cube, region)
    values = np.where(inside[..., None], cube.block(slice(None), slice(None)), np.nan)
    without = explained(made, replace(cube, source=ArraySource(values)))
    assert np.allclose(asked.logits, without.logits, atol=1e-5)
    for found in (asked, without):
        assert not found.evidence[:, :, 2:].any()
        assert found.evidence[:, :, :2].any()
        assert not found.met[:, 8:].any()
    assert asked.within == "left half"
    nothing = replace(cube, source=ArraySource(np.full_like(values, np.nan)))
    with pytest.raises(IncompatibleCube, match="data"):
        explained(made, nothing)


def test_another_camera_is_read_by_wavelength_and_what_it_lacks_has_no_evidence(
    made: Made,
) -> None:
    own = made.attached.model.groups.edges_nm
    short = spotted("rust", 5, axis_nm=np.arange(400.0, 860.0, 5.0))
    found = explained(made, short)
    assert len(found.edges_nm) < len(own)
    assert found.edges_nm[-1, 1] < 900
    assert found.applicability.verdict != "applies"
    assert any("missing" in note for note in found.notes)
    same = explained(made, spotted("rust", 5, axis_nm=np.arange(395.0, 1010.0, 3.0)))
    assert len(same.edges_nm) == len(own)
    assert same.applicability.reasons[2].verdict == "applies"
    with pytest.raises(IncompatibleCube, match="at least half"):
        explained(made, spotted("rust", 5, axis_nm=np.arange(900.0, 1700.0, 5.0)))


def test_spectra_unlike_those_it_was_attached_with_are_said_so(made: Made) -> None:
    cube = spotted("rust", 6)
    assert explained(made, cube).applicability.reasons[0].verdict == "applies"
    noise = np.random.default_rng(0).random((SIDE, SIDE, 204), dtype=np.float32)
    strange = replace(cube, source=ArraySource(noise), units="counts")
    found = explained(made, strange).applicability
    assert found.verdict == "does not apply"
    assert {reason.code for reason in found.against} >= {"spectra", "units"}
    request = ExplainRequest(0, strange, str(made.folder), "cpu")
    assert Explainer().judge(request, silent).verdict == "does not apply"


def test_the_folder_is_weights_and_a_card_and_gives_the_same_again(made: Made) -> None:
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "card.json",
        "weights.safetensors",
    ]
    card = json.loads((made.folder / "card.json").read_text())
    assert card["recipe"]["adapter"] == "timm"
    assert card["attached"]["checkpoint"] == "vit.pth"
    loaded = Explainer().load(str(made.folder))
    images = torch.randn(2, 204, SIDE, SIDE)
    for mine, theirs in zip(made.attached.model(images), loaded.model(images), strict=True):
        assert torch.equal(mine, theirs)


def test_what_does_not_apply_to_it_is_refused_in_a_sentence(made: Made) -> None:
    with pytest.raises(ModelError, match="attached model"):
        load_model(made.folder)
    with pytest.raises(ModelError, match="brute force"):
        Explainer().copy_of(str(made.folder), silent)


def test_bands_without_wavelengths_are_noted(made: Made) -> None:
    cube = spotted("rust", 9)
    said = "bands were taken for the model's, in order"
    assert not any(said in note for note in explained(made, cube).notes)
    assert any(said in note for note in explained(made, replace(cube, wavelengths_nm=None)).notes)


def test_cubes_that_lack_bands_leave_no_zeros_in_what_is_usual(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save(made.trained.vit.state_dict(), path)
    short = specim_nm()[:150]
    openers = [*unlabelled(2), *(partial(spotted, "rust", n, SIDE, short) for n in range(2))]
    order = Order(path, facts_of(made.trained), openers, QUICK, "mine")
    order = order._replace(facts=replace(order.facts, bands_nm=tuple(specim_nm())))
    spectra = attach(order, silent).model.spectra
    assert spectra.min() > 0.01


def test_facts_that_do_not_fit_are_refused(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save(made.trained.vit.state_dict(), path)
    facts = facts_of(made.trained)
    wrong = {
        "--classes": replace(facts, classes=("a", "b")),
        "--mean": replace(facts, mean=(1.0, 2.0)),
        "--std": replace(facts, std=(0.0,)),
        "--mean: expected finite": replace(facts, mean=(float("nan"),)),
        "--std: expected numbers above 0, found nan": replace(facts, std=(float("nan"),)),
        "--factor": replace(facts, scale=0.0),
        "--bands-nm": replace(facts, bands_nm=(500.0, 600.0)),
        "does not fit": replace(facts, options={**facts.options, "depth": 3}),
        "could not build": replace(facts, architecture="no_such_vit"),
    }
    for text, each in wrong.items():
        with pytest.raises(ModelError, match=text):
            attach(Order(path, each, unlabelled(2), QUICK, "mine"), silent)


def test_wrong_class_names_are_refused_before_the_work(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save(made.trained.vit.state_dict(), path)
    facts = replace(facts_of(made.trained), classes=("healthy", "rust"))
    steps: list[str] = []
    with pytest.raises(ModelError, match=r"each of the model's 3 outputs.* found healthy, rust"):
        attach(Order(path, facts, unlabelled(2), QUICK, "mine"), lambda _, text: steps.append(text))
    assert steps == ["loading the frozen model"]


def test_of_a_single_cube_a_part_is_held_out(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save(made.trained.vit.state_dict(), path)
    for side, how in ((44, "windows"), (20, "nothing")):
        order = Order(path, facts_of(made.trained), unlabelled(1, side), QUICK, "mine")
        assert attach(order, silent).card.attached["held_out"] == how


def test_the_card_says_if_values_are_met_as_they_are(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save(made.trained.vit.state_dict(), path)
    facts = replace(facts_of(made.trained), mean=(0.0,), std=(1.0,))
    card = attach(Order(path, facts, unlabelled(1), QUICK, "mine"), silent).card
    assert "no mean and std were stated" in card.warning
    assert "no mean and std were stated" not in made.attached.card.warning
