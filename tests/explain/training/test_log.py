"""The log: a line an epoch, means over its steps."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from focus_viewer.explain.training.log import Means, Row, TrainingLog, loss_parts

BACKBONE: Row = {"stage": "backbone", "epoch": 1, "loss": 1.5, "cross_entropy": 1.5, "seconds": 2.0}
PROMPTS: Row = {
    "stage": "prompts",
    "epoch": 1,
    "loss": 1.25,
    "cross_entropy": 1.0,
    "calm": 0.25,
    "coalition_r2": 0.75,
    "sink_noise": 0.875,
    "sink_clean": 0.125,
    "accuracy": 0.5,
    "seconds": 0.5,
}


def test_columns_follow_the_parts_of_the_loss(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    log.replace([BACKBONE])
    log.replace([BACKBONE, PROMPTS])
    assert (tmp_path / "log.csv").read_text().splitlines() == [
        "stage,epoch,loss,cross_entropy,calm,coalition_r2,sink_noise,sink_clean,accuracy,"
        "held_out_accuracy,seconds",
        "backbone,1,1.5000,1.5000,,,,,,,2.0000",
        "prompts,1,1.2500,1.0000,0.2500,0.7500,0.8750,0.1250,0.5000,,0.5000",
    ]
    assert loss_parts(log.rows) == ["cross_entropy", "calm"]
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_whoever_watches_sees_all_rows() -> None:
    patch_weights: list[int] = []
    log = TrainingLog(watch=lambda rows: patch_weights.append(len(rows)))
    log.replace([BACKBONE])
    log.replace([BACKBONE, PROMPTS])
    assert patch_weights == [1, 2]


def test_means_are_over_steps() -> None:
    means = Means()
    weight = torch.tensor(2.0, requires_grad=True)
    means.add({"loss": weight, "accuracy": torch.tensor(0.5)})
    means.add({"loss": weight * 2, "accuracy": torch.tensor(1.0)})
    assert means.means() == pytest.approx({"loss": 3.0, "accuracy": 0.75})
