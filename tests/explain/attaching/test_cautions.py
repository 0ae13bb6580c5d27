"""Cautions on the card: what would be wrong without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from vit_cases import facts_of, spotted, unlabelled, untrained_vit

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import ModelError
from focus_viewer.core.progress import silent
from focus_viewer.explain.attaching.attach import Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan

QUICK = AttachPlan(groups=6, windows=3, pairs=1, epochs=1, held_out=1, evaluations=10)


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Order:
    trained = untrained_vit()
    path = tmp_path_factory.mktemp("vit") / "vit.pth"
    torch.save(trained.vit.state_dict(), path)
    return Order(path, facts_of(trained), unlabelled(3), QUICK, "mine")


def scaled(factor: float, units: str = "reflectance", number: int = 0) -> Cube:
    cube = spotted("rust", number)
    values = cube.block(slice(None), slice(None)) * np.float32(factor)
    return replace(cube, source=ArraySource(values), units=units)


def warning_of(order: Order, *cubes: Callable[[], Cube]) -> str:
    return attach(order._replace(cubes=cubes or order.cubes), silent).card.warning


def test_values_on_another_scale_than_its_normalisation_are_said(order: Order) -> None:
    said = "check --mean, --std and --factor"
    assert "normalised, the cubes' values" not in warning_of(order)
    for factor in (1e4, 1e-2):
        cubes = [partial(scaled, factor, number=n) for n in range(3)]
        found = warning_of(order, *cubes)
        assert "normalised, the cubes' values" in found
        assert said in found
        mended = order._replace(facts=replace(order.facts, scale=1 / factor))
        assert "normalised, the cubes' values" not in warning_of(mended, *cubes)


def test_one_decision_for_every_window_is_said(order: Order) -> None:
    bias = torch.zeros(3)
    state = torch.load(order.checkpoint)
    for size, expected in ((100.0, True), (0.0, False)):
        bias[1] = size
        state["head.bias"] = bias
        state["head.weight"] *= 50  # decisions of all kinds
        path = order.checkpoint.with_name(f"{size:g}.pth")
        torch.save(state, path)
        card = attach(order._replace(checkpoint=path), silent).card
        assert sum(card.attached["decided"].values()) == card.attached["windows"]
        one_class = max(card.attached["decided"].values()) == card.attached["windows"]
        assert ("in every window" in card.warning) == one_class
        assert one_class or not expected


@pytest.mark.parametrize(("level", "found"), [(-100.0, "none of its classes"), (100.0, "rust")])
def test_of_several_classes_those_are_counted_that_hold(
    order: Order, level: float, found: str
) -> None:
    state = torch.load(order.checkpoint)
    state["head.bias"] = torch.tensor([-100.0, level, -100.0])
    path = order.checkpoint.with_name(f"several {level:g}.pth")
    torch.save(state, path)
    several = order._replace(checkpoint=path, facts=replace(order.facts, several=True))
    card = attach(several, silent).card
    windows = card.attached["windows"]
    assert list(card.attached["decided"].values()) == [0, windows if level > 0 else 0, 0]
    assert f"it finds {found} in every window" in card.warning


def test_cubes_of_two_units_are_said(order: Order) -> None:
    others = [partial(scaled, 1, "counts", number) for number in range(2)]
    assert "counts and reflectance" in warning_of(order, *unlabelled(2), *others)
    assert "reflectance" not in warning_of(order)


def test_figures_of_what_was_trained_with_are_said(order: Order) -> None:
    assert "nothing could be held out" in warning_of(order, *unlabelled(1))
    assert "nothing could be held out" not in warning_of(order)


def test_logits_that_are_no_numbers_are_refused(order: Order) -> None:
    state = torch.load(order.checkpoint)
    state["head.weight"].fill_(3e38)
    path = order.checkpoint.with_name("huge.pth")
    torch.save(state, path)
    with pytest.raises(ModelError, match="finite logits"):
        attach(order._replace(checkpoint=path), silent)


@pytest.mark.parametrize(
    ("bands_nm", "reason"),
    [
        (np.linspace(0.4, 1.0, 204), "may be in µm"),
        (np.r_[np.linspace(400, 1000, 203), 400], "400 nm more than once"),
        (np.r_[np.linspace(400, 1000, 203), np.nan], "found nan"),
    ],
)
def test_wavelengths_that_cannot_be_are_refused(
    order: Order, bands_nm: np.ndarray, reason: str
) -> None:
    facts = replace(order.facts, bands_nm=tuple(bands_nm))
    with pytest.raises(ModelError, match=reason):
        attach(order._replace(facts=facts), silent)
