"""Files beside cubes that are not labelled themselves: white and dark references, raw data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

# As Specim's Lumo and IQ and Headwall call them.
_REFERENCE = re.compile(
    r"(white|dark|white_?dark)_?ref(erence)?(_.*)?|dark_?current(_.*)?", re.IGNORECASE
)
_REFLECTANCE = "reflectance_"


def split_references(cubes: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return cubes, and references and raw data whose reflectance is among the cubes.

    A Specim IQ stores results/REFLECTANCE_1972 of capture/1972.
    """
    calibrated = {
        (cube.parent.parent, cube.stem.lower().removeprefix(_REFLECTANCE))
        for cube in cubes
        if cube.stem.lower().startswith(_REFLECTANCE)
    }
    kept, left = list[Path](), list[Path]()
    for cube in cubes:
        raw = (cube.parent.parent, cube.stem.lower()) in calibrated
        (left if raw or _REFERENCE.fullmatch(cube.stem) else kept).append(cube)
    return kept, left
