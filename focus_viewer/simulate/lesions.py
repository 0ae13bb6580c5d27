"""Lesions of a scene: cause, strength and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray, FloatArray
from focus_viewer.simulate.effects import LESIONS, EffectRange, draw_between, draw_cause
from focus_viewer.simulate.leaf import LeafView
from focus_viewer.simulate.patches import draw_patches
from focus_viewer.simulate.render import Layer


@dataclass(frozen=True, eq=False)
class Lesions:
    """Lesions on a leaf: of its class, and perhaps of a second one.

    Attributes
    ----------
    first : Layer or None
        Of the class; None on healthy leaves.
    cause : str
        What made it; "" on healthy leaves.
    second : str or None
        Second class.
    other : Layer or None
        Its lesion.
    places : BoolArray, shape (rows, cols)
        Pixels of any lesion; on healthy leaves, those that a lesion would take.
    """

    first: Layer | None
    cause: str
    second: str | None
    other: Layer | None
    places: BoolArray

    @property
    def own(self) -> list[Layer]:
        """Lesion of the class, none on healthy leaves."""
        return [] if self.first is None else [self.first]

    @property
    def others(self) -> list[Layer]:
        """Lesion of the second class, if there is one."""
        return [] if self.other is None else [self.other]


def draw_lesions(
    view: LeafView,
    class_name: str,
    causes: Mapping[str, EffectRange],
    cause: str | None,
    second_share: float,
    seed: np.random.Generator,
) -> Lesions:
    """Draw the lesions of a scene; places do not depend on the class.

    Parameters
    ----------
    causes : mapping of str to EffectRange
        Empty for healthy leaves.
    cause : str, optional
        One of them; drawn if None.
    second_share : float
        Probability of a lesion of a second class.
    seed : Generator
        Where and how strong do not use the same random numbers.

    Raises
    ------
    ValueError
        If there is no such cause.
    """
    if cause is not None and cause not in causes:
        names = ", ".join(causes) or "none"
        raise ValueError(f"no cause {cause!r} of {class_name}: expected one of {names}")
    place_rng, effect_rng = seed.spawn(2)
    severity = draw_patches(view, place_rng)
    present = place_rng.random() < second_share
    other_severity = draw_patches(view, place_rng) if present else np.zeros_like(severity)
    places: BoolArray = (severity > 0) | (other_severity > 0)
    if not causes:
        return Lesions(None, "", None, None, places)
    drawn = draw_cause(causes, effect_rng) if cause is None else cause
    first = Layer(draw_between(*causes[drawn], effect_rng), severity)
    if not present:
        return Lesions(first, drawn, None, None, places)
    return Lesions(first, drawn, *_draw_second(class_name, other_severity, effect_rng), places)


def _draw_second(
    class_name: str, severity: FloatArray, rng: np.random.Generator
) -> tuple[str, Layer]:
    others = [name for name in LESIONS if name != class_name]
    second = others[rng.integers(len(others))]
    causes = LESIONS[second]
    return second, Layer(draw_between(*causes[draw_cause(causes, rng)], rng), severity)
