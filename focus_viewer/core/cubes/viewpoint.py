"""Visible extent of an image, and camera of a volume."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.typing import Point2


@dataclass(frozen=True)
class Extent:
    """The part of an image that a view shows, in pixel space; it may reach beyond the image.

    Attributes
    ----------
    low, high : tuple of float
        (col, row) of its upper left and lower right corner.
    """

    low: Point2
    high: Point2


@dataclass(frozen=True)
class Camera:
    """A turntable camera before the box of a saliency volume.

    Attributes
    ----------
    scale : float
        Longest side of what it shows, in the box's own unit.
    center : tuple of float
        (x, y, z) that it turns about, in the box's own unit.
    """

    azimuth_deg: float
    elevation_deg: float
    scale: float
    center: tuple[float, float, float]
