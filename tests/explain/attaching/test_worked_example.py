"""The worked example of docs/your-vit.md, as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner
from vit_cases import specim_nm, train_vit, unlabelled

from focus_viewer.cli.main import app
from focus_viewer.core.saliency.applicability import VERDICTS
from focus_viewer.explain.model.cards import read_card
from focus_viewer.io.envi_writer import write_envi

PAGE = Path(__file__).parents[3] / "docs" / "your-vit.md"
QUICKLY = "--windows 12 --groups 10 --epochs 20 --evaluations 20"


def commands() -> list[list[str]]:
    """Return the commands of the page's first example, without the program's name."""
    found = re.search(r"```\n(focus-viewer.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    lines = found[1].replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines]


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    trained = train_vit(cubes=16, epochs=5)
    torch.save(trained.vit.state_dict(), "my_vit.pth")
    np.savetxt("mean.txt", trained.mean)
    np.savetxt("std.txt", trained.std)
    Path("cubes").mkdir()
    entries = {"wavelength": [f"{nm:.2f}" for nm in specim_nm()], "wavelength units": "nm"}
    for number, opener in enumerate(unlabelled(6)):
        planes = np.moveaxis(opener().block(slice(None), slice(None)), -1, 0)
        write_envi(Path("cubes") / f"leaf_{number}.hdr", planes, entries)
    attach, explain = commands()
    done = CliRunner().invoke(app, [*attach, *shlex.split(QUICKLY)])
    assert done.exit_code == 0, done.output
    cosine = re.search(r"curve, cosine with brute force: (-?[\d.]+)", done.stdout)
    assert cosine is not None
    assert -1 <= float(cosine[1]) <= 1
    card = read_card("mine")
    assert card.classes == ("healthy", "rust", "dry")
    assert card.command.startswith("focus-viewer attach my_vit.pth --architecture vit_tiny")
    done = CliRunner().invoke(app, explain)
    assert done.exit_code in (0, 3), done.output
    assert '"verdict"' in Path("result/result.json").read_text("utf-8")
    assert any(f'"{verdict}"' in Path("result/result.json").read_text() for verdict in VERDICTS)
