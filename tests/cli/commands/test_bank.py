"""`focus-viewer bank` from the command line to its figures, with next to no effort."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from focus_viewer.cli.main import app
from focus_viewer.cli.research import bank_scenes
from focus_viewer.cli.research.bank_scenes import (
    TEST,
    TRAINING,
    SceneSeed,
    make_cases,
    simulate_samples,
)
from focus_viewer.core.progress import silent
from focus_viewer.explain.experiments.many_classes import PromptTrainer


def run(*options: str) -> Result:
    return CliRunner().invoke(app, ["bank", "--classes", "5", "--effort", "0.05", *options])


def test_figures_are_told_and_written(tmp_path: Path) -> None:
    out = tmp_path / "bank.json"
    done = run("--size", "2", "--size", "8", "--json", str(out))
    assert done.exit_code == 0, done.output
    own, banked = json.loads(out.read_text())["rows"]  # 8 prompts for 5 classes are no bank
    assert (own["bank"], banked["bank"]) == (None, 2)
    assert 0 < banked["learned_parameters"] < own["learned_parameters"]
    assert own["measured_numbers"] == 5 * 48
    assert own["chance_accuracy"] == 0.2
    for row in (own, banked):
        assert row["test_scenes"] == 5
        assert 0 <= row["accuracy"] <= row["among_five"] == 1
        assert 0 <= row["band_iou"] == row["band_iou_top_n"] <= 1
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["5", "own"], ["5", "bank"]]
    assert list(tmp_path.iterdir()) == [out]


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    first, again, other = (run("--size", "1", "--seed", seed) for seed in ("3", "3", "4"))
    assert first.stdout == again.stdout != other.stdout


def test_an_unknown_number_of_classes_is_refused() -> None:
    done = CliRunner().invoke(app, ["bank", "--classes", "7"])
    assert done.exit_code == 2
    assert "expected 5, 50, 500" in done.output


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    done = run("--json", str(tmp_path / "nowhere" / "bank.json"))
    assert done.exit_code == 1
    assert "nowhere" in done.stderr


def test_ctrl_c_leaves_earlier_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "bank.json"
    out.write_text("earlier")
    real = PromptTrainer.learn

    def interrupted(*arguments: object) -> None:
        signal.raise_signal(signal.SIGINT)
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(PromptTrainer, "learn", interrupted)
    done = run("--json", str(out))
    assert done.exit_code == 130
    assert out.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [out]


def test_batches_show_all_classes_about_equally_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_scenes, "SIZE_PX", 8)
    cases = make_cases(5)
    made = {
        purpose: simulate_samples(cases, SceneSeed(0, purpose, 5), 13, silent)
        for purpose in (TRAINING, TEST)
    }
    labels = np.concatenate([batch.labels for batch in made[TRAINING]])
    assert len(labels) == 13
    assert set(np.bincount(labels, minlength=5).tolist()) == {2, 3}
    # No scene of a test is one of training.
    assert not (made[TRAINING][0].images == made[TEST][0].images).all(axis=(1, 2, 3)).any()


def test_grids_make_as_many_classes_as_they_say() -> None:
    for count, levels in bank_scenes.GRIDS.items():
        assert np.prod(list(levels.values())) == count
