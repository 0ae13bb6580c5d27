"""Ctrl-C at any moment leaves no half-written file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from cli.conftest import Bench

from focus_viewer.cli.support import results
from focus_viewer.cli.support.long_work import interruptible
from focus_viewer.core.errors import Cancelled

ROOT = Path(__file__).parents[3]
PATIENCE_S = 30  # a busy machine is slow to stop; that nothing was written shows that it did

# A program that stops where the test wants it, tells so, and goes on when Ctrl-C has come.
PAUSED = """
import os, time
from pathlib import Path
from focus_viewer.cli.support import results
real = results.{name}
def paused(*args, **options):
    result = real(*args, **options)
    Path(os.environ["READY"]).touch()
    time.sleep(60)
    return result
results.{name} = paused
from focus_viewer.cli.main import run
run()
"""
# A program that tells when its model begins to read.
SIGNALLING = """
import os
from pathlib import Path
from focus_viewer.explain.model.backbone import BandPureBackbone
real = BandPureBackbone.forward
def forward(*arguments):
    Path(os.environ["READY"]).touch()
    return real(*arguments)
BandPureBackbone.forward = forward
from focus_viewer.cli.main import run
run()
"""
PLAIN = "from focus_viewer.cli.main import run; run()"


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_leaves_work_at_once_and_once_only() -> None:
    with interruptible() as interrupt:
        with pytest.raises(KeyboardInterrupt), interrupt.leaves():
            press_ctrl_c()
            pytest.fail("the work went on")
        press_ctrl_c()
        with pytest.raises(Cancelled):
            interrupt.check()


def test_a_second_ctrl_c_does_not_break_off_the_tidying_up() -> None:
    tidied = False
    with interruptible() as interrupt, pytest.raises(KeyboardInterrupt), interrupt.leaves():
        try:
            press_ctrl_c()
        finally:
            press_ctrl_c()
            tidied = True
    assert tidied


def test_ctrl_c_waits_where_work_may_not_be_left() -> None:
    with interruptible() as interrupt:
        press_ctrl_c()
        with pytest.raises(Cancelled), interrupt.leaves():
            pytest.fail("the work began")


def test_a_swallowed_ctrl_c_is_not_forgotten() -> None:
    with interruptible() as interrupt:
        swallowed = pytest.raises(KeyboardInterrupt)
        with pytest.raises(Cancelled), interrupt.leaves(), swallowed:
            press_ctrl_c()


def test_ctrl_c_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize(
    "name", ["write_volume", "curve_table", "explanation_figure", "save_png", "record"]
)
@pytest.mark.parametrize("again", [False, True], ids=["first results", "earlier results"])
def test_ctrl_c_between_writes(
    bench: Bench, name: str, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if again:
        assert bench.explain("--class", "healthy").exit_code == 0
    before = snapshot(bench.out.parent)
    real = getattr(results, name)

    def interrupted(*arguments: object) -> object:
        press_ctrl_c()
        return real(*arguments)

    monkeypatch.setattr(results, name, interrupted)
    done = bench.explain("--class", "chlorosis")
    assert done.exit_code == 130, done.output
    assert done.stderr.strip().endswith("Stopped.")
    assert snapshot(bench.out.parent) == before


@pytest.mark.parametrize("name", ["curve_table", "save_png"])
def test_a_full_disk_between_writes(
    bench: Bench, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    assert bench.explain("--class", "healthy").exit_code == 0
    before = snapshot(bench.out.parent)
    monkeypatch.setattr(results, name, full)
    done = bench.explain("--class", "chlorosis")
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert snapshot(bench.out.parent) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["write_volume", "save_png"])
def test_a_process_stopped_between_writes(bench: Bench, name: str, tmp_path: Path) -> None:
    bench.out.mkdir(parents=True)
    ready = tmp_path / "ready"
    code = PAUSED.format(name=name)
    with process(bench, code, {"READY": str(ready)}) as running:
        wait_for(ready, running)
        assert [path.name[:12] for path in bench.out.iterdir()] == [".unfinished-"]
        seconds, stderr = stop(running)
    assert seconds < PATIENCE_S
    assert "Traceback" not in stderr
    assert list(bench.out.iterdir()) == []


@pytest.mark.slow
def test_a_process_stopped_while_its_libraries_load(bench: Bench) -> None:
    with process(bench, PLAIN) as running:
        wait_for(bench.out, running)
        time.sleep(0.5)
        seconds, stderr = stop(running)
    assert seconds < PATIENCE_S
    assert "Traceback" not in stderr
    assert not bench.out.parent.exists()


@pytest.mark.slow
def test_a_process_stopped_in_the_middle_of_explaining(bench: Bench, tmp_path: Path) -> None:
    enlarge(bench.cube, times=20)
    ready = tmp_path / "ready"
    with process(bench, SIGNALLING, {"READY": str(ready)}) as running:
        wait_for(ready, running)
        time.sleep(0.5)
        seconds, stderr = stop(running)
    assert seconds < PATIENCE_S
    assert "Traceback" not in stderr
    assert not bench.out.parent.exists()


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Every path below a folder, and what the files hold."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def process(
    bench: Bench, code: str, environ: Mapping[str, str] = os.environ
) -> subprocess.Popen[str]:
    arguments = ["explain", str(bench.cube), "--out", str(bench.out), "--model", str(bench.model)]
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments, "--device", "cpu"],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path: Path, running: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        assert running.poll() is None, running.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.01)


def stop(running: subprocess.Popen[str]) -> tuple[float, str]:
    """Press Ctrl-C; how long the process took to end, and what it said."""
    started = time.monotonic()
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert stdout == ""
    return time.monotonic() - started, stderr


def enlarge(header: Path, times: int) -> None:
    """Repeat the cube in rows and columns, in bytes of 1/200."""
    values = np.fromfile(header.with_suffix(".img"), dtype="<f4").reshape(24, 32, 61)
    tiled = np.tile(np.round(values * 200).astype(np.uint8), (times, times, 1))
    tiled.tofile(header.with_suffix(".img"))
    text = header.read_text().replace("data type = 4", "data type = 1")
    text = text.replace("lines = 24", f"lines = {24 * times}")
    header.write_text(text.replace("samples = 32", f"samples = {32 * times}"))
