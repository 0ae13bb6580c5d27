"""Small cubes and label files of data sets, written by the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from envi_bytes import write_envi
from numpy.typing import NDArray

SHAPE = (8, 10, 6)


def pixels(seed: int, shape: tuple[int, int, int] = SHAPE) -> NDArray[np.uint16]:
    """Return numbers from 1 that no other seed gives."""
    return np.random.default_rng(seed).integers(1, 9000, shape).astype("u2")


def write_cube(folder: Path, name: str, seed: int = 0, wavelengths: bool = True) -> Path:
    """Write NAME.hdr and NAME.img, and return the header."""
    folder.mkdir(parents=True, exist_ok=True)
    nm = "{450, 500, 550, 600, 650, 700}"
    entries = {"wavelength": nm, "wavelength units": "nm"} if wavelengths else {}
    return write_envi(
        folder, pixels(seed), entries, data_name=f"{name}.img", header_name=f"{name}.hdr"
    )


def fields() -> NDArray[np.uint8]:
    """Return labels of class 1 in two fields, and of class 2 in one; shape (8, 10)."""
    labels = np.zeros(SHAPE[:2], dtype=np.uint8)
    labels[0:3, 0:4] = 1
    labels[5:8, 0:4] = 1
    labels[2:6, 6:9] = 2
    return labels
