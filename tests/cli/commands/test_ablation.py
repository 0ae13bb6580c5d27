"""`focus-viewer ablation`: figures of each part, the table, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from focus_viewer.cli.commands import ablation as command
from focus_viewer.cli.main import app
from focus_viewer.cli.research import simulated_samples as samples
from focus_viewer.cli.research.benchmark_table import ablation_table
from focus_viewer.cli.research.simulated_samples import (
    EDGES_NM,
    TRAINING,
    BatchSeed,
    simulate_batch,
)

METRICS = {
    "accuracy", "shapley_curve", "band_iou_top_n", "volume_ap", "spatial_iou",
    "sink_remainder", "sink_out_drop",
}  # fmt: skip


def run(*options: str) -> Result:
    """Run the command at its smallest, or as the options say."""
    least = ["--sensors", "1", "--scenes", "1", "--backbone-epochs", "1", "--prompt-epochs", "1"]
    least += ["--evaluations", "4"]
    return CliRunner().invoke(app, ["ablation", *least, *options])


@pytest.fixture
def small_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single batch and scenes of 16 px, simulated in this process, and few coalitions."""
    from focus_viewer.explain.training.config import TrainingPlan

    pytest.importorskip("prosail", reason="the scenes are simulated by prosail")
    *others, pairs = TrainingPlan.__init__.__defaults__ or ()
    assert pairs == 6
    monkeypatch.setattr(TrainingPlan.__init__, "__defaults__", (*others, 1))
    monkeypatch.setattr(samples, "LEAVES_PER_BATCH", 1)
    seeds = (BatchSeed(TRAINING, 0, number) for number in range(20))
    drawn = (simulate_batch(seed, 16) for seed in seeds)
    whole = next(batch for batch in drawn if batch.groups.size == len(EDGES_NM))
    monkeypatch.setattr(samples, "simulate_samples", lambda *order: [whole])
    monkeypatch.setattr(command, "_SIZE_PX", 32)


def figures_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("small_batch")
def test_parts_are_trained_measured_printed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.explain.training.trainer import Trainer

    backbones = []
    train = Trainer.train_backbone

    def counted(trainer: Trainer) -> None:
        backbones.append(trainer.plan.blanks)
        train(trainer)

    monkeypatch.setattr(Trainer, "train_backbone", counted)
    parts = [f"--part={name}" for name in ("whole", "sink", "blanking", "whole")]
    done = run(*parts, "--json", str(tmp_path / "figures.json"))
    assert done.exit_code == 0, done.output
    assert backbones == [True, False]  # the sink is taken out on the whole's backbone
    found = figures_of(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
    assert found["command"] == (
        "focus-viewer ablation --model focus-leaf --sensors 1 --scenes 1 --backbone-epochs 1 "
        "--prompt-epochs 1 --evaluations 4 --seeds 1 --part whole --part sink --part blanking"
    )
    assert found["sensors"] == {"full": {"scenes": 5}, "vnir": {"scenes": 5}}
    assert list(found["parts"]) == ["whole", "sink", "blanking"]
    for part in found["parts"].values():
        assert set(part) == {"instead", "full", "vnir"}
        assert METRICS <= set(part["full"]) == set(part["vnir"])
    whole, open_sink = found["parts"]["whole"]["full"], found["parts"]["sink"]["full"]
    assert whole["accuracy"] == open_sink["accuracy"]
    assert open_sink["sink_remainder"]["mean"] == pytest.approx(0, abs=1e-5)
    assert whole["sink_remainder"]["mean"] > 0.01
    for line in ("Sensor full: 5 scenes", "Sensor vnir: 5 scenes", "(nothing)", "blanking"):
        assert line in done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("small_batch")
def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from focus_viewer.explain.experiments.ablation_run import VariantTrainer

    measure = VariantTrainer.measure

    def press_ctrl_c(trainer: VariantTrainer, *others: Any) -> dict[str, float]:
        os.kill(os.getpid(), signal.SIGINT)
        return measure(trainer, *others)

    monkeypatch.setattr(VariantTrainer, "measure", press_ctrl_c)
    stopped = run("--part", "whole", "--json", str(tmp_path / "figures.json"))
    assert stopped.exit_code == 130, stopped.output
    assert stopped.stderr.strip().endswith("Stopped.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("unsimulated")
def test_an_unknown_part_is_refused() -> None:
    refused = run("--part", "luck")
    assert refused.exit_code == 1
    assert "no part 'luck'. Choose from: whole, prompts, sink" in refused.stderr


@pytest.mark.usefixtures("unsimulated")
def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused = run("--json", str(tmp_path / "nowhere" / "figures.json"))
    assert refused.exit_code == 1
    assert "nowhere" in refused.stderr


@pytest.mark.usefixtures("unsimulated")
def test_a_model_of_other_groups_is_refused(model: Path) -> None:
    refused = run("--model", str(model))
    assert refused.exit_code == 1
    assert "this model has 8 spectral groups" in refused.stderr


@pytest.fixture
def unsimulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes of simulation must not come ahead of a refusal."""
    monkeypatch.setattr(samples, "simulate_samples", lambda *order: pytest.fail("simulated"))


def test_the_table_has_a_line_for_each_part_and_sensor() -> None:
    def part(mean: float | None, sd: float | None) -> dict[str, dict[str, float | None]]:
        return {metric: {"mean": mean, "sd": sd} for metric in METRICS}

    sensors = {name: {"scenes": 100} for name in ("full", "vnir")}
    parts = {
        "whole": {
            "instead": "nothing is taken out",
            "full": part(0.8, None),
            "vnir": part(0.6, 0.05),
        },
        "sink": {"instead": "no sink", "full": part(-1e-8, None), "vnir": part(None, None)},
    }
    full, vnir, notes = ablation_table({"sensors": sensors, "parts": parts}).split("\n\n")
    assert full.splitlines()[0] == "Sensor full: 100 scenes"
    assert full.splitlines()[1].split("  ")[0] == "without"
    assert full.splitlines()[2].split() == ["(nothing)", *["0.800"] * len(METRICS)]
    assert full.splitlines()[3].split() == ["sink", *["0"] * len(METRICS)]
    assert vnir.splitlines()[2].split() == ["(nothing)", *["0.600±.050"] * len(METRICS)]
    assert vnir.splitlines()[3].split() == ["sink", *["-"] * len(METRICS)]
    assert notes.splitlines()[1].split() == ["sink", "no", "sink"]
    assert max(map(len, full.splitlines())) <= 120
