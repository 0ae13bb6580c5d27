"""The dialog of indices, by clicks, and the columns that it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.spectra.indices import INDICES
from focus_viewer.io.indices.catalogue import index_catalogue
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.regions.columns import columns
from focus_viewer.ui.regions.index_dialog import IndexDialog
from focus_viewer.ui.regions.panel import RegionPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, workbench: Workbench) -> IndexDialog:
    cube = make_cube(bands=120)
    session.documents.open(cube)
    one = IndexDialog(session, index_catalogue(), cube)
    with qtbot.waitExposed(one):
        one.show()
    return one


def rows(dialog: IndexDialog) -> list[str]:
    """Names that are in sight."""
    every = enumerate(dialog.indices)
    return [one.index.name for row, one in every if not dialog.table.isRowHidden(row)]


def click_tick(qtbot: QtBot, dialog: IndexDialog, name: str) -> None:
    row = [one.index.name for one in dialog.indices].index(name)
    item = dialog.ticks[row]
    dialog.table.scrollToItem(item)
    box = dialog.table.visualItemRect(item)
    qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=QPoint(box.left() + 12, box.center().y()))


def test_it_lists_what_the_cube_has_bands_for(dialog: IndexDialog) -> None:
    names = rows(dialog)
    assert names[:2] == ["NDVI", "PRI"]
    assert "MSI" not in names  # short-wave infrared
    assert "SAVI" in names
    assert set(dialog.chosen) == {one.name for one in INDICES} & set(names)
    assert dialog.count.text() == (
        f"{len(dialog.chosen)} chosen; {len(names)} of {len(index_catalogue())} indices can be "
        "computed from this cube"
    )
    dialog.reject()


def test_search_by_name_formula_and_reference(qtbot: QtBot, dialog: IndexDialog) -> None:
    qtbot.keyClicks(dialog.search, "soil adjusted")
    assert "SAVI" in rows(dialog)
    assert "NDVI" not in rows(dialog)
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "gamon")
    assert rows(dialog) == ["PRI"]
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "R531")
    assert rows(dialog) == ["PRI"]
    dialog.reject()


def test_a_row_tells_formula_bands_and_reference(qtbot: QtBot, dialog: IndexDialog) -> None:
    row = [one.index.name for one in dialog.indices].index("SAVI")
    dialog.table.setCurrentCell(row, 0)
    told = dialog.detail.text()
    assert "with L = 1" in told
    assert "From the bands at N " in told
    assert "https://doi.org" in told
    dialog.reject()


def test_ticks_become_columns(qtbot: QtBot, session: Session, dialog: IndexDialog) -> None:
    qtbot.mouseClick(dialog.none, LEFT)
    assert dialog.chosen == ()
    click_tick(qtbot, dialog, "PRI")
    click_tick(qtbot, dialog, "NDVI")
    click_tick(qtbot, dialog, "REP")
    click_tick(qtbot, dialog, "REP")
    assert dialog.chosen == ("NDVI", "PRI")
    panel = RegionPanel(session)
    qtbot.addWidget(panel)
    session.regions.draw(Rectangle((0, 0), (9, 9)))
    qtbot.mouseClick(dialog.show_them, LEFT)
    titles = [one.title for one in panel.model.columns]
    assert titles[-2:] == ["NDVI", "PRI"]
    assert "REP" not in titles
    # What this cube has not the bands for stays chosen for one that has.
    assert {"MSI", "CAI"} < set(session.state.view.display.indices)
    assert "From the bands at 798, 672 nm" in panel.model.columns[-2].tip


def test_cancel_changes_nothing_and_the_usual_set_comes_back(
    qtbot: QtBot, session: Session, dialog: IndexDialog
) -> None:
    before = session.state.view.display.indices
    usual = dialog.chosen
    qtbot.mouseClick(dialog.none, LEFT)
    qtbot.mouseClick(dialog.usual, LEFT)
    assert dialog.chosen == usual
    qtbot.mouseClick(dialog.none, LEFT)
    qtbot.mouseClick(dialog.cancel, LEFT)
    assert session.state.view.display.indices == before


def test_areas_have_a_column_where_they_are_known() -> None:
    assert [one.title for one in columns((), PixelArea(0.25))][3] == "Area, m²"
    without = columns((), PixelArea(None, "the map's coordinates are degrees"))
    assert "Area, m²" not in [one.title for one in without]
    assert without[2].tip.endswith("no area: the map's coordinates are degrees")


def test_an_index_of_the_catalogue_is_measured_by_the_packages_own_services(
    qtbot: QtBot, session: Session
) -> None:
    bench = Workbench(session, QtRunner(), bundled_services())
    cube = replace(make_cube(bands=120), wavelengths_nm=None)  # nothing to explain
    session.documents.open(replace(cube, wavelengths_nm=make_cube(bands=120).wavelengths_nm))
    bench.explaining.cancel()
    session.view.set_display(replace(session.state.view.display, indices=("NDVI", "SAVI")))
    session.regions.draw(Rectangle((20, 10), (40, 30)))

    def measured() -> bool:
        document = session.state.document
        return document is not None and document.measures is not None

    qtbot.waitUntil(measured)
    document = session.state.document
    assert document is not None
    assert document.measures is not None
    row = document.measures.rows[0]
    assert list(row.indices) == ["NDVI", "SAVI"]
    bands = document.measures.indices[1].bands
    values = cube.block(slice(10, 30), slice(20, 40)).mean(axis=(0, 1), dtype=float)
    near, red = values[list(bands)]
    assert row.indices["SAVI"] == pytest.approx(2 * (near - red) / (near + red + 1), rel=1e-6)
    bench.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": "counts"}, "contains counts. Calibrate"),
        ({"wavelengths_nm": None}, "no wavelengths"),
    ],
)
def test_an_empty_list_says_why(
    qtbot: QtBot, session: Session, change: dict[str, Any], words: str
) -> None:
    dialog = IndexDialog(session, index_catalogue(), replace(make_cube(), **change))
    qtbot.addWidget(dialog)
    assert dialog.table.rowCount() == 0
    assert words in dialog.detail.text()
