"""Effects of a disorder, or of a harmless change, on leaf tissue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

import numpy as np

from focus_viewer.simulate.tissue import Tissue


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
            for name in ("n", "cab", "car", "cw", "cm")
        }
        added = {
            name: getattr(tissue, name) + severity * getattr(self, name)
            for name in ("ant", "brown")
        }
        return replace(tissue, **scaled, **added)


EffectRange = tuple[Effect, Effect]
"""The lowest and the highest value of each change."""

VEIN = Effect(n=1.15, cab=0.6, car=0.65, cm=1.3)
"""Veins: paler and denser than the blade between them; by how much is chosen, not measured."""

# Chlorosis: Gitelson et al., J. Plant Physiol. 160 (2003) 271-282 (chlorophyll goes first,
# carotenoids later). Water: Ceccato et al., Remote Sens. Environ. 77 (2001) 22-33. Bacterial
# spot, brown necrosis within lesions: Jacquemoud & Ustin, Leaf Optical Properties, 2019.
# Anthocyanin: Gitelson et al., Photochem. Photobiol. 74 (2001) 38-45. They say what changes and
# which way; how far it goes is chosen, within the ranges that `Tissue` cites.
LESIONS: Mapping[str, EffectRange] = MappingProxyType(
    {
        "chlorosis": (Effect(cab=0.15, car=0.5), Effect(cab=0.4, car=0.8)),
        "water stress": (Effect(cw=0.2), Effect(cw=0.5)),
        "bacterial spot": (
            Effect(cab=0.2, car=0.4, cw=0.35, brown=0.7),
            Effect(cab=0.5, car=0.7, cw=0.7, brown=2.0),
        ),
        "anthocyanin": (Effect(ant=6.0), Effect(ant=18.0)),
    }
)
"""The weakest and strongest value of each change, by class; draws are between them."""

STRUCTURE = (
    (Effect(n=1.1, cm=1.2), Effect(n=1.35, cm=1.6)),
    (Effect(n=0.75, cm=0.7), Effect(n=0.9, cm=0.9)),
)
"""Nuisance: thicker, denser tissue (galls, scars) or thinner, without any disorder.

Chosen, not measured: dry matter stays within the range that `Tissue` cites, and so does structure,
save that the thinnest of compact leaves come out just below 1.
"""


def draw_lesion(class_name: str, rng: np.random.Generator) -> Effect:
    """Draw the effect of one case of a class that has lesions."""
    return draw_between(*LESIONS[class_name], rng)


def draw_nuisance(rng: np.random.Generator) -> Effect:
    """Draw a harmless change of structure."""
    return draw_between(*STRUCTURE[rng.integers(len(STRUCTURE))], rng)


def draw_between(low: Effect, high: Effect, rng: np.random.Generator) -> Effect:
    """Draw each change between its lowest and its highest value."""
    names = [field.name for field in fields(Effect)]
    return Effect(**{n: rng.uniform(getattr(low, n), getattr(high, n)) for n in names})
