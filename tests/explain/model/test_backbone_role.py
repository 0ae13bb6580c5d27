"""Backbones without classes: cards, refusal to decide, and what they are for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from focus_viewer.assets import folder
from focus_viewer.cli.main import app
from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.cards import (
    available_backbones,
    available_models,
    models_folder,
    read_card,
)
from focus_viewer.explain.model.checkpoint import load_model, load_to_teach

MOST_BYTES = 2_000_000


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(models_folder() / "focus-spectra", tmp_path / "copied")


def test_a_backbone_is_not_among_the_models_that_decide() -> None:
    assert "focus-spectra" in available_backbones()
    assert "focus-spectra" not in available_models()
    assert "focus-leaf" in available_models()


def test_the_bundled_backbone_is_small_and_says_that_it_decides_nothing() -> None:
    card, model = load_to_teach("focus-spectra")
    assert (card.classes, card.decides) == ((), False)
    assert "decides nothing" in card.warning
    assert "make-backbone" in card.command
    assert card.measured["unread detail"] < card.measured["unread detail (focus-leaf)"] / 2
    assert not any(parameter.requires_grad for parameter in model.parameters())
    weights = models_folder() / "focus-spectra" / "weights.safetensors"
    assert weights.stat().st_size < MOST_BYTES


def test_explaining_by_a_backbone_is_refused_with_what_it_is_for(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="fit DATASET --backbone focus-spectra"):
        load_model("focus-spectra")
    sample = str(folder("resources") / "leaf.hdr")
    asked = ["explain", sample, "--model", "focus-spectra", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 1
    assert "backbone for teaching" in done.output


@pytest.mark.parametrize(
    "wrong", [{"role": "model"}, {"classes": ["rust"]}, {"role": "teacher"}, {"role": None}]
)
def test_a_card_whose_role_and_classes_disagree_is_refused(
    copied: Path, wrong: dict[str, object]
) -> None:
    path = copied / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    with pytest.raises(ModelError, match=r"role|classes"):
        read_card(copied)


def test_the_list_of_models_says_what_a_backbone_is_for() -> None:
    text = CliRunner().invoke(app, ["models"]).output
    assert "none: a backbone for `focus-viewer fit`" in text
