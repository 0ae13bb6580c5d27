"""`focus-viewer study`: compare groups of what a batch explained, with plants as units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from focus_viewer.cli.support.options import out_folder
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.errors import FocusError

_TableArgument = Annotated[
    Path, typer.Argument(metavar="BATCH", help="Folder of a batch, or its cubes.csv.")
]
_OutOption = Annotated[
    Path, typer.Option(metavar="DIR", parser=out_folder, help="Folder of the report.")
]
_ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="COLUMN", help="Groups. [default: the likeliest column]"),
]
_UnitOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Units that are averaged first. [default: plant, or cube]"),
]
_ValueOption = Annotated[str | None, typer.Option(metavar="NAME", help="Value, such as NDVI.")]
_ClassOption = Annotated[
    str | None, typer.Option("--class", metavar="NAME", help="Class of the importance curves.")
]
_RegionsOption = Annotated[
    bool, typer.Option("--regions", help="Compare regions and objects, not whole cubes.")
]
_IndependentOption = Annotated[
    bool,
    typer.Option("--independent", help="Equal names of units in two groups are different units."),
]


def study(
    table: _TableArgument,
    out: _OutOption,
    by: _ByOption = None,
    unit: _UnitOption = None,
    value: _ValueOption = None,
    class_name: _ClassOption = None,
    regions: _RegionsOption = False,
    independent: _IndependentOption = False,
) -> None:
    """Compare groups of explained cubes: report (HTML, PDF) and statistics (CSV).

    Means and spread are over units, and so are the tests: images of one plant are not independent.
    """
    from focus_viewer.core.studies.comparison import compare
    from focus_viewer.core.studies.plan import CUBE, usual_plan
    from focus_viewer.core.studies.sentences import result_sentence
    from focus_viewer.figures.study import write_study_report
    from focus_viewer.io.studies import read_study

    found = read_study(table)
    usual = usual_plan(found)
    plan = replace(
        usual,
        column=_chosen("by", by, found.columns, usual.column),
        unit=_chosen("unit", unit, (*found.columns, CUBE), usual.unit),
        value=_chosen("value", value, found.value_names, usual.value),
        class_name=_chosen("class", class_name, found.classes, usual.class_name),
        parts="regions" if regions else "cubes",
        design="independent" if independent else "by the units",
    )
    compared = [compare(found, plan, quantity) for quantity in plan.quantities]
    for each in compared:
        typer.echo(result_sentence(each))
    notes = (*found.notes, *(note for each in compared for note in each.notes))
    for note in dict.fromkeys(notes):
        typer.echo(f"  {note}", err=True)
    with write_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        for path in write_study_report(found, plan, out):
            typer.echo(path, err=True)


def _chosen(option: str, name: str | None, known: Sequence[str], usual: str) -> str:
    """Return what an option names, or what is usual without it.

    Raises
    ------
    FocusError
        If the study has nothing of that name.
    """
    if name is None or name in known:
        return usual if name is None else name
    raise FocusError(
        f"--{option}: expected {', '.join(known) or 'nothing, the study has none'}; found {name!r}."
    )
