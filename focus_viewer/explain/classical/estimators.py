"""Estimators of scikit-learn, which is imported when the first one is fitted."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from focus_viewer.core.datasets.metrics import balanced_accuracy, confusion_matrix
from focus_viewer.core.errors import FocusError
from focus_viewer.core.typing import DoubleArray, IntArray

MOST_COMPONENTS = 20
_TREES = 200
_SHARPNESS = 4.0  # of PLS scores, which are about 0 and 1, as probabilities


class Fitted(Protocol):
    """Fitted estimator."""

    def probabilities(self, spectra: DoubleArray) -> DoubleArray:
        """Return how likely each class is, shape (spectra, classes)."""
        ...


Fit = Callable[[DoubleArray, IntArray, IntArray, int], Fitted]
"""Function of spectra (spectra, bands), class numbers from 0, unit numbers, and the seed."""


def load_scikit_learn(module: str) -> Any:
    """Import a module of scikit-learn.

    Raises
    ------
    FocusError
        If it is not installed.
    """
    try:
        return import_module(f"sklearn.{module}")
    except ModuleNotFoundError as error:
        raise FocusError(
            "The package 'scikit-learn' is needed for LDA, PLS-DA and the random forest, and was "
            'not found. Install the extra "fit": pip install "focus-viewer[fit]".'
        ) from error


class _Estimator:
    """Estimator of scikit-learn that gives probabilities."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def probabilities(self, spectra: DoubleArray) -> DoubleArray:
        return np.asarray(self._estimator.predict_proba(spectra), dtype=np.float64)


class Constant:
    """Class that all examples have, or that none has: what else there is cannot be learned."""

    def __init__(self, is_present: bool) -> None:
        self._shares = [1.0 - is_present, float(is_present)]

    def probabilities(self, spectra: DoubleArray) -> DoubleArray:
        """Return absence and presence, shape (spectra, 2)."""
        return np.tile(self._shares, (len(spectra), 1))


class _LinearDiscriminant:
    """Linear discriminants of class means by a common covariance, equal priors."""

    def __init__(self, means: DoubleArray, covariance: DoubleArray) -> None:
        self._weights = np.linalg.lstsq(covariance, means.T, rcond=None)[0]
        self._offsets = -0.5 * (means * self._weights.T).sum(axis=1)

    def probabilities(self, spectra: DoubleArray) -> DoubleArray:
        return _softmax(spectra @ self._weights + self._offsets)


class _PlsDa:
    """Partial least squares on class membership; probabilities are made of its scores."""

    def __init__(
        self, spectra: DoubleArray, classes: IntArray, components: int, count: int
    ) -> None:
        regression = load_scikit_learn("cross_decomposition").PLSRegression(components, scale=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on components beyond the rank, which change nothing
            regression.fit(spectra, np.eye(count)[classes])
        self._rotations, self._loadings = regression.x_rotations_, regression.y_loadings_
        self._mean, self._intercept = spectra.mean(axis=0), regression.intercept_

    def scores(self, spectra: DoubleArray, components: int | None = None) -> DoubleArray:
        """Return the scores by the first components alone, or by all."""
        rotations, loadings = self._rotations[:, :components], self._loadings[:, :components]
        return np.asarray((spectra - self._mean) @ rotations @ loadings.T + self._intercept)

    def probabilities(self, spectra: DoubleArray) -> DoubleArray:
        return _softmax(_SHARPNESS * self.scores(spectra))


def fit_lda(spectra: DoubleArray, classes: IntArray, units: IntArray, seed: int) -> Fitted:
    """Fit a linear discriminant analysis with equal priors.

    The covariance is that of all spectra about their class means, shrunk after Ledoit and Wolf
    (2004): classes may have one spectrum each. Where all have one, the nearest mean is left.
    """
    means = np.array([spectra[classes == n].mean(axis=0) for n in range(classes.max() + 1)])
    residuals = spectra - means[classes]
    if np.bincount(classes).max() < 2 or not residuals.any():
        return _LinearDiscriminant(means, np.eye(spectra.shape[1]) * spectra.shape[1])
    covariance, _ = load_scikit_learn("covariance").ledoit_wolf(residuals, assume_centered=True)
    degrees = max(len(spectra) - len(means), 1)
    return _LinearDiscriminant(means, covariance * len(spectra) / degrees)


def fit_random_forest(
    spectra: DoubleArray, classes: IntArray, units: IntArray, seed: int
) -> Fitted:
    """Fit a random forest whose trees weight classes equally."""
    forest = load_scikit_learn("ensemble").RandomForestClassifier(
        _TREES, class_weight="balanced", random_state=seed
    )
    return _Estimator(forest.fit(spectra, classes))


def fit_pls_da(spectra: DoubleArray, classes: IntArray, units: IntArray, seed: int) -> Fitted:
    """Fit a PLS-DA; the number of components is chosen by leaving out units of these spectra."""
    most = min(MOST_COMPONENTS, spectra.shape[1], len(spectra) - 1)
    components = _components(spectra, classes, units, most, seed)
    return _PlsDa(spectra, classes, components, int(classes.max()) + 1)


def _components(
    spectra: DoubleArray, classes: IntArray, units: IntArray, most: int, seed: int
) -> int:
    """Return the fewest components whose balanced accuracy on left-out units is the best."""
    count = int(classes.max()) + 1
    tables = np.zeros((most, count, count))
    for out in _inner_folds(classes, units, seed):
        train, known = ~out, np.isin(classes, classes[~out])
        held_out = out & known
        if not held_out.any() or len(np.unique(classes[train])) < 2:
            continue
        largest = min(most, int(train.sum()) - 1)
        fitted = _PlsDa(spectra[train], classes[train], largest, count)
        for number in range(1, most + 1):
            guessed = fitted.scores(spectra[held_out], min(number, largest)).argmax(axis=1)
            tables[number - 1] += confusion_matrix(classes[held_out], guessed, count)
    if not tables.any():
        return min(count - 1, most) or 1
    return int(np.nanargmax(np.nan_to_num(balanced_accuracy(tables), nan=-1.0))) + 1


def _inner_folds(
    classes: IntArray, units: IntArray, seed: int, folds: int = 4
) -> Sequence[np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return masks of left-out spectra: units of each class are dealt to the folds in turn."""
    numbers, first = np.unique(units, return_index=True)
    order = np.random.default_rng(seed).permutation(len(numbers))
    order = order[np.argsort(classes[first][order], kind="stable")]
    fold_of = dict(zip(numbers[order], np.arange(len(numbers)) % folds, strict=True))
    own = np.array([fold_of[unit] for unit in units])
    return [own == fold for fold in range(min(folds, len(numbers)))]


def _softmax(scores: DoubleArray) -> DoubleArray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
