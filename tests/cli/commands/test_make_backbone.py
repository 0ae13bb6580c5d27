"""Making a backbone from the command line, small but whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from focus_viewer.cli.commands import make_backbone as command
from focus_viewer.cli.main import app
from focus_viewer.cli.research import spectra
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model.cards import models_folder, read_card
from focus_viewer.explain.model.checkpoint import load_to_teach
from focus_viewer.simulate.library import smooth_spectra


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(seed: int, testing: bool, size: object = None) -> FloatArray:
        return smooth_spectra(40, np.random.default_rng([seed, testing]))

    monkeypatch.setattr(spectra, "spectral_library", few)
    monkeypatch.setattr(command, "_DATA_SETS", 1)


def make(out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["make-backbone", "--out", str(out), *options])


def test_the_bundled_backbone_is_made_again_by_its_command(tmp_path: Path) -> None:
    done = make(tmp_path / "focus-spectra")
    assert done.exit_code == 0, done.output
    assert "unread detail" in done.output
    made, bundled = read_card(tmp_path / "focus-spectra"), read_card("focus-spectra")
    assert (made.command, made.training_data) == (bundled.command, bundled.training_data)
    again = load_to_teach(tmp_path / "focus-spectra").model.state_dict()
    for name, values in load_to_teach(models_folder() / "focus-spectra").model.state_dict().items():
        # Other processors round the decomposition otherwise: by some steps of the largest weight.
        margin = max(1e-3, 8 * float(np.spacing(np.float32(values.abs().max()))))
        np.testing.assert_allclose(again[name].numpy(), values.numpy(), atol=margin, err_msg=name)


def test_its_blocks_are_trained_where_epochs_are_asked_for(tmp_path: Path) -> None:
    done = make(tmp_path / "trained", "--epochs", "1", "--steps", "1")
    assert done.exit_code == 0, done.output
    assert "--epochs 1 --steps 1" in read_card(tmp_path / "trained").command
    assert (tmp_path / "trained" / "training.csv").read_text().startswith("stage,epoch,loss,unread")
    assert not list((tmp_path / "trained").glob("*.partial.*"))
