"""Panel of an explanation that was put to the test: its probability as evidence is removed."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.axes import Axes

from focus_viewer.core.saliency.trust import ORDER_TITLES, ORDERS, Order, Removal, TrustReport, Unit
from focus_viewer.core.trust_wording import summary, where_tested
from focus_viewer.core.typing import ImageShape
from focus_viewer.figures import style
from focus_viewer.figures.publication.key import Entry, draw_key, key_lines, key_mm
from focus_viewer.figures.publication.layout import GAP_MM, Block, Place, Sheet
from focus_viewer.figures.publication.letters import Letters

_HEIGHT_MM: Final = 26.0
_LABEL_EM, _TICK_EM = 1.5, 3.2  # room of an axis label and of its ticks, in small letters
_LINES: Final[dict[Order, tuple[str, Any]]] = {
    "strongest": (style.INK, "-"),
    "random": (style.MUTED, (0, (1, 1))),
    "weakest": (style.WARNING, (0, (4, 1.5))),
}
_PARTS: Final[dict[Unit, str]] = {
    "place": "places removed (%)",
    "wavelength": "bands removed (%)",
    "both": "both removed (%)",
}


def trust_block(report: TrustReport, letters: Letters) -> Block:
    """Return the panel: a frame for each unit, side by side."""
    entries = [Entry(ORDER_TITLES[order], *_LINES[order]) for order in ORDERS]
    em_mm = letters.small_pt * style.MM_PER_PT

    def key_of(width_mm: float) -> list[list[Entry]]:
        return key_lines(entries, letters, width_mm)

    def drawn(sheet: Sheet, place: Place) -> None:
        frame, count = place.frame, len(report.removals)
        between_mm = GAP_MM + _TICK_EM * em_mm / 2
        width_mm = (frame.width_mm - between_mm * (count - 1)) / count
        for number, removal in enumerate(report.removals):
            x_mm = frame.x_mm + number * (width_mm + between_mm)
            axes = sheet.page.axes(x_mm, frame.y_mm, width_mm, frame.height_mm)
            _draw(axes, removal, letters)
            if number == 0:
                axes.set_ylabel("probability (%)", fontsize=letters.small_pt)
                axes.yaxis.set_label_coords(-_TICK_EM * em_mm / width_mm, 0.5)
        lines = key_of(frame.width_mm)
        key_y_mm = frame.y_mm - key_mm(lines, letters)
        draw_key(sheet, frame.x_mm, key_y_mm, lines, frame.width_mm)

    return Block(
        f"Probability of {report.class_name} as its evidence is removed",
        drawn,
        height_mm=_HEIGHT_MM,
        left_mm=(_LABEL_EM + _TICK_EM) * em_mm,
        right_mm=letters.width_mm("100", letters.small_pt) / 2,
        head_mm=lambda width_mm: key_mm(key_of(width_mm), letters),
        foot_mm=2.7 * em_mm + 0.6,
    )


def trust_text(report: TrustReport, image: ImageShape) -> str:
    """Return the part of the caption: how it was tested, and the sentence that sums it up."""
    how = (
        "probability by the frozen model as parts are blanked in the order of their evidence; "
        "the weakest first, read from the right, is the strongest added first"
    )
    unfinished = "" if report.finished else " The test was stopped before its end."
    return f"{how}. {summary(report)} {where_tested(report, image)}{unfinished}"


def _draw(axes: Axes, removal: Removal, letters: Letters) -> None:
    for order in reversed(ORDERS):
        curve = removal.removed(order)
        colour, dash = _LINES[order]
        shares, probabilities = 100 * curve.shares, 100 * curve.probabilities
        axes.plot(shares, probabilities, color=colour, linestyle=dash, linewidth=1.1)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xticks([0, 50, 100])
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.tick_params(labelsize=letters.small_pt)
    axes.set_xlabel(_PARTS[removal.unit], fontsize=letters.small_pt, labelpad=1.5)
