"""Key of a panel: names and the marks of their colours, in a flow of lines above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.figures.publication.colours import on_paper
from focus_viewer.figures.publication.layout import Sheet
from focus_viewer.figures.publication.letters import Letters

_MARK_MM: Final = 4.0
_MARK_GAP_MM: Final = 1.0
_ENTRY_GAP_MM: Final = 3.5
_DASHES: Final[tuple[Any, ...]] = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))


@dataclass(frozen=True)
class Entry:
    """Name and the mark before it.

    Attributes
    ----------
    dash : Any
        Line style; None for a filled box.
    """

    name: str
    colour: str
    dash: Any = None


def region_entries(regions: Sequence[Annotation]) -> list[Entry]:
    """Return regions as lines; those of the same colour differ in their dashes."""
    used: list[str] = []
    entries = []
    for region in regions:
        dash = _DASHES[used.count(region.colour) % len(_DASHES)]
        used.append(region.colour)
        entries.append(Entry(region.name, on_paper(region.colour), dash))
    return entries


def key_lines(entries: Sequence[Entry], letters: Letters, room_mm: float) -> list[list[Entry]]:
    """Return entries in lines that fit."""
    lines: list[list[Entry]] = []
    used_mm = room_mm
    for entry in entries:
        width_mm = _width_mm(entry, letters, room_mm)
        if not lines or used_mm + _ENTRY_GAP_MM + width_mm > room_mm:
            lines.append([])
            used_mm = -_ENTRY_GAP_MM
        lines[-1].append(entry)
        used_mm += _ENTRY_GAP_MM + width_mm
    return lines


def key_mm(lines: Sequence[Sequence[Entry]], letters: Letters) -> float:
    """Return the height of a key."""
    return len(lines) * letters.line_mm(letters.small_pt) + (0.6 if lines else 0.0)


def draw_key(
    sheet: Sheet, x_mm: float, y_mm: float, lines: Sequence[Sequence[Entry]], room_mm: float
) -> None:
    """Draw a key with its upper left corner here."""
    letters = sheet.letters
    for number, line in enumerate(lines):
        left_mm = x_mm
        baseline_mm = y_mm + (number + 0.75) * letters.line_mm(letters.small_pt)
        for entry in line:
            _draw_mark(sheet, left_mm, baseline_mm - letters.small_pt * 0.12, entry)
            name = _name(entry, letters, room_mm)
            text_mm = left_mm + _MARK_MM + _MARK_GAP_MM
            sheet.page.text(text_mm, baseline_mm, name, fontsize=letters.small_pt)
            left_mm += _width_mm(entry, letters, room_mm) + _ENTRY_GAP_MM


def _draw_mark(sheet: Sheet, x_mm: float, y_mm: float, entry: Entry) -> None:
    kind = {"linestyle": "-" if entry.dash is None else entry.dash, "color": entry.colour}
    kind |= {"linewidth": 4.0 if entry.dash is None else 1.4, "solid_capstyle": "butt"}
    sheet.page.line((x_mm, y_mm), (x_mm + _MARK_MM, y_mm), **kind)


def _name(entry: Entry, letters: Letters, room_mm: float) -> str:
    return letters.shortened(entry.name, room_mm - _MARK_MM - _MARK_GAP_MM, letters.small_pt)


def _width_mm(entry: Entry, letters: Letters, room_mm: float) -> float:
    name_mm = letters.width_mm(_name(entry, letters, room_mm), letters.small_pt)
    return _MARK_MM + _MARK_GAP_MM + name_mm
