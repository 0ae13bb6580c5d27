"""Training from the command line, small but whole."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from explain_models import make_cube
from typer.testing import CliRunner, Result

from focus_viewer.cli.main import app
from focus_viewer.cli.research import simulated_samples as samples
from focus_viewer.cli.research.simulated_samples import TEST, TRAINING, BatchSeed, simulate_batch
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest

pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")


def test_a_batch_is_the_same_leaves_in_every_class() -> None:
    seed = BatchSeed(TRAINING, 0, 4)
    batch = simulate_batch(seed, 32)
    assert batch.images.shape == (10, 32, 32, batch.groups.size)
    assert batch.labels.tolist() == [0, 1, 2, 3, 4] * 2
    assert (batch.leaf[0] == batch.leaf[4]).all()
    assert not batch.lesion[batch.labels == 0].any()
    assert batch.lesion[1].any()
    assert (simulate_batch(seed, 32).images == batch.images).all()
    assert (simulate_batch(BatchSeed(TEST, 0, 4), 32).leaf != batch.leaf).any()


def test_a_batch_knows_what_made_its_scenes() -> None:
    batch = simulate_batch(BatchSeed(TRAINING, 0, 7), 32)
    assert batch.traits.shape == (10, 32, 32, 7)
    assert np.isfinite(batch.traits[batch.tissue]).all()
    assert batch.tissue[batch.leaf].all()
    assert batch.scene_importance.shape == batch.importance.shape
    healthy = batch.labels == 0
    assert not batch.scene_importance[healthy].any()
    assert (batch.scene_importance[~healthy].max(axis=1) > 0).all()
    assert [cause == "" for cause in batch.causes] == healthy.tolist()
    assert (batch.second[healthy] == -1).all()
    assert (batch.second != batch.labels).all()


def test_training_and_test_show_different_measured_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "_MEASURED_SHARE", 1.0)
    rows = [f"s{number},{level},40,40" for number, level in enumerate([30] * 10 + [5] * 10)]
    table = tmp_path / "leaves.csv"
    table.write_text("\n".join(["Species_Code,500,1400,2400", *rows]), encoding="utf-8")
    bright, dark = (
        simulate_batch(BatchSeed(purpose, 0, 7), 32, tmp_path) for purpose in (TRAINING, TEST)
    )
    for batch in (bright, dark):
        edges = samples.EDGES_NM[batch.groups]
        assert edges[0, 1] > 500
        assert edges[-1, 0] < 2400
        assert np.isnan(batch.traits).all()
    # Leaves of the first ten rows are nearly as bright at the short end as at 1400 nm.
    ratio = [batch.images[batch.leaf & ~batch.lesion] for batch in (bright, dark)]
    assert np.median(ratio[0][:, 0] / ratio[0].max(axis=1)) > 0.6
    assert np.median(ratio[1][:, 0] / ratio[1].max(axis=1)) < 0.6


def test_groups_touch_and_are_narrow_where_pigments_act() -> None:
    low, high = samples.EDGES_NM.T
    assert (low[0], high[-1], low.size) == (400, 2500, 48)
    assert (low[1:] == high[:-1]).all()
    narrow = (low >= 500) & (high <= 800)
    assert ((high - low)[narrow] == 25).all()
    assert ((high - low)[~narrow] == 50).all()


@pytest.mark.slow
def test_batches_take_turns_in_size() -> None:
    made = samples.simulate_samples(TRAINING, 0, 3, (32, 40), workers=1)
    assert [batch.images.shape[1:3] for batch in made] == [(32, 32), (40, 40), (32, 32)]


DONE = {"weights.safetensors", "card.json", "training.csv", "training.png"}


@pytest.mark.parametrize("count", [1, 7, 8])
def test_some_training_sensor_has_all_groups(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "in_processes", lambda work, orders, *_: orders)
    orders = samples.simulate_samples(TRAINING, 0, count, (16,), workers=1)
    # The first that chance gives is the eighth.
    assert [order.whole for order in orders] == [False] * (count - 1) + [count < 8]
    batch = simulate_batch(*orders[-1])
    assert batch.groups.size == len(samples.EDGES_NM)
    assert batch.images.shape[0] == samples.SCENES_PER_BATCH


def trained(out: Path, options: str = "") -> Result:
    """Run `focus-viewer train` for an epoch of the backbone, or as the options say."""
    arguments = f"train --backbone-epochs 1 --device cpu {options}".split()
    return CliRunner().invoke(app, [*arguments, "--out", str(out)])


@pytest.fixture
def one_game(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the frozen backbone makes of coalitions is estimated from few, on one batch."""
    from focus_viewer.explain.training.config import TrainingPlan

    *others, batches, pairs = TrainingPlan.__init__.__defaults__ or ()
    assert (batches, pairs) == (64, 6)
    monkeypatch.setattr(TrainingPlan.__init__, "__defaults__", (*others, 1, 1))


@pytest.fixture
def one_batch(monkeypatch: pytest.MonkeyPatch, one_game: None) -> None:
    """One sensor of all groups and one leaf instead of hundreds, simulated in this process."""
    monkeypatch.setattr(samples, "LEAVES_PER_BATCH", 1)
    batch = simulate_batch(BatchSeed(TRAINING, 0, 7), 16)
    assert batch.groups.size == 48
    monkeypatch.setattr(samples, "simulate_samples", lambda *order: [batch] * 2)


@pytest.mark.slow
@pytest.mark.usefixtures("one_batch")
def test_ctrl_c_and_the_same_command_again_give_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.explain.training.checkpoint import Checkpoint

    whole, broken = tmp_path / "whole" / "tiny", tmp_path / "broken" / "tiny"
    assert trained(whole, "--prompt-epochs 2").exit_code == 0
    save = Checkpoint.save

    def save_and_press_ctrl_c(*arguments: object) -> None:
        save(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", save_and_press_ctrl_c)
        for _ in range(3):  # after the backbone, after it is frozen, after an epoch of the prompts
            stopped = trained(broken, "--prompt-epochs 2")
            assert stopped.exit_code == 130, stopped.output
            assert stopped.stderr.strip().endswith("Stopped.")
    assert "training.partial.pt" in {path.name for path in broken.iterdir()}
    again = trained(broken, "--prompt-epochs 2 --workers 1")
    assert again.exit_code == 0, again.output
    assert "(done: prompts, epoch 1)" in again.stderr
    assert {path.name for path in broken.iterdir()} == DONE
    for name in ("weights.safetensors", "card.json"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("one_batch")
def test_other_options_are_refused_ahead_of_the_work_or_start_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.explain.training.checkpoint import Checkpoint, Order, Point

    earlier = Checkpoint(tmp_path / "training.partial.pt", Order("an earlier command", ""))
    earlier.save(Point("prompts", 9, {}, {}, []))
    with monkeypatch.context() as patch:
        patch.setattr(samples, "simulate_samples", lambda *order: pytest.fail("it was simulated"))
        refused = trained(tmp_path, "--prompt-epochs 1")
    assert refused.exit_code == 1
    assert "`an earlier command`" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert trained(tmp_path, "--prompt-epochs 1 --restart").exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == DONE


@pytest.mark.slow
@pytest.mark.usefixtures("one_batch")
def test_an_unfinished_run_leaves_the_finished_model_and_says_how_to_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.explain.training.checkpoint import Checkpoint

    out = tmp_path / "some where" / "tiny"
    assert trained(out, "--prompt-epochs 1").exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    save = Checkpoint.save

    def save_and_press_ctrl_c(*arguments: object) -> None:
        save(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", save_and_press_ctrl_c)
        assert trained(out, "--prompt-epochs 1 --seed 1").exit_code == 130
    assert {name: (out / name).read_bytes() for name in DONE} == before
    assert (out / "training.partial.csv").read_text().count("\n") == 2
    refused = trained(out, "--prompt-epochs 1 --seed 2")
    assert f"`focus-viewer train --out '{out}' --sensors 480 " in refused.stderr
    assert trained(out, "--prompt-epochs 1 --seed 1").exit_code == 0
    after = {path.name: path.read_bytes() for path in out.iterdir()}
    assert after.keys() == DONE
    assert after["training.csv"] != before["training.csv"]


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = trained(tmp_path / "tiny", "--device abacus")
    assert result.exit_code == 1
    assert "device 'abacus' is not available" in result.stderr
    assert not (tmp_path / "tiny").exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = trained(tmp_path / "file" / "tiny")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("one_game")
def test_a_model_is_trained_written_and_explains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.cli.commands import train
    from focus_viewer.explain.inference.explainer import explain
    from focus_viewer.explain.model.checkpoint import load_model

    monkeypatch.setattr(train, "_SIZES_PX", (16, 16, 16, 32))
    out = tmp_path / "tiny"
    result = trained(out, "--sensors 6 --test-sensors 2 --prompt-epochs 1 --seed 1 --workers 1")
    assert result.exit_code == 0, result.output
    assert "right decisions, as a share: " in result.output
    card = load_model(out).card
    assert card.name == "tiny"
    assert card.command == (
        "focus-viewer train --out models/tiny --sensors 6 --test-sensors 2 --backbone-epochs 1 "
        "--prompt-epochs 1 --seed 1 --device cpu"
    )
    assert not card.validated
    assert "simulated" in card.warning
    assert card.version == "2"
    assert 0 <= card.measured["accuracy"] <= 1
    assert card.temperatures
    assert set(card.temperatures) <= {"full range", "VNIR", "other"}
    assert all(0.1 <= value <= 10 for value in card.temperatures.values())
    for name in card.temperatures:
        assert 0 <= card.measured[f"accuracy ({name})"] <= 1
        assert card.measured[f"sink_remainder ({name})"] >= 0
    assert (out / "training.csv").read_text().count("\n") == 3
    assert {path.name for path in out.iterdir()} == DONE
    found = explain(ExplainRequest(1, make_cube(), str(out), "cpu"), silent)
    assert found.classes[0] == "healthy"
    parts = found.evidence.sum((1, 2, 3)) + found.unattributed
    np.testing.assert_allclose(found.baseline + parts, found.logits, atol=1e-3)
