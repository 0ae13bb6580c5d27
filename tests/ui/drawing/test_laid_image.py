"""Heatmap as it is drawn: the colours of its values, thinned by their opacity."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from focus_viewer.core.typing import FloatArray
from focus_viewer.ui.drawing.laid_image import HeatImage, LaidImage
from focus_viewer.ui.widgets.colourmaps import faded_lookup

GROUND = QColor(40, 80, 120)


def heat_of(values: FloatArray, opacity: float) -> HeatImage:
    rows, cols = values.shape
    image = HeatImage()
    image.lay(
        values,
        QRectF(0, 0, cols, rows),
        levels=(-1.0, 1.0),
        lut=faded_lookup("Berlin"),
        opacity=opacity,
    )
    return image


def drawn(image: HeatImage) -> QImage:
    """Return the image on a ground, a pixel for each value."""
    rows, cols = image.image.shape
    ground = QImage(cols, rows, QImage.Format.Format_RGB32)
    ground.fill(GROUND)
    painter = QPainter(ground)
    image.paint(painter)
    painter.end()
    return ground


@pytest.mark.parametrize("opacity", [1.0, 0.4])
@pytest.mark.parametrize("order", ["C", "F"])
def test_values_are_drawn_in_their_colours(qtbot: QtBot, opacity: float, order: str) -> None:
    values = np.array([[-2, -1, 0.5], [0, 0.2, 1]], dtype=np.float32, order=order)
    picture, colours = drawn(heat_of(values, opacity)), faded_lookup("Berlin")
    for (row, col), number in np.ndenumerate([[0, 0, 192], [128, 153, 255]]):
        *expected, alpha = colours[number].tolist()
        share = opacity * alpha / 255
        mixed = share * np.array(expected) + (1 - share) * np.array(GROUND.getRgb()[:3])
        found = picture.pixelColor(col, row).getRgb()[:3]
        np.testing.assert_allclose(found, mixed, atol=2)


def test_what_is_not_known_is_transparent(qtbot: QtBot) -> None:
    values = np.array([[np.nan, 1.0, np.inf]], dtype=np.float32)
    picture = drawn(heat_of(values, 1.0))
    assert picture.pixelColor(0, 0) == GROUND
    assert picture.pixelColor(1, 0) == picture.pixelColor(2, 0) != GROUND


def test_another_opacity_is_seen_at_once(qtbot: QtBot) -> None:
    image = heat_of(np.ones((1, 1), dtype=np.float32), 1.0)
    before = drawn(image).pixelColor(0, 0)
    image.setOpacity(0.5)
    assert drawn(image).pixelColor(0, 0) != before


def test_an_image_of_another_size_covers_the_same_place(qtbot: QtBot) -> None:
    image, place = LaidImage(), QRectF(0, 0, 30, 20)
    for shape in ((20, 30), (5, 6), (20, 30)):
        image.lay(np.zeros((*shape, 3), dtype=np.uint8), place)
        assert image.mapRectToParent(image.boundingRect()) == place
