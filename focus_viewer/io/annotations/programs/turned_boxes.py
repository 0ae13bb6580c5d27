"""Boxes that are turned on the image."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.shapes import Polygon, Rectangle, Shape, contours_of
from focus_viewer.core.typing import Point2


def turned(box: Rectangle, around: Point2, angle_deg: float) -> Shape:
    """Return a box turned clockwise, as the image is seen, around a point."""
    if angle_deg == 0:
        return box
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    corners = np.array(contours_of(box)[0]) - around
    placed = corners @ np.array([[cos, sin], [-sin, cos]]) + around
    return Polygon((tuple((float(x), float(y)) for x, y in placed),))
