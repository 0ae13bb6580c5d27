"""A scientist's own classes: twelve labelled cubes, a model, its report, new cubes, a figure."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from envi_bytes import write_envi
from gl.teaching_hour import CUBES, LEAVES, NEW, PROJECT, REPORT, SEEN
from teaching_cases import AXIS_NM, cube_with
from typer.testing import CliRunner

from focus_viewer.cli.main import app

pytestmark = [
    pytest.mark.gl,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL"),
]
TESTS = Path(__file__).parents[1]
PATIENCE_S = 600


def paint(folder: Path, name: str, kind: str, seed: int) -> None:
    """Write a cube of one kind of leaf."""
    values = cube_with(("", ""), seed, everywhere=kind).block(slice(None), slice(None))
    entries = {
        "wavelength": "{" + ", ".join(map(str, AXIS_NM)) + "}",
        "wavelength units": "nm",
    }
    write_envi(folder, values, entries, data_name=f"{name}.img", header_name=f"{name}.hdr")


def run_until_ready(what: str, place: Path) -> dict[str, Any]:
    """Do a part of the hour in a process of its own, and kill it at its end."""
    command = [sys.executable, "-W", "ignore", "-m", "gl.teaching_hour", what, str(place)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
        "XDG_DATA_HOME": str(place / "user"),
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
        finally:
            process.send_signal(signal.SIGKILL)
    assert said == "ready\n"
    seen: dict[str, Any] = json.loads((place / SEEN).read_text(encoding="utf-8"))
    return seen


@pytest.mark.timeout(2 * PATIENCE_S)
def test_twelve_cubes_a_table_and_a_model_of_ones_own(tmp_path: Path) -> None:
    kinds = {f"leaf_{number:02d}": ("rust", "healthy")[number % 2] for number in range(CUBES)}
    (tmp_path / LEAVES).mkdir()
    (tmp_path / NEW).mkdir()
    for number, (name, kind) in enumerate(kinds.items()):
        paint(tmp_path / LEAVES, name, kind, number)
    rows = [f"{name}.hdr,{kind},{number // 4}" for number, (name, kind) in enumerate(kinds.items())]
    table = "\n".join(["path,class,plant", *rows])
    (tmp_path / LEAVES / "labels.csv").write_text(f"{table}\n", encoding="utf-8")
    for number, kind in enumerate(("rust", "healthy")):
        paint(tmp_path / NEW, kind, kind, 100 + number)

    worked = run_until_ready("work", tmp_path)
    assert worked["labels"] == kinds
    assert worked["by"] == "plant"
    assert worked["score"] >= 0.9
    assert worked["shown"] == f"{worked['score']:.2f}"
    assert all(kinds[name] == decided for name, decided in worked["decided"].items())
    names = {path.name for path in (tmp_path / REPORT).iterdir()}
    assert names == {"report.json", "report.html", "report.pdf"}

    reopened = run_until_ready("reopen", tmp_path)
    assert {name: reopened["labels"][name] for name in kinds} == kinds
    assert reopened["decided"]["rust"] == "rust"
    assert reopened["decided"]["healthy"] == "healthy"

    figure = tmp_path / "figure.svg"
    done = CliRunner().invoke(app, ["figure", str(tmp_path / PROJECT), "--out", str(figure)])
    assert done.exit_code == 0, done.output
    assert "my-leaves" in figure.read_text(encoding="utf-8")
    shutil.rmtree(tmp_path / "user")
