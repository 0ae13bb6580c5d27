"""`focus-viewer study`: groups of what a batch explained, compared and written."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from batch_folders import write_batch
from typer.testing import CliRunner

from focus_viewer.cli.main import app
from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import Quantity, StudyPlan
from focus_viewer.io.studies import read_study


def run(*words: str | Path) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["study", *map(str, words)])
    return found.exit_code, found.stdout, found.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a batch of two treatments writes."""
    return write_batch(tmp_path_factory.mktemp("night"))


def test_report_and_statistics_are_those_of_the_comparison(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    status, said, named = run(folder, "--out", out, "--value", "NDVI", "--class", "drought")
    assert status == 0
    paths = [str(out / f"study.{kind}") for kind in ("html", "pdf", "csv")]
    assert named.splitlines() == ["  1 row left out: the file ends early", *paths]
    first, second, _ = said.splitlines()
    assert first.startswith("NDVI: groups differ")
    assert second.startswith("Importance curve of drought: groups differ at 550-650 nm")
    with (out / "study.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plan = StudyPlan("treatment", value="NDVI", class_name="drought")
    found = compare(read_study(folder), plan, Quantity("importance", "drought"))
    own = [row for row in rows if row["quantity"] == "importance curve of drought"]
    assert len(own) == 2 * len(found.observed.nm)
    control = [row for row in own if row["group"] == "control"]
    assert np.allclose([float(row["mean"]) for row in control], found.summaries[0].mean)
    assert [row["low_nm"] for row in control] == ["450", "500", "550", "600", "650"]
    assert found.test is not None
    assert np.allclose([float(row["p"]) for row in control], found.test.p_values)
    assert [row["differs"] == "TRUE" for row in control] == found.test.different.tolist()
    assert {(row["low_nm"], row["units"]) for row in rows if row["quantity"] == "NDVI"} == {
        ("NA", "6")
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--by", "tretment"), "--by: expected plant, treatment, decided class"),
        (("--unit", "pot"), "--unit: expected plant, treatment"),
        (("--value", "EVI"), "--value: expected"),
        (("--class", "rust"), "--class: expected healthy, drought; found 'rust'"),
    ],
)
def test_a_name_that_the_study_lacks_is_refused(
    folder: Path, tmp_path: Path, words: tuple[str, str], expected: str
) -> None:
    status, _, error = run(folder, "--out", tmp_path / "out", *words)
    assert status == 1
    assert expected in error
    assert not (tmp_path / "out").exists()
