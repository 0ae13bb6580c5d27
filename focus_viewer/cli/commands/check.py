"""`focus-viewer check`: report on files that can be opened, and assumptions about them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from focus_viewer.cli.support.options import (
    ArrayOption,
    AxesOption,
    ImageShapeOption,
    NoDataOption,
    ScaleOption,
    UnitsOption,
    WavelengthsOption,
    array_choice,
)
from focus_viewer.cli.support.strictness import StrictOption
from focus_viewer.core.cubes.advice import CHECK_VALUES
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.report import CubeReport, error_report, report_of
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.core.process_pool import WorkerPool
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.wording import NO_WAVELENGTHS, range_text, units_text
from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.services.files import BundledCubeFiles

T = TypeVar("T")

_MARKS = ("✓", "✗")
_PLAIN_MARKS = ("ok", "no")


def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files, or folders of them.")
    ],
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the full reports as JSON."),
    ] = False,
    limit: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0.01, help="Time limit for each file."),
    ] = 20.0,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|DIR", help="Report too whether this model applies; reads the cubes."
        ),
    ] = None,
    array: ArrayOption = None,
    axes: AxesOption = None,
    image_shape: ImageShapeOption = None,
    wavelengths: WavelengthsOption = None,
    units: UnitsOption = None,
    scale: ScaleOption = None,
    no_data: NoDataOption = None,
    strict: StrictOption = False,
) -> None:
    """Report for each file whether it can be opened, and its properties.

    Only metadata and a few pixels are read. The files of a folder are checked,
    not those of its subfolders. What is said of wavelengths, units, scale, no data or array holds
    for all of them. Ends with 0 if all files can be opened, with 1 if any cannot, or with --strict,
    if the statements of any about its values exclude one another.
    """
    choice = array_choice(array, axes, image_shape, wavelengths, units, scale, no_data)
    judge = None if model is None else model_judge(model, choice)
    with IsolatedReader(limit) as reader:
        reports = [report for path in paths for report in _reports(reader, path, choice)]
    if judge is not None:
        reports = [judged(report, judge) for report in reports]
    if as_json:
        typer.echo(json.dumps([report.entry for report in reports], indent=2))
    else:
        for line in table(reports, sys.stdout.encoding or "ascii"):
            typer.echo(line)
    if not all(report.ok and not (strict and report.contradictions) for report in reports):
        raise typer.Exit(1)


def _reports(reader: IsolatedReader, path: Path, choice: ArrayChoice | None) -> list[CubeReport]:
    """Return reports of a file, or of those in a folder."""
    try:
        found = reader.read(listed, path)
    except NoAnswer as error:
        return [error_report(path, error)]
    if isinstance(found, CubeReport):
        return [found]
    return [_report(reader, image, choice) for image in found]


def _report(reader: IsolatedReader, path: Path, choice: ArrayChoice | None) -> CubeReport:
    try:
        return reader.read(partial(inspected, choice=choice), path)
    except NoAnswer as error:
        return error_report(path, error)


def listed(path: Path) -> list[Path] | CubeReport:
    """Return the path itself, or the images in a folder; a report where it has none."""
    try:
        found = list(BundledCubeFiles().find_images(path))
    except FocusError as error:
        return error_report(path, error)
    if not found:
        return error_report(path, CubeError(f"{path} is a folder without images."))
    return found


def inspected(path: Path, choice: ArrayChoice | None = None) -> CubeReport:
    """Return a file's report, errors included."""
    try:
        return report_of(path, BundledCubeFiles().read_cube(path, choice))
    except FocusError as error:
        return error_report(path, error)
    except Exception as error:  # noqa: BLE001 - one hostile file must not keep others from a report
        return error_report(
            path, CubeError(f"{path} could not be read: {type(error).__name__}: {error}")
        )


Judge = Callable[[Path], str]


def model_judge(model: str, choice: ArrayChoice | None = None) -> Judge:
    """Return a function from a cube's path to whether the model applies to it, as a sentence.

    Raises
    ------
    ModelError
        If there is no such model.
    """
    from focus_viewer.explain.model.cards import read_card

    read_card(model)
    explaining = BundledExplaining()

    def judge(path: Path) -> str:
        request = ExplainRequest(1, BundledCubeFiles().read_cube(path, choice), model)
        return explaining.judge(request, silent).sentence

    return judge


def judged(report: CubeReport, judge: Judge) -> CubeReport:
    """Return the report of a cube with whether the model applies, or why it is not known."""
    if not report.ok or report.kind != "cube":
        return report
    try:
        verdict = judge(report.path)
    except FocusError as error:
        verdict = f"Cannot be explained: {error}"
    return replace(report, applicability=verdict)


def table(reports: Sequence[CubeReport], encoding: str) -> list[str]:
    """Return one line per file, in columns, in characters of the terminal's encoding."""
    good, bad = _MARKS if _can_show("".join(_MARKS), encoding) else _PLAIN_MARKS
    rows = [[good if report.ok else bad, str(report.path), *_cells(report)] for report in reports]
    shown = [[_printable(cell, encoding) for cell in row] for row in rows]
    # The last cell of a refusal is a sentence: it has no width in common with numbers.
    columns = max((len(row) for row in shown), default=0)
    widths = [
        max((len(row[column]) for row in shown if column < len(row) - 1), default=0)
        for column in range(columns)
    ]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in shown
    ]
    return [
        line
        for row, report in zip(lines, reports, strict=True)
        for line in (row, *_details(report, len(reports) == 1, encoding))
    ]


def _details(report: CubeReport, all_notes: bool, encoding: str) -> list[str]:
    """Return the sentences below a row: contradictions, and of a single file all of its notes."""
    notes = list(report.contradictions)
    if all_notes:
        notes += [*report.assumed, *report.ignored]
    if report.contradictions:
        notes.append(CHECK_VALUES)
    return [_printable(f"    {note}", encoding) for note in notes]


def _cells(report: CubeReport) -> list[str]:
    if report.error is not None:
        return [report.kind, report.reason]
    bands = report.shape[2] if report.shape else 0
    return [
        report.kind,
        " x ".join(map(str, report.shape or ())),
        range_text(*report.wavelength_nm) if report.wavelength_nm else NO_WAVELENGTHS,
        units_text(report.units),
        f"{report.good_bands} of {bands} bands good",
        ", ".join(
            f"{len(notes)} {what}"
            for notes, what in (
                (report.contradictions, "contradictory"),
                (report.assumed, "assumed"),
                (report.ignored, "ignored"),
            )
            if notes
        ),
        *([report.applicability] if report.applicability is not None else []),
    ]


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str, encoding: str) -> str:
    """Return text in one printable line: file names may contain any byte."""
    plain = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    if not _can_show("–", encoding):
        plain = plain.replace("–", "-")
    return plain.encode(encoding, "backslashreplace").decode(encoding)


class NoAnswer(FocusError):
    """Error for a file whose reading did not end, or ended the reader process."""


class IsolatedReader:
    """Reader of one file at a time in a process that is replaced where it hangs or dies.

    A thread that waits for an unreachable drive cannot be ended, and a library that fails on a
    damaged file can end its process.

    Parameters
    ----------
    limit_s : float
        Time limit for a file.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._pool: WorkerPool | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._abandon()

    def read(self, work: Callable[[Path], T], path: Path) -> T:
        """Return the result of `work`, a function of a module that raises nothing, for a path.

        Raises
        ------
        NoAnswer
            If it takes too long, or the process dies.
        """
        try:
            return (self._pool or self._start()).submit(work, path).result(self._limit_s)
        except BrokenProcessPool as error:
            self._abandon()
            raise NoAnswer(
                f"{path} ended the process that read it: it is damaged, or memory ran out. Copy it "
                "again from its source."
            ) from error
        except TimeoutError as error:
            self._abandon()
            raise NoAnswer(
                f"{path} gave no answer within {self._limit_s:g} s. Check that its drive or "
                "network share is available, or allow more time with --limit."
            ) from error

    def _start(self) -> WorkerPool:
        self._pool = WorkerPool(1)
        self._pool.submit(_ready).result()  # loading libraries does not count as reading
        return self._pool

    def _abandon(self) -> None:
        if self._pool is not None:
            self._pool.abandon()
        self._pool = None


def _ready() -> None:
    """Do nothing, in a process that has loaded."""
