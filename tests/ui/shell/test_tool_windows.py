"""Tool windows beside the picture, opened by their commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.session.outputs.project import project_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.libraries import Libraries
from focus_viewer.session.state.project import SavedProject
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.contrast_dialog import ContrastDialog
from focus_viewer.ui.layering.mask_dialog import MaskDialog
from focus_viewer.ui.libraries.library_window import LibraryWindow
from focus_viewer.ui.shell.tool_windows import ToolWindows


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_window_opens_at_the_lower_right_and_leaves_the_picture_in_sight(
    window: QWidget, session: Session, workbench: Workbench
) -> None:
    window.setGeometry(0, 0, 960, 600)
    tools = ToolWindows(window, session, workbench, str)
    tools.show_mask()
    (mask,) = window.findChildren(MaskDialog)
    assert mask.x() > 960 // 3
    assert mask.y() > 0
    assert window.geometry().contains(mask.geometry())
    mask.move(5, 5)
    mask.hide()
    tools.show_mask()
    assert (mask.x(), mask.y()) == (5, 5)


def test_a_window_is_made_once_and_stays(
    window: QWidget, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    tools = ToolWindows(window, session, workbench, str)
    tools.show_contrast()
    tools.show_contrast()
    (made,) = window.findChildren(ContrastDialog)
    assert made.isVisible()


def test_libraries_are_shown_when_they_are_opened_but_not_with_a_project(
    window: QWidget, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube(path=Path("leaf.img")))
    project = project_of(session.state)
    tools = ToolWindows(window, session, workbench, str)
    library = SpectralLibrary("a.sli", (LibrarySpectrum("leaf", np.ones(2), np.ones(2)),))
    known = Libraries((library,))
    session.project.open(project, (make_cube(),), SavedProject(), libraries=known)
    assert not window.findChildren(LibraryWindow)
    session.libraries.add(SpectralLibrary("b.sli", library.spectra))
    (shown,) = window.findChildren(LibraryWindow)
    assert shown.isVisible()
    assert tools is not None
