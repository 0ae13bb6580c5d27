"""Regions in the whole explorer: drawn, undone, compared, kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gl.driver import LEFT, SAMPLE, Driver
from PySide6.QtCore import Qt
from ui.mouse import Mouse

from focus_viewer.core.saliency.volume import importance_curve

pytestmark = [
    pytest.mark.gl,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos.*:DeprecationWarning"),
]


def test_regions_are_drawn_undone_compared_and_kept(driver: Driver, tmp_path: Path) -> None:
    window, qtbot, session = driver.window, driver.qtbot, driver.session
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    canvas = window.image_view.canvas
    mouse = Mouse(canvas, canvas.box)

    # Each tool by its key, each region by the mouse.
    qtbot.keyClick(window, Qt.Key.Key_R)
    mouse.drag((55, 30), (70, 40), (80, 50))
    qtbot.keyClick(window, Qt.Key.Key_O)
    mouse.drag((100, 50), (110, 60), (130, 66))
    qtbot.keyClick(window, Qt.Key.Key_P)
    for corner in ((40, 40), (52, 38), (55, 50)):
        mouse.click(*corner)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.keyClick(window, Qt.Key.Key_F)
    mouse.drag((60, 70), (80, 70), (80, 80), (60, 80))
    qtbot.keyClick(window, Qt.Key.Key_B)
    session.regions.select(())
    mouse.drag((90, 45), (95, 46), (99, 47))
    qtbot.keyClick(window, Qt.Key.Key_T)
    mouse.click(120.5, 40.5)
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(driver.document.annotations.regions) == 7)
    drawn = driver.document.annotations.regions

    # Undo all, redo all.
    control = Qt.KeyboardModifier.ControlModifier
    for _ in range(7):
        qtbot.keyClick(window, Qt.Key.Key_Z, control)
    assert not driver.document.annotations.regions
    for _ in range(7):
        qtbot.keyClick(window, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert driver.document.annotations.regions == drawn

    # The table and the curves follow.
    def measured() -> bool:
        measures = driver.document.measures
        return measures is not None and measures.regions == drawn and bool(measures.importance)

    qtbot.waitUntil(measured)
    measures = driver.document.measures
    assert measures is not None
    volume = session.state.volume
    assert volume is not None
    strongest = next(row for row in measures.rows if row.id == drawn[-1].id)
    area_share = strongest.pixels / (driver.document.cube.rows * driver.document.cube.cols)
    assert area_share < 0.1
    assert strongest.positive_share > 3 * area_share
    assert np.isfinite(importance_curve(volume)).all()
    assert window.region_panel.sorted.rowCount() == 7

    # Kept, and read again: the same but for the numbers.
    path = tmp_path / "regions.geojson"
    driver.workbench.region_files.save(path)
    qtbot.waitUntil(path.exists)
    session.regions.remove([one.id for one in drawn])
    driver.workbench.region_files.open(path)
    qtbot.waitUntil(lambda: len(driver.document.annotations) == 7)
    again = driver.document.annotations.regions
    assert [(one.name, one.outline) for one in again] == [(o.name, o.outline) for o in drawn]

    # One class against another.
    combo = window.class_panel.reference_class
    qtbot.mouseClick(combo, LEFT)
    qtbot.keyClick(combo.view(), Qt.Key.Key_Down)
    qtbot.keyClick(combo.view(), Qt.Key.Key_Return)
    assert driver.document.reference_class is not None
    assert session.state.volume is not volume
