"""Vegetation indices to choose from: our own narrowband ones, then those of spyndex.

The indices of spyndex (the Awesome Spectral Indices of Montero et al. 2023, Scientific Data 10:
197) are made for broad bands. Each of their bands is replaced by the good band that is nearest
to the middle of the range that spyndex gives for it, and within that range: a single band can be
named to the user, a mean over 140 nm of near-infrared cannot. Constants are spyndex's defaults;
indices that need what no default is given for are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from focus_viewer.core.spectra.formula import compiled
from focus_viewer.core.spectra.indices import INDICES, Compute, Index
from focus_viewer.core.typing import DoubleArray

_DOMAIN = "vegetation"
_IN_NM = frozenset({"S2REP"})
# The same index under another name: 1/R550 - 1/R700.
_OURS_BY_ANOTHER_NAME = frozenset({"ARI"})


@cache
def index_catalogue() -> tuple[Index, ...]:
    """Return all indices, ours first; a name that both have is ours.

    Loads spyndex when it is first called.
    """
    import spyndex

    ours = {index.name for index in INDICES} | _OURS_BY_ANOTHER_NAME
    theirs = sorted(spyndex.indices, key=str.casefold)
    wanted = [spyndex.indices[name] for name in theirs if name not in ours]
    ranges = {
        name: (float(band.min_wavelength), float(band.max_wavelength))
        for name, band in spyndex.bands.items()
    }
    defaults = {name: constant.default for name, constant in spyndex.constants.items()}
    converted = (
        _index(index, ranges, defaults) for index in wanted if index.application_domain == _DOMAIN
    )
    return (*INDICES, *(index for index in converted if index is not None))


def _index(
    index: Any, ranges: Mapping[str, tuple[float, float]], defaults: Mapping[str, float | None]
) -> Index | None:
    """Return an index of spyndex; None if it needs more than bands and default constants."""
    bands = tuple(name for name in index.bands if name in ranges)
    constants = {name: defaults.get(name) for name in index.bands if name not in ranges}
    known = {name: float(value) for name, value in constants.items() if value is not None}
    if not bands or len(known) < len(constants):
        return None
    return Index(
        index.short_name,
        index.long_name,
        _formula(index.formula, known),
        tuple(sum(ranges[name]) / 2 for name in bands),
        f"{index.reference}; formula of spyndex",
        _compute(index.formula, bands, known),
        "nm" if index.short_name in _IN_NM else "1",
        bands,
        tuple(ranges[name] for name in bands),
    )


def _formula(formula: str, constants: Mapping[str, float]) -> str:
    given = ", ".join(f"{name} = {value:g}" for name, value in constants.items())
    return f"{formula}, with {given}" if given else formula


def _compute(formula: str, bands: tuple[str, ...], constants: Mapping[str, float]) -> Compute:
    function = compiled(formula, frozenset([*bands, *constants]))

    def compute(reflectance: DoubleArray, _: DoubleArray) -> DoubleArray:
        values = function({**constants, **dict(zip(bands, reflectance, strict=True))})
        return np.broadcast_to(values, reflectance.shape[1:])

    return compute
