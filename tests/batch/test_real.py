"""Cubes of real cameras and simulated leaves in one batch, with what cannot be read among them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import focus_viewer as fv
from focus_viewer.cli.main import app

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]


def test_one_table_of_all_with_every_failure_named(real_data: Path, tmp_path: Path) -> None:
    pytest.importorskip("prosail")
    leaves = tmp_path / "leaves"
    options = ["--scenes", "2", "--size-px", "64", "--class", "healthy", "--class", "chlorosis"]
    done = CliRunner().invoke(app, ["simulate", "--out", str(leaves), *options, "--workers", "1"])
    assert done.exit_code == 0, done.output
    tiles = sorted((real_data / "scenes" / "enmap_potsdam" / "images").glob("*.tif"))[:3]
    cut = tmp_path / "cut.tif"
    cut.write_bytes(tiles[0].read_bytes()[:400_000])
    shutil.copy(ROOT / "resources" / "leaf.hdr", tmp_path / "short.hdr")
    (tmp_path / "short.img").write_bytes(b"\0" * 1000)
    (tmp_path / "empty").mkdir()
    kernels = real_data / "envi_plant" / "wheat_grains"
    inputs = [leaves, *tiles, kernels, cut, tmp_path / "short.hdr", tmp_path / "empty"]
    found = fv.batch(inputs, tmp_path / "out", device="cpu")
    rows = {str(row["label"]): row for row in found.rows}
    failed = {name for name, row in rows.items() if row["status"] == "failed"}
    assert failed == {"cut", "short", "empty", *(path.stem for path in kernels.glob("*.hdr"))}
    assert all(rows[name]["error"] for name in failed)
    assert "wavelengths" in str(rows[next(path.stem for path in kernels.glob("*.hdr"))]["error"])
    assert {rows[path.stem]["verdict"] for path in tiles} == {"does not apply"}
    own = [row for row in rows.values() if str(row["path"]).startswith(str(leaves))]
    assert [row["verdict"] for row in own] == ["applies"] * 4
    assert any("no cubes: chlorosis_001_truth.hdr" in note for note in found.notes)
