"""Table of importance curves as comma-separated values: one schema for window and command line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from focus_viewer.core.csv_text import csv_text, distinct_names, number_texts
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.modes import MODES
from focus_viewer.core.saliency.volume import Mode, SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray

_COLUMNS = (
    "wavelength_nm", "low_nm", "high_nm", *MODES,
    "class", "mode", "against", "applicability", "image",
)  # fmt: skip

_OTHERS = "mean of the other classes"


def curve_table(
    volume: SaliencyVolume,
    explanation: Explanation | None = None,
    regions: Sequence[tuple[str, DoubleArray]] = (),
    mask: str = "",
) -> str:
    """Return the importance curves of an image and of its regions, a row for each spectral group.

    Columns, in this order:

    - wavelength_nm: middle of the group
    - low_nm, high_nm: its edges
    - evidence, attention, signature, unattributed: curves of the class in each mode; empty for a
      class contrast and for a difference of two cubes
    - class, mode: what `volume` shows
    - against: whose evidence is subtracted in the evidence and unattributed columns
    - applicability: whether the model knows what the cube shows, in a word; empty if not known
    - image: curve of the volume, the sum of saliency over the image
    - mask_of_regions, with a mask: what the regions are limited to; the image is not
    - one for each region, under its name: its share of the image column

    Parameters
    ----------
    volume : SaliencyVolume
    explanation : Explanation or None
        Explanation that the volume belongs to.
    regions : sequence of (str, DoubleArray of shape (groups,))
        Name and curve of each region.
    mask : str
        What the regions are limited to; empty for nothing.
    """
    low, high = volume.edges_nm.T
    by_mode = (_curve(volume, explanation, mode) for mode in MODES)
    columns: list[Sequence[object]] = [
        *map(number_texts, (volume.centers_nm, low, high, *by_mode)),
        [volume.class_name] * low.size,
        [volume.mode] * low.size,
        [_OTHERS if _has_modes(volume, explanation) else ""] * low.size,
        ["" if explanation is None else explanation.applicability.verdict] * low.size,
        number_texts(importance_curve(volume)),
        *([[mask] * low.size] if mask else []),
        *(number_texts(curve) for _, curve in regions),
    ]
    masked = ("mask_of_regions",) if mask else ()
    names = distinct_names([*_COLUMNS, *masked, *(name for name, _ in regions)])
    return csv_text(zip(names, columns, strict=True))


def _has_modes(volume: SaliencyVolume, explanation: Explanation | None) -> bool:
    return explanation is not None and volume.class_name in explanation.classes


def _curve(volume: SaliencyVolume, explanation: Explanation | None, mode: Mode) -> DoubleArray:
    """Return the curve of the volume's class in a mode; NaN where it cannot be computed."""
    if explanation is None or not _has_modes(volume, explanation):
        return np.full(len(volume.edges_nm), np.nan)
    return importance_curve(explanation.volume(volume.class_name, mode))
