"""Departure from the scene's median leaf: by angle, band by band, and by Mahalanobis distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.baselines.method import Attribution, Question
from focus_viewer.explain.baselines.model_free.leaf_pixels import find_leaf
from focus_viewer.explain.model.backbone import BandPureBackbone

# Share of a covariance's mean variance that is added to each group: neighbouring groups repeat one
# another, and a window has few pixels.
_RIDGE = 1e-3


@dataclass(frozen=True)
class SpectralAngle:
    """Spectral angle to the median leaf (Kruse et al., Remote Sens. Environ. 44 (1993) 145-163).

    Its bands are those in which the most deviating tenth of the leaf differs most from the rest.
    """

    name: str = "spectral-angle"
    mode: Mode = "attention"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Multiply the angles with the d' of the most deviating pixels; no class is asked for."""
        found = find_leaf(backbone, question)
        lengths = np.linalg.norm(found.spectra, axis=-1) * np.linalg.norm(found.median)
        angle = np.arccos(np.clip(found.spectra @ found.median / lengths, -1, 1))
        return found.attribution(angle, found.deviation_curve(angle))


@dataclass(frozen=True)
class MedianDeparture:
    """Absolute log ratio to the median leaf in each band."""

    name: str = "median-departure"
    mode: Mode = "attention"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Average the log ratios over patches; no class is asked for."""
        found = find_leaf(backbone, question)
        return found.over_patches(np.abs(np.log(found.spectra / found.median)))


@dataclass(frozen=True)
class Rx:
    """RX detector: Mahalanobis distance from the leaf's mean.

    Reed & Yu, IEEE Trans. Acoust. Speech Signal Process. 38 (1990) 1760-1770.
    """

    name: str = "rx"
    mode: Mode = "attention"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Multiply the distances with the d' of the most deviating pixels; no class is asked."""
        found = find_leaf(backbone, question)
        away = found.spectra - found.pixels.mean(axis=0)
        inner = inverse_covariance(found.pixels)
        distance = np.sqrt(np.einsum("rck,kj,rcj->rc", away, inner, away, optimize=True))
        return found.attribution(distance, found.deviation_curve(distance))


def inverse_covariance(pixels: DoubleArray) -> DoubleArray:
    """Return the inverse of the covariance of pixels, shape (n, groups), with a small ridge."""
    covariance = np.atleast_2d(np.cov(pixels, rowvar=False, bias=True))
    ridge = _RIDGE * np.trace(covariance) / len(covariance) + 1e-12
    return np.asarray(np.linalg.inv(covariance + ridge * np.eye(len(covariance))))
