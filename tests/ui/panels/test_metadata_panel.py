"""Metadata panel: facts, assumed and ignored entries, header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.session.session import Session
from focus_viewer.ui.panels.metadata_panel import MetadataPanel, facts

HEADER = {"samples": "60", "lines": "40", "sensor type": "{Eye}", "note": "{nm and\nNM}"}


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> MetadataPanel:
    made = MetadataPanel(session)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


def cube(**attributes: object) -> Cube:
    rows = {
        "header": HEADER,
        "path": Path("/data/leaf.img"),
        "stored": "BIL, uint16",
        "notes": ("nm was guessed", Ignored("bbl is <b>odd</b>")),
        "unused": ("fps",),
    }
    return replace(make_cube(), **(rows | attributes))  # type: ignore[arg-type]


def test_nothing_is_shown_without_a_cube(panel: MetadataPanel, session: Session) -> None:
    assert panel.empty.isVisible()
    assert not panel.header.isVisible()
    number = session.documents.open(cube())
    assert not panel.empty.isVisible()
    assert panel.header.isVisible()
    session.documents.close(number)
    assert panel.empty.isVisible()


def test_facts_are_shown(panel: MetadataPanel, session: Session) -> None:
    session.documents.open(cube(fwhm_nm=np.full(50, 5.0)))
    assert panel.shown == {
        "Name": "leaf",
        "File": "/data/leaf.img",
        "Size": "40 x 60 pixels, 50 bands",
        "Stored as": "BIL, uint16",
        "Sensor": "Eye",
        "Wavelengths": "400 to 1000 nm, mean spacing 12.2 nm",
        "Band widths": "5 nm (FWHM)",
        "Units": "reflectance",
        "Good bands": "50 of 50",
    }
    assert panel.assumed.text() == "• nm was guessed"
    assert panel.ignored.text().splitlines() == [
        "• bbl is <b>odd</b>",
        "• Entries of the header that are not used: fps.",
    ]
    assert panel.ignored.textFormat() == Qt.TextFormat.PlainText


def test_what_is_not_known_is_left_out_and_never_made_up() -> None:
    rows = dict(facts(replace(make_cube(), wavelengths_nm=None, units="unknown")))
    assert rows["Wavelengths"] == "none"
    assert rows["Units"] == "unit not known"
    assert not {"Sensor", "Stored as", "Band widths", "File"} & set(rows)


def test_one_band_has_no_distance() -> None:
    rows = dict(facts(make_cube(bands=1, wavelengths_nm=np.array([550.0]))))
    assert rows["Wavelengths"] == "550 nm"


def test_the_panel_follows_the_document_on_the_screen(
    panel: MetadataPanel, session: Session
) -> None:
    first = session.documents.open(cube(name="first"))
    session.documents.open(cube(name="second", header={}, notes=(), unused=()))
    assert panel.shown["Name"] == "second"
    assert (panel.assumed.text(), panel.ignored.text()) == ("None.", "None.")
    assert panel.header.text.toPlainText() == ""
    assert not panel.header.copy.isEnabled()
    session.documents.activate(first)
    assert panel.shown["Name"] == "first"
    assert "samples = 60" in panel.header.text.toPlainText()


def test_the_header_is_copied_as_it_is(
    qtbot: QtBot, panel: MetadataPanel, session: Session
) -> None:
    session.documents.open(cube())
    qtbot.mouseClick(panel.header.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == (
        "samples = 60\nlines = 40\nsensor type = {Eye}\nnote = {nm and\nNM}"
    )
    assert panel.header.text.isReadOnly()


def test_the_header_is_searched(qtbot: QtBot, panel: MetadataPanel, session: Session) -> None:
    session.documents.open(cube())
    header = panel.header
    qtbot.keyClicks(header.search, "nm")
    assert header.match_count.text() == "1 of 2"
    assert len(header.text.extraSelections()) == 2
    assert header.text.textCursor().selectedText() == "nm"
    qtbot.keyClick(header.search, Qt.Key.Key_Return)
    assert header.text.textCursor().selectedText() == "NM"
    qtbot.keyClick(header.search, Qt.Key.Key_Return)
    assert header.match_count.text() == "1 of 2"
    qtbot.keyClicks(header.search, "x")
    assert header.match_count.text() == "Not found"
    assert header.text.extraSelections() == []
    header.search.clear()
    assert header.match_count.text() == ""


def test_the_search_field_is_readable_in_a_narrow_window(
    panel: MetadataPanel, session: Session
) -> None:
    session.documents.open(cube())
    panel.resize(572, 240)  # of a window 960 px wide
    panel.show()
    search = panel.header.search
    words = search.fontMetrics().horizontalAdvance(search.placeholderText())
    assert search.width() > words
    assert panel.minimumSizeHint().width() <= 572


def test_a_search_goes_on_in_the_next_document(
    qtbot: QtBot, panel: MetadataPanel, session: Session
) -> None:
    session.documents.open(cube())
    qtbot.keyClicks(panel.header.search, "eye")
    assert panel.header.match_count.text() == "1 of 1"
    session.documents.open(cube(header={"a": "eye eye"}))
    assert panel.header.match_count.text() == "1 of 2"
