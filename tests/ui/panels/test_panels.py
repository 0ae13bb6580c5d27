"""Class panel, tabs, status and banner: each control in both directions."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, foreign, make_card, make_cube

from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.tasks.lane_names import EXPLAIN, PICTURE
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.panels.class_panel import ClassPanel
from focus_viewer.ui.panels.model_card_dialog import ModelCardDialog, card_rows
from focus_viewer.ui.panels.waterfall import number_text
from focus_viewer.ui.shell.document_tabs import DocumentTabs
from focus_viewer.ui.status.job_status import JobStatus
from focus_viewer.ui.status.problem_banner import ProblemBanner
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import bar_colours

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, session: Session, workbench: Workbench) -> ClassPanel:
    one = ClassPanel(session, workbench)
    qtbot.addWidget(one)
    one.resize(320, 600)
    one.show()
    return one


def test_classes_stand_with_their_probabilities(panel: ClassPanel, session: Session) -> None:
    session.documents.open(make_cube())
    names = [panel.classes.item(row).text() for row in range(panel.classes.count())]
    assert names == ["healthy", "chlorosis", "water stress"]
    assert panel.classes.currentItem().text() == "chlorosis"
    assert "simulated training data, not validated" in panel.warning.text()
    assert panel.doubt.text() == "11 % of the evidence could not be attributed."
    assert "toy 1" in panel.model.currentText()


def test_classes_are_lower_in_a_low_panel_and_as_before_in_a_high_one(
    panel: ClassPanel, session: Session
) -> None:
    session.documents.open(make_cube())
    roomy = panel.classes.height()
    panel.resize(320, 330)
    row = panel.classes.visualItemRect(panel.classes.item(0))
    assert panel.classes.count() * row.height() <= panel.classes.height() < roomy
    assert row.height() >= panel.classes.fontMetrics().height()
    panel.resize(320, 600)
    assert panel.classes.height() == roomy


def test_a_verdict_stands_above_the_classes(panel: ClassPanel, session: Session) -> None:
    session.documents.open(make_cube())
    assert "The model applies" in panel.verdict.text()
    assert "71\u00a0% of the image is plant tissue." in panel.verdict.text()
    assert "11 % of the evidence could not be attributed (0.111; expected below 0.4): applies" in (
        panel.verdict.toolTip().replace("<b>sink</b>: ", "")
    )
    inside, top = panel.widget(), QPoint()
    assert panel.verdict.mapTo(inside, top).y() < panel.classes.mapTo(inside, top).y()
    shown = panel.classes.grab().toImage()
    assert "all the same" not in panel.verdict.text()
    session.publish(foreign(session.state))
    assert "The model does not apply" in panel.verdict.text()
    assert "Nothing in the image is plant." in panel.verdict.text()
    assert panel.classes.isHidden() and panel.parts.isHidden()
    panel.verdict.linkActivated.emit("#show")
    assert not (panel.classes.isHidden() or panel.parts.isHidden())
    assert "all the same" not in panel.verdict.text()
    assert panel.classes.item(0).toolTip().endswith("of something that the model cannot know")
    assert panel.classes.grab().toImage() != shown  # no probabilities, no bars


def test_a_click_on_a_class_explains_it(qtbot: QtBot, panel: ClassPanel, session: Session) -> None:
    session.documents.open(make_cube())
    middle = panel.classes.visualItemRect(panel.classes.item(2)).center()
    qtbot.mouseClick(panel.classes.viewport(), LEFT, pos=middle)
    assert session.state.document is not None
    assert session.state.document.class_name == "water stress"
    qtbot.keyClick(panel.classes, Qt.Key.Key_Up)
    assert session.state.document.class_name == "chlorosis"
    session.explanation.choose_class("healthy")
    assert panel.classes.currentItem().text() == "healthy"


def test_modes_in_both_directions(qtbot: QtBot, panel: ClassPanel, session: Session) -> None:
    session.documents.open(make_cube())
    qtbot.mouseClick(panel.modes["attention"], LEFT)
    assert session.state.view.display.mode == "attention"
    session.view.set_display(replace(session.state.view.display, mode="evidence"))
    assert panel.modes["evidence"].isChecked()
    assert not panel.modes["attention"].isChecked()


def test_each_mode_says_what_must_be_known_of_it(
    qtbot: QtBot, panel: ClassPanel, session: Session
) -> None:
    session.documents.open(make_cube())
    assert list(panel.modes) == ["evidence", "attention", "signature", "unattributed"]
    assert "exact parts of the frozen ViT's logit" in panel.modes["evidence"].toolTip()
    assert not panel.mode_note.isVisible()
    qtbot.mouseClick(panel.modes["attention"], LEFT)
    assert panel.mode_note.text() == "The sink absorbed 50 % of the attention for chlorosis."
    assert not panel.reference_class.isEnabled()
    qtbot.mouseClick(panel.modes["signature"], LEFT)
    assert session.state.view.display.mode == "signature"
    assert panel.mode_note.isVisible()
    sentence = "near the physics, no explanation of the decision"
    assert sentence in panel.mode_note.text()
    assert sentence in panel.modes["signature"].toolTip()
    assert not panel.reference_class.isEnabled()
    qtbot.mouseClick(panel.modes["evidence"], LEFT)
    assert not panel.mode_note.isVisible()
    assert panel.reference_class.isEnabled()


def test_the_waterfall_is_the_sum_of_the_logit_less_those_of_the_others(
    qtbot: QtBot, panel: ClassPanel, session: Session
) -> None:
    session.documents.open(make_cube())
    numbers = [step.number for step in panel.waterfall.steps]
    assert numbers == ["2.19", "\u22120.22", "\u22120.03", "1.95"]
    ends = [(step.begin, step.end) for step in panel.waterfall.steps]
    assert ends[0][0] == ends[3][0] == 0
    assert ends[0][1] == ends[1][0] and ends[1][1] == ends[2][0] and ends[2][1] == ends[3][1]
    assert "not attributed \u22120.03, = logit difference 1.95" in (
        panel.waterfall.accessibleName()
    )
    assert panel.waterfall.toolTip().startswith(
        "Logit of chlorosis less that of the other classes, on average: nothing shown 2.19"
    )
    session.explanation.set_reference_class("healthy")
    assert panel.waterfall.toolTip().startswith("Logit of chlorosis less that of healthy: ")
    assert session.state.volume is not None
    curve = importance_curve(session.state.volume).sum()
    assert panel.waterfall.steps[1].number == number_text(curve, signed=True)


def test_the_bars_of_the_waterfall_are_as_long_as_their_numbers(
    panel: ClassPanel, session: Session
) -> None:
    session.documents.open(make_cube())
    waterfall, picture = panel.waterfall, panel.waterfall.grab().toImage()
    bars, ratio = waterfall.bars_rect(), picture.devicePixelRatio()

    def colour_at(row: int, value: float) -> str:
        x = bars.left() + bars.width() * value / 2.194
        y = (row + 0.5) * waterfall.height() / 4
        return picture.pixelColor(round(x * ratio), round(y * ratio)).name()

    assert colour_at(0, 1.0) == theme.MUTED
    colours = bar_colours("Berlin")
    assert colour_at(1, 2.10) == colours.below  # evidence takes 0.22 off 2.19
    assert colour_at(1, 1.80) not in (colours.below, colours.above)
    assert colour_at(3, 1.85) == theme.ACCENT
    assert colour_at(3, 2.00) != theme.ACCENT
    session.view.set_display(replace(session.state.view.display, colourmap="Vanimo"))
    picture = waterfall.grab().toImage()
    assert colour_at(1, 2.13) == bar_colours("Vanimo").below


def test_a_panel_made_late_shows_what_is_there(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    late = ClassPanel(session, workbench)
    qtbot.addWidget(late)
    assert late.classes.count() == 3
    assert late.classes.currentItem().text() == "chlorosis"


def test_notes_of_cube_and_model_are_shown(panel: ClassPanel, session: Session) -> None:
    session.documents.open(
        replace(make_cube(), notes=("byte order was missing: little endian assumed",))
    )
    assert "little endian assumed" in panel.note_lines.whole.text()


def test_a_refusal_is_told_and_can_be_tried_again(qtbot: QtBot, session: Session) -> None:
    runner = HeldRunner()
    bench = Workbench(session, runner, FakeServices())
    panel = ClassPanel(session, bench)
    qtbot.addWidget(panel)
    panel.show()
    session.documents.open(make_cube())
    assert panel.waiting.isVisible()
    assert not panel.retry.isVisible()
    runner.held.pop(EXPLAIN).failed(IncompatibleCube("no wavelengths: add them"))
    assert panel.problem.text() == "no wavelengths: add them"
    assert panel.problem.isVisible()
    assert not panel.waiting.isVisible()
    qtbot.mouseClick(panel.retry, LEFT)
    assert session.state.jobs.explaining.status == "running"
    runner.release(EXPLAIN)
    assert panel.classes.isVisible()
    assert not panel.problem.isVisible()
    assert not panel.retry.isVisible()


def test_the_card_is_shown_whole(qtbot: QtBot, panel: ClassPanel, session: Session) -> None:
    session.documents.open(make_cube())
    qtbot.mouseClick(panel.card, LEFT)
    (dialog,) = panel.window().findChildren(ModelCardDialog)
    texts = [one.text() for one in dialog.findChildren(QLabel)]
    assert "made up" in texts
    assert "0.50 % of the backbone's" in texts
    assert any("not validated" in text for text in texts)
    dialog.reject()


def test_the_card_has_the_temperature_of_each_range() -> None:
    card = make_card(("healthy", "rust"), (400.0, 500.0))
    assert "Temperature" not in dict(card_rows(card))
    measured = replace(card, temperatures={"full range": 1.3, "VNIR": 2.05})
    assert dict(card_rows(measured))["Temperature"] == "full range 1.30; VNIR 2.05"


def test_tabs_in_both_directions(qtbot: QtBot, session: Session) -> None:
    tabs = DocumentTabs(session, session.documents.close, print)
    qtbot.addWidget(tabs)
    assert not tabs.isVisible()
    first = session.documents.open(replace(make_cube(), name="one"))
    second = session.documents.open(replace(make_cube(), name="two"))
    tabs.show()
    assert [tabs.tabText(place) for place in range(2)] == ["one", "two"]
    assert tabs.currentIndex() == 1
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(0).center())
    assert session.state.documents.active == first
    session.documents.activate(second)
    assert tabs.currentIndex() == 1
    qtbot.mouseClick(tabs.tabButton(1, QTabBar.ButtonPosition.RightSide), LEFT)
    assert session.state.documents.active == first
    assert tabs.count() == 1
    session.documents.close(first)
    assert not tabs.isVisible()


def test_nothing_of_a_closed_tab_is_kept(qtbot: QtBot, session: Session) -> None:
    tabs = DocumentTabs(session, session.documents.close, print)
    qtbot.addWidget(tabs)
    first = session.documents.open(make_cube())
    button = weakref.ref(tabs.tabButton(0, QTabBar.ButtonPosition.RightSide))
    session.documents.close(first)

    def is_gone() -> bool:
        gc.collect()
        return button() is None

    qtbot.waitUntil(is_gone)


def test_a_long_name_pushes_nothing_out_of_the_panel(qtbot: QtBot, session: Session) -> None:
    runner, name = HeldRunner(), "var1_2020_x75y20_8000_us_2x_2022-04-26T122543_corr_grain28"
    bench = Workbench(session, runner, FakeServices())
    panel = ClassPanel(session, bench)
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    panel.show()
    session.documents.open(replace(make_cube(), name=name, notes=(f"{name} has no units.",)))
    runner.held.pop(EXPLAIN).failed(IncompatibleCube(f"{name}: the cube has no wavelengths."))
    assert panel.problem.text() == "The cube has no wavelengths."
    inside = panel.widget()
    assert inside is not None
    assert inside.minimumSizeHint().width() <= panel.viewport().width()


def test_the_job_is_told_and_cancelled(qtbot: QtBot, session: Session) -> None:
    runner = HeldRunner()
    bench = Workbench(session, runner, FakeServices())
    status = JobStatus(session, bench)
    qtbot.addWidget(status)
    status.show()
    assert status.text.text() == "Ready"
    idle_px = status.sizeHint().height()
    session.documents.open(make_cube())
    assert status.cancel.isVisible()
    assert status.sizeHint().height() == idle_px  # the window keeps its place
    session.explaining_job.progress(session.state.jobs.explaining.ticket, 0.5, "forward pass")
    assert status.text.text() == "Explaining leaf: forward pass"
    assert status.bar.value() == 500
    qtbot.mouseClick(status.cancel, LEFT)
    assert status.text.text() == "Explaining leaf: cancelled"
    assert not status.bar.isVisible()
    bench.explain()
    runner.release(PICTURE)
    runner.release(EXPLAIN)
    assert status.text.text() == "Explained in 950 ms on cpu: 1 forward pass, no gradients"
    assert not status.cancel.isVisible()


def test_the_banner_stays_until_it_is_dismissed(qtbot: QtBot, session: Session) -> None:
    banner = ProblemBanner(session)
    qtbot.addWidget(banner)
    assert not banner.isVisible()
    session.requests.report(Problem("Could not open x", "expected <10 bytes>\nfound 9"))
    assert banner.isVisible()
    shown = "<b>Could not open x</b>&ensp;expected &lt;10 bytes&gt;<br>found 9"
    assert banner.message.text() == shown
    qtbot.mouseClick(banner.findChild(QPushButton), LEFT)
    assert session.state.requests.problem is None
    assert not banner.isVisible()
