"""History of a cube: listed, copied, repeated on other cubes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, change_preprocessing, make_cube

from focus_viewer.core.masks.rules import WithinLimits
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    Preprocessing,
    Smoothing,
    WhiteAndDark,
    preprocessing_of,
)
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import PREPROCESS, REPEAT
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.preprocessing.history_dialog import HistoryDialog


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, workbench: Workbench) -> HistoryDialog:
    for name in ("first", "second", "third"):
        session.documents.open(replace(make_cube(rows=8, cols=9), name=name))
    session.documents.activate(session.state.documents.items[0].id)
    made = HistoryDialog(session, workbench.preprocessing, workbench.masks)
    qtbot.addWidget(made)
    made.show()
    return made


def done_to(session: Session) -> list[Preprocessing]:
    return [preprocessing_of(document.cube) for document in session.state.documents.items]


def test_steps_are_listed_in_order_and_copied(
    dialog: HistoryDialog, session: Session, workbench: Workbench
) -> None:
    assert not dialog.repeat.isEnabled()
    assert "as it was read" in dialog.about.text()
    ranges, smoothing = ((400.0, 420.0),), Smoothing(7, 2)
    change_preprocessing(session, workbench.preprocessing, bad_ranges=ranges, smoothing=smoothing)
    steps = [dialog.steps.item(row).text() for row in range(dialog.steps.count())]
    assert steps[0].startswith("read from")
    assert steps[1] == "bad bands chosen by hand: 400 to 420 nm"
    assert steps[2] == "smoothed over 7 bands (Savitzky-Golay, order 2)"
    dialog.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("first\n1. read from")
    assert "3. smoothed over 7 bands" in copied


def test_it_is_repeated_on_one_or_all_other_cubes(
    dialog: HistoryDialog, session: Session, workbench: Workbench
) -> None:
    change_preprocessing(session, workbench.preprocessing, bin_bands=2)
    dialog.target.setCurrentText("third")
    dialog.repeat.click()
    assert done_to(session) == [
        Preprocessing(bin_bands=2),
        NO_PREPROCESSING,
        Preprocessing(bin_bands=2),
    ]
    dialog.target.setCurrentText("All other open cubes")
    dialog.repeat.click()
    assert done_to(session) == [Preprocessing(bin_bands=2)] * 3
    assert session.state.requests.problem is None


def test_a_cube_that_it_does_not_fit_is_reported_and_the_others_follow(
    dialog: HistoryDialog, session: Session, workbench: Workbench
) -> None:
    lost = Preprocessing(references=WhiteAndDark(Path("gone.hdr")))
    ids = [document.id for document in session.state.documents.items]
    workbench.preprocessing.repeat(lost, ids[1:])
    assert done_to(session) == [NO_PREPROCESSING] * 3
    problem = session.state.requests.problem
    assert problem is not None
    assert problem.text.count("gone.hdr is not there") == 2
    workbench.preprocessing.repeat(Preprocessing(bin_bands=2), (999, ids[2]))
    assert done_to(session)[2] == Preprocessing(bin_bands=2)


def test_bad_bands_by_wavelength_are_not_repeated_on_a_cube_without_any(
    dialog: HistoryDialog, session: Session, workbench: Workbench
) -> None:
    second = session.state.documents.items[1]
    session.documents.activate(second.id)
    change_preprocessing(session, workbench.preprocessing, bad_ranges=((2.0, 3.0),))
    bare = replace(make_cube(), name="bare", wavelengths_nm=None)
    session.documents.open(bare)
    session.documents.activate(second.id)
    dialog.target.setCurrentText("bare")
    dialog.repeat.click()
    assert done_to(session)[-1] == NO_PREPROCESSING
    problem = session.state.requests.problem
    assert problem is not None
    assert "bare has numbers of bands" in problem.text


def test_cubes_that_wait_to_be_repeated_on_outlast_another_task(qtbot: QtBot) -> None:
    session, runner = Session(), HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    for name in ("first", "second", "third"):
        session.documents.open(replace(make_cube(rows=8, cols=9), name=name))
    first, second, third = (document.id for document in session.state.documents.items)
    workbench.preprocessing.repeat(Preprocessing(bin_bands=2), (second, third))
    workbench.preprocessing.apply(first, Preprocessing(bin_bands=5))
    workbench.preprocessing.repeat(Preprocessing(bin_bands=3), (second,))
    for lane in (PREPROCESS, REPEAT, REPEAT, REPEAT):
        runner.release(lane)
    assert [each.bin_bands for each in done_to(session)] == [5, 3, 2]
    workbench.close()


def test_a_single_cube_is_told_how_to_repeat_instead_of_an_empty_box(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube(rows=8, cols=9))
    dialog = HistoryDialog(session, workbench.preprocessing, workbench.masks)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.target.isVisible()
    change_preprocessing(session, workbench.preprocessing, bin_bands=2)
    assert "open that as well" in dialog.about.text()


def test_a_mask_is_a_step_that_is_repeated_by_its_rules(
    dialog: HistoryDialog, session: Session, workbench: Workbench
) -> None:
    formula = CompositeRecipe("formula", formula="r800 / r670")
    session.masks.start(WithinLimits(formula, low=2.0))
    change_preprocessing(session, workbench.preprocessing, bin_bands=2)
    last = dialog.steps.item(dialog.steps.count() - 1).text()
    assert last == "mask, statistics of the pixels inside: r800 / r670 at least 2"
    dialog.copy.click()
    assert "3. mask, statistics" in QGuiApplication.clipboard().text()
    dialog.repeat.click()
    masks = [document.inside for document in session.state.documents.items]
    assert len({mask.words for mask in masks if mask}) == 1 and None not in masks
    assert done_to(session) == [Preprocessing(bin_bands=2)] * 3
