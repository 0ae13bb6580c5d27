"""The bundled sample, explained by the bundled model, as a user would on a bare server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.image import imread

from focus_viewer.assets import folder

ROOT = Path(__file__).parents[3]
DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
QT = {"PySide6", "shiboken6", "pyqtgraph", "vispy", "OpenGL"}

CODE = """
import atexit, os, pathlib, sys
def tell():
    text = "\\n".join(sys.modules) + "\\nOMP=" + os.environ["OMP_WAIT_POLICY"]
    pathlib.Path(os.environ["MODULES"]).write_text(text)
atexit.register(tell)
from focus_viewer.cli.main import run
run()
"""


@pytest.mark.slow
def test_the_sample_is_explained_without_qt_and_without_a_display(tmp_path: Path) -> None:
    sample, out, modules = folder("resources") / "leaf.hdr", tmp_path / "out", tmp_path / "modules"
    environ = {name: text for name, text in os.environ.items() if name not in DISPLAYS}
    done = subprocess.run(
        [sys.executable, "-c", CODE, "explain", str(sample), "--out", str(out), "--json"],
        cwd=ROOT,
        env={**environ, "MODULES": str(modules)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record == json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert record["cube"]["shape"] == [112, 160, 210]
    assert record["passes"] == {"forward": 1, "backward": 0}
    assert record["model"]["name"] == "focus-leaf"
    assert all((out / name).is_file() for name in record["files"].values())
    assert imread(out / "figure.png").shape[1] > 2000
    loaded = modules.read_text().split("\n")
    assert "torch" in loaded
    assert not {name.partition(".")[0] for name in loaded} & QT
    assert "matplotlib.pyplot" not in loaded
    assert loaded[-1] == "OMP=PASSIVE"


@pytest.mark.real
@pytest.mark.slow
def test_a_measured_plant_is_explained(real_data: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from focus_viewer.cli.main import app

    cube = real_data / "envi_plant" / "maize_a_unl_243.hdr"
    done = CliRunner().invoke(app, ["explain", str(cube), "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["cube"]["shape"] == [445, 320, 243]
    bands = len((tmp_path / "curve.csv").read_text().splitlines()) - 1
    volume = tmp_path / record["files"]["volume_data"]
    assert volume.stat().st_size == 445 * 320 * bands * 4
    assert any("1700 nm" in note for note in record["notes"])
    verdict = record["applicability"]
    assert verdict["verdict"] == "doubtful"
    assert 0.03 < verdict["tissue_share"] < 0.12  # the plant, without chamber, frame and ground


@pytest.mark.real
def test_a_rock_is_not_diagnosed(real_data: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from focus_viewer.cli.main import app

    cube = real_data / "envi_quirks" / "hippo" / "image.hdr"
    done = CliRunner().invoke(app, ["explain", str(cube), "--out", str(tmp_path), "--json"])
    assert done.exit_code == 3, done.stderr
    assert "image: the model does not apply; " in done.stderr
    assert "bacterial spot" not in done.stderr
    assert list(json.loads(done.stdout)).index("applicability") == 1
    assert "Does not apply: nothing in the image" in done.stderr
    verdict = json.loads(done.stdout)["applicability"]
    assert (verdict["verdict"], verdict["tissue_share"]) == ("does not apply", 0)
    assert ",does not apply," in (tmp_path / "curve.csv").read_text()
