"""Band window: the wavelengths of a heatmap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BandWindow:
    """A wavelength range given by its middle and width.

    Attributes
    ----------
    width_nm : float
        Full width; both are band numbers for a cube without wavelengths.
    """

    center_nm: float
    width_nm: float

    @property
    def low_nm(self) -> float:
        """Lower edge."""
        return self.center_nm - self.width_nm / 2

    @property
    def high_nm(self) -> float:
        """Upper edge."""
        return self.center_nm + self.width_nm / 2
