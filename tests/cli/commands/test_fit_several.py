"""Classes that hold at once, `rust;drought` in a table: taught, reported, evaluated, explained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi
from teaching_cases import AXIS_NM, cube_with
from typer.testing import CliRunner, Result

from focus_viewer.cli.main import app
from focus_viewer.explain.classical import estimators
from focus_viewer.explain.teaching import plan as plans

LABELS = ("rust", "drought", "rust;drought", "healthy")
DROUGHT_NM = 920.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prompts are hardly trained, and forests are small."""
    monkeypatch.setattr(estimators, "_TREES", 10)
    defaults = list(plans.TeachingPlan.__init__.__defaults__ or ())
    defaults[-3:] = [2, 2, 3]
    monkeypatch.setattr(plans.TeachingPlan.__init__, "__defaults__", tuple(defaults))


def leaves(folder: Path, first: int, each: int) -> Path:
    """Write whole-cube leaves of every label, and their table."""
    folder.mkdir()
    entries = {
        "wavelength": "{" + ", ".join(map(str, AXIS_NM)) + "}",
        "wavelength units": "nm",
    }
    dip = 0.3 * np.exp(-0.5 * ((AXIS_NM - DROUGHT_NM) / 30) ** 2)
    rows = ["image,class"]
    for number in range(each * len(LABELS)):
        label, name = LABELS[number % len(LABELS)], f"leaf{first + number}"
        rust = "rust" if "rust" in label else ""
        cube = cube_with(("",), first + number, everywhere=rust)
        values = cube.block(slice(None), slice(None)) * (1 - dip * ("drought" in label))
        write_envi(
            folder, values.astype("f4"), entries, data_name=f"{name}.img", header_name=f"{name}.hdr"
        )
        rows.append(f"{name},{label}")
    (folder / "leaves.csv").write_text("\n".join(rows) + "\n")
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_several_classes_hold_at_once_end_to_end(tmp_path: Path) -> None:
    data, others = leaves(tmp_path / "leaves", 0, 3), leaves(tmp_path / "others", 50, 1)
    model = tmp_path / "model"
    done = run("fit", data, "--out", model, "--report", "--folds", "3")
    assert done.exit_code == 0, done.output
    card = json.loads((model / "card.json").read_text())
    assert card["several"] is True
    assert card["classes"] == ["drought", "healthy", "rust"]
    report = json.loads((model / "report.json").read_text())
    assert report["several_classes"] is True
    assert report["chance"] == 0.5
    assert np.shape(report["confusion"]) == (3, 2, 2)
    assert report["balanced_accuracy"]["mean"] > 0.9
    assert report["baselines"]["lda"]["mean"] is not None
    assert 0.5 < report["all_classes_right"] <= 1
    assert report["per_class"]["rust"]["balanced_accuracy"] > 0.9
    assert report["sentences"][1].startswith("Balanced accuracy by class: drought ")

    done = run("evaluate", model, others)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    shown = [
        sorted(name for name, p in each["probabilities"].items() if p >= 0.5)
        for each in record["examples"]
    ]
    assert shown == [sorted(each["classes"]) for each in record["examples"]]
    assert record["all_classes_right"] == 1.0
    assert record["by_class"] == {"drought": 1.0, "healthy": 1.0, "rust": 1.0}

    ill = next(e["name"] for e in record["examples"] if len(e["classes"]) == 2)
    done = run("explain", others / ill, "--model", model, "--out", tmp_path / "result")
    assert done.exit_code in (0, 3), done.output
    result = json.loads((tmp_path / "result" / "result.json").read_text())
    likely = {each["name"] for each in result["classes"] if each["probability"] >= 0.5}
    assert likely == {"rust", "drought"}
