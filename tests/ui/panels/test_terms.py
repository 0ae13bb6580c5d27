"""Every term that the window shows has its meaning from the glossary where it is shown."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.importance_plot import ImportancePlot
from focus_viewer.ui.panels.class_panel import ClassPanel
from focus_viewer.ui.panels.trust_panel import TrustPanel
from focus_viewer.ui.widgets.terms import meanings, with_terms


@pytest.fixture
def tips(qtbot: QtBot, session: Session, workbench: Workbench) -> dict[str, str]:
    """Tooltip of each place that shows terms, with a cube explained."""
    panel, trust = ClassPanel(session, workbench), TrustPanel(session, workbench)
    for one in (panel, trust):
        qtbot.addWidget(one)
    cube = make_cube()
    session.documents.open(cube)
    if session.state.document is not None and session.state.document.explanation is None:
        workbench.explain()
    volume = session.state.viewed_volume
    curve = ImportancePlot()
    curve.show_curve(volume, "auto")
    return {
        "doubt": panel.doubt.toolTip(),
        "verdict": panel.verdict.toolTip(),
        "sum": panel.waterfall.toolTip(),
        "reference": panel.reference_class.toolTip(),
        "test": trust.start.toolTip(),
        "curves": trust.plots.toolTip(),
        "curve": curve.key.toolTip(),
        **{mode: button.toolTip() for mode, button in panel.modes.items()},
    }


@pytest.mark.parametrize(
    ("term", "place"),
    [
        ("sink", "doubt"),
        ("doubt", "doubt"),
        ("verdict", "verdict"),
        ("tissue share", "verdict"),
        ("evidence", "evidence"),
        ("evidence", "sum"),
        ("attention", "attention"),
        ("spectral prompts", "attention"),
        ("tissue signature", "signature"),
        ("unattributed", "unattributed"),
        ("unattributed", "sum"),
        ("sink", "unattributed"),
        ("logit", "evidence"),
        ("logit", "sum"),
        ("baseline", "sum"),
        ("reference class", "reference"),
        ("removal", "test"),
        ("rival", "test"),
        ("blanked", "curves"),
        ("importance curve", "curve"),
    ],
)
def test_a_term_has_its_meaning_where_it_is_shown(
    tips: dict[str, str], term: str, place: str
) -> None:
    assert with_terms("", term) in tips[place]


def test_the_verdicts_are_in_the_meaning_of_verdict() -> None:
    for word in ("applies", "doubtful", "does not apply"):
        assert word in meanings()["verdict"]


def test_a_term_that_the_glossary_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_terms("", "gizmo")
