"""The study report: what it says, that it is whole, and that it can be written again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import StudyPlan, usual_plan
from focus_viewer.core.studies.study import Study
from focus_viewer.figures.study import write_study_report
from focus_viewer.figures.study.page import study_page
from focus_viewer.io.studies import read_study
from tests.batch_folders import write_batch
from tests.core.studies.study_cases import row, study


@pytest.fixture
def batch(tmp_path: Path) -> Study:
    return read_study(write_batch(tmp_path / "night"))


def texts(study: Study, plan: StudyPlan) -> str:
    """All text of the page."""
    found = [compare(study, plan, each) for each in plan.quantities]
    page = study_page(study, plan, found)
    own = [text.get_text() for text in page.texts]
    return "\n".join([*own, *(axes.get_ylabel() for axes in page.axes)])


def test_html_and_pdf_are_written_and_the_same_again(tmp_path: Path, batch: Study) -> None:
    plan = usual_plan(batch)
    folder = tmp_path / "new" / "report"
    paths = write_study_report(batch, plan, folder)
    assert [path.name for path in paths] == ["study.html", "study.pdf", "study.csv"]
    first = [path.read_bytes() for path in paths]
    write_study_report(batch, plan, folder)
    assert first == [path.read_bytes() for path in paths]
    assert first[1].startswith(b"%PDF")
    html = first[0].decode()
    assert html.count("<svg") == 5  # value; means and difference of curve and spectrum
    assert "groups differ at 550-650 nm" in html
    assert "<td>control</td><td>6</td>" in html
    assert html.count("1 row left out: the file ends early") == 1  # of all comparisons
    assert "focus-leaf 3" in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_the_page_says_what_was_tested(batch: Study) -> None:
    said = texts(batch, usual_plan(batch))
    assert "Groups by treatment" in said
    assert "units are plant" in said
    assert "all 924 arrangements" in said
    assert "difference" in said


def test_names_are_no_markup(tmp_path: Path) -> None:
    rows = [row(f"{n}", name, n) for n in range(3) for name in ("<b>", "a&b")]
    found = study(*rows)
    html = write_study_report(found, StudyPlan("treatment"), tmp_path)[0].read_text()
    assert "<b>" not in html and "&lt;b&gt;" in html
    assert "a&b" not in html and "a&amp;b" in html


def test_many_groups_few_plants_and_nothing_at_all(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = [row(f"{g}{n}", f"group {g}", v) for g in range(12) for n, v in enumerate(rng.random(3))]
    plan = StudyPlan("treatment", value="NDVI", class_name="drought")
    said = texts(study(*rows), plan)
    assert "More in the HTML report." in said
    assert "eta squared" in said and "\nF" in said
    alone = study(row("1", "control", 1), row("2", "drought", 2))
    assert "too few units to test" in texts(alone, plan)
    nothing = study(replace(alone.rows[0], error="damaged"))
    write_study_report(nothing, plan, tmp_path)
