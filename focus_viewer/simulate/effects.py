"""Effects of a disorder, or of a harmless change, on leaf tissue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

import numpy as np

from focus_viewer.simulate.tissue import Tissue

_SCALED = ("n", "cab", "car", "cw", "cm")
ADDED = ("ant", "brown")
"""Parameters of tissue that an effect adds to; it scales the others."""


@dataclass(frozen=True)
class Effect:
    """Change of tissue at full severity.

    Attributes
    ----------
    n, cab, car, cw, cm : float
        Factors on the tissue's own value; 1 leaves it as it is.
    ant, brown : float
        Added: µg/cm², arbitrary unit.
    """

    n: float = 1.0
    cab: float = 1.0
    car: float = 1.0
    cw: float = 1.0
    cm: float = 1.0
    ant: float = 0.0
    brown: float = 0.0

    def on(self, tissue: Tissue, severity: float) -> Tissue:
        """Change tissue by a share (0 to 1) of the effect."""
        scaled = {
            name: getattr(tissue, name) * (1 + severity * (getattr(self, name) - 1))
            for name in _SCALED
        }
        added = {name: getattr(tissue, name) + severity * getattr(self, name) for name in ADDED}
        return replace(tissue, **scaled, **added)


EffectRange = tuple[Effect, Effect]
"""The lowest and the highest value of each change."""

VEIN = Effect(n=1.15, cab=0.6, car=0.65, cm=1.3)
"""Veins: paler and denser than the blade between them; by how much is chosen, not measured."""

STRONG_VEIN = Effect(n=1.1, cab=0.5, car=0.6)
"""Further change of veins that stand out on a healthy leaf; chosen, not measured."""

# Chlorosis: Gitelson et al., J. Plant Physiol. 160 (2003) 271-282 (chlorophyll goes first,
# carotenoids later). Water: Ceccato et al., Remote Sens. Environ. 77 (2001) 22-33; leaves shrink
# as they lose it, Scoffoni et al., Plant Physiol. 164 (2014) 1772-1788. Bacterial spot, brown
# necrosis within lesions: Jacquemoud & Ustin, Leaf Optical Properties, 2019. Anthocyanin:
# Gitelson et al., Photochem. Photobiol. 74 (2001) 38-45. They say what changes and which way; how
# far it goes is chosen, within the ranges that `Tissue` cites, and so is what goes together.
LESIONS: Mapping[str, Mapping[str, EffectRange]] = MappingProxyType(
    {
        "chlorosis": MappingProxyType(
            {
                "chlorophyll": (Effect(cab=0.15, car=0.9), Effect(cab=0.4, car=1.0)),
                "chlorophyll and carotenoids": (
                    Effect(cab=0.15, car=0.4),
                    Effect(cab=0.4, car=0.7),
                ),
                "pigments and water": (
                    Effect(cab=0.15, car=0.4, cw=0.4),
                    Effect(cab=0.4, car=0.7, cw=0.7),
                ),
            }
        ),
        "water stress": MappingProxyType(
            {
                "water": (Effect(cw=0.2), Effect(cw=0.5)),
                "water and thinner tissue": (Effect(cw=0.2, n=0.85), Effect(cw=0.5, n=0.95)),
            }
        ),
        "bacterial spot": MappingProxyType(
            {
                "brown": (
                    Effect(cab=0.2, car=0.4, brown=0.7),
                    Effect(cab=0.5, car=0.7, brown=2.0),
                ),
                "brown and water": (
                    Effect(cab=0.2, car=0.4, cw=0.35, brown=0.7),
                    Effect(cab=0.5, car=0.7, cw=0.7, brown=2.0),
                ),
            }
        ),
        "anthocyanin": MappingProxyType(
            {
                "anthocyanin": (Effect(ant=6.0), Effect(ant=18.0)),
                "anthocyanin and chlorophyll": (
                    Effect(ant=6.0, cab=0.3),
                    Effect(ant=18.0, cab=0.6),
                ),
            }
        ),
    }
)
"""The weakest and strongest value of each change, by class and cause; draws are between them."""

STRUCTURE = (
    (Effect(n=1.1, cm=1.2), Effect(n=1.35, cm=1.6)),
    (Effect(n=0.75, cm=0.7), Effect(n=0.9, cm=0.9)),
)
"""Nuisance: thicker, denser tissue (galls, scars) or thinner, without any disorder.

Chosen, not measured: dry matter stays within the range that `Tissue` cites, and so does structure,
save that the thinnest of compact leaves come out just below 1.
"""


def draw_lesion(class_name: str, rng: np.random.Generator) -> Effect:
    """Draw the effect of one case of a class that has lesions, of any of its causes."""
    causes = LESIONS[class_name]
    return draw_between(*causes[draw_cause(causes, rng)], rng)


def draw_cause(causes: Mapping[str, EffectRange], rng: np.random.Generator) -> str:
    """Draw one of the causes of a class, each as likely as another."""
    names = list(causes)
    return names[rng.integers(len(names))]


def draw_nuisance(rng: np.random.Generator) -> Effect:
    """Draw a harmless change of structure."""
    return draw_between(*STRUCTURE[rng.integers(len(STRUCTURE))], rng)


def draw_between(low: Effect, high: Effect, rng: np.random.Generator) -> Effect:
    """Draw each change between its lowest and its highest value."""
    names = [field.name for field in fields(Effect)]
    return Effect(**{n: rng.uniform(getattr(low, n), getattr(high, n)) for n in names})
