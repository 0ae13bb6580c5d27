"""Cubes that cannot be used: passed over with their reason, and how many must be left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from vit_cases import SIDE, facts_of, specim_nm, spotted, unlabelled, untrained_vit

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.core.progress import silent
from focus_viewer.explain.attaching.attach import Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan

QUICK = AttachPlan(groups=6, windows=6, pairs=1, epochs=1, held_out=2, evaluations=10)
Opener = Callable[[], Cube]


def broken(number: int) -> Cube:
    raise CubeError(f"/data/leaf_{number}.hdr: expected 100 bytes, found 7.")


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Order:
    trained = untrained_vit()
    path = tmp_path_factory.mktemp("vit") / "vit.pth"
    torch.save(trained.vit.state_dict(), path)
    return Order(path, facts_of(trained), [], QUICK, "mine", folder="/data/")


def test_a_broken_cube_is_passed_over_and_named(order: Order) -> None:
    far = partial(spotted, "rust", 3, axis_nm=np.arange(1000.0, 1700.0, 5.0))
    cubes = [partial(broken, 1), far, *unlabelled(4)]
    card = attach(order._replace(cubes=cubes), silent).card
    assert card.training_data == "attached without labels, with 4 cubes"
    assert card.attached["held_out"] == "cubes"
    skipped = " ".join(card.attached["skipped"])
    assert "leaf_1.hdr: expected 100 bytes, found 7." in skipped
    assert "/data" not in skipped
    assert "at least half" in skipped
    assert "2 cubes were passed over" in card.warning


@pytest.mark.parametrize("place", range(3))
def test_two_that_are_left_are_enough_to_hold_one_out(order: Order, place: int) -> None:
    cubes: list[Opener] = [partial(broken, n) for n in range(6)]
    for number, opener in enumerate(unlabelled(2)):
        cubes[(place + 2 * number) % 6] = opener
    card = attach(order._replace(cubes=cubes), silent).card
    assert card.attached["held_out"] == "cubes"
    assert card.attached["cubes"] == 1


def test_of_one_that_is_left_a_part_is_held_out(order: Order) -> None:
    cubes = [partial(broken, 0), *unlabelled(1, side=44), partial(broken, 2)]
    card = attach(order._replace(cubes=cubes), silent).card
    assert card.attached["held_out"] == "windows"
    assert len(card.attached["skipped"]) == 2


def test_none_that_is_left_is_an_error_with_the_reasons(order: Order) -> None:
    with pytest.raises(CubeError, match=r"None of the 3 cubes .*leaf_0\.hdr: expected 100 bytes"):
        attach(order._replace(cubes=[partial(broken, n) for n in range(3)]), silent)
    with pytest.raises(CubeError, match="at least half"):
        far = partial(spotted, "rust", 3, axis_nm=np.arange(1000.0, 1700.0, 5.0))
        facts = replace(order.facts, bands_nm=tuple(specim_nm()))
        attach(order._replace(cubes=[far], facts=facts), silent)


def test_windows_do_not_fill_the_memory(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "focus_viewer.explain.attaching.given.cubes"
    a_window = 4 * 204 * SIDE**2
    monkeypatch.setattr(f"{name}._MOST_BYTES", 3.5 * a_window)
    card = attach(order._replace(cubes=unlabelled(4)), silent).card
    assert card.attached["windows"] == 3
