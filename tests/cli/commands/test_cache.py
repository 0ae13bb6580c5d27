"""`focus-viewer cache` tells what is kept, and removes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from focus_viewer.cli.main import app


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cube's folder with 0.3 GB in it."""
    monkeypatch.setenv("FOCUS_VIEWER_CACHE", str(tmp_path / "kept"))
    monkeypatch.setenv("FOCUS_VIEWER_CACHE_GB", "12.5")
    folder = tmp_path / "kept" / "cube"
    folder.mkdir(parents=True)
    (folder / "bands.bsq").write_bytes(bytes(300_000_000))
    return folder


def test_it_tells_folder_size_and_limit(kept: Path) -> None:
    done = CliRunner().invoke(app, ["cache"])
    assert done.exit_code == 0
    assert done.output == f"{kept.parent}: 0.3 GB of 12.5 GB\n"


def test_as_json_after_clearing(kept: Path) -> None:
    done = CliRunner().invoke(app, ["cache", "--clear", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output) == {
        "folder": str(kept.parent),
        "used_bytes": 0,
        "limit_bytes": 12_500_000_000,
    }
    assert not kept.exists()


def test_a_wrong_limit_is_told_in_a_line(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_VIEWER_CACHE_GB", "plenty")
    done = CliRunner().invoke(app, ["cache"])
    assert done.exit_code == 1
    assert "expected the gigabytes" in done.output
