"""Indian Pines, a measured scene of fields, as the package `tensorly` carries it."""

from __future__ import annotations

import colorsys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from focus_viewer.core.errors import FocusError
from focus_viewer.simulate.leaf_files import braces, write_envi

NAME = "indian-pines"
TITLE = "Indian Pines"
ABOUT = "Fields and woods by AVIRIS, 145 x 145 pixels, 200 bands, 16 labelled classes. Measured."
FILES = ("indian_pines.hdr", "indian_pines.img", "indian_pines_truth.hdr", "indian_pines_truth.img")

_PACKAGE = "tensorly"
_CLASSES = (
    "unlabelled",
    "alfalfa",
    "corn, no till",
    "corn, minimum till",
    "corn",
    "grass, pasture",
    "grass, trees",
    "grass, mowed pasture",
    "hay, windrowed",
    "oats",
    "soybean, no till",
    "soybean, minimum till",
    "soybean, clean till",
    "wheat",
    "woods",
    "buildings, grass, trees, drives",
    "stone and steel towers",
)


def is_installed() -> bool:
    """Return whether the package that carries the scene is there."""
    return find_spec(_PACKAGE) is not None


def write(folder: Path) -> Path:
    """Write the scene and its labels as ENVI files; return the header of the scene.

    Raises
    ------
    FocusError
        If the package is not installed, or has no such scene.
    """
    if not is_installed():
        raise FocusError(
            f"{TITLE} comes with the package {_PACKAGE}, which is not installed: "
            f"pip install {_PACKAGE}, then this again. No other network is needed."
        )
    loaded = getattr(import_module(f"{_PACKAGE}.datasets"), "load_indian_pines", None)
    if loaded is None:
        raise FocusError(f"This version of {_PACKAGE} has no {TITLE}: pip install -U {_PACKAGE}.")
    bunch = loaded()
    labels, wavelengths = bunch["ticks"]
    folder.mkdir(parents=True, exist_ok=True)
    header = folder / FILES[0]
    write_envi(header, np.asarray(bunch["tensor"]).astype(np.int16), _fields(wavelengths))
    truth = np.asarray(labels).astype(np.uint8)[..., None]
    write_envi(folder / FILES[2], truth, _label_fields())
    return header


def _fields(wavelengths_nm: list[float]) -> dict[str, str]:
    return {
        "description": "{Indian Pines, AVIRIS, 12 June 1992: scaled radiance. Baumgardner et al., "
        "doi:10.4231/R7RX991C, CC BY 3.0, from the package tensorly}",
        "wavelength units": "Nanometers",
        "wavelength": braces(f"{nm:.2f}" for nm in wavelengths_nm),
    }


def _label_fields() -> dict[str, str]:
    names = [name.replace(",", "") for name in _CLASSES]  # a comma ends a name in a header
    hues = [colorsys.hsv_to_rgb(i * 0.618 % 1, 0.65, 0.9) for i in range(len(names) - 1)]
    colours = [(0.0, 0.0, 0.0), *hues]
    return {
        "file type": "ENVI Classification",
        "classes": str(len(names)),
        "class names": braces(names),
        "class lookup": braces(round(255 * part) for colour in colours for part in colour),
        "band names": "{truth}",
    }
