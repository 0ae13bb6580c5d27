"""Named regions of the spectrum, above any axes that show wavelengths."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS
from focus_viewer.figures import style

_FOOT_MM, _HEIGHT_MM = 0.66, 4.18
_LETTER_MM = 1.19  # width of a letter of the regions' names


def name_regions(axes: Axes) -> None:
    """Draw a tinted strip above the axes, with hairlines down through them."""
    start, end = axes.get_xlim()
    width_mm, height_mm = _size_mm(axes)
    foot, height = 1 + _FOOT_MM / height_mm, _HEIGHT_MM / height_mm
    place = axes.get_xaxis_transform()
    for region in SPECTRAL_REGIONS:
        low, high = max(region.low_nm, start), min(region.high_nm, end)
        if low >= high:
            continue
        tint = style.REGION_TINTS[region.name]
        axes.add_patch(
            Rectangle((low, foot), high - low, height, color=tint, transform=place, clip_on=False)
        )
        name = _fitting_name(region.name, (high - low) / (end - start) * width_mm)
        axes.text(
            (low + high) / 2,
            foot + height / 2,
            name,
            transform=place,
            ha="center",
            va="center" if "\n" in name else "center_baseline",
            fontsize=6.0,
            linespacing=0.95,
        )
    part_regions(axes)


def part_regions(axes: Axes) -> None:
    """Draw hairlines where a region ends and the next begins."""
    start, end = axes.get_xlim()
    for region in SPECTRAL_REGIONS:
        if start < region.low_nm < end:
            axes.axvline(region.low_nm, color=style.HAIRLINE, linewidth=0.4, zorder=0)


def _size_mm(axes: Axes) -> tuple[float, float]:
    frame = axes.get_window_extent().transformed(axes.figure.dpi_scale_trans.inverted())
    return frame.width * style.MM_PER_INCH, frame.height * style.MM_PER_INCH


def _fitting_name(name: str, room_mm: float) -> str:
    """Return the name on one line or two; empty where a region is cut too narrow for it."""
    for text in (name, name.replace(" ", "\n")):
        if max(map(len, text.split("\n"))) * _LETTER_MM <= room_mm:
            return text
    return ""
