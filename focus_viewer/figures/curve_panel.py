"""The importance curve over the named regions of the spectrum."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from focus_viewer.core.saliency import SaliencyVolume, importance_curve
from focus_viewer.core.spectral_regions import SPECTRAL_REGIONS
from focus_viewer.core.typing import DoubleArray
from focus_viewer.figures import style
from focus_viewer.figures.units import power_of_ten, unit

_STRIP = (1.015, 0.095)  # foot and height of the regions, as shares of the axes' height
_LABEL_SHARE = -0.058  # from the axes to their label, as a share of their width
_LETTER_SHARE = 0.0072  # width of a letter of the regions' names, as a share of the axes' width


def draw_curve(axes: Axes, volume: SaliencyVolume, group: int) -> None:
    """Draw a signed curve as steps, one a spectral group, and mark the group that the map shows.

    Parameters
    ----------
    axes : Axes
    volume : SaliencyVolume
    group : int
        Marked with the letter of the map's panel.
    """
    curve, edges = with_gaps(importance_curve(volume), volume.edges_nm)
    power = power_of_ten(float(np.nanmax(np.abs(curve))))
    curve = curve / 10.0**power
    axes.set_xlim(edges[0], edges[-1])
    for sign, colour in ((1, style.FOR), (-1, style.AGAINST)):
        axes.stairs(np.where(sign * curve > 0, curve, np.nan), edges, fill=True, color=colour)
    axes.axhline(0, color=style.INK, linewidth=0.6)
    _set_room(axes, curve)
    _hatch(axes, curve, edges)
    _name_regions(axes)
    _mark(axes, *volume.edges_nm[group])
    axes.set(xlabel="Wavelength (nm)", ylabel=f"Evidence ({unit('logit', power)})")
    axes.yaxis.set_label_coords(_LABEL_SHARE, 0.5)


def with_gaps(curve: DoubleArray, edges_nm: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Steps without holes: a NaN stands where the sensor has no group.

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


def _name_regions(axes: Axes) -> None:
    """A tinted strip above the axes, with hairlines down through them."""
    start, end = axes.get_xlim()
    foot, height = _STRIP
    for region in SPECTRAL_REGIONS:
        low, high = max(region.low_nm, start), min(region.high_nm, end)
        if low >= high:
            continue
        tint = style.REGION_TINTS[region.name]
        place = axes.get_xaxis_transform()
        axes.add_patch(
            Rectangle((low, foot), high - low, height, color=tint, transform=place, clip_on=False)
        )
        name = _fitting_name(region.name, (high - low) / (end - start))
        axes.text(
            (low + high) / 2,
            foot + height / 2,
            name,
            transform=place,
            ha="center",
            va="center" if "\n" in name else "center_baseline",
            fontsize=5.8,
            linespacing=0.95,
        )
        if low > start:
            axes.axvline(low, color=style.HAIRLINE, linewidth=0.4, zorder=0)


def _fitting_name(name: str, share: float) -> str:
    """The name on one line, on two, or none where a region is cut too narrow to hold it."""
    for text in (name, name.replace(" ", "\n")):
        if max(map(len, text.split("\n"))) * _LETTER_SHARE <= share:
            return text
    return ""


def _mark(axes: Axes, low_nm: float, high_nm: float) -> None:
    axes.axvspan(low_nm, high_nm, facecolor=style.MUTED, alpha=0.16, linewidth=0, zorder=0)
    axes.annotate(
        "b",
        ((low_nm + high_nm) / 2, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, -1.5),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=7,
        fontweight="bold",
    )
