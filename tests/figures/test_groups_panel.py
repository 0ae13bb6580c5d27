"""Groups of plants as a panel of the publication figure."""

from dataclasses import replace

import numpy as np
import pytest
from publication_cases import make_state, make_subject

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.studies.comparison import Comparison, compare
from focus_viewer.core.studies.plan import Quantity, StudyPlan
from focus_viewer.figures.publication.figure import publication_figure, shortcomings, why_not
from focus_viewer.session.outputs.figure_subject import figure_subject
from focus_viewer.session.state.slices.studies import Studied
from tests.core.studies.study_cases import row, study

SPEC = FigureSpec(panels=("groups",))
PLAN = StudyPlan("treatment", value="NDVI", class_name="drought")


def compared(plants: int = 6) -> Comparison:
    rng = np.random.default_rng(3)
    rows = [
        row(f"{t[0]}{n}", t, n, rng.normal(0, 1, 10) + 9 * (t == "drought"))
        for t in ("control", "drought")
        for n in range(plants)
    ]
    return compare(study(*rows), PLAN, Quantity("importance", "drought"))


@pytest.mark.parametrize("plants", [6, 1])
def test_curves_key_difference_and_result_are_drawn(plants: int) -> None:
    found = compared(plants)
    figure = publication_figure(make_subject(groups=found), SPEC)
    said = "\n".join(text.get_text() for text in figure.texts)
    assert "Importance curve of drought by treatment" in said
    assert f"control ({plants} plant" in said
    upper = figure.axes[0]
    drawn = [line.get_ydata() for line in upper.lines]
    assert any(np.array_equal(values, found.summaries[0].mean) for values in drawn)
    assert len(figure.axes) == (2 if plants > 1 else 1)
    words = " ".join(said.split())
    assert ("all 924 arrangements" if plants > 1 else "too few units to test") in words


def test_without_a_study_it_says_why_there_is_none() -> None:
    subject = make_subject()
    assert why_not("groups", subject) == "no study with importance curves is open"
    assert "No groups of plants: no study with importance curves is open." in shortcomings(
        subject, SPEC
    )


def test_the_open_study_is_what_is_drawn() -> None:
    found = compared()
    state = replace(make_state(), studied=Studied(found=(found,)))
    subject = figure_subject(state, SPEC)
    assert subject is not None and subject.groups is found
