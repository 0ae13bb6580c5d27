"""Panel of groups of plants: their mean importance curves, and the difference with its band."""

from __future__ import annotations

from typing import Final

from focus_viewer.core.counted import counted
from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.sentences import result_sentence
from focus_viewer.figures import style
from focus_viewer.figures.group_charts import draw_difference, draw_means, group_colour
from focus_viewer.figures.publication.key import Entry, draw_key, key_lines, key_mm
from focus_viewer.figures.publication.layout import Block, Place, Sheet
from focus_viewer.figures.publication.letters import Letters

_HEIGHT_MM: Final = 38.0
_UPPER_SHARE: Final = 0.62
_BETWEEN_MM: Final = 2.0
_NARROWEST_MM: Final = 60.0
_LEFT_EM, _FOOT_EM = 5.0, 3.2  # room of ticks and labels, in small letters


def groups_block(found: Comparison, letters: Letters) -> Block:
    """Return the panel: mean curves above, the difference of groups below."""
    entries = [
        Entry(f"{group.name} ({counted(group.units, found.plan.unit)})", group_colour(place), "-")
        for place, group in enumerate(found.summaries)
    ]
    em_mm = letters.small_pt * style.MM_PER_PT

    def key_of(width_mm: float) -> list[list[Entry]]:
        return key_lines(entries, letters, width_mm)

    def drawn(sheet: Sheet, place: Place) -> None:
        frame, tested = place.frame, found.test is not None
        upper_mm = frame.height_mm * (_UPPER_SHARE if tested else 1.0)
        upper = sheet.page.axes(frame.x_mm, frame.y_mm, frame.width_mm, upper_mm)
        draw_means(upper, found, named=not tested)
        drawn_on = [upper]
        if tested:
            upper.set_xticklabels([])
            y_mm, height_mm = upper_mm + _BETWEEN_MM, frame.height_mm - upper_mm - _BETWEEN_MM
            lower = sheet.page.axes(frame.x_mm, frame.y_mm + y_mm, frame.width_mm, height_mm)
            draw_difference(lower, found)
            drawn_on.append(lower)
        for axes in drawn_on:
            axes.tick_params(labelsize=letters.small_pt)
            axes.xaxis.label.set_fontsize(letters.small_pt)
            axes.yaxis.label.set_fontsize(letters.small_pt)
            axes.yaxis.set_label_coords(-(_LEFT_EM - 1) * em_mm / frame.width_mm, 0.5)
        lines = key_of(frame.width_mm)
        draw_key(sheet, frame.x_mm, frame.y_mm - key_mm(lines, letters), lines, frame.width_mm)

    return Block(
        f"{found.quantity.title[:1].upper()}{found.quantity.title[1:]} by {found.plan.column}",
        drawn,
        narrowest_mm=_NARROWEST_MM,
        height_mm=_HEIGHT_MM,
        left_mm=_LEFT_EM * em_mm,
        right_mm=letters.width_mm("1000", letters.small_pt) / 2,
        head_mm=lambda width_mm: key_mm(key_of(width_mm), letters),
        foot_mm=_FOOT_EM * em_mm,
    )


def groups_text(found: Comparison) -> str:
    """Return the part of the caption: what is drawn, and the result."""
    drawn = f"mean ± one standard deviation over units ({found.plan.unit})"
    if found.test is not None:
        drawn += (
            "; below, the difference, and in grey its range by chance for the whole curve; "
            "shaded, wavelengths at which groups differ"
        )
    left_out = "".join(f" {note}." for note in found.notes)
    return f"{drawn}. {result_sentence(found)}{left_out}"
