"""`focus-viewer check`: whether files can be opened, and what is assumed of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from focus_viewer.cli.support.subprocess_worker import Aside, NoAnswer
from focus_viewer.core.cubes.report import CubeReport, refusal, report_of
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.services.cubes import BundledCubeFiles

_MARKS = ("✓", "✗")
_PLAIN_MARKS = ("ok", "no")


def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files, or folders of them.")
    ],
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print a list of all that is known of each file."),
    ] = False,
    limit: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0.01, help="How long a file may take to answer."),
    ] = 20.0,
) -> None:
    """Tell of each file whether it can be opened, and what it is.

    Only what describes an image is read, and a few pixels. A folder's own files are checked, not
    those of folders in it. Ends with 0 if all files can be opened, with 1 if any cannot.
    """
    with Aside(limit) as aside:
        reports = [report for path in paths for report in _reports(aside, path)]
    if as_json:
        typer.echo(json.dumps([report.entry for report in reports], indent=2))
    else:
        for line in table(reports, sys.stdout.encoding or "ascii"):
            typer.echo(line)
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


def _reports(aside: Aside, path: Path) -> list[CubeReport]:
    """Reports of a file, or of those in a folder."""
    try:
        found = aside.ask(listed, path)
    except NoAnswer as error:
        return [refusal(path, error)]
    return [found] if isinstance(found, CubeReport) else [_report(aside, one) for one in found]


def _report(aside: Aside, path: Path) -> CubeReport:
    try:
        return aside.ask(inspected, path)
    except NoAnswer as error:
        return refusal(path, error)


def listed(path: Path) -> list[Path] | CubeReport:
    """The path itself, or the images that a folder has; the reason where it has none."""
    try:
        found = list(BundledCubeFiles().find_images(path))
    except FocusError as error:
        return refusal(path, error)
    if not found:
        return refusal(path, CubeError(f"{path} is a folder without images."))
    return found


def inspected(path: Path) -> CubeReport:
    """What a file is; whatever goes wrong is told in the report."""
    try:
        return report_of(path, BundledCubeFiles().read_cube(path))
    except FocusError as error:
        return refusal(path, error)
    except Exception as error:  # noqa: BLE001 - one hostile file must not keep others from a report
        return refusal(
            path, CubeError(f"{path} could not be read: {type(error).__name__}: {error}")
        )


def table(reports: Sequence[CubeReport], encoding: str) -> list[str]:
    """One line a file, in columns, of what the encoding of a terminal can show."""
    good, bad = _MARKS if _can_show("".join(_MARKS), encoding) else _PLAIN_MARKS
    rows = [[good if one.ok else bad, str(one.path), *_cells(one)] for one in reports]
    shown = [[_printable(cell, encoding) for cell in row] for row in rows]
    # The last cell of a refusal is a sentence: it has no width in common with numbers.
    columns = max((len(row) for row in shown), default=0)
    widths = [
        max((len(row[place]) for row in shown if place < len(row) - 1), default=0)
        for place in range(columns)
    ]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in shown
    ]


def _cells(report: CubeReport) -> list[str]:
    if report.error is not None:
        return [report.kind, report.reason]
    bands = report.shape[2] if report.shape else 0
    return [
        report.kind,
        " x ".join(map(str, report.shape or ())),
        "{:.0f}-{:.0f} nm".format(*report.wavelength_nm) if report.wavelength_nm else "-",
        report.units or "-",
        f"{report.good_bands} of {bands} bands good",
        ", ".join(
            f"{len(notes)} {what}"
            for notes, what in ((report.assumed, "assumed"), (report.ignored, "ignored"))
            if notes
        ),
    ]


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str, encoding: str) -> str:
    """Text in one line that can be shown: names of files may hold any byte."""
    plain = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    return plain.encode(encoding, "backslashreplace").decode(encoding)
