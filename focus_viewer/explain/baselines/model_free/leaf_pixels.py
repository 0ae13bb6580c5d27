"""Leaf pixels of a window and their median spectrum, as detectors without a model need them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.baselines.method import Attribution, Question
from focus_viewer.explain.model.backbone import BandPureBackbone

# Leaves, ill ones too, reflect much more beyond the red edge than in the red.
_RED_NM, _INFRARED_NM, _LEAST_RATIO = (640, 690), (750, 900), 1.5
_LEAST_SHARE = 0.05
_MARGIN_PX = 2
_MOST_DEVIATING = 0.9
_DARKEST, _TINY = 1e-4, 1e-12


@dataclass(frozen=True, eq=False)
class LeafPixels:
    """Leaf pixels of a window.

    Attributes
    ----------
    spectra : DoubleArray, shape (rows, cols, groups)
        Reflectance, above 0; the median leaf's where there is no data.
    leaf : BoolArray, shape (rows, cols)
    median : DoubleArray, shape (groups,)
        Of the leaf pixels.
    patch_px : int
        Side of the patches of the model whose rival is asked.
    """

    spectra: DoubleArray
    leaf: BoolArray
    median: DoubleArray
    patch_px: int

    @property
    def pixels(self) -> DoubleArray:
        """Spectra of the leaf pixels, shape (n, groups)."""
        return self.spectra[self.leaf]

    def deviation_curve(self, score: DoubleArray) -> DoubleArray:
        """Return each group's d' between the most deviating tenth of the leaf and the rest.

        Parameters
        ----------
        score : DoubleArray, shape (rows, cols)
            How far each pixel deviates.
        """
        own = score[self.leaf]
        most = own >= np.quantile(own, _MOST_DEVIATING)
        if most.all():
            return np.ones(self.median.size)
        first, rest = self.pixels[most], self.pixels[~most]
        gap = np.abs(first.mean(axis=0) - rest.mean(axis=0))
        return np.asarray(gap / np.sqrt((first.var(axis=0) + rest.var(axis=0)) / 2 + _TINY))

    def attribution(self, score: DoubleArray, curve: DoubleArray) -> Attribution:
        """Attribute to patches and groups the product of a map, (rows, cols), and a curve."""
        return self.over_patches(score[..., None] * curve)

    def over_patches(self, values: DoubleArray) -> Attribution:
        """Average values of leaf pixels, shape (rows, cols, groups), over patches."""
        planes = torch.from_numpy(np.moveaxis(values * self.leaf[..., None], -1, 0))
        return Attribution(functional.avg_pool2d(planes, self.patch_px).flatten(1).T)


def find_leaf(backbone: BandPureBackbone, question: Question) -> LeafPixels:
    """Find the leaf: pixels that the model is shown, and that rise over the red edge.

    Without the margin, where pixels are a mixture of leaf and background and deviate most. All
    pixels that the model is shown count where the sensor has no red edge, or hardly a pixel rises.

    Raises
    ------
    ValueError
        If the question carries no reflectance.
    """
    if question.data is None:
        raise ValueError("a detector without a model needs the window's reflectance")
    data = question.data.astype(np.float64)
    shown = (question.images[0] != 0).any(dim=0).cpu().numpy()
    leaf = _eroded(shown & _rises(data, question.edges_nm.mean(axis=1)))
    if leaf.mean() < _LEAST_SHARE:
        leaf = shown if shown.any() else np.ones_like(shown)
    median = np.maximum(np.nan_to_num(np.nanmedian(data[leaf], axis=0)), _DARKEST)
    spectra = np.maximum(np.where(np.isfinite(data), data, median), _DARKEST)
    return LeafPixels(spectra, leaf, median, backbone.patch_px)


def _eroded(mask: BoolArray) -> BoolArray:
    """Remove the pixels within the margin of what the mask leaves out; the image's edge is none."""
    out = torch.from_numpy(~mask)[None].float()
    near = functional.max_pool2d(out, 2 * _MARGIN_PX + 1, stride=1, padding=_MARGIN_PX)[0]
    return np.asarray(near.numpy() == 0)


def _rises(data: DoubleArray, centers_nm: DoubleArray) -> BoolArray:
    red, infrared = (
        (centers_nm >= low) & (centers_nm <= high) for low, high in (_RED_NM, _INFRARED_NM)
    )
    if not red.any() or not infrared.any():
        return np.ones(data.shape[:2], dtype=np.bool_)
    beyond, within = (np.nanmean(data[..., part], axis=-1) for part in (infrared, red))
    return np.asarray(beyond > _LEAST_RATIO * within)
