"""`focus-viewer batch`: its exit status says how the cubes fared."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from cli.conftest import Bench
from typer.testing import CliRunner, Result

from focus_viewer.batch.results.journal import Journal
from focus_viewer.batch.results.records import Record
from focus_viewer.batch.work import allocation
from focus_viewer.cli.main import app
from focus_viewer.core.cubes.cube import Cube


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether freed memory was to be kept: not in this process, whose memory others measure."""
    calls: list[bool] = []
    monkeypatch.setattr(allocation, "keep_freed_memory", lambda: calls.append(True))
    return calls


def run(bench: Bench, *inputs: str, options: tuple[str, ...] = ()) -> Result:
    arguments = ["batch", *inputs, "--out", str(bench.out), "--model", str(bench.model)]
    return CliRunner().invoke(app, [*arguments, "--device", "cpu", *options])


def test_all_well_is_zero_and_a_second_run_computes_nothing(bench: Bench, kept: list[bool]) -> None:
    done = run(bench, str(bench.cube))
    assert kept == [True]
    assert done.exit_code == 0, done.output
    assert "1 row: 1 explained;" in done.stderr
    again = run(bench, str(bench.cube))
    assert "1 cube from before" in again.stderr
    refused = run(bench, str(bench.cube), options=("--objects",))
    assert refused.exit_code == 1
    assert "--no-resume" in refused.stderr


def test_a_failure_is_one_and_named(bench: Bench) -> None:
    broken = bench.cube.with_name("broken.hdr")
    broken.write_text("ENVI\n")
    done = run(bench, str(bench.cube), str(broken))
    assert done.exit_code == 1
    assert "failed: broken: " in done.stderr
    assert "2 rows: 1 explained, 1 failed" in done.stderr


def test_a_cube_to_which_the_model_does_not_apply_is_three(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.core.saliency.applicability import Applicability, Reason
    from focus_viewer.explain.inference import prepared

    reason = Reason("tissue", "a stone", 0.0, 1.0, "does not apply")

    def judge(cube: Cube, *_: object) -> Applicability:
        return Applicability((reason,), 0.0)

    monkeypatch.setattr(prepared, "judge", judge)
    done = run(bench, str(bench.cube))
    assert done.exit_code == 3
    assert "1 to which the model does not apply" in done.stderr


def test_ctrl_c_ends_cleanly_and_keeps_what_is_finished(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        (tmp_path / f"leaf{number}.hdr").write_text(bench.cube.read_text())
        os.link(tmp_path / "plant.img", tmp_path / f"leaf{number}.img")
    written: list[str] = []
    before = Journal.write

    def write(journal: Journal, record: Record) -> None:
        before(journal, record)
        written.append(record.key)
        if len(written) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Journal, "write", write)
    done = run(bench, str(tmp_path))
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "Stopped.")
    assert sorted(path.name for path in bench.out.iterdir()) == ["focus-batch.json", "parts"]
    assert {path.stem for path in (bench.out / "parts").glob("*.npz")} == set(written)
    assert not list((bench.out / "parts").glob(".unfinished-*"))
    again = run(bench, str(tmp_path))
    assert "2 cubes from before" in again.stderr
    assert len(written) == 6  # with plant itself
