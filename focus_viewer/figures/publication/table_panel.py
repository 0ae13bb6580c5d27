"""Table of regions: as many columns as the page has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from focus_viewer.core.documents.figure_subject import FigureCube
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.table import RegionRow
from focus_viewer.core.spectra.indices import INDICES
from focus_viewer.core.wording import nm_number, value_title
from focus_viewer.figures import style
from focus_viewer.figures.publication.colours import on_paper
from focus_viewer.figures.publication.layout import MARGIN_MM, Block, Frame, Place, Sheet
from focus_viewer.figures.publication.letters import Letters

_COLUMN_GAP_MM: Final = 3.0
_MARK_MM: Final = 3.2  # the patch of colour before a name
_NAMES_SHARE: Final = 0.34  # of the page, at most, for the names
_LEADING: Final = 1.25


@dataclass(frozen=True)
class Column:
    """Column of the table; numbers stand at the right."""

    title: str
    cells: tuple[str, ...]
    side: Literal["left", "right"] = "right"


def table_block(shown: FigureCube, letters: Letters, width_mm: float, signed: bool) -> Block:
    """Return a table with a row for each region, cut from the right where it does not fit."""
    room_mm = width_mm - 2 * MARGIN_MM
    columns = fitting(_columns(shown, letters, room_mm, signed), letters, room_mm)

    def draw(sheet: Sheet, place: Place) -> None:
        _draw(sheet, place.frame, columns, shown.regions)

    rows = len(shown.rows) + 1
    height_mm = rows * letters.line_mm(letters.small_pt) * _LEADING + 1.2
    return Block("Regions", draw, height_mm=height_mm)


def fitting(columns: Sequence[Column], letters: Letters, room_mm: float) -> tuple[Column, ...]:
    """Return the first columns that fit side by side."""
    kept: list[Column] = []
    used_mm = _MARK_MM
    for column in columns:
        used_mm += _width_mm(column, letters) + (_COLUMN_GAP_MM if kept else 0.0)
        if kept and used_mm > room_mm:
            break
        kept.append(column)
    return tuple(kept)


def _columns(
    shown: FigureCube, letters: Letters, room_mm: float, signed: bool
) -> tuple[Column, ...]:
    rows = shown.rows
    names_mm = room_mm * _NAMES_SHARE
    names = tuple(letters.shortened(row.name, names_mm, letters.small_pt) for row in rows)
    unit = f"Mean {value_title(shown.cube).lower()}"
    pixels = tuple(f"{row.pixels:d}" for row in rows)
    found = [Column("Region", names, "left"), Column("Pixels", pixels)]
    found.append(Column(unit, tuple(_spread(row) for row in rows)))
    if shown.importance:
        found += _saliency_columns(rows, signed)
    in_nm = {index.name for index in INDICES if index.unit == "nm"}
    for name in dict.fromkeys(name for row in rows for name in row.indices):
        values = [row.indices.get(name, math.nan) for row in rows]
        if any(map(math.isfinite, values)):
            title = f"{name} (nm)" if name in in_nm else name
            found.append(Column(title, tuple(_three(value) for value in values)))
    return tuple(found)


def _saliency_columns(rows: Sequence[RegionRow], signed: bool) -> list[Column]:
    """Return shares in all saliency above and below zero, and the wavelength of the peak."""
    title = "For (%)" if signed else "Share (%)"
    columns = [Column(title, tuple(_percent(row.positive_share) for row in rows))]
    if signed:
        columns.append(Column("Against (%)", tuple(_percent(row.negative_share) for row in rows)))
    peaks = tuple(nm_number(row.peaks_nm[0]) if row.peaks_nm else "–" for row in rows)
    return [*columns, Column("Peak (nm)", peaks)]


def _spread(row: RegionRow) -> str:
    if not math.isfinite(row.sd):
        return _three(row.mean)
    return f"{_three(row.mean)} ± {_three(row.sd)}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if math.isfinite(share) else "–"


def _three(value: float) -> str:
    """Format with three decimals for values of the size of a reflectance, none for counts."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.{3 if abs(value) < 10 else 1}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def _width_mm(column: Column, letters: Letters) -> float:
    title_mm = letters.width_mm(column.title, letters.small_pt, bold=True)
    cells = (letters.width_mm(cell, letters.small_pt) for cell in column.cells)
    return max(title_mm, *cells)


def _draw(
    sheet: Sheet, frame: Frame, columns: Sequence[Column], regions: Sequence[Annotation]
) -> None:
    """Draw rules above and below, no lines between."""
    letters = sheet.letters
    step_mm = letters.line_mm(letters.small_pt) * _LEADING
    right_mm = frame.x_mm + frame.width_mm
    for y_mm, width in ((0.0, 0.8), (step_mm, 0.4), (frame.height_mm, 0.8)):
        level_mm = frame.y_mm + y_mm
        ends = (frame.x_mm, level_mm), (right_mm, level_mm)
        sheet.page.line(*ends, color=style.INK, linewidth=width)
    for number, region in enumerate(regions):
        y_mm = frame.y_mm + (number + 1.5) * step_mm + 0.4
        ends = (frame.x_mm + 0.4, y_mm), (frame.x_mm + 2.2, y_mm)
        sheet.page.line(*ends, color=on_paper(region.colour), linewidth=4, solid_capstyle="butt")
    left_mm = frame.x_mm + _MARK_MM
    spare_mm = _spare_mm(columns, letters, frame.width_mm)
    for column in columns:
        width_mm = _width_mm(column, letters)
        x_mm = left_mm if column.side == "left" else left_mm + width_mm
        _draw_column(sheet, x_mm, frame.y_mm, step_mm, column)
        left_mm += width_mm + _COLUMN_GAP_MM + spare_mm


def _spare_mm(columns: Sequence[Column], letters: Letters, room_mm: float) -> float:
    """Return the spare width for each gap between columns."""
    gaps = len(columns) - 1
    used_mm = _MARK_MM + sum(_width_mm(column, letters) for column in columns)
    return max(room_mm - used_mm - gaps * _COLUMN_GAP_MM, 0.0) / max(gaps, 1)


def _draw_column(sheet: Sheet, x_mm: float, y_mm: float, step_mm: float, column: Column) -> None:
    letters = sheet.letters
    kind = {"fontsize": letters.small_pt, "ha": column.side}
    baseline_mm = y_mm + step_mm * 0.68
    sheet.page.text(x_mm, baseline_mm, column.title, fontweight="bold", **kind)
    for number, cell in enumerate(column.cells):
        cell_mm = baseline_mm + (number + 1) * step_mm + 0.4
        sheet.page.text(x_mm, cell_mm, cell, **kind)
