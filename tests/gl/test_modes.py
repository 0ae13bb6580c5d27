"""Modes in the whole explorer: by their keys and buttons, in map, curve and volume."""

from __future__ import annotations

import numpy as np
import pytest
from gl.driver import LEFT, SAMPLE, Driver
from PySide6.QtCore import Qt

from focus_viewer.core.saliency.volume import importance_curve

pytestmark = [pytest.mark.gl, pytest.mark.slow]


def test_what_is_not_attributed_is_shown_by_place_and_by_band(driver: Driver) -> None:
    window, qtbot, session = driver.window, driver.qtbot, driver.session
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    evidence = session.state.volume
    qtbot.keyClick(window, Qt.Key.Key_U)
    left = session.state.volume
    assert evidence is not None and left is not None and left.mode == "unattributed"
    assert window.class_panel.modes["unattributed"].isChecked()
    assert window.class_panel.mode_note.text().startswith("Not attributed: what the sink took")
    bars = window.curve_view.importance.bars.opts["height"]
    np.testing.assert_allclose(bars, importance_curve(left), rtol=1e-6)
    qtbot.mouseClick(window.class_panel.modes["evidence"], LEFT)
    assert session.state.volume is evidence
