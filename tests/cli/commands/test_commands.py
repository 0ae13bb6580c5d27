"""The commands that need no cube."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from focus_viewer.cli.main import app
from focus_viewer.explain.model import cards
from focus_viewer.version import __version__


def test_the_version_is_told() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"FOCUS Viewer {__version__}\n")


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert all(name in done.output for name in ("explain", "train", "models"))


def test_help_lists_commands_for_research_apart() -> None:
    product, research = CliRunner().invoke(app, ["--help"]).output.split("\nResearch:\n")
    assert [line.split()[0] for line in research.splitlines()] == ["benchmark", "ablation"]
    assert "\n  simulate " in product


RESEARCH = """
import sys
for name in ("explain", "batch", "check", "cache", "figure", "train", "models", "simulate"):
    __import__(f"focus_viewer.cli.commands.{name}")
import focus_viewer.explain.inference.explainer, focus_viewer.explain.training.trainer
research = ("cli.research", "explain.benchmark", "explain.baselines", "explain.experiments")
loaded = [name for name in sys.modules if name.removeprefix("focus_viewer.").startswith(research)]
assert not loaded, loaded
"""


def test_commands_of_the_product_load_no_research_code() -> None:
    done = subprocess.run([sys.executable, "-c", RESEARCH], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_no_command_shows_help() -> None:
    assert "Commands" in CliRunner().invoke(app, []).output


def test_models_are_listed_with_their_cards(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "models_folder", lambda: model.parent)
    done = CliRunner().invoke(app, ["models"])
    assert done.exit_code == 0
    assert done.stdout.startswith("toy, version 7\n")
    assert "healthy, bacterial spot, chlorosis" in done.stdout
    assert "400–1200 nm in 8 groups" in done.stdout
    assert "simulated training data, not validated" in done.stdout


def test_a_broken_card_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "card.json").write_text("{}")
    monkeypatch.setattr(cards, "models_folder", lambda: tmp_path)
    done = CliRunner().invoke(app, ["models"])
    assert done.exit_code == 1
    assert "card.json" in done.stderr
