"""Training from the command line, small but whole."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from explain_models import make_cube
from typer.testing import CliRunner

from focus_viewer.cli.lessons import TEST, TRAINING, LessonSeed, simulate_lesson
from focus_viewer.cli.train import train
from focus_viewer.core.progress import silent
from focus_viewer.core.request import ExplainRequest

pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")


def test_a_lesson_is_the_same_leaves_in_every_class() -> None:
    seed = LessonSeed(TRAINING, 0, 4)
    lesson = simulate_lesson(seed, 32)
    assert lesson.images.shape == (10, 32, 32, lesson.groups.size)
    assert lesson.labels.tolist() == [0, 1, 2, 3, 4] * 2
    assert (lesson.leaf[0] == lesson.leaf[4]).all()
    assert not lesson.lesion[lesson.labels == 0].any()
    assert lesson.lesion[1].any()
    assert (simulate_lesson(seed, 32).images == lesson.images).all()
    assert (simulate_lesson(LessonSeed(TEST, 0, 4), 32).leaf != lesson.leaf).any()


@pytest.mark.slow
def test_a_model_is_trained_written_and_explains(tmp_path: Path) -> None:
    from focus_viewer.explain.checkpoint import load_model
    from focus_viewer.explain.explainer import explain

    app = typer.Typer()
    app.command()(train)
    out = tmp_path / "tiny"
    options = "--sensors 6 --test-sensors 2 --backbone-epochs 1 --prompt-epochs 1 --seed 1"
    result = CliRunner().invoke(app, ["--out", str(out), *options.split()])
    assert result.exit_code == 0, result.output
    assert "accuracy: " in result.output
    card = load_model(out).card
    assert card.name == "tiny"
    assert card.command == f"focus-viewer train --out models/tiny {options}"
    assert not card.validated
    assert "simulated" in card.warning
    assert 0 <= card.measured["accuracy"] <= 1
    assert (out / "training.csv").read_text().count("\n") == 3
    found = explain(ExplainRequest(1, make_cube(), str(out), "cpu"), silent)
    assert found.classes[0] == "healthy"
