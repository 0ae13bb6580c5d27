"""Traits of leaf tissue that a backbone learns beside the classes."""

from __future__ import annotations

TRAITS = (
    "chlorophyll",
    "carotenoids",
    "anthocyanin",
    "brown pigment",
    "water",
    "dry matter",
    "structure",
    "tissue",
)
"""Targets of each patch; the last is whether it is leaf tissue at all."""

TRAIT_SCALES = (
    (45.0, 20.0),
    (9.0, 4.0),
    (2.0, 4.0),
    (0.2, 0.5),
    (0.013, 0.005),
    (0.0065, 0.002),
    (1.6, 0.3),
)
"""Middle and spread of the measured traits, in the units of `simulate.tissue.Tissue`."""
