"""Components of a cube: principal components (PCA) and minimum noise fractions (MNF).

Both are fitted to an evenly spaced sample of lines, on the good bands, without pixels that lack
data in one of them. They are ways to look at a cube; no explanation uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray

ComponentKind = Literal["pca", "mnf"]

NAMES: dict[ComponentKind, str] = {"pca": "PC", "mnf": "MNF"}
FEWEST_BANDS = 3
MOST_KEPT = 20
_LEAST = 1e-3  # a share that is shown as a number
_SAMPLE_PIXELS = 40_000
_MOST_LINES = 64
_SAME = 1e-24  # of the mean square: what rounding leaves of no variance
_NO_NOISE = 1e-15  # of the variance: what it leaves of no noise
_RIDGE = 1e-9  # of the mean variance: noise that is 0 in some direction cannot be divided by


@dataclass(frozen=True, eq=False)
class Components:
    """Components of a cube, the strongest first.

    Attributes
    ----------
    kind : {"pca", "mnf"}
    bands : IntArray, shape (bands,)
        Zero-based good bands that they are sums of.
    mean : DoubleArray, shape (bands,)
    vectors : DoubleArray, shape (bands, components)
    strengths : DoubleArray, shape (components,)
        Share of the variance (PCA), or signal-to-noise ratio of the variances (MNF).
    pixels : int
        Size of the sample that they were fitted to.
    """

    kind: ComponentKind
    bands: IntArray
    mean: DoubleArray
    vectors: DoubleArray
    strengths: DoubleArray
    pixels: int

    def text(self, component: int) -> str:
        """Return name and strength of a component, counted from 0, such as "PC 1 (93.1 %)"."""
        strength = self.strengths[component]
        value = _share(strength) if self.kind == "pca" else f"SNR {strength:.3g}"
        return f"{NAMES[self.kind]} {component + 1} ({value})"

    def of(self, block: FloatArray, chosen: tuple[int, ...]) -> FloatArray:
        """Return chosen components of spectra of its bands, shape (..., chosen)."""
        weights = self.vectors[:, list(chosen)]
        spectra = np.ascontiguousarray(block, dtype=np.float64).reshape(-1, self.bands.size)
        found = spectra @ weights - self.mean @ weights
        return found.reshape(*block.shape[:-1], len(chosen)).astype(np.float32)


def _share(strength: float) -> str:
    """Return a share of the variance with a decimal, never a zero that it is not."""
    return "< 0.1 %" if strength < _LEAST else f"{100 * strength:.1f} %"


def fit_components(cube: Cube, kind: ComponentKind, step: Step = silent) -> Components:
    """Fit the components of a cube.

    Noise is estimated from the differences of neighbouring pixels in a line, as its signal changes
    slowly from one to the next: at sharp edges it is taken for larger than it is.

    Raises
    ------
    FocusError
        If fewer than three good bands, or fewer pixels than bands, have data; or all spectra are
        the same, or (MNF) all neighbours differ by the same, so that there is no noise.

    References
    ----------
    Green, A. A. et al. (1988). IEEE Transactions on Geoscience and Remote Sensing 26: 65-74 (MNF).
    """
    bands = np.flatnonzero(cube.good_bands)
    spectra, differences = _sample(cube, bands, step)
    if bands.size < FEWEST_BANDS or len(spectra) <= bands.size or len(differences) < 2:
        raise FocusError(
            f"{cube.name}: components need at least {FEWEST_BANDS} good bands and more pixels with "
            f"data than bands; found {bands.size} bands and {len(spectra)} pixels. Mark bands "
            "without data as bad, or choose another picture."
        )
    mean = spectra.mean(axis=0)
    covariance = np.cov(spectra, rowvar=False)
    _check_variance(cube, kind, spectra, differences)
    if kind == "pca":
        values, vectors = np.linalg.eigh(covariance)
        values = np.maximum(values, 0)  # rounding leaves some just below
        strengths = values / values.sum()
    else:
        values, vectors = _noise_fractions(covariance, np.cov(differences, rowvar=False) / 2)
        strengths = values - 1  # variance of signal and noise over that of noise
    order = np.argsort(strengths)[::-1][:MOST_KEPT]
    vectors = vectors[:, order]
    signs = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)  # the sign of an eigenvector is arbitrary
    return Components(kind, bands, mean, vectors * signs, strengths[order], len(spectra))


def _check_variance(
    cube: Cube, kind: ComponentKind, spectra: DoubleArray, differences: DoubleArray
) -> None:
    """Raise an error where nothing varies: shares of 0 are undefined."""
    varies = spectra.var(axis=0).sum()
    if varies <= _SAME * np.square(spectra).mean(axis=0).sum():
        raise FocusError(
            f"{cube.name}: components need spectra that differ; all of the sample are the same. "
            "Choose another picture."
        )
    if kind == "mnf" and differences.var(axis=0).sum() <= _NO_NOISE * varies:
        raise FocusError(
            f"{cube.name}: minimum noise fractions need noise, the differences of neighbours; "
            "found none. Choose the principal components."
        )


def _noise_fractions(
    covariance: DoubleArray, noise: DoubleArray
) -> tuple[DoubleArray, DoubleArray]:
    """Return variances in units of noise, and the vectors that whiten the noise."""
    ridge = _RIDGE * np.trace(noise) / len(noise) + np.finfo(np.float64).tiny
    values, vectors = np.linalg.eigh(noise + ridge * np.eye(len(noise)))
    whitening = vectors / np.sqrt(np.maximum(values, ridge))
    fractions, turned = np.linalg.eigh(whitening.T @ covariance @ whitening)
    return fractions, whitening @ turned


def _sample(cube: Cube, bands: IntArray, step: Step) -> tuple[DoubleArray, DoubleArray]:
    """Return spectra, and differences of neighbours, of evenly spaced lines."""
    count = min(cube.rows, _MOST_LINES)
    lines = np.unique(np.linspace(0, cube.rows - 1, count).astype(int))
    width = min(cube.cols, max(2, _SAMPLE_PIXELS // len(lines)))
    left = (cube.cols - width) // 2 if width < cube.cols else 0
    spectra, differences = [], []
    for done, line in enumerate(lines):
        step(done / len(lines), "fitting components")
        row = cube.block(slice(line, line + 1), slice(left, left + width), bands)[0]
        row = row.astype(np.float64)
        known = np.isfinite(row).all(axis=1)
        spectra.append(row[known])
        differences.append(np.diff(row, axis=0)[known[1:] & known[:-1]])
    return np.concatenate(spectra), np.concatenate(differences)
