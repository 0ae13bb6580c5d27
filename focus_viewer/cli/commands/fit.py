"""`focus-viewer fit`: teach a frozen backbone the classes of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import band_ranges, out_folder
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.card_limits import HELD_OUT, NEVER_HELD_OUT
from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.progress import part

if TYPE_CHECKING:
    from focus_viewer.core.saliency.model_card import ModelCard
    from focus_viewer.core.validation.report import ValidationReport

ClassColumnOption = Annotated[
    str | None,
    typer.Option("--class-column", metavar="NAME", help="Column of the classes, in a table."),
]
BandsOption = Annotated[
    str | None, typer.Option(metavar="NM-NM,...", help="Ranges that may be read, such as 500-900.")
]
ClassesOption = Annotated[
    str | None, typer.Option(metavar="A,B,...", help="Classes to teach; the others are left out.")
]
SeveralOption = Annotated[
    bool, typer.Option("--several", help="Several classes may hold at once, if no example has two.")
]


def fit(
    data: Annotated[
        Path, typer.Argument(metavar="DATASET", help="Project, folder or table; see data-sets.md.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", parser=out_folder, help="Folder of the model, named as the model."
        ),
    ],
    backbone: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="Model whose backbone is taught.")
    ] = "focus-leaf",
    group: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column whose groups are held out as a whole."),
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Number of folds that are held out.")] = 5,
    bands: BandsOption = None,
    class_column: ClassColumnOption = None,
    classes: ClassesOption = None,
    several: SeveralOption = False,
    report: Annotated[
        bool, typer.Option("--report", help="Validate; write report.json, .html and .pdf.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of folds, windows and prompts.")] = 0,
) -> None:
    """Teach a frozen backbone the classes of a data set; write a model folder with a report.

    The model is used like any other, with --model DIR. Ctrl-C leaves a model that is in DIR as it
    was; the same command goes on where it was.
    """
    from focus_viewer.explain.teaching.plan import TeachingPlan
    from focus_viewer.io.datasets import read_data_set
    from focus_viewer.services.teaching import FitRequest, teach_model, work_folder, write_model

    plan = TeachingPlan(band_ranges(bands), group, folds, seed)
    try:
        with interruptible() as interrupt, progress_bar(interrupt.check) as step:
            with interrupt.leaves():
                found = read_data_set(data, class_column=class_column, step=part(step, 0.0, 0.05))
            found, names = _restricted(found, classes, several)
            request = FitRequest(found, str(data), out, plan, backbone, report, names)
            with write_errors(out), interrupt.leaves():
                teaching = teach_model(request, part(step, 0.05, 1.0))
            with write_errors(out):
                card = write_model(request, teaching, step)
    except (Cancelled, KeyboardInterrupt):
        _say_how_to_go_on(work_folder(out))
        raise
    for note in (*found.notes, *group_hint(found.columns, group), *teaching.prepared.pixels.notes):
        typer.echo(f"  {note}", err=True)
    _print_measured(card)
    _say_how_good(out, teaching.report if report else None)


def group_hint(columns: Sequence[str], group: str | None) -> tuple[str, ...]:
    """Return a note that groups could be held out as a whole, where none was chosen."""
    if group is not None or not columns:
        return ()
    return (
        f"Not held out as a whole: {', '.join(columns)}. Where cubes of one resemble each other, "
        f"--group {columns[0]} is the fairer test.",
    )


def _say_how_good(out: Path, report: ValidationReport | None) -> None:
    """Print what the validation found and where it is, or else how to get it."""
    if report is None:
        typer.echo("Beside baselines, with its spread and a control: --report.", err=True)
        return
    from focus_viewer.core.validation.sentences import comparison, control_text, headline

    for sentence in (headline(report), *comparison(report), control_text(report)):
        if sentence:
            typer.echo(sentence)
    typer.echo(f"Report: {out / 'report.html'}", err=True)


def _print_measured(card: ModelCard) -> None:
    for name, value in card.measured.items():
        by = f" (by {card.teaching['held_out_by']})" if name == HELD_OUT else ""
        typer.echo(f"{name}{by}: {value}")
    if HELD_OUT not in card.measured:
        typer.echo(f"{HELD_OUT}: unknown, as nothing could be held out", err=True)
    if never := card.teaching.get(NEVER_HELD_OUT):
        typer.echo(f"never held out, as there are too few: {', '.join(never)}", err=True)


def _restricted(
    found: DataSet, classes: str | None, several: bool
) -> tuple[DataSet, tuple[str, ...]]:
    """Return the data set of some classes, and their names; none where all are taught."""
    found = replace(found, several=several)
    names = tuple(name.strip() for name in (classes or "").split(",") if name.strip())
    missing = [name for name in names if name not in found.classes]
    if missing:
        raise FocusError(
            f"--classes: no class {', '.join(missing)}. Choose from: {', '.join(found.classes)}."
        )
    return (found.only(names) if names else found), names


def _say_how_to_go_on(work: Path) -> None:
    if work.is_dir():
        typer.echo(f"What was done is kept in {work}.", err=True)
        typer.echo("The same command goes on from there.", err=True)
