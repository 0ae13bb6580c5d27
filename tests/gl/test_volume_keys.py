"""The volume by keyboard: arrows turn it, plus and minus zoom."""

from __future__ import annotations

import pytest
from gl.stage import Stage
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

pytestmark = pytest.mark.gl


def test_arrows_turn_the_volume_and_plus_comes_nearer(stage: Stage) -> None:
    view, camera = stage.view, stage.scene.camera
    azimuth, elevation, scale = camera.azimuth, camera.elevation, camera.scale_factor
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Plus):
        QTest.keyClick(view, key)
    assert camera.azimuth > azimuth
    assert camera.elevation > elevation
    assert camera.scale_factor < scale
    stage.settle()
    assert stage.session.state.view.display.camera is not None
