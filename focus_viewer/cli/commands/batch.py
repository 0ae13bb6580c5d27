"""`focus-viewer batch`: explain many cubes, with a journal and one table."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from focus_viewer.cli.commands.explain import NOT_APPLICABLE
from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import DeviceOption, WavelengthsOption, out_folder
from focus_viewer.core.counted import counted
from focus_viewer.core.progress import Step

if TYPE_CHECKING:
    from focus_viewer.batch.run import BatchRun

_Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUTS...",
        help="Cubes, folders, patterns in quotes, tables with a column `path`, projects, data "
        "sets.",
    ),
]
_OutOption = Annotated[
    Path,
    typer.Option(
        metavar="DIR", parser=out_folder, help="Folder of the table, and of what is finished."
    ),
]
_ModelOption = Annotated[
    str, typer.Option(metavar="NAME|DIR", help="Bundled model, or the folder of one.")
]
_RegionsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Regions that each cube has, each decided on alone."),
]
_ObjectsOption = Annotated[
    bool, typer.Option("--objects", help="Decide on each leaf or plant of an image alone too.")
]
_CalibrateOption = Annotated[
    str | None,
    typer.Option(
        metavar="AUTO|FILE",
        help="Counts to reflectance: by references beside each cube, or by this white one.",
    ),
]
_GroupsOption = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="Table with a column `path`; its others are groups."),
]
_WorkersOption = Annotated[
    int, typer.Option(min=1, help="Processes on this machine; 1 works in this one.")
]
_SchedulerOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="A running dask scheduler, such as tcp://host:8786."),
]
_ResumeOption = Annotated[
    bool,
    typer.Option("--resume/--no-resume", help="Go on with what is finished in DIR, or start anew."),
]

_LOG_SECONDS = 60.0
_MOST_NAMED = 20


def batch(
    inputs: _Inputs,
    out: _OutOption,
    model: _ModelOption = "focus-leaf",
    regions: _RegionsOption = None,
    objects: _ObjectsOption = False,
    calibrate: _CalibrateOption = None,
    groups: _GroupsOption = None,
    wavelengths: WavelengthsOption = None,
    workers: _WorkersOption = 1,
    scheduler: _SchedulerOption = None,
    device: DeviceOption = "auto",
    resume: _ResumeOption = True,
) -> None:
    """Explain many cubes: one table (CSV, Parquet) and their curves (NetCDF).

    The same command goes on with a batch that was broken off: no cube that is finished and
    unchanged is computed again, and what failed is tried again. Ends with 0 if all is well, with 1
    if any cube failed, else with 3 if the model does not apply to some.
    """
    # No other command waits for these libraries.
    from focus_viewer.batch.options import AUTO, BatchOptions
    from focus_viewer.batch.run import BatchRequest, run_batch
    from focus_viewer.batch.work import allocation

    allocation.keep_freed_memory()  # the process is the batch's own
    white = calibrate or ""
    options = BatchOptions(
        model, regions, objects, AUTO if white.lower() == AUTO else white, device
    )
    request = BatchRequest(
        *(tuple(inputs), out, options, groups, workers, scheduler or "", resume, wavelengths)
    )
    with interruptible() as interrupt, progress_bar(interrupt.check) as step, interrupt.leaves():
        done = run_batch(request, _logged(step))
    for line in _summary(done):
        typer.echo(line, err=True)
    if done.failed:
        raise typer.Exit(1)
    if done.not_applicable:
        raise typer.Exit(NOT_APPLICABLE)


def _logged(step: Step) -> Step:
    """Return a step that also writes a line a minute where there is no terminal for a bar."""
    if sys.stderr.isatty():
        return step
    last = time.monotonic()

    def logged(fraction: float, text: str) -> None:
        nonlocal last
        step(fraction, text)
        if time.monotonic() - last >= _LOG_SECONDS:
            last = time.monotonic()
            typer.echo(text, err=True)

    return logged


def _summary(done: BatchRun) -> list[str]:
    """Return a line for each failure, for each note, and for the whole."""
    rows = [done.table.rows[place] for place in done.failed]
    failures = [f"  failed: {row['label']}: {row['error']}" for row in rows[:_MOST_NAMED]]
    if len(rows) > _MOST_NAMED:
        failures.append(f"  and {len(rows) - _MOST_NAMED} more: see the column error")
    total = len(done.table.rows)
    outcomes = ", ".join(
        f"{count} {what}"
        for count, what in (
            (total - len(done.failed) - len(done.not_applicable), "explained"),
            (len(done.not_applicable), "to which the model does not apply"),
            (len(done.failed), "failed"),
        )
        if count
    )
    before = f", {counted(done.reused, 'cube')} from before" if done.reused else ""
    line = f"{counted(total, 'row')}: {outcomes}{before}; {done.seconds:.1f} s; {done.paths[-1]}"
    return [*(f"  {note}" for note in done.notes), *failures, line]
