"""The commands that need no cube."""

from __future__ import annotations

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
