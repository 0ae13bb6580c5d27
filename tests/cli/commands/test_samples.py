"""`focus-viewer samples` lists, copies and opens what is bundled."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from focus_viewer.cli.commands import samples
from focus_viewer.cli.main import app
from focus_viewer.cli.support import indian_pines
from focus_viewer.io.reader import read_cube


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["samples", *words])
    return done.exit_code, done.output


def test_all_samples_are_listed_with_what_they_are() -> None:
    status, text = run()
    assert status == 0
    lines = [line.split()[0] for line in text.splitlines()]
    assert lines == ["leaf", "painted", "tray", "study", "indian-pines"]
    assert text.count("Simulated (PROSPECT-D), not measured.") == 4


def test_a_sample_is_copied_with_its_truth(tmp_path: Path) -> None:
    status, text = run("painted", "--to", str(tmp_path / "new"))
    assert status == 0
    assert text.strip() == str(tmp_path / "new" / "painted_leaf.hdr")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "painted_leaf.hdr",
        "painted_leaf.img",
        "painted_leaf_truth.hdr",
        "painted_leaf_truth.img",
    ]
    assert read_cube(tmp_path / "new" / "painted_leaf.hdr").bands == 105


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tray.hdr").write_text("mine")
    status, text = run("tray", "--to", str(tmp_path))
    assert status == 1
    assert "is there already" in text
    assert [path.name for path in tmp_path.iterdir()] == ["tray.hdr"]


def test_an_unknown_sample_is_refused_with_those_there_are() -> None:
    status, text = run("rice")
    assert status == 1
    assert "leaf, painted, tray, study, indian-pines" in text


def test_opening_needs_a_name() -> None:
    status, text = run("--open")
    assert status == 1
    assert "Name a sample" in text


def test_a_sample_is_opened_in_a_window_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(samples.subprocess, "call", lambda words: started.append(words) or 0)
    status, _ = run("leaf", "--open")
    assert status == 0
    assert started[0][:3] == [sys.executable, "-m", "focus_viewer"]
    assert started[0][3].endswith("leaf.hdr")


def test_without_its_package_indian_pines_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(indian_pines, "find_spec", lambda name: None)
    status, text = run("indian-pines", "--to", str(tmp_path))
    assert status == 1
    assert "pip install tensorly" in text
    assert "pip install tensorly" in run()[1]


def test_indian_pines_is_written_from_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tensor = np.arange(3 * 4 * 5, dtype=float).reshape(3, 4, 5)
    labels = np.arange(12).reshape(3, 4)
    bunch = {"tensor": tensor, "ticks": [labels, [400.0, 500.0, 600.0, 700.0, 800.0]]}
    package = SimpleNamespace(load_indian_pines=lambda: bunch)
    monkeypatch.setattr(indian_pines, "find_spec", lambda name: object())
    monkeypatch.setattr(indian_pines, "import_module", lambda name: package)
    status, text = run("indian-pines", "--to", str(tmp_path / "pines"))
    assert status == 0
    cube = read_cube(Path(text.strip()))
    assert (cube.rows, cube.cols, cube.bands) == (3, 4, 5)
    assert cube.band(4)[2, 3] == 59
    truth = np.fromfile(tmp_path / "pines" / "indian_pines_truth.img", dtype=np.uint8)
    assert truth.tolist() == list(range(12))
