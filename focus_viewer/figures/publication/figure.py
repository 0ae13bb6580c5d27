"""Publication figure: the panels that can be drawn, their layout and the caption."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from matplotlib.figure import Figure

from focus_viewer.core.documents.figure_spec import FigureSpec, Panel, within_bounds
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.saliency.volume import group_weights, is_signed
from focus_viewer.core.wording import window_text
from focus_viewer.figures import style
from focus_viewer.figures.page import Page
from focus_viewer.figures.publication.colours import scale_of
from focus_viewer.figures.publication.groups_panel import groups_block
from focus_viewer.figures.publication.layout import (
    GAP_MM,
    MARGIN_MM,
    Block,
    Sheet,
    bottom_mm,
    draw_title,
    laid_out,
)
from focus_viewer.figures.publication.letters import Letters, is_installed
from focus_viewer.figures.publication.picture_panels import (
    bar_foot_mm,
    composite_block,
    heatmap_block,
)
from focus_viewer.figures.publication.probability_panel import probability_block
from focus_viewer.figures.publication.provenance import caption, doubt
from focus_viewer.figures.publication.spectral_panels import SpectralPanels
from focus_viewer.figures.publication.table_panel import table_block
from focus_viewer.figures.publication.trust_panel import trust_block
from focus_viewer.figures.publication.volume_panel import volume_block

HIGHEST_MM: Final = 240.0  # what a page of most journals holds
_NAMES: Final[dict[Panel, str]] = {
    "composite": "picture",
    "heatmap": "heatmap",
    "probabilities": "class probabilities",
    "curve": "importance curve",
    "spectra": "spectra",
    "volume": "volume",
    "comparison": "comparison",
    "table": "table",
    "trust": "test of the explanation",
    "groups": "groups of plants",
}


def publication_figure(subject: FigureSubject, spec: FigureSpec) -> Figure:
    """Draw the chosen panels, as far as there is something to draw.

    The same subject and choices give the same figure, on any machine with the same fonts. It is as
    high as its panels need; numbers of the choices are clipped to their bounds.
    """
    spec = within_bounds(spec)
    letters = Letters(spec.font, spec.font_pt)
    with style.house_style(font_family=list(letters.families), font_size=spec.font_pt):
        return _Drawing(subject, spec, letters).figure()


def shortcomings(subject: FigureSubject, spec: FigureSpec) -> tuple[str, ...]:
    """Return what the figure cannot show of what was chosen, a sentence each."""
    spec = within_bounds(spec)
    letters = Letters(spec.font, spec.font_pt)
    found = list(_left_out(subject, spec))
    volume = subject.first.volume(subject.mode)
    blind = volume is not None and not group_weights(volume.edges_nm, subject.window_nm).any()
    if "heatmap" in spec.panels and blind:
        window = window_text(subject.first.cube, subject.window_nm)
        found.append(f"The heatmap is empty: the model saw nothing at {window}.")
    if not is_installed(spec.font):
        found.append(f"The font {spec.font} is not installed: drawn in {letters.families[0]}.")
    missing = letters.missing(_names_in(subject))
    if missing:
        found.append(f"The font lacks {missing}: a replacement character stands in.")
    if doubt(subject) and not spec.caption:
        found.append(f"Without its caption the figure does not say: {doubt(subject)}.")
    height_mm = _Drawing(subject, spec, letters).height_mm
    if height_mm > HIGHEST_MM:
        found.append(
            f"The figure is {height_mm:.0f} mm high; most journals print {HIGHEST_MM:.0f}."
        )
    return tuple(found)


def why_not(panel: Panel, subject: FigureSubject) -> str:
    """Return why a panel cannot be drawn; empty if it can."""
    first = subject.first
    explained = any(cube.volume(subject.mode) is not None for cube in subject.cubes)
    if panel == "heatmap" and not explained:
        return "the model does not apply" if first.withheld else "no cube is explained"
    if panel in ("curve", "volume", "trust") and first.withheld:
        return "the model does not apply"
    if panel in ("probabilities", "curve", "volume") and first.explanation is None:
        return "the cube is not explained"
    if panel == "spectra" and not first.spectra:
        return "the cube has no regions"
    if panel == "table" and not first.rows:
        return "the cube has no regions"
    if panel == "trust" and (first.trust is None or not first.trust.removals):
        return "the explanation was not put to the test"
    if panel == "groups" and subject.groups is None:
        return "no study with importance curves is open"
    if panel == "comparison" and first.comparison is None:
        return "the regions are not of exactly two classes"
    return ""


def _left_out(subject: FigureSubject, spec: FigureSpec) -> Iterator[str]:
    for panel in spec.panels:
        reason = why_not(panel, subject)
        if reason:
            yield f"No {_NAMES[panel]}: {reason}."


def _names_in(subject: FigureSubject) -> Iterator[str]:
    for cube in subject.cubes:
        yield cube.cube.name
        yield cube.class_name or ""
        yield from (region.name for region in cube.regions)


class _Drawing:
    """Panels in their places, and the caption below them."""

    def __init__(self, subject: FigureSubject, spec: FigureSpec, letters: Letters) -> None:
        self._subject, self._spec, self._letters = subject, spec, letters
        drawn = [panel for panel in spec.panels if not why_not(panel, subject)]
        blocks = [(panel, block) for panel in drawn for block in self._blocks(panel)]
        self._places = laid_out([block for _, block in blocks], letters, spec.width_mm)
        self._of: dict[Panel, list[str]] = {panel: [] for panel in drawn}
        for (panel, _), place in zip(blocks, self._places, strict=True):
            self._of[panel].append(place.letter)
        self._print_mm = bottom_mm(self._places) + GAP_MM
        self._lines = self._caption_lines() if spec.caption else ()

    @property
    def height_mm(self) -> float:
        """Height of the page."""
        if not self._lines:
            return self._print_mm - GAP_MM + MARGIN_MM
        lines_mm = len(self._lines) * self._letters.line_mm(self._letters.small_pt)
        return self._print_mm + lines_mm + MARGIN_MM

    def figure(self) -> Figure:
        page = Page(self.height_mm, self._spec.width_mm)
        sheet = Sheet(page, self._letters, next(iter(self._of.get("heatmap", [])), ""))
        for place in self._places:
            draw_title(sheet, place)
            place.block.draw(sheet, place)
        step_mm = self._letters.line_mm(self._letters.small_pt)
        for number, line in enumerate(self._lines):
            y_mm = self._print_mm + (number + 0.6) * step_mm
            page.text(MARGIN_MM, y_mm, line, fontsize=self._letters.small_pt)
        return page.figure

    def _blocks(self, panel: Panel) -> Iterator[Block]:
        subject, spec, letters = self._subject, self._spec, self._letters
        foot_mm = bar_foot_mm(letters.small_pt)
        match panel:
            case "composite":
                yield from (composite_block(cube, spec, foot_mm) for cube in subject.cubes)
            case "heatmap":
                scale = scale_of(subject)
                for cube in subject.cubes:
                    if cube.volume(subject.mode) is not None:
                        yield heatmap_block(cube, subject, spec, scale, foot_mm)
            case "probabilities":
                yield probability_block(subject.first, letters)
            case "trust":
                if subject.first.trust is not None:
                    yield trust_block(subject.first.trust, letters)
            case "groups":
                if subject.groups is not None:
                    yield groups_block(subject.groups, letters)
            case "volume":
                yield volume_block(subject, spec, scale_of(subject), foot_mm)
            case "table":
                signed = is_signed(subject.mode)
                yield table_block(subject.first, letters, spec.width_mm, signed)
            case _:
                yield self._spectral_block(panel)

    def _spectral_block(self, panel: Panel) -> Block:
        panels = SpectralPanels(self._subject, self._letters, self._spec.width_mm)
        compared = self._subject.first.comparison
        if panel == "comparison" and compared is not None:
            return panels.comparison(compared)
        return panels.spectra() if panel == "spectra" else panels.curve()

    def _caption_lines(self) -> tuple[str, ...]:
        text = caption(self._subject, self._of, tuple(_left_out(self._subject, self._spec)))
        room_mm = self._spec.width_mm - 2 * MARGIN_MM
        return self._letters.wrapped(text, room_mm, self._letters.small_pt)
