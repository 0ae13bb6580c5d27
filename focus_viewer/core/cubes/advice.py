"""Advice on how a user gives what a cube's file lacks; possible for each format."""

from __future__ import annotations

from typing import Final

from focus_viewer.core.cubes.cube import Cube

VALUES_COMMAND: Final = "Wavelengths and values"
"""Command of the File menu in which a user gives them."""

GIVE_WAVELENGTHS: Final = (
    f"Give them: {VALUES_COMMAND} in the File menu, --wavelengths FILE in commands, wavelengths_nm "
    "in Python."
)
GIVE_SCALE: Final = (
    f"Give the scale: {VALUES_COMMAND} in the File menu, --scale in commands, scale in Python."
)
CHECK_VALUES: Final = (
    f"Check units, scale and no-data value: {VALUES_COMMAND} in the File menu, --units, --scale "
    "and --no-data in commands."
)


def wavelength_advice(cube: Cube) -> str:
    """Return how wavelengths can be given for a cube; for ENVI in its header too."""
    if not {"samples", "lines"} <= set(cube.header):
        return GIVE_WAVELENGTHS
    return (
        f"{GIVE_WAVELENGTHS} Or add `wavelength = {{...}}` and `wavelength units = Nanometers` to "
        f"its header, one value for each of its {cube.bands} bands."
    )
