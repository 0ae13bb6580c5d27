"""Spectral views and spreads, as people read them."""

from __future__ import annotations

from typing import Final

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Spread
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.wording import UNKNOWN_UNITS, value_title

VIEWS: Final[dict[SpectralView, tuple[str, str]]] = {
    "values": ("As measured", "In the cube's units"),
    "derivative": ("First derivative", "Slope along the spectrum"),
    "continuum": ("Continuum removed", "Divided by the upper hull: 1 outside of absorptions"),
    "snv": ("SNV", "Standard normal variate: each spectrum less its mean, over its deviation"),
}
"""Name and hint of each view."""
SPREADS: Final[dict[Spread, tuple[str, str]]] = {
    "sd": ("mean ± sd", "Mean of a region's pixels, and one standard deviation around it"),
    "quartiles": ("quartiles", "Median of a region's pixels, and half of them around it"),
}
"""Name and hint of each spread."""
UNITLESS: Final[frozenset[SpectralView]] = frozenset({"continuum", "snv"})
"""Views in which values of any unit are on one scale."""
SHOWN: Final[dict[Spread, str]] = {"sd": "mean ± sd", "quartiles": "median, quartiles"}
"""What is drawn of a region, for each spread."""


def view_title(cube: Cube, view: SpectralView) -> str:
    """Return the title of an axis of spectra, with its unit."""
    match view:
        case "values":
            return value_title(cube)
        case "derivative":
            per = "nm" if cube.wavelengths_nm is not None else "band"
            units = {"reflectance": f"1/{per}", "unknown": UNKNOWN_UNITS}
            return f"First derivative<br>({units.get(cube.units, f'{cube.units}/{per}')})"
        case "continuum":
            return "Continuum<br>removed (1)"
        case "snv":
            return "SNV (sd)"
