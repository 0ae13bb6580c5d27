"""Charts of a comparison of groups, each drawn on axes that are given to it."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes

from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.words import runs
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.figures import style

# Okabe and Ito's colours: distinct with any colour vision.
GROUP_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5c636a")
_DIFFERENT: Final = "#dfe9f3"
_SPREAD_ALPHA, _JITTER, _HALF = 0.18, 0.16, 0.3


def group_colour(place: int) -> str:
    """Return the colour of a group by its place."""
    return GROUP_COLOURS[place % len(GROUP_COLOURS)]


def draw_means(axes: Axes, found: Comparison, named: bool = True) -> None:
    """Draw the mean curve of each group with its spread; where groups differ is shaded."""
    nm = found.observed.nm
    if found.test is not None:
        _shade(axes, nm, found.test.different)
    for place, group in enumerate(found.summaries):
        colour, sd = group_colour(place), np.nan_to_num(group.sd)
        axes.fill_between(
            nm, group.mean - sd, group.mean + sd, color=colour, alpha=_SPREAD_ALPHA, lw=0
        )
        axes.plot(nm, group.mean, color=colour, lw=1.1, label=group.name)
    if found.quantity.kind == "importance":
        axes.axhline(0, color=style.HAIRLINE, lw=0.5, zorder=0)
    axes.set_xlim(float(nm[0]), float(nm[-1]) if nm.size > 1 else float(nm[0]) + 1)
    axes.set_ylabel("evidence" if found.quantity.kind == "importance" else "mean", labelpad=1)
    if named:
        axes.set_xlabel("wavelength (nm)", labelpad=1)


def draw_difference(axes: Axes, found: Comparison) -> None:
    """Draw the difference of two groups with its band, or F of more with its threshold."""
    test, nm = found.test, found.observed.nm
    if test is None:
        return
    _shade(axes, nm, test.different)
    difference, band = found.difference, found.band
    if difference is None:
        axes.plot(nm, test.found.f, color=style.INK, lw=1.0)
        if np.isfinite(test.threshold):
            axes.axhline(test.threshold, color=style.MUTED, lw=0.7, ls="--")
        axes.set_ylabel("F", labelpad=1)
    else:
        if band is not None:
            axes.fill_between(nm, -band, band, color=style.MUTED, alpha=0.2, lw=0)
        axes.axhline(0, color=style.HAIRLINE, lw=0.5, zorder=0)
        axes.plot(nm, difference, color=style.INK, lw=1.0)
        axes.set_ylabel("difference", labelpad=1)
    axes.set_xlim(float(nm[0]), float(nm[-1]) if nm.size > 1 else float(nm[0]) + 1)
    axes.set_xlabel("wavelength (nm)", labelpad=1)


def draw_values(axes: Axes, found: Comparison) -> None:
    """Draw a dot for each unit, and mean and spread of each group; lines join a unit's dots."""
    observed = found.observed
    values, groups = observed.values[:, 0], observed.groups
    x = groups + np.random.default_rng(0).uniform(-_JITTER, _JITTER, len(values))
    if found.test is not None and found.test.sample.block_size:
        units = np.array(observed.units)
        for unit in dict.fromkeys(observed.units):
            own = units == unit
            axes.plot(x[own], values[own], color=style.HAIRLINE, lw=0.6, zorder=0)
    for place, group in enumerate(found.summaries):
        own, colour = groups == place, group_colour(place)
        mean, sd = float(group.mean[0]), float(np.nan_to_num(group.sd[0]))
        span = [place - _HALF, place + _HALF]
        axes.fill_between(span, mean - sd, mean + sd, color=colour, alpha=_SPREAD_ALPHA, lw=0)
        axes.plot(span, [mean, mean], color=colour, lw=1.4)
        axes.plot(x[own], values[own], "o", color=colour, ms=2.6, mew=0)
    axes.set_xticks(range(len(observed.names)), observed.names)
    axes.set_xlim(-0.6, len(observed.names) - 0.4)
    axes.set_ylabel(found.quantity.title, labelpad=1)


def _shade(axes: Axes, nm: DoubleArray, inside: BoolArray) -> None:
    """Shade runs of wavelengths, half way to their neighbours."""
    if nm.size < 2:
        return
    middles = (nm[1:] + nm[:-1]) / 2
    low, high = np.append(nm[0], middles), np.append(middles, nm[-1])
    for start, end in runs(inside):
        axes.axvspan(float(low[start]), float(high[end]), color=_DIFFERENT, lw=0, zorder=-1)
