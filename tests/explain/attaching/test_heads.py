"""Heads of one output and of several classes at once, and the device that a model is taken to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from vit_cases import SIDE, Trained, facts_of, pixels_of, spotted, unlabelled, untrained_vit

from focus_viewer.core.errors import ModelError
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.attaching.attach import Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts
from focus_viewer.explain.attaching.windows import WindowGame, fold
from focus_viewer.explain.inference.attached_applicability import CURVE
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model

QUICK = AttachPlan(groups=6, windows=3, pairs=1, epochs=1, held_out=1, evaluations=10)


def attached(trained: Trained, facts: FrozenModelFacts, folder: Path) -> Explanation:
    """Attach a ViT and explain a cube."""
    torch.save(trained.vit.state_dict(), folder / "vit.pth")
    made = attach(Order(folder / "vit.pth", facts, unlabelled(3), QUICK, "mine"), silent)
    save_model(folder / "mine", made.model, made.card, made.recipe)
    request = ExplainRequest(0, spotted("rust", 1), str(folder / "mine"), "cpu")
    return Explainer().explain(request, silent)


def own_logits(trained: Trained) -> torch.Tensor:
    mean, std = (each[:, None, None] for each in (trained.mean, trained.std))
    image = torch.from_numpy((pixels_of(spotted("rust", 1)) - mean) / std)
    logits: torch.Tensor = trained.vit(image[None])[0]
    return logits


@pytest.mark.parametrize(
    ("given", "names"),
    [((), ("not class 1", "class 1")), (("ill",), ("not ill", "ill")), (("a", "b"), ("a", "b"))],
)
def test_a_head_of_one_output_decides_between_two_classes(
    given: tuple[str, ...], names: tuple[str, str], tmp_path: Path
) -> None:
    trained = untrained_vit(num_classes=1)
    facts = replace(facts_of(trained, num_classes=1), classes=given)
    found = attached(trained, facts, tmp_path)
    own = own_logits(trained)
    assert found.classes == names
    assert np.allclose(found.logits, [0, float(own)], atol=1e-5)
    assert np.allclose(found.probabilities[1], float(own.sigmoid()), atol=1e-5)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert np.allclose(total, found.logits, atol=1e-4)


def test_of_one_output_there_are_not_three_classes_nor_several_at_once(tmp_path: Path) -> None:
    trained = untrained_vit(num_classes=1)
    with pytest.raises(ModelError, match="--classes"):
        attached(trained, replace(facts_of(trained), classes=("a", "b", "c")), tmp_path)
    with pytest.raises(ModelError, match="--several"):
        attached(trained, replace(facts_of(trained), classes=(), several=True), tmp_path)


def test_several_classes_at_once_have_a_logistic_function_each(tmp_path: Path) -> None:
    trained = untrained_vit()
    found = attached(trained, replace(facts_of(trained), several=True), tmp_path)
    assert found.card.several
    expected = own_logits(trained).sigmoid().numpy()
    assert np.allclose(found.probabilities, expected, atol=1e-5)
    assert np.array_equal(found.saliency, found.evidence)  # each stands for itself


def test_games_of_several_classes_are_the_logits_themselves(tmp_path: Path) -> None:
    trained = untrained_vit()
    torch.save(trained.vit.state_dict(), tmp_path / "vit.pth")
    everything = np.ones((1, 1, 1, 1), dtype=np.bool_)
    for several in (True, False):
        facts = replace(facts_of(trained), several=several)
        order = Order(tmp_path / "vit.pth", facts, unlabelled(2), QUICK, "mine")
        model = attach(order, silent).model
        image = model.normalised(torch.from_numpy(pixels_of(spotted("rust", 1))))
        with torch.inference_mode():
            value = WindowGame(model, model.adapter.parts(image[None].float())).values(everything)
        own = own_logits(trained)
        assert np.allclose(value[0], own if several else own - own.mean(), atol=1e-4)


def test_a_model_is_taken_apart_where_it_is(tmp_path: Path) -> None:
    trained = untrained_vit()
    torch.save(trained.vit.state_dict(), tmp_path / "vit.pth")
    order = Order(tmp_path / "vit.pth", facts_of(trained), unlabelled(2), QUICK, "mine")
    model = attach(order, silent).model.to("meta")
    parts = model.adapter.parts(torch.empty(1, 204, SIDE, SIDE, device="meta"))
    taken = model.take_apart(parts, model.adapter.decide(parts), model.usual(parts))
    found = [*taken, fold(taken.evidence, model.adapter)]
    assert {each.device.type for each in found} == {"meta"}


def test_the_device_is_the_one_that_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = untrained_vit()
    torch.save(trained.vit.state_dict(), tmp_path / "vit.pth")
    order = Order(tmp_path / "vit.pth", facts_of(trained), unlabelled(2), QUICK, "mine")
    elsewhere = order._replace(plan=replace(QUICK, device="cuda:7"))
    with pytest.raises(ModelError, match="'cuda:7' is not available"):
        attach(elsewhere, silent)
    name = "focus_viewer.explain.attaching.attach"
    monkeypatch.setattr(f"{name}.find_device", torch.device)
    met: list[torch.device] = []

    def play(model: torch.nn.Module, *_: object) -> None:
        met.extend({each.device for each in model.state_dict().values()})
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(f"{name}._write_anchors", lambda *_: {})
    monkeypatch.setattr(f"{name}.play_windows", play)
    with pytest.raises(ModelError, match="meta ran out of memory"):
        attach(order._replace(plan=replace(QUICK, device="meta")), silent)
    assert met == [torch.device("meta")]


def test_a_model_of_one_group_has_places_and_no_agreement_of_curves(tmp_path: Path) -> None:
    trained = untrained_vit()
    torch.save(trained.vit.state_dict(), tmp_path / "vit.pth")
    plan = replace(QUICK, groups=1)
    made = attach(
        Order(tmp_path / "vit.pth", facts_of(trained), unlabelled(3), plan, "mine"), silent
    )
    assert CURVE not in made.card.measured
    save_model(tmp_path / "mine", made.model, made.card, made.recipe)
    request = ExplainRequest(0, spotted("rust", 1), str(tmp_path / "mine"), "cpu")
    found = Explainer().explain(request, silent)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert found.evidence.shape[-1] == 1
    assert np.allclose(total, found.logits, atol=1e-4)
