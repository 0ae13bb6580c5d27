"""A cube's picture and the heatmap over it, side by side at the same scale."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from focus_viewer.core.cubes.composite import Composite
from focus_viewer.core.saliency.volume import SaliencyVolume, resample
from focus_viewer.core.typing import ByteArray
from focus_viewer.figures import style
from focus_viewer.figures.overlay import tinted
from focus_viewer.figures.page import Page
from focus_viewer.figures.units import power_of_ten, unit

WIDTH_MM = 56.0
_HEIGHTS_MM = (20.0, 72.0)
_SECOND_MM = WIDTH_MM + 4.0
_SCALE_MM, _SCALE_GAP_MM = 2.2, 1.6


def fitted_mm(picture: Composite) -> tuple[float, float]:
    """Width and height of a picture on the page.

    Pixels are square, save where a line of pixels would be thinner or longer than can be seen.
    """
    rows, cols = picture.image.shape[:2]
    low, high = _HEIGHTS_MM
    height = WIDTH_MM * rows / cols
    width = min(WIDTH_MM, max(high * cols / rows, low))
    return width, min(max(height, low), high)


def draw_images(
    page: Page, x_mm: float, y_mm: float, picture: Composite, volume: SaliencyVolume, group: int
) -> None:
    """Draw the picture, the same under the volume's plane of one group, and the colour scale.

    Parameters
    ----------
    page : Page
    x_mm, y_mm : float
        Upper left corner of the first picture.
    picture : Composite
    volume : SaliencyVolume
        Signed.
    group : int
    """
    width_mm, height_mm = fitted_mm(picture)
    heat = resample(volume.planes[group], picture.image.shape[:2])
    tint = tinted(picture.image, heat, volume.limits, style.DIVERGING)
    second_mm = x_mm + _SECOND_MM
    _show(page.axes(x_mm, y_mm, width_mm, height_mm), picture.image)
    _show(page.axes(second_mm, y_mm, width_mm, height_mm), tint)
    scale_mm = second_mm + width_mm + _SCALE_GAP_MM
    _draw_scale(page.axes(scale_mm, y_mm, _SCALE_MM, height_mm), volume.limits)


def second_x_mm(x_mm: float) -> float:
    """Left edge of the heatmap, for its title."""
    return x_mm + _SECOND_MM


def _show(axes: Axes, image: ByteArray) -> None:
    axes.imshow(image, aspect="auto")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=style.HAIRLINE)


def _draw_scale(axes: Axes, limits: tuple[float, float]) -> None:
    low, high = limits
    power = power_of_ten(high)
    top = f"{high / 10.0**power:.3g}"
    colours = ScalarMappable(Normalize(low, high), style.DIVERGING)
    bar = axes.figure.colorbar(colours, cax=axes, ticks=[low, 0, high])
    bar.ax.set_yticklabels([f"−{top}", "0", f"+{top}"])
    bar.outline.set(linewidth=0.4, edgecolor=style.HAIRLINE)
    axes.annotate(
        unit("logit", power),
        (0, 0),
        xycoords="axes fraction",
        xytext=(0, -6),
        textcoords="offset points",
        va="top",
        fontsize=style.SMALL_PT,
    )
