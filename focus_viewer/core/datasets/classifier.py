"""Classifier that can be taught from labelled examples, whatever its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from focus_viewer.core.datasets.data_set import Example
from focus_viewer.core.typing import DoubleArray


class Classifier(Protocol):
    """Something that can be taught from examples and then says how likely each class is."""

    @property
    def name(self) -> str:
        """For reports."""
        ...

    def taught(self, examples: Sequence[Example], classes: Sequence[str], seed: int) -> Taught:
        """Return what was learned from labelled examples; equal seeds give equal results.

        Examples may come relabelled: what is computed of their pixels is kept by `Example.digest`.
        """
        ...


@runtime_checkable
class Choosing(Classifier, Protocol):
    """Classifier that makes choices, such as a strength, while it is taught."""

    def settled(self, taught: Taught) -> Classifier:
        """Return the classifier with the choices of a taught one: teaching it is then fast."""
        ...


class Taught(Protocol):
    """Result of teaching: predicts, and learns no more."""

    def probabilities(self, examples: Sequence[Example]) -> DoubleArray:
        """Return how likely each class is, shape (examples, classes), in the order taught.

        Rows sum to 1 where classes exclude one another; several may be likely at once otherwise.
        """
        ...
