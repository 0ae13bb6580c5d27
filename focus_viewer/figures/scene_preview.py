"""Preview of simulated scenes: what the camera saw, the spectra, and the true bands."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from focus_viewer.core.typing import BoolArray, ByteArray, DoubleArray, FloatArray
from focus_viewer.figures import style
from focus_viewer.figures.page import Page
from focus_viewer.figures.region_strip import name_regions, part_regions

_TOP_MM, _ROW_MM, _PANEL_MM = 12.0, 31.0, 25.0
_TITLE_MM = 4.5  # baseline of the columns' titles
_NAME_MM = 1.4  # from a class's name to its picture
_PICTURE_X_MM = 3.0
_SPECTRA_MM, _CURVE_MM = (38.0, 66.0), (115.0, 61.0)  # left edge and width
_TICKS_MM = 11.0
_LETTERS = 150  # of small print in a line
_ROOM = 1.08  # above the highest value
_WARNING = "Simulated leaves (PROSPECT-D), not measurements."
_LESION, _REST = style.LESION, style.INK


@dataclass(frozen=True, eq=False)
class ScenePreview:
    """Scene of a class.

    Attributes
    ----------
    picture : ByteArray, shape (rows, cols, 3)
    picture_is : str
        What bands it is made of, for the caption.
    lesion : BoolArray, shape (rows, cols)
        Nothing in scenes of healthy leaves.
    wavelengths_nm : DoubleArray, shape (bands,)
        Ascending.
    lesion_mean, rest_mean : FloatArray, shape (bands,)
        Mean reflectance of lesion and of the rest of the leaf; NaN where there is no such pixel.
    importance : DoubleArray, shape (bands,)
        The ideal observer's d' of each band.
    true_bands : BoolArray, shape (bands,)
    """

    class_name: str
    picture: ByteArray
    picture_is: str
    lesion: BoolArray
    wavelengths_nm: DoubleArray
    lesion_mean: FloatArray
    rest_mean: FloatArray
    importance: DoubleArray
    true_bands: BoolArray


def preview_figure(scenes: Sequence[ScenePreview]) -> Figure:
    """Draw a row for each scene: picture with its lesion outlined, mean spectra, importance.

    The scenes are of one sensor. All rows share their axes, so that heights can be compared.
    """
    with style.house_style():
        return _draw(scenes)


def _draw(scenes: Sequence[ScenePreview]) -> Figure:
    caption = textwrap.wrap(_caption(scenes[0]), _LETTERS)
    print_mm = _TOP_MM + _ROW_MM * (len(scenes) - 1) + _PANEL_MM + _TICKS_MM
    page = Page(print_mm + style.LINE_MM * (1 + len(caption)) + 1.5)
    _title_columns(page)
    for row, scene in enumerate(scenes):
        _draw_row(page, scenes, scene, _TOP_MM + row * _ROW_MM)
    page.lines(_PICTURE_X_MM, print_mm + 2, [_WARNING], style.WARNING)
    page.lines(_PICTURE_X_MM, print_mm + 2 + style.LINE_MM, caption, style.MUTED)
    return page.figure


def _title_columns(page: Page) -> None:
    spectra_mm, width_mm = _SPECTRA_MM
    page.title(_PICTURE_X_MM, _TITLE_MM, "a", "Picture")
    page.title(spectra_mm, _TITLE_MM, "b", "Mean reflectance")
    words = (("lesion", _LESION), ("rest of leaf", _REST))
    page.key(spectra_mm + width_mm, _TITLE_MM, words, step_mm=18.5)
    page.title(_CURVE_MM[0], _TITLE_MM, "c", "Ideal observer's d′ of each band")


def _draw_row(page: Page, scenes: Sequence[ScenePreview], scene: ScenePreview, y_mm: float) -> None:
    page.name(_PICTURE_X_MM, y_mm - _NAME_MM, scene.class_name)
    _draw_picture(page.axes(_PICTURE_X_MM, y_mm, _PANEL_MM, _PANEL_MM), scene)
    panels = []
    for draw, (x_mm, width_mm) in ((_draw_spectra, _SPECTRA_MM), (_draw_importance, _CURVE_MM)):
        axes = page.axes(x_mm, y_mm, width_mm, _PANEL_MM)
        draw(axes, scenes, scene)
        panels.append(axes)
    for axes in panels:
        _frame(axes, scene, first=scene is scenes[0], last=scene is scenes[-1])


def _draw_picture(axes: Axes, scene: ScenePreview) -> None:
    axes.imshow(scene.picture)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=style.HAIRLINE)
    if scene.lesion.any():
        _outline(axes, scene.lesion)


def _outline(axes: Axes, lesion: BoolArray) -> None:
    rows, cols = lesion.shape
    # A frame of one pixel closes the outline where a lesion is cut off by the edge of the picture.
    framed = np.pad(lesion, 1).astype(np.float64)
    outline = axes.contour(
        np.arange(-1, cols + 1),
        np.arange(-1, rows + 1),
        framed,
        levels=[0.5],
        colors=_LESION,
        linewidths=0.9,
    )
    outline.set_path_effects([withStroke(linewidth=2.0, foreground="white")])
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5))


def _draw_spectra(axes: Axes, scenes: Sequence[ScenePreview], scene: ScenePreview) -> None:
    axes.plot(scene.wavelengths_nm, scene.rest_mean, color=_REST, linewidth=0.9)
    axes.plot(scene.wavelengths_nm, scene.lesion_mean, color=_LESION, linewidth=1.1)
    highest = [np.nanmax([each.rest_mean, each.lesion_mean]) for each in scenes]
    axes.set_ylim(0, _ROOM * max(highest))


def _draw_importance(axes: Axes, scenes: Sequence[ScenePreview], scene: ScenePreview) -> None:
    top = scene.importance.max()
    axes.plot(scene.wavelengths_nm, scene.importance, color=style.INK, linewidth=1.0)
    axes.set_ylim(0, _ROOM * max(each.importance.max() for each in scenes) or 1.0)
    if top > 0:
        axes.axhline(top / 2, color=style.MUTED, linewidth=0.6, linestyle=(0, (3, 2)))
    else:
        middle = scene.wavelengths_nm[[0, -1]].mean()
        axes.annotate(
            "no tissue of its own, no true bands",
            (middle, 0),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            color=style.MUTED,
            bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
        )


def _frame(axes: Axes, scene: ScenePreview, *, first: bool, last: bool) -> None:
    """Add wavelengths, regions and true bands: the same in both columns."""
    edges = band_edges(scene.wavelengths_nm)
    axes.set_xlim(edges[0], edges[-1])
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    for low, high in runs(scene.true_bands):
        axes.axvspan(edges[low], edges[high], color=_LESION, alpha=0.13, linewidth=0, zorder=0)
    if first:
        name_regions(axes)
    else:
        part_regions(axes)
    if last:
        axes.set_xlabel("Wavelength (nm)")
    else:
        axes.tick_params(labelbottom=False)


def band_edges(wavelengths_nm: DoubleArray) -> DoubleArray:
    """Return the edges of bands, half way between their centres, shape (bands + 1,)."""
    between = (wavelengths_nm[1:] + wavelengths_nm[:-1]) / 2
    ends = 2 * wavelengths_nm[[0, -1]] - between[[0, -1]]
    return np.concatenate([ends[:1], between, ends[1:]])


def runs(chosen: BoolArray) -> list[tuple[int, int]]:
    """Return the first band of each unbroken run of chosen bands, and the band after its last."""
    turns = np.flatnonzero(np.diff(np.pad(chosen, 1).astype(np.int8)))
    return [(int(low), int(high)) for low, high in turns.reshape(-1, 2)]


def _caption(scene: ScenePreview) -> str:
    wavelengths = scene.wavelengths_nm
    rows, cols = scene.lesion.shape
    return (
        f"The first scene of each class: the same leaf, {rows} × {cols} px, by the same sensor, "
        f"{wavelengths.size} bands at {wavelengths[0]:.0f}–{wavelengths[-1]:.0f} nm. "
        f"a, {scene.picture_is}, the lesion outlined. b, as the camera saw it, light, gloss and "
        "noise included. c, how well each band alone separates lesion tissue of the class from all "
        "other leaf tissue, at the sensor's noise; below about 0.5, hardly at all. Dashed: half of "
        "the highest; shaded: the true bands."
    )
