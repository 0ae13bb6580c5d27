"""Wavelengths that curves of different sensors have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.studies.study import Curve
from focus_viewer.core.typing import DoubleArray

_DECIMALS = 2  # of nm: files state the same band with other rounding

Edges = tuple[float, float]


def common_values(curves: Sequence[Curve], notes: list[str]) -> tuple[DoubleArray, DoubleArray]:
    """Return edges and values at the wavelengths that all curves have: (n, 2) and (curves, n).

    Where layouts differ, what they have in common is noted.
    """
    known = [_known(curve) for curve in curves]
    layouts = {tuple(sorted(each)) for each in known}
    common = sorted(set.intersection(*(set(each) for each in known))) if known else []
    if len(layouts) > 1:
        notes.append(_mixed(layouts, common))
    edges = np.array(common, dtype=np.float64).reshape(len(common), 2)
    values = [[each[key] for key in common] for each in known]
    return edges, np.array(values, dtype=np.float64).reshape(len(known), len(common))


def _known(curve: Curve) -> dict[Edges, float]:
    """Return the finite values by their edges, rounded."""
    finite = np.isfinite(curve.values)
    edges = np.round(curve.edges_nm[finite], _DECIMALS).tolist()
    return {(low, high): v for (low, high), v in zip(edges, curve.values[finite], strict=True)}


def _mixed(layouts: set[tuple[Edges, ...]], common: list[Edges]) -> str:
    most = max(len(each) for each in layouts)
    found = f"{counted(len(layouts), 'layout')} of wavelengths, of up to {most}"
    if not common:
        return f"{found}: they have none in common; compare cubes of one camera"
    where = f"{common[0][0]:.0f}-{common[-1][1]:.0f} nm"
    return f"{found}: only the {len(common)} that all rows have are compared ({where})"
