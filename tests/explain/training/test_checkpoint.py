"""A run on disk: whole or not at all, and nothing but numbers and names in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from focus_viewer.core.errors import FocusError
from focus_viewer.explain.training.checkpoint import Checkpoint, Order, Point
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.optimisation import Optimisation

ORDER = Order("train", "plan")
# Bytes that a pickle may begin with: each ends the reading in its own way.
GARBAGE = [bytes([first]) + b"a3\n\x00\xff.junk" for first in b"0aetbRcNUSX}](qhjG\x80\x85\x93"]
STAGE = Stage("prompts", epochs=3, rate=0.1, least_groups=1, most_groups=2)


def optimisation(layer: torch.nn.Linear) -> Optimisation:
    return Optimisation(STAGE, layer, steps=4, seed=0)


def step(one: Optimisation, layer: torch.nn.Linear) -> None:
    one.step(layer(torch.from_numpy(one.rng.normal(size=(2, 3))).float() + torch.rand(1)).sum())


def test_an_optimisation_goes_on_where_it_was_left(tmp_path: Path) -> None:
    layer = torch.nn.Linear(3, 1)
    first = optimisation(layer)
    for _ in range(3):
        step(first, layer)
    checkpoint = Checkpoint(tmp_path / "run", ORDER)
    checkpoint.save(Point("prompts", 1, layer.state_dict(), first.state(), [{"stage": "x"}]))
    for _ in range(3):
        step(first, layer)

    point = checkpoint.load()
    assert point is not None
    other = torch.nn.Linear(3, 1)
    other.load_state_dict(point.model)
    again = optimisation(other)
    again.restore(point.optimisation)
    for _ in range(3):
        step(again, other)
    assert torch.equal(other.weight, layer.weight)
    assert torch.equal(other.bias, layer.bias)
    assert again.rng.random() == first.rng.random()
    assert (point.stage, point.epoch, point.rows) == ("prompts", 1, [{"stage": "x"}])


def test_a_run_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    settings = "LossWeights(presence=1.0, valve=0.5, location=0.5, anchoring=0.02)"
    entries = {"stage": "prompts", "epoch": 2, "model": {}, "course": {"torch": {}}}
    row = {"stage": "prompts", "epoch": 1, "presence": 0.3, "valve": 0.1, "location": 0.2}
    torch.save({"order": ["train", settings], **entries, "rows": [row]}, tmp_path / "run")
    now = "LossWeights(sink_presence=1.0, noise=0.5, localisation=0.5, gain_l2=0.02)"
    point = Checkpoint(tmp_path / "run", Order("train", now)).load()
    assert point is not None
    assert point.optimisation == {"torch": {}}
    assert list(point.rows[0]) == ["stage", "epoch", "sink_presence", "noise", "localisation"]


def test_there_is_nothing_to_go_on_with_at_first_and_at_last(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "run", ORDER)
    assert checkpoint.load() is None
    checkpoint.remove()
    checkpoint.save(Point("prompts", 1, {}, {}, []))
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_epoch_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = Checkpoint(tmp_path / "run", ORDER)
    checkpoint.save(Point("prompts", 1, {}, {}, []))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(Point("prompts", 2, {}, {}, []))
    point = checkpoint.load()
    assert point is not None
    assert point.epoch == 1


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut short", *GARBAGE])
def test_a_broken_file_is_told_in_a_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(FocusError, match=r"not a run that can be resumed.*--restart") as caught:
        Checkpoint(tmp_path / "run", ORDER).load()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("held", [3, [], {"order": 3}, {"order": []}, torch.zeros(2)])
def test_something_else_is_not_a_run(tmp_path: Path, held: object) -> None:
    torch.save(held, tmp_path / "run")
    with pytest.raises(FocusError, match=r"not a run that can be resumed.*--restart"):
        Checkpoint(tmp_path / "run", ORDER).load()


def test_folders_may_be_given_in_another_way(tmp_path: Path) -> None:
    given = ORDER._replace(given="train --out a/b")
    Checkpoint(tmp_path / "run", given).save(Point("prompts", 1, {}, {}, []))
    assert Checkpoint(tmp_path / "run", ORDER._replace(given="train --out b")).load() is not None
    with pytest.raises(FocusError, match=r"other options: `train --out a/b`"):
        Checkpoint(tmp_path / "run", Order("another", "plan")).load()


def test_other_peoples_files_are_not_run(tmp_path: Path) -> None:
    torch.save({"order": ["train", "plan"], "call": np.random.default_rng}, tmp_path / "run")
    with pytest.raises(FocusError, match="not a run"):
        Checkpoint(tmp_path / "run", ORDER).load()
