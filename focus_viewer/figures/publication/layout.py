"""Panels packed in rows, in millimetres from the upper left corner of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

from focus_viewer.figures.page import Page
from focus_viewer.figures.publication.letters import Letters

MARGIN_MM: Final = 1.5
GAP_MM: Final = 4.0
_LETTER_GAP_MM: Final = 1.4  # between a panel's letter and its title
_TITLE_GAP_MM: Final = 1.6  # from the last line of a title to what follows
_NARROWEST_MM: Final = 36.0  # of a picture that shares a row
_MOST_IN_ROW: Final = 3
_HIGHEST_MM: Final = 100.0
_HIGHEST_FLEXIBLE_MM: Final = 64.0
_ASPECTS: Final = (0.12, 1.6)  # a picture longer than that would be a line


@dataclass(frozen=True)
class Frame:
    """Upper left corner and size of a panel's axes, in mm."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, eq=False)
class Sheet:
    """Page and type that panels are drawn with, and the letter of the first heatmap, if any."""

    page: Page
    letters: Letters
    heatmap_letter: str


@dataclass(frozen=True, eq=False)
class Block:
    """Panel before it has its place.

    Attributes
    ----------
    draw : callable
        Called with the sheet and its place.
    aspect : float or None
        Height over width of a picture, which shares a row with others; None for a panel that takes
        a row for itself.
    flexible : bool
        Whether its frame may be as high as its row.
    narrowest_mm : float
        Of a panel without an aspect: its width beside a picture; 0 never shares a row.
    height_mm : float
        Of the frame of a panel without an aspect.
    left_mm, right_mm, foot_mm : float
        Room around the frame.
    head_mm : callable
        Room above the frame, called with the frame's width in mm.
    """

    title: str
    draw: Callable[[Sheet, Place], None]
    aspect: float | None = None
    flexible: bool = False
    narrowest_mm: float = 0.0
    height_mm: float = 0.0
    left_mm: float = 0.0
    right_mm: float = 0.0
    head_mm: Callable[[float], float] = lambda width_mm: 0.0
    foot_mm: float = 0.0


@dataclass(frozen=True, eq=False)
class Place:
    """Panel in its place.

    Attributes
    ----------
    title : tuple of str
        Lines.
    x_mm, y_mm : float
        Upper left corner of all that belongs to it.
    """

    block: Block
    letter: str
    title: tuple[str, ...]
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    frame: Frame


def laid_out(blocks: Sequence[Block], letters: Letters, width_mm: float) -> tuple[Place, ...]:
    """Return the places of panels, in their order, on a page of this width."""
    places: list[Place] = []
    y_mm = MARGIN_MM
    for row in _rows(blocks, width_mm):
        set_in_row = _set(row, letters, width_mm - 2 * MARGIN_MM, y_mm, len(places))
        places += set_in_row
        y_mm += max(place.height_mm for place in set_in_row) + GAP_MM
    return tuple(places)


def bottom_mm(places: Sequence[Place]) -> float:
    """Return the lower edge of the lowest panel."""
    return max((place.y_mm + place.height_mm for place in places), default=MARGIN_MM)


def draw_title(sheet: Sheet, place: Place) -> None:
    """Draw the bold letter of a panel and its title."""
    letters = sheet.letters
    baseline_mm = place.y_mm + letters.letter_pt * 0.3
    bold = {"fontsize": letters.letter_pt, "fontweight": "bold"}
    sheet.page.text(place.x_mm, baseline_mm, place.letter, **bold)
    x_mm = place.x_mm + _indent_mm(letters)
    for number, line in enumerate(place.title):
        y_mm = baseline_mm + number * letters.line_mm(letters.body_pt)
        sheet.page.text(x_mm, y_mm, line, fontsize=letters.body_pt)


def _rows(blocks: Sequence[Block], width_mm: float) -> Iterator[list[Block]]:
    """Return blocks that share rows, in their order."""
    room_mm = width_mm - 2 * MARGIN_MM
    waiting = list(blocks)
    while waiting:
        count = _in_row(waiting, room_mm)
        yield waiting[:count]
        waiting = waiting[count:]


def _in_row(waiting: Sequence[Block], room_mm: float) -> int:
    """Return how many of the next blocks share a row.

    Pictures do, so that rows are about equally full; a picture alone takes the curve that comes
    next to its side, where there is room for both.
    """
    pictures = next((n for n, block in enumerate(waiting) if block.aspect is None), len(waiting))
    if pictures == 0:
        return 1
    most = min(_MOST_IN_ROW, _fitting(_NARROWEST_MM, room_mm))
    rows = -(-pictures // most)
    count = -(-pictures // rows)
    follows = waiting[count : count + 1]
    beside = count == 1 and follows and follows[0].narrowest_mm > 0
    return 2 if beside and _fitting(follows[0].narrowest_mm, room_mm) > 1 else count


def _fitting(narrowest_mm: float, room_mm: float) -> int:
    return max(1, int((room_mm + GAP_MM) / (narrowest_mm + GAP_MM)))


def _set(
    row: Sequence[Block], letters: Letters, width_mm: float, y_mm: float, before: int
) -> list[Place]:
    """Place cells of equal width whose frames begin at the same height."""
    cell_mm = (width_mm - GAP_MM * (len(row) - 1)) / len(row)
    room_mm = cell_mm - _indent_mm(letters)
    titles = [letters.wrapped(block.title, room_mm, letters.body_pt) for block in row]
    lines = max(map(len, titles))
    head_mm = max(block.head_mm(_frame_width_mm(block, cell_mm)) for block in row)
    title_mm = letters.letter_pt * 0.3 + (lines - 1) * letters.line_mm(letters.body_pt)
    top_mm = y_mm + (title_mm + _TITLE_GAP_MM) + head_mm
    sizes = _sizes(row, cell_mm)
    high_mm = max(height for _, height in sizes)
    places = []
    for number, (block, title, size) in enumerate(zip(row, titles, sizes, strict=True)):
        x_mm = MARGIN_MM + number * (cell_mm + GAP_MM)
        frame = Frame(x_mm + block.left_mm, top_mm, *size)
        foot_mm = max(block.foot_mm for block in row)
        height_mm = top_mm + high_mm + foot_mm - y_mm
        letter = _letter(before + number)
        places.append(Place(block, letter, title, x_mm, y_mm, cell_mm, height_mm, frame))
    return places


def _sizes(row: Sequence[Block], cell_mm: float) -> list[tuple[float, float]]:
    sizes = [_size(block, cell_mm) for block in row]
    fixed = [size[1] for block, size in zip(row, sizes, strict=True) if not block.flexible]
    high_mm = max(fixed, default=max(height for _, height in sizes))
    return [
        (width, max(height, high_mm) if block.flexible else height)
        for block, (width, height) in zip(row, sizes, strict=True)
    ]


def _size(block: Block, cell_mm: float) -> tuple[float, float]:
    width_mm = _frame_width_mm(block, cell_mm)
    if block.aspect is None:
        return width_mm, block.height_mm
    aspect = min(max(block.aspect, _ASPECTS[0]), _ASPECTS[1])
    if block.flexible:
        return width_mm, min(aspect * width_mm, _HIGHEST_FLEXIBLE_MM)
    height_mm = min(aspect * width_mm, _HIGHEST_MM)
    return height_mm / aspect, height_mm


def _frame_width_mm(block: Block, cell_mm: float) -> float:
    return cell_mm - block.left_mm - block.right_mm


def _indent_mm(letters: Letters) -> float:
    return letters.width_mm("m", letters.letter_pt, bold=True) * 0.75 + _LETTER_GAP_MM


def _letter(number: int) -> str:
    """Return the letters from a to z, then aa, ab, ..."""
    rounds, place = divmod(number, len(ascii_lowercase))
    return (_letter(rounds - 1) if rounds else "") + ascii_lowercase[place]
