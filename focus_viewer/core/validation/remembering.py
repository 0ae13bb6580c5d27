"""Predictions that were made before: a validation that was broken off goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from focus_viewer.core.datasets.classifier import Choosing, Classifier, Taught
from focus_viewer.core.datasets.data_set import Example
from focus_viewer.core.typing import DoubleArray

Recall = Callable[[str, Callable[[], DoubleArray]], DoubleArray]
"""Function of a key and a computation, whose result is computed once for each key and kept."""


@dataclass(frozen=True, eq=False)
class RememberingClassifier:
    """Classifier that teaches only if what it would predict is not known from before.

    Attributes
    ----------
    make : callable
        Gives the classifier that teaches.
    key : str
        Of all that its predictions depend on, beside examples, classes and seed.
    """

    make: Callable[[], Classifier]
    name: str
    key: str
    recall: Recall

    def taught(self, examples: Sequence[Example], classes: Sequence[str], seed: int) -> Remembered:
        """Return what predicts as the classifier would that is taught from these examples."""

        def teach() -> Taught:
            return self.make().taught(examples, classes, seed)

        key = _digest([self.key, [_about(each) for each in examples], list(classes), seed])
        return Remembered(teach, key, self.recall)

    def settled(self, taught: Taught) -> RememberingClassifier:
        """Return the classifier with the choices of a taught one, which is taught when needed."""
        if not isinstance(taught, Remembered):
            raise TypeError(f"expected what this classifier was taught, found {taught!r}")

        def make() -> Classifier:
            own = self.make()
            return own.settled(taught.taught) if isinstance(own, Choosing) else own

        return RememberingClassifier(make, self.name, taught.key, self.recall)


@dataclass(frozen=True, eq=False)
class Remembered:
    """Result of a teaching that takes place when the first prediction is not known."""

    teach: Callable[[], Taught]
    key: str
    recall: Recall

    @cached_property
    def taught(self) -> Taught:
        """What was taught."""
        return self.teach()

    def probabilities(self, examples: Sequence[Example]) -> DoubleArray:
        """Return how likely each class is, shape (examples, classes), in the order taught."""
        key = _digest([self.key, [each.digest for each in examples]])
        return self.recall(key, lambda: self.taught.probabilities(examples))


def _about(example: Example) -> list[object]:
    return [example.digest, sorted(example.classes), sorted(example.groups.items())]


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
