"""The notebook of the documentation runs as it is written."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib
import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.slow
def test_every_cell_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = json.loads((DOCS / "python.ipynb").read_text(encoding="utf-8"))["cells"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(codes) > 5
    monkeypatch.chdir(DOCS)
    matplotlib.use("Agg")
    names: dict[str, object] = {}
    for code in codes:
        exec(compile(code, "python.ipynb", "exec"), names)  # noqa: S102 - our own notebook
    assert "leaf.hdr" in capsys.readouterr().out
