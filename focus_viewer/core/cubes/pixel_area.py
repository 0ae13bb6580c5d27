"""Area of a cube's pixel on the ground."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PixelArea:
    """The area of a pixel, or why it is not known.

    Attributes
    ----------
    m2 : float or None
        Square metres on the map; a map's projection stretches them by up to some per mille.
    reason : str
        Why there is none, for people.
    """

    m2: float | None = None
    reason: str = "the cube has no map info"

    @property
    def value(self) -> float:
        """Area of a pixel in `unit`."""
        return 1.0 if self.m2 is None else self.m2

    @property
    def unit(self) -> str:
        """Either "m2", or "px" where areas are counted in pixels."""
        return "px" if self.m2 is None else "m2"
