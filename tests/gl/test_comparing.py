"""Regions compared in the whole explorer: touched with the wand, seen through views, by class."""

from __future__ import annotations

import numpy as np
import pytest
from gl.driver import LEFT, SAMPLE, Driver
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox
from region_masks import mask_of
from ui.mouse import Mouse

from focus_viewer.core.regions.effect_size import compare
from focus_viewer.session.state.comparison import OfClass

pytestmark = [
    pytest.mark.gl,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos.*:DeprecationWarning"),
]


def choose(driver: Driver, box: QComboBox, text: str) -> None:
    """With the mouse to open the list, and the keys to go to an entry of it."""
    driver.qtbot.mouseClick(box, LEFT)
    box.view().setCurrentIndex(box.model().index(box.findText(text), 0))
    driver.qtbot.keyClick(box.view(), Qt.Key.Key_Return)


def test_a_lesion_against_the_leaf_around_it(driver: Driver) -> None:
    window, qtbot, session = driver.window, driver.qtbot, driver.session
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    canvas = window.image_view.canvas
    mouse = Mouse(canvas, canvas.box)

    # The wand paints a lesion; more of it by a drag.
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert window.image_view.header.wand_options.isVisible()
    mouse.click(76.5, 70.5)
    qtbot.waitUntil(lambda: len(driver.document.annotations) == 1)
    shape = driver.document.cube.shape[:2]
    before = mask_of(driver.document.annotations.regions[0].outline, shape)
    assert before[70, 76]
    qtbot.keyClick(window, Qt.Key.Key_R)
    mouse.drag((100, 50), (110, 60), (118, 66))
    session.regions.set_class(1, "lesion")
    session.regions.set_class(2, "healthy")
    session.regions.select((1, 2))

    # Compared, each by its pixels.
    curves = window.curve_view
    choose(driver, curves.header.curve, "Effect size")
    qtbot.waitUntil(lambda: session.state.comparison.groups is not None)
    comparison, cube = session.state.comparison.groups, driver.document.cube
    assert comparison is not None
    assert comparison.effect is not None
    spectra = cube.block(slice(None), slice(None))
    spectra[..., ~cube.good_bands] = np.nan
    first, second = (spectra[mask_of(one.outline, shape)] for one in driver.document.annotations)
    expected = compare(first, second)
    np.testing.assert_allclose(comparison.effect.d, expected.d, rtol=1e-6)
    assert comparison.effect.threshold == expected.threshold
    drawn = curves.effect.bars.opts["height"]
    np.testing.assert_array_equal(drawn, comparison.effect.d[cube.good_bands])

    # As classes.
    choose(driver, curves.contrast.first, "class lesion (1)")
    assert session.state.comparison.contrast.first == OfClass("lesion")

    # Spectra as slopes, with their quartiles.
    choose(driver, curves.header.view, "First derivative")
    choose(driver, curves.header.spread, "quartiles")

    def seen() -> bool:
        measures = driver.document.measures
        return measures is not None and measures.view == "derivative" and len(measures.viewed) == 2

    qtbot.waitUntil(seen)
    names = [label.text for _, label in curves.spectra.legend.items]
    assert names[0] == f"Region 1: median, quartiles of {before.sum()} px"

    # Gathered by class.
    window.region_panel.parentWidget().raise_()
    driver.click(window.region_panel.class_button, QPoint(10, 10))
    assert [len(one.region_ids) for one in window.region_panel.model.entries] == [1, 1, 1, 1]
