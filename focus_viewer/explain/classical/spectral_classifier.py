"""Classifiers of the mean spectra of examples: LDA, PLS-DA and a random forest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from focus_viewer.core.datasets.data_set import DataSetError, Example
from focus_viewer.core.datasets.example_spectra import ExampleSpectra
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.classical.estimators import (
    Constant,
    Fit,
    Fitted,
    fit_lda,
    fit_pls_da,
    fit_random_forest,
)

BASELINES: Final[Mapping[str, Fit]] = {
    "lda": fit_lda,
    "pls-da": fit_pls_da,
    "random-forest": fit_random_forest,
}


@dataclass(frozen=True)
class SpectralClassifier:
    """Classifier of mean spectra.

    Attributes
    ----------
    several : bool
        Whether several classes may hold at once; each is then taught against the rest.
    brightness_free : bool
        Whether each spectrum is divided by its own mean first.
    """

    name: str
    fit: Fit
    spectra: ExampleSpectra
    several: bool = False
    brightness_free: bool = False

    def taught(
        self, examples: Sequence[Example], classes: Sequence[str], seed: int
    ) -> TaughtSpectral:
        """Return what was learned from the mean spectra of labelled examples.

        Raises
        ------
        DataSetError
            If there is no band in which all examples have data.
        FocusError
            If scikit-learn is not installed, or a cube cannot be read.
        """
        axis_nm = self.spectra.common_axis(examples)
        table = self.spectra.table(examples, axis_nm)
        scale = _Scale.of(table, self.brightness_free)
        units = _by_cube(examples)
        member = np.array([[name in e.classes for name in classes] for e in examples])
        values = scale.apply(table)
        targets = member.T.astype(np.intp) if self.several else [member.argmax(axis=1)]
        fitted = tuple(
            Constant(bool(target[0]))
            if target.min() == target.max()
            else self.fit(values, target, units, seed)
            for target in targets
        )
        return TaughtSpectral(fitted, self.several, scale, self.spectra, axis_nm)


@dataclass(frozen=True, eq=False)
class TaughtSpectral:
    """Classifier that was taught from mean spectra.

    Attributes
    ----------
    fitted : tuple of Fitted
        One for all classes; where several may hold, one for each.
    """

    fitted: tuple[Fitted, ...]
    several: bool
    scale: _Scale
    spectra: ExampleSpectra
    axis_nm: DoubleArray | None

    def probabilities(self, examples: Sequence[Example]) -> DoubleArray:
        """Return how likely each class is, shape (examples, classes)."""
        values = self.scale.apply(self.spectra.table(examples, self.axis_nm))
        if self.several:
            return np.stack([own.probabilities(values)[:, -1] for own in self.fitted], axis=1)
        return self.fitted[0].probabilities(values)


@dataclass(frozen=True, eq=False)
class _Scale:
    """Bands with data, and their mean and spread, all of the training part alone."""

    bands: BoolArray
    mean: DoubleArray
    spread: DoubleArray
    brightness_free: bool

    @classmethod
    def of(cls, table: DoubleArray, brightness_free: bool) -> _Scale:
        bands = np.asarray(np.isfinite(table).all(axis=0))
        if not bands.any():
            raise DataSetError(
                "No band has data in all examples: expected at least one. Leave out the cubes or "
                "regions without data."
            )
        values = _brightness_taken_off(table[:, bands]) if brightness_free else table[:, bands]
        spread = values.std(axis=0)
        return cls(bands, values.mean(axis=0), np.where(spread > 0, spread, 1.0), brightness_free)

    def apply(self, table: DoubleArray) -> DoubleArray:
        """Return standardised values; where a held-out spectrum has none, the training mean."""
        values = table[:, self.bands]
        if self.brightness_free:
            values = _brightness_taken_off(values)
        return np.nan_to_num((values - self.mean) / self.spread, nan=0.0)


def spectral_baselines(
    spectra: ExampleSpectra, several: bool = False, brightness_free: bool = False
) -> tuple[SpectralClassifier, ...]:
    """Return LDA, PLS-DA and the random forest; without scikit-learn, teaching them fails."""
    return tuple(
        SpectralClassifier(name, fit, spectra, several, brightness_free)
        for name, fit in BASELINES.items()
    )


def _brightness_taken_off(spectra: DoubleArray) -> DoubleArray:
    known = np.isfinite(spectra)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    mean = np.where(known, spectra, 0.0).sum(axis=1, keepdims=True) / count
    return np.asarray(spectra / np.where(mean != 0, mean, 1.0))


def _by_cube(examples: Sequence[Example]) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Return unit numbers for a choice inside the training part: by cube, or region of one cube."""
    cubes = {e.sample.fingerprint for e in examples}
    keys = [e.sample.fingerprint if len(cubes) > 1 else e.digest for e in examples]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], dtype=np.intp)
