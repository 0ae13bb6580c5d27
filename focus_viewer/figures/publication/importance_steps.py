"""Importance curve as steps, with holes where the sensor has no bands, and a marked window."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import power_of_ten, scaled_unit
from focus_viewer.figures import style

_QUANTITIES = {"evidence": ("Evidence", "logit"), "attention": ("Attention", "share")}


def quantity(volume: SaliencyVolume, power: int) -> str:
    """Return `Evidence (10⁻³ logit)`."""
    name, its_unit = _QUANTITIES[volume.mode]
    return f"{name} ({scaled_unit(its_unit, power)})"


def draw_steps(axes: Axes, volume: SaliencyVolume) -> int:
    """Draw the curve of the whole image, for in red and against in blue, and hatch its holes.

    Returns
    -------
    int
        Power of ten of the unit.
    """
    curve, edges = with_gaps(importance_curve(volume), volume.edges_nm)
    power = power_of_ten(float(np.nanmax(np.abs(curve))))
    curve = curve / 10.0**power
    for sign, colour in ((1, style.FOR), (-1, style.AGAINST)):
        axes.stairs(np.where(sign * curve > 0, curve, np.nan), edges, fill=True, color=colour)
    axes.axhline(0, color=style.INK, linewidth=0.6)
    _set_room(axes, curve)
    _hatch(axes, curve, edges)
    return power


def with_gaps(curve: DoubleArray, edges_nm: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Return steps without holes: NaN where the sensor has no group.

    Returns
    -------
    values : DoubleArray, shape (steps,)
    edges : DoubleArray, shape (steps + 1,)
    """
    edges = np.unique(edges_nm)
    values = np.full(edges.size - 1, np.nan)
    values[np.searchsorted(edges, edges_nm[:, 0])] = curve
    return values, edges


def _set_room(axes: Axes, curve: DoubleArray) -> None:
    low, high = min(np.nanmin(curve), 0.0), max(np.nanmax(curve), 0.0)
    room = 0.08 * (high - low or 1.0)
    axes.set_ylim(low - room, high + room)


def _hatch(axes: Axes, curve: DoubleArray, edges: DoubleArray) -> None:
    for gap in np.flatnonzero(np.isnan(curve)):
        axes.axvspan(
            edges[gap],
            edges[gap + 1],
            facecolor="none",
            edgecolor=style.HAIRLINE,
            hatch="////////",
            linewidth=0,
        )


def mark_window(axes: Axes, low_nm: float, high_nm: float, letter: str) -> None:
    """Shade wavelengths, and write the letter of the panel that shows them."""
    axes.axvspan(low_nm, high_nm, facecolor=style.MUTED, alpha=0.16, linewidth=0, zorder=0)
    axes.annotate(
        letter,
        ((low_nm + high_nm) / 2, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, -1.5),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=7,
        fontweight="bold",
    )
