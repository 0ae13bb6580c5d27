"""Statistics of labelled pixels: what a taught model is relative to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.preprocessing import GroupStatistics, contrasts, log_ratios
from focus_viewer.explain.model.tissue import SPECTRA, tissue_logs
from focus_viewer.explain.teaching.cameras import seen_by_other_cameras
from focus_viewer.explain.teaching.pixels import ExamplePixels, LabelledPixels

_PER_CLASS = 800
# Of logarithms of reflectance: less is the rounding of stored numbers.
_LEAST_SPREAD = 0.005
_LEAST_OTHERS = 100


def write_statistics(
    model: FocusModel,
    pixels: LabelledPixels,
    edges_nm: DoubleArray,
    classes: Sequence[str],
    seed: int,
) -> None:
    """Measure and store what pixels are relative to, the tissue test and the anchors.

    Each class counts equally, and of a class each example. Groups that no cube has get a mean of 0:
    they are not read.

    Parameters
    ----------
    edges_nm : DoubleArray, shape (groups, 2)
        Of all of the backbone's groups.
    """
    rng = np.random.default_rng(seed)
    drawn = [_draw(pixels.examples, name, rng) for name in classes]
    spectra = np.concatenate([own for own, _ in drawn])
    mean, log_std, residual_std = measure_spread(spectra)
    groups = pixels.groups
    model.taught = True
    _fill(model, "mean", groups, mean, 0.0)
    _fill(model, "log_std", groups, log_std, 1.0)
    _fill(model, "residual_std", groups, residual_std, 1.0)
    _fill(model, "brightness_weights", groups, log_std**-2, 0.0)
    smooth = np.concatenate([own for _, own in drawn])
    _write_tissue(model, pixels, edges_nm[groups], smooth, rng)
    statistics = model.statistics(groups)
    model.anchor.zero_()
    for row, (own, _) in zip(model.anchor, drawn, strict=True):
        departure = contrasts(own, statistics, mean).mean(axis=0) / log_std
        row[torch.from_numpy(groups)] = torch.from_numpy(departure).float()


def varied_spectra(
    spectra: FloatArray, edges_nm: DoubleArray, rng: np.random.Generator
) -> FloatArray:
    """Return spectra, (pixels, groups), half of them as other cameras would see them.

    How a camera samples a steep part of a spectrum is not strange.
    """
    found = spectra.copy()
    found[::2] = seen_by_other_cameras(spectra[::2], edges_nm, rng)
    return found


def measured_statistics(spectra: FloatArray) -> GroupStatistics:
    """Return what pixels are relative to where these, (pixels, groups), are the usual ones."""
    mean = _mean(spectra)
    log_std, residual_std = _spreads(spectra, mean)
    return GroupStatistics(mean, residual_std, np.asarray(log_std**-2), taught=True)


def _draw(
    examples: Sequence[ExamplePixels], name: str, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw pixels of a class, equally from each example: spectra, and the same smoothed."""
    own = [each for each in examples if name in each.example.classes]
    chosen = [
        (own[draw % len(own)], rng.integers(len(own[draw % len(own)].spectra)))
        for draw in range(_PER_CLASS)
    ]
    spectra, smooth = (
        np.stack([getattr(each, kind)[pixel] for each, pixel in chosen])
        for kind in ("spectra", "smooth")
    )
    return spectra, smooth


def measure_spread(spectra: FloatArray) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Measure mean, spread of logarithms, and that once brightness is out, each (groups,).

    Parameters
    ----------
    spectra : FloatArray, shape (pixels, groups)
    """
    mean = _mean(spectra)
    return mean, *_spreads(spectra, mean)


def _mean(spectra: FloatArray) -> DoubleArray:
    """Return the mean spectrum, each pixel's brightness apart, above 0 everywhere."""
    positive = np.maximum(spectra.astype(np.float64), 0)
    level = np.maximum(positive.mean(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    mean = (positive / level).mean(axis=0) * float(level.mean())
    return np.asarray(np.maximum(mean, 1e-6 * mean.max()))


def _spreads(spectra: FloatArray, mean: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Return the spread of logarithms about the mean, and that once brightness is out."""
    level = np.maximum(spectra @ mean / (mean @ mean), np.finfo(np.float32).tiny)
    relative = (spectra / level[:, None]).astype(np.float32)
    own = log_ratios(relative, mean).astype(np.float64)
    log_std = np.maximum(own.std(axis=0), _LEAST_SPREAD)
    weight = log_std**-2
    rest = own - (own @ weight / weight.sum())[:, None]
    return log_std, np.asarray(np.maximum(rest.std(axis=0), _LEAST_SPREAD))


def _fill(
    model: FocusModel, name: str, groups: IntArray, values: DoubleArray, elsewhere: float
) -> None:
    buffer = getattr(model, name)
    buffer.fill_(elsewhere)
    buffer[torch.from_numpy(groups)] = torch.from_numpy(values).to(buffer)


def _write_tissue(
    model: FocusModel,
    pixels: LabelledPixels,
    edges_nm: DoubleArray,
    smooth: FloatArray,
    rng: np.random.Generator,
) -> None:
    """Store spectra of what was taught, and of what in the same cubes is clearly unlike it all."""
    groups, statistics = pixels.groups, model.statistics(pixels.groups)
    model.tissue.zero_()
    model.background.zero_()
    whole = smooth[np.isfinite(smooth).all(axis=1)]
    chosen = varied_spectra(whole[rng.permutation(len(whole))[:SPECTRA]], edges_nm, rng)
    model.tissue[:, groups] = torch.from_numpy(tissue_logs(chosen, statistics))
    if len(pixels.others) < _LEAST_OTHERS:
        return
    like = model.tissue_test(groups).measure_smooth(pixels.others[:, None]).passed[:, 0]
    unlike = pixels.others[~like]
    if len(unlike) >= _LEAST_OTHERS:
        chosen = unlike[rng.integers(len(unlike), size=SPECTRA)]
        model.background[:, groups] = torch.from_numpy(tissue_logs(chosen, statistics))
