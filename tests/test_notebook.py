"""The notebooks of the documentation run as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib
import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "printed"), [("python.ipynb", "leaf.hdr"), ("study.ipynb", "study.pdf")]
)
def test_every_cell_runs(
    name: str, printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = json.loads((DOCS / name).read_text(encoding="utf-8"))["cells"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(codes) > 5
    monkeypatch.chdir(DOCS)
    matplotlib.use("Agg")
    names: dict[str, object] = {}
    for code in codes:
        exec(compile(code, name, "exec"), names)  # noqa: S102 - our own notebook
    assert printed in capsys.readouterr().out
