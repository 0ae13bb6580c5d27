"""Evidence of an explanation in numbers: by spectral region, over the tissue, and as curves."""

from __future__ import annotations

import math

import numpy as np

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import (
    SaliencyVolume,
    importance_curve,
    met_pixels,
    resample,
)
from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS, region_of
from focus_viewer.core.typing import FloatArray

AFFECTED_FROM = 0.2
"""Share of the highest evidence at any place from which on a place counts as affected."""

_HIGHEST_PERCENTILE = 99.0


def spectral_shares(volume: SaliencyVolume) -> dict[str, float]:
    """Return the share of each spectral region in the evidence for a class, by its name.

    They sum to 1; a region in which the sensor has no group is absent, and all are where nothing
    speaks for the class.
    """
    above = [float(np.maximum(np.nan_to_num(p), 0).sum(dtype=np.float64)) for p in volume.planes]
    regions = region_of(volume.centers_nm)
    total = sum(above)
    if not total:
        return {}
    return {
        SPECTRAL_REGIONS[place].name: float(np.sum(above, where=regions == place) / total)
        for place in np.unique(regions)
    }


def affected_share(volume: SaliencyVolume) -> float:
    """Return the share of the tissue that carries the evidence for a class, 0 to 1.

    A pixel counts where the evidence, summed over wavelengths and bilinear between cells, is at
    least a fifth of its 99th percentile over the tissue; NaN where nothing speaks for the class.
    """
    plane = np.zeros(volume.planes.shape[1:], dtype=np.float32)
    for each in volume.planes:
        plane += np.nan_to_num(each)
    met = met_pixels(volume, volume.image_shape)
    if met is not None and volume.met is not None:
        met = volume.met  # at the resolution at which it was explained
    shape = volume.image_shape if met is None else (met.shape[0], met.shape[1])
    values = resample(plane, shape)
    values = values.ravel() if met is None else values[met]
    highest = float(np.percentile(values, _HIGHEST_PERCENTILE)) if values.size else 0.0
    return float((values >= AFFECTED_FROM * highest).mean()) if highest > 0 else math.nan


def evidence_curves(done: Explanation) -> FloatArray:
    """Return the importance curve of each class, less the mean of the others: (classes, groups)."""
    curves = [importance_curve(done.volume(name, "evidence")) for name in done.classes]
    return np.asarray(curves, dtype=np.float32)


def unattributed_curves(done: Explanation) -> FloatArray:
    """Return what the sink took of each class, less the mean of the others: (classes, groups)."""
    own = done.unattributed_curve
    others = (own.sum(axis=0) - own) / max(len(own) - 1, 1)
    return np.asarray(own - others, dtype=np.float32)
