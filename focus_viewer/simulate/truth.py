"""True band importance of a disorder, from physics and not from a model."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.effects import LESIONS, Effect, draw_lesion, draw_nuisance
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import draw_healthy, reflectance

_DRAWS = 150
_SEED = 20170
_SEVERITY = (0.4, 1.0)
# About the shares of leaf pixels in scenes of the other classes: 0.6, 0.2 and, together, 0.2.
_OTHERS = {"healthy": 150, "nuisance": 50, **dict.fromkeys(LESIONS, 16)}


def band_importance(target: FloatArray, others: FloatArray, noise: DoubleArray) -> DoubleArray:
    """Return the separability of two kinds of tissue in each band: the ideal observer's d'.

    The distance of the means over the standard deviation within a kind, noise included (Green &
    Swets, Signal Detection Theory and Psychophysics, 1966), shape (bands,).

    Parameters
    ----------
    target, others : FloatArray, shape (n, bands)
        Reflectance without noise.
    noise : DoubleArray, shape (bands,)
        Standard deviation of the sensor's noise.
    """
    gap = target.mean(axis=0, dtype=np.float64) - others.mean(axis=0, dtype=np.float64)
    spread = (target.var(axis=0, dtype=np.float64) + others.var(axis=0, dtype=np.float64)) / 2
    return np.asarray(np.abs(gap) / np.sqrt(spread + noise**2))


def lesion_importance(
    after: FloatArray, before: FloatArray, healthy: FloatArray, noise: DoubleArray
) -> DoubleArray:
    """Return d' in each band between a lesion and its leaf, shape (bands,).

    As `band_importance`, but the distance of the means is that of the lesion's own pixels with and
    without it: healthy leaf elsewhere would differ from them by chance of place too, by veins and
    by what else happened there.

    Parameters
    ----------
    after, before : FloatArray, shape (pixels, bands)
        Reflectance of the lesion's pixels with and without it.
    healthy : FloatArray, shape (n, bands)
        Reflectance of the rest of the leaf, for its spread; `before` serves where nothing is left.
    noise : DoubleArray, shape (bands,)
        Standard deviation of the sensor's noise.
    """
    gap = (after - before).mean(axis=0, dtype=np.float64)
    rest = healthy if len(healthy) else before
    spread = (after.var(axis=0, dtype=np.float64) + rest.var(axis=0, dtype=np.float64)) / 2
    return np.asarray(np.abs(gap) / np.sqrt(spread + noise**2))


def true_bands(importance: DoubleArray) -> BoolArray:
    """Return bands of at least half the highest importance; none where all is zero, shape (bands,).

    Parameters
    ----------
    importance : DoubleArray, shape (bands,)
        Not negative.
    """
    top = importance.max()
    return np.asarray((importance >= top / 2) & (top > 0))


@lru_cache(maxsize=64)
def class_importance(class_name: str, sensor: Sensor) -> DoubleArray:
    """Return each band's importance: d' between a class's lesion and all other leaf tissue.

    Other tissue is healthy, of changed structure, or a lesion of another class, in the shares that
    it has in scenes. Where the curve stays below about 0.5 the sensor hardly sees the class at all.

    Parameters
    ----------
    class_name : str
        A class that has lesions, or "healthy", which has no tissue of its own: all zeros.

    Returns
    -------
    DoubleArray, shape (bands,), read-only
    """
    if class_name == "healthy":
        curve = np.zeros(sensor.bands)
    else:
        others = [_tissue_spectra(kind)[:n] for kind, n in _OTHERS.items() if kind != class_name]
        curve = band_importance(
            resample(_tissue_spectra(class_name), sensor),
            resample(np.concatenate(others), sensor),
            sensor.noise,
        )
    curve.flags.writeable = False
    return curve


@cache
def _tissue_spectra(kind: str) -> FloatArray:
    if kind == "healthy":
        return changed_spectra(None)
    return changed_spectra(draw_nuisance if kind == "nuisance" else partial(draw_lesion, kind))


def changed_spectra(
    draw: Callable[[np.random.Generator], Effect] | None, count: int = _DRAWS
) -> FloatArray:
    """Draw the spectra, shape (count, 2101), of leaves changed by `draw`, or of healthy ones.

    Every kind is drawn from the same leaves, so that only what happened to them differs.
    """
    rng = np.random.default_rng(_SEED)
    leaves = [draw_healthy(rng) for _ in range(count)]
    if draw is None:
        return reflectance(leaves)
    effects = [draw(rng) for _ in leaves]
    severities = rng.uniform(*_SEVERITY, count)
    changed = zip(leaves, effects, severities, strict=True)
    return reflectance([effect.on(leaf, severity) for leaf, effect, severity in changed])
