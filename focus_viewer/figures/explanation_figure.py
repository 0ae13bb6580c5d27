"""The figure of one explanation: where, at which wavelengths, how sure, and at what cost."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from focus_viewer.core.cubes.composite import Composite, CompositeRecipe, composite
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.figures import image_panels, style
from focus_viewer.figures.curve_panel import draw_curve
from focus_viewer.figures.page import Page
from focus_viewer.figures.probability_panel import draw_probabilities, shortened

_MARGIN_MM = 3.0
_TITLE_MM = 6.0  # from the top of a row to its panels; the title's baseline is 2 mm above them
_GAP_MM = 4.0
_CLASSES_X_MM = 138.0
_MIN_TOP_MM = 36.0  # so that five classes fit
_CURVE_X_MM, _CURVE_RIGHT_MM, _CURVE_MM = 15.0, 5.0, 44.0
_REGIONS_MM, _TICKS_MM = 5.0, 11.0
_LETTERS = 150  # of small print in a line
_NAME_LETTERS = 38


@dataclass(frozen=True, eq=False)
class _Subject:
    """What the figure shows, and at which spectral group the map is taken."""

    cube: Cube
    explanation: Explanation
    picture: Composite
    volume: SaliencyVolume
    group: int

    @property
    def window(self) -> str:
        """`700–750 nm`."""
        low, high = self.volume.edges_nm[self.group]
        return f"{low:.0f}–{high:.0f} nm"


def explanation_figure(cube: Cube, explanation: Explanation, class_name: str) -> Figure:
    """Draw the evidence for one class: picture, map, probabilities, curve and a caption.

    The map is taken at the spectral group that speaks loudest for the class.

    Parameters
    ----------
    cube : Cube
        Only the bands of its picture are read.
    explanation : Explanation
    class_name : str

    Returns
    -------
    Figure
        180 mm wide; no window knows it.

    Raises
    ------
    ValueError
        If the model has no such class.
    """
    volume = explanation.volume(class_name, "evidence")
    group = int(np.argmax(importance_curve(volume)))
    picture = composite(cube, CompositeRecipe())
    with style.house_style():
        return _draw(_Subject(cube, explanation, picture, volume, group))


def _draw(subject: _Subject) -> Figure:
    top_mm = max(image_panels.fitted_mm(subject.picture)[1], _MIN_TOP_MM)
    caption = textwrap.wrap(_caption(subject), _LETTERS)
    warning = textwrap.wrap(_model(subject.explanation.card), _LETTERS)
    curve_mm = _TITLE_MM + top_mm + _GAP_MM + _TITLE_MM
    print_mm = curve_mm + _REGIONS_MM + _CURVE_MM + _TICKS_MM
    after_mm = print_mm + style.LINE_MM * len(warning)
    page = Page(after_mm + style.LINE_MM * len(caption) + _MARGIN_MM / 2)
    _draw_top(page, subject, top_mm)
    _draw_curve(page, subject, curve_mm)
    page.lines(_MARGIN_MM, print_mm + 2, warning, style.WARNING)
    page.lines(_MARGIN_MM, after_mm + 2, caption, style.MUTED)
    return page.figure


def _draw_top(page: Page, subject: _Subject, height_mm: float) -> None:
    explained = subject.volume.class_name
    title_mm = _TITLE_MM - 2
    page.title(_MARGIN_MM, title_mm, "a", shortened(subject.cube.name, _NAME_LETTERS))
    page.title(image_panels.second_x_mm(_MARGIN_MM), title_mm, "b", f"Evidence at {subject.window}")
    page.title(_CLASSES_X_MM, title_mm, "c", "Class probability")
    image_panels.draw_images(
        page, _MARGIN_MM, _TITLE_MM, subject.picture, subject.volume, subject.group
    )
    width_mm = style.WIDTH_MM - _CLASSES_X_MM - _MARGIN_MM
    axes = page.axes(_CLASSES_X_MM, _TITLE_MM, width_mm, height_mm)
    draw_probabilities(axes, subject.explanation, explained, height_mm)


def _draw_curve(page: Page, subject: _Subject, y_mm: float) -> None:
    page.title(_MARGIN_MM, y_mm - 2, "d", "Evidence by wavelength, summed over the image")
    words = ((f"for {subject.volume.class_name}", style.FOR), ("against it", style.AGAINST))
    page.key(style.WIDTH_MM - _CURVE_RIGHT_MM, y_mm - 2, words, step_mm=19.0)
    width_mm = style.WIDTH_MM - _CURVE_X_MM - _CURVE_RIGHT_MM
    axes = page.axes(_CURVE_X_MM, y_mm + _REGIONS_MM, width_mm, _CURVE_MM)
    draw_curve(axes, subject.volume, subject.group)


def _model(card: ModelCard) -> str:
    return f"Model {card.name}, version {card.version}: {card.doubt or 'validated'}."


def _caption(subject: _Subject) -> str:
    cube, cost = subject.cube, subject.explanation.cost
    return (
        f"{cube.name}, {cube.rows} × {cube.cols} px, {cube.bands} bands, "
        f"{cube.axis.min():.0f}–{cube.axis.max():.0f} nm, explained as "
        f"{subject.volume.class_name}. a, composite of {subject.picture.choice.how}. "
        f"b, evidence {_cell(subject)} at the wavelengths that speak loudest for the class (b in "
        f"d). d, the same by spectral group{_hatched(subject)}. Evidence is a part of the class's "
        "logit, less the other classes' mean. "
        f"Cost: {cost.forward_passes} forward and {cost.backward_passes} backward passes, "
        f"{cost.seconds:.2f} s on {cost.device}."
    )


def _hatched(subject: _Subject) -> str:
    edges_nm = subject.volume.edges_nm
    gaps = edges_nm[1:, 0] > edges_nm[:-1, 1]
    return "; hatched: wavelengths that were not read" if gaps.any() else ""


def _cell(subject: _Subject) -> str:
    rows, cols = subject.volume.image_shape
    grid_rows, grid_cols, _ = subject.volume.values.shape
    return f"per cell of {rows / grid_rows:.3g}\u00a0×\u00a0{cols / grid_cols:.3g}\u00a0px"
