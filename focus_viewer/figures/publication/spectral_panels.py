"""Curves over the spectral axis: importance, spectra of regions, effect size of two groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_subject import Comparison, FigureSubject
from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray, IntArray
from focus_viewer.core.wording import (
    axis_title,
    first_number,
    power_of_ten,
    saliency_title,
    scaled_unit,
    shown_axis,
    value_title,
)
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import scale_of
from focus_viewer.figures.publication.key import Entry, draw_key, key_lines, key_mm, region_entries
from focus_viewer.figures.publication.layout import Block, Place, Sheet
from focus_viewer.figures.publication.letters import Letters
from focus_viewer.figures.region_strip import name_regions

_HEIGHT_SHARE, _HEIGHTS_MM = 0.2, (27.0, 36.0)
_NARROWEST_MM: Final = 80.0
_STRIP_MM: Final = 5.2
_LABEL_EM, _TICK_EM = 1.5, 3.7  # room of an axis label and of its ticks, in small letters
_NEAR_ZERO: Final = 0.03  # of the frame's height
_MARK_SHARE: Final = 0.1  # of the frame, above the curves, for the letter of the heatmap


class SpectralPanels:
    """Panels that show curves; they share a spectral axis. The width is that of the page."""

    def __init__(self, subject: FigureSubject, letters: Letters, width_mm: float) -> None:
        self._subject = subject
        self._letters = letters
        self._left_mm = (_LABEL_EM + _TICK_EM) * letters.small_pt * style.MM_PER_PT
        self._right_mm = letters.width_mm("0000", letters.small_pt) / 2  # of the last number
        low, high = _HEIGHTS_MM
        self._height_mm = min(max(width_mm * _HEIGHT_SHARE, low), high)

    def curve(self) -> Block:
        """Return importance of the image as steps, importance of its regions as lines."""
        shown = self._subject.first
        volume = shown.explained(self._subject.mode)
        drawn = [region for region in shown.regions if region.id in shown.importance]
        entries, ends = region_entries(drawn), scale_of(self._subject).ends
        lines = [shown.importance[region.id] for region in drawn]

        def draw(axes: Axes) -> None:
            power = draw_steps(axes, volume, ends)
            for entry, curve in zip(entries, lines, strict=True):
                _draw_region_steps(axes, volume, curve / 10.0**power, entry)
            axes.set_ylabel(quantity(volume, power))

        whole = [Entry("whole image", ends[0])]
        if volume.signed:
            whole = [Entry("whole image, for", ends[0]), Entry("against", ends[1])]
        title = f"{saliency_title(volume)} by wavelength"
        return self._block(title, draw, [*whole, *entries])

    def spectra(self) -> Block:
        """Return the mean of each region's pixels, and a standard deviation on either side."""
        shown = self._subject.first
        drawn = [region for region in shown.regions if region.id in shown.spectra]
        entries = region_entries(drawn)
        spectra = [shown.spectra[region.id] for region in drawn]
        power = _power([spectrum.mean for spectrum in spectra])

        def draw(axes: Axes) -> None:
            for entry, spectrum in zip(entries, spectra, strict=True):
                unit_mean = spectrum.mean / 10.0**power
                unit_sd = spectrum.sd / 10.0**power
                _draw_spectrum(axes, shown.cube, unit_mean, unit_sd, entry)
            title = value_title(shown.cube)
            axes.set_ylabel(title if power == 0 else f"{title} ({scaled_unit('', power).strip()})")
            axes.margins(y=0.06)

        return self._block("Spectra of regions, mean ± standard deviation", draw, entries)

    def comparison(self, compared: Comparison) -> Block:
        """Return the effect size at each band, and how large it may be by chance."""
        cube = self._subject.first.cube

        def draw(axes: Axes) -> None:
            axis, order = _ordered(cube)
            effect = compared.effect
            d = np.where(cube.good_bands, effect.d, np.nan)[order]
            if np.isfinite(effect.threshold):
                axes.axhspan(
                    -effect.threshold,
                    effect.threshold,
                    facecolor=style.MUTED,
                    alpha=0.22,
                    linewidth=0,
                    zorder=0,
                )
            axes.axhline(0, color=style.INK, linewidth=0.6)
            axes.plot(axis, d, color=style.INK, linewidth=1.1)
            axes.set_ylabel("Cohen's d")
            axes.margins(y=0.08)

        chance = f"within chance, permutations, p ≥ {compared.effect.level:g}"
        title = f"Difference of spectra: {compared.first} less {compared.second}"
        return self._block(title, draw, [Entry(chance, "#d3d6d9")])

    def _block(self, title: str, draw: Callable[[Axes], None], entries: Sequence[Entry]) -> Block:
        """Return a panel with its key above, the regions of the spectrum, and the marked window."""
        named = self._subject.first.cube.wavelengths_nm is not None
        strip_mm = _STRIP_MM if named else 0.0

        def key_of(width_mm: float) -> list[list[Entry]]:
            return key_lines(entries, self._letters, width_mm + self._right_mm)

        def head_mm(width_mm: float) -> float:
            return key_mm(key_of(width_mm), self._letters) + strip_mm

        def drawn(sheet: Sheet, place: Place) -> None:
            frame = place.frame
            axes = sheet.page.axes(frame.x_mm, frame.y_mm, frame.width_mm, frame.height_mm)
            axes.set_xlim(*_axis_limits(self._subject))
            axes.set_autoscalex_on(False)
            draw(axes)
            low, high = axes.get_ylim()
            axes.set_ylim(low, high + _MARK_SHARE * (high - low))
            self._furnish(axes, sheet.heatmap_letter, named)
            left_mm = _TICK_EM * self._letters.small_pt * style.MM_PER_PT
            axes.yaxis.set_label_coords(-left_mm / frame.width_mm, 0.5)
            key_y_mm = frame.y_mm - head_mm(frame.width_mm)
            lines = key_of(frame.width_mm)
            draw_key(sheet, frame.x_mm, key_y_mm, lines, frame.width_mm + self._right_mm)

        return Block(
            title,
            drawn,
            height_mm=self._height_mm,
            flexible=True,
            narrowest_mm=_NARROWEST_MM,
            left_mm=self._left_mm,
            right_mm=self._right_mm,
            head_mm=head_mm,
            foot_mm=2.7 * self._letters.small_pt * style.MM_PER_PT + 0.6,
        )

    def _furnish(self, axes: Axes, heatmap_letter: str, named: bool) -> None:
        pt = self._letters.small_pt
        axes.tick_params(labelsize=pt)
        axes.set_xlabel(axis_title(self._subject.first.cube), fontsize=pt, labelpad=1.5)
        axes.yaxis.label.set_fontsize(pt)
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        if heatmap_letter:
            window = self._subject.window_nm
            first = first_number(self._subject.first.cube)
            mark_window(axes, window.low_nm + first, window.high_nm + first, heatmap_letter)
        if named:
            name_regions(axes)


def _axis_limits(subject: FigureSubject) -> tuple[float, float]:
    """Return the ends of the spectral axis that all curves of a figure share."""
    axis = shown_axis(subject.first.cube)
    ends = [float(np.nanmin(axis)), float(np.nanmax(axis))]
    volume = subject.first.volume(subject.mode)
    if volume is not None:
        ends += [float(volume.edges_nm.min()), float(volume.edges_nm.max())]
    low, high = min(ends), max(ends)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _draw_region_steps(
    axes: Axes, volume: SaliencyVolume, curve: DoubleArray, entry: Entry
) -> None:
    steps, edges = with_gaps(curve, volume.edges_nm)
    low, high = axes.get_ylim()
    high_up = np.where(np.abs(steps) > _NEAR_ZERO * (high - low), steps, np.nan)
    # A white edge keeps the line apart from the steps of the whole image behind it; near zero it
    # would wipe out their feet.
    axes.stairs(high_up, edges, baseline=None, color="white", linewidth=2.2)
    kind: dict[str, Any] = {"color": entry.colour, "linestyle": entry.dash}
    axes.stairs(steps, edges, baseline=None, linewidth=1.2, **kind)


def _draw_spectrum(
    axes: Axes, cube: Cube, mean: DoubleArray, sd: DoubleArray, entry: Entry
) -> None:
    axis, order = _ordered(cube)
    mean = np.where(cube.good_bands, mean, np.nan)[order]
    spread = np.nan_to_num(sd)[order]
    low, high = mean - spread, mean + spread
    axes.fill_between(axis, low, high, color=entry.colour, alpha=0.2, linewidth=0)
    axes.plot(axis, mean, color=entry.colour, linewidth=1.1, linestyle=entry.dash)


def _ordered(cube: Cube) -> tuple[DoubleArray, IntArray]:
    """Return spectral positions in ascending order, and their bands."""
    axis = shown_axis(cube)
    order = np.argsort(axis, kind="stable")
    return axis[order], order


def _power(curves: Sequence[DoubleArray]) -> int:
    """Return the power of ten of the unit: 0 for values that an axis has room for."""
    tops = [float(np.max(np.abs(curve[np.isfinite(curve)]), initial=0)) for curve in curves]
    top = max(tops, default=0.0)
    return 0 if 0.01 <= top < 10_000 else power_of_ten(top)


def quantity(volume: SaliencyVolume, power: int) -> str:
    """Return `Evidence (10⁻³ logit)`."""
    words = MODE_WORDS[volume.mode]
    return f"{words.title} ({scaled_unit(words.unit, power)})"


def draw_steps(axes: Axes, volume: SaliencyVolume, ends: tuple[str, str]) -> int:
    """Draw the curve of the whole image, holes hatched; return the power of ten of its unit.

    The ends are its colours above and below zero.
    """
    curve, edges = with_gaps(importance_curve(volume), volume.edges_nm)
    power = _power([curve])
    curve = curve / 10.0**power
    for sign, colour in zip((1, -1), ends, strict=True):
        axes.stairs(np.where(sign * curve > 0, curve, np.nan), edges, fill=True, color=colour)
    axes.axhline(0, color=style.INK, linewidth=0.6)
    _set_room(axes, curve)
    _hatch(axes, curve, edges)
    return power


def with_gaps(curve: DoubleArray, edges_nm: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Return values of steps and their edges, one more: NaN where the sensor has no group."""
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
