"""A scientist's hour: regions, undo, comparison, a save, a kill, the same picture, a figure."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gl.driver import SAMPLE
from gl.hour import PROJECT, REOPENED, SAVED, TOLD
from PIL import Image
from typer.testing import CliRunner

from focus_viewer.cli.main import app

pytestmark = [
    pytest.mark.gl,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL"),
]
TESTS = Path(__file__).parents[1]
PATIENCE_S = 600


def _until_ready(what: str, place: Path, *cubes: Path) -> None:
    """Run the hour until its picture is written, then kill it where it stands."""
    command = [sys.executable, "-W", "ignore", "-m", "gl.hour", what, str(place), *map(str, cubes)]
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
        finally:
            process.send_signal(signal.SIGKILL)
    assert said == "ready\n"


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def _second_cube(place: Path) -> Path:
    """A real cube where there are any, else a copy of the sample."""
    real = os.environ.get("FOCUS_REAL_DATA")
    if real:
        return Path(real) / "envi_plant" / "maize_a_unl_243.hdr"
    for suffix in (".hdr", ".img"):
        shutil.copy(SAMPLE.with_suffix(suffix), place / f"second{suffix}")
    return place / "second.hdr"


@pytest.mark.timeout(2 * PATIENCE_S)
def test_the_same_picture_comes_back_after_a_kill(tmp_path: Path) -> None:
    _until_ready("work", tmp_path, SAMPLE, _second_cube(tmp_path))
    worked = (tmp_path / TOLD).read_text(encoding="utf-8")
    _until_ready("reopen", tmp_path)
    assert (tmp_path / TOLD).read_text(encoding="utf-8") == worked
    np.testing.assert_array_equal(_pixels(tmp_path / REOPENED), _pixels(tmp_path / SAVED))
    figure = tmp_path / "figure.svg"
    done = CliRunner().invoke(app, ["figure", str(tmp_path / PROJECT), "--out", str(figure)])
    assert done.exit_code == 0, done.output
    text = figure.read_text(encoding="utf-8")
    assert all(f"Region {number}" in text for number in range(1, 7))
    assert "against healthy" in text


@pytest.mark.timeout(2 * PATIENCE_S)
def test_work_that_was_not_saved_is_taken_up_again_by_a_click(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    _until_ready("lose", tmp_path, SAMPLE)
    lost = (tmp_path / TOLD).read_text(encoding="utf-8")
    assert lost.count("Annotation(") == 6
    _until_ready("recover", tmp_path)
    assert (tmp_path / TOLD).read_text(encoding="utf-8") == lost
