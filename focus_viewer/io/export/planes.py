"""Planes of a saliency volume at the resolution of the image, one at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from focus_viewer.core.masks.mask import Mask, mask_note
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.volume import SaliencyVolume, heatmap, on_pixels
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import FloatArray
from focus_viewer.core.wording import saliency_title


def image_planes(
    volume: SaliencyVolume, step: Step, mask: Mask | None = None
) -> Iterator[FloatArray]:
    """Yield planes of shape (rows, cols), bilinear between cells; `step` is called before each.

    Outside of a mask they are NaN.
    """
    total = len(volume.planes)
    for done, plane in enumerate(volume.planes):
        step(done / total, "writing the volume")
        yield limited(on_pixels(volume, plane, volume.image_shape), mask)


def heatmap_plane(
    volume: SaliencyVolume, window: BandWindow, mask: Mask | None = None
) -> FloatArray:
    """Return the heatmap at the resolution of the image; outside of a mask it is NaN."""
    return limited(heatmap(volume, window), mask)


def limited(plane: FloatArray, mask: Mask | None) -> FloatArray:
    """Return a plane of shape (rows, cols) that is NaN outside of a mask."""
    return plane if mask is None else np.where(mask.inside, plane, np.float32(np.nan))


def plane_names(volume: SaliencyVolume) -> list[str]:
    """Return a name such as `400-420 nm` for each group."""
    return [f"{low:g}-{high:g} nm" for low, high in volume.edges_nm]


def window_name(window: BandWindow) -> str:
    """Return a name such as `655-705 nm`."""
    return f"{window.low_nm:g}-{window.high_nm:g} nm"


def description(volume: SaliencyVolume, cube_name: str, mask: Mask | None = None) -> str:
    """Return a description of a volume, one line."""
    text = f"{saliency_title(volume)} in {cube_name}{mask_note(mask)}"
    return f"{text}; {volume.caution}" if volume.caution else text
