"""`focus-viewer explain`: explain a cube without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import (
    ArrayOption,
    AxesOption,
    DeviceOption,
    ImageShapeOption,
    NoDataOption,
    ScaleOption,
    UnitsOption,
    WavelengthsOption,
    array_choice,
    out_folder,
)
from focus_viewer.cli.support.result_folder import replaced_results, write_errors
from focus_viewer.cli.support.strictness import StrictOption, refuse_contradictions
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.result_notes import result_notes
from focus_viewer.core.wording import percent
from focus_viewer.services.bundled import bundled_services

_OutOption = Annotated[
    Path,
    typer.Option(
        metavar="DIR", parser=out_folder, help="Folder of the results; earlier ones are replaced."
    ),
]
_EXPLAIN_SHARE = 0.85
NOT_APPLICABLE = 3
"""Exit status where the model does not apply to the cube."""


def explain(
    path: Annotated[
        Path, typer.Argument(metavar="CUBE", help="File of a cube, or its ENVI header.")
    ],
    out: _OutOption,
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="Bundled model, or the folder of one.")
    ] = "focus-leaf",
    class_name: Annotated[
        str | None,
        typer.Option("--class", metavar="NAME", help="Class to explain. [default: the predicted]"),
    ] = None,
    device: DeviceOption = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print only the text of result.json.")
    ] = False,
    array: ArrayOption = None,
    axes: AxesOption = None,
    image_shape: ImageShapeOption = None,
    wavelengths: WavelengthsOption = None,
    units: UnitsOption = None,
    scale: ScaleOption = None,
    no_data: NoDataOption = None,
    strict: StrictOption = False,
) -> None:
    """Explain a cube: volume (ENVI), curve (CSV), figure (PNG) and result.json; no window.

    Ends with status 3, the results written, where the model does not apply to what the cube shows.
    Ctrl-C leaves no half-written file and earlier results as they were.
    """
    services = bundled_services()
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        with interrupt.leaves():
            step(0.0, "opening the cube")
            choice = array_choice(array, axes, image_shape, wavelengths, units, scale, no_data)
            cube = services.cubes.read_cube(path, choice)
            refuse_contradictions(cube, strict)
        with replaced_results(out) as drafts, interrupt.leaves():
            if class_name is not None:
                step(0.0, "loading the model")
                _check_class(model, class_name)
            request = ExplainRequest(1, cube, model, device)
            done = services.explaining.explain(request, part(step, 0.0, _EXPLAIN_SHARE))
            explained = class_name or done.predicted
            with write_errors(out):
                record = _write(drafts, cube, done, explained, part(step, _EXPLAIN_SHARE, 1.0))
    typer.echo(_summary(cube, done, explained, out), err=True)
    if as_json:
        typer.echo(record)
    if done.applicability.verdict == "does not apply":
        raise typer.Exit(NOT_APPLICABLE)


def _check_class(model: str, class_name: str) -> None:
    """Refuse a class that the model lacks before minutes are spent on the cube."""
    from focus_viewer.explain.model.cards import read_card

    try:
        read_card(model).class_index(class_name)
    except ValueError as error:
        raise FocusError(f"--class: {error}. Choose one of these.") from error


def _write(folder: Path, cube: Cube, done: Explanation, class_name: str, step: Step) -> str:
    # Matplotlib is not needed to learn that a cube or a model is missing.
    from focus_viewer.cli.support.results import write_results

    return write_results(folder, cube, done, class_name, step)


def _summary(cube: Cube, done: Explanation, class_name: str, out: Path) -> str:
    """Return a summary line, and a line for each note."""
    probability = percent(done.probabilities[done.card.class_index(class_name)])
    found, verdict = f"{class_name}, probability {probability}", done.applicability.verdict
    if verdict == "does not apply":
        found = "the model does not apply"
    elif verdict == "doubtful":
        found = f"doubtful: {found}"
    cost = done.cost
    line = (
        f"{cube.name}: {found}; "
        f"{cost.forward_passes} forward, {cost.backward_passes} backward, {cost.seconds:.2f} s, "
        f"{cost.device}; results in {out}"
    )
    return "\n".join([line, *(f"  {note}" for note in result_notes(cube, done))])
