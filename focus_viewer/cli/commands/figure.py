"""`focus-viewer figure`: the publication figure of a project, without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import DeviceOption
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.counted import counted
from focus_viewer.core.documents.figure_spec import PANELS, FigureSpec, Panel, within_bounds
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.documents.project import Project
from focus_viewer.core.errors import FocusError, IncompatibleCube
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.outputs.figure_subject import figure_subject
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.project import SavedProject
from focus_viewer.session.tasks.service_protocols import Services

_ENDINGS = (".pdf", ".svg", ".tif", ".tiff", ".png")
_SALIENCY: tuple[Panel, ...] = ("heatmap", "probabilities", "curve", "volume")
_READ_SHARE, _EXPLAIN_SHARE = 0.1, 0.7


def figure(
    path: Annotated[Path, typer.Argument(metavar="PROJECT", help="Project: NAME.focus.json.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help=f"The figure: {', '.join(_ENDINGS)}.")],
    panels: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help=f"In their order, commas between: {', '.join(PANELS)}. [default: the project's]",
        ),
    ] = None,
    width_mm: Annotated[
        float | None,
        typer.Option(
            "--width-mm", metavar="MM", help="Width of the page. [default: the project's]"
        ),
    ] = None,
    dpi: Annotated[
        int | None,
        typer.Option(metavar="N", help="Resolution, 300 to 600. [default: the project's]"),
    ] = None,
    font: Annotated[
        str | None, typer.Option(metavar="FAMILY", help="Font. [default: the project's]")
    ] = None,
    class_name: Annotated[
        str | None,
        typer.Option("--class", metavar="NAME", help="Class to show. [default: the project's]"),
    ] = None,
    caption: Annotated[
        bool | None,
        typer.Option("--caption/--no-caption", help="Caption. [default: the project's]"),
    ] = None,
    device: DeviceOption = "auto",
) -> None:
    """Draw the publication figure of a project; cubes without a stored result are explained first.

    The file is written whole or not at all; the same project gives the same bytes. Those of a cube
    that is explained first differ by the run time in the caption.
    """
    _check_ending(out)
    choices = {"panels": _panels(panels), "width_mm": width_mm, "dpi": dpi, "font": font}
    wanted = _Wanted(choices | {"caption": caption}, class_name, device)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step, interrupt.leaves():
        drawn = _subject_of(path, wanted, step)
        step(_EXPLAIN_SHARE, "drawing the figure")
        size, notes = _write(drawn, out)
    typer.echo(f"{out}: {size}", err=True)
    for note in (*drawn.notes, *notes):
        typer.echo(f"  {note}", err=True)


@dataclass(frozen=True)
class _Wanted:
    """Changes by the command line: attributes of the project's `FigureSpec`, and the class."""

    choices: dict[str, Any]
    class_name: str | None
    device: str


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Drawing: subject, specification and notes for the user."""

    subject: FigureSubject
    spec: FigureSpec
    notes: tuple[str, ...]


def _check_ending(out: Path) -> None:
    """Refuse a name before minutes are spent on the cubes."""
    if out.suffix.lower() not in _ENDINGS:
        raise FocusError(f"--out: {out}: expected a name that ends in {', '.join(_ENDINGS)}.")


def _panels(names: str | None) -> tuple[Panel, ...] | None:
    if names is None:
        return None
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in PANELS]
    if unknown or not chosen:
        raise FocusError(
            f"--panels: {', '.join(unknown) or 'none'}. Choose from {', '.join(PANELS)}."
        )
    return tuple(panel for name in chosen for panel in PANELS if panel == name)


def _subject_of(path: Path, wanted: _Wanted, step: Step) -> _Drawn:
    services = bundled_services()
    reading = services.projects.read_project(path, part(step, 0.0, _READ_SHARE))
    given = {name: value for name, value in wanted.choices.items() if value is not None}
    spec = within_bounds(replace(reading.project.figure, **given))
    project, index = _needed(path, reading.project, reading.missing, spec)
    session = _opened(services, project, path)
    notes = [*reading.notes, *_explain(services, session, project.model, spec, wanted, step)]
    _choose_class(session, wanted.class_name)
    subject = figure_subject(session.state, spec, part(step, _READ_SHARE, _EXPLAIN_SHARE))
    if subject is None:
        raise FocusError(f"{path} contains no cube to draw.")
    kept = project.cubes[index]
    if index not in reading.changed:
        first = replace(subject.first, fingerprint=kept.fingerprint)
        subject = replace(subject, cubes=(first, *subject.cubes[1:]))
    return _Drawn(subject, spec, tuple(notes))


def _needed(
    path: Path, project: Project, missing: tuple[int, ...], spec: FigureSpec
) -> tuple[Project, int]:
    """Return the project with the cubes of the figure, and the index of the active one."""
    if not project.cubes:
        raise FocusError(f"{path} contains no cube to draw.")
    active = max(project.view.active, 0)
    indices = list(range(len(project.cubes))) if spec.all_cubes else [active]
    lost = [project.cubes[index].path for index in indices if index in missing]
    if lost:
        raise FocusError(
            f"{path}: {', '.join(map(str, lost))} is missing. Open the project in the window and "
            "choose its present location."
        )
    cubes = tuple(project.cubes[index] for index in indices)
    shown = replace(project.view, active=indices.index(active), pair=None)
    return replace(project, cubes=cubes, view=shown), indices.index(active)


def _opened(services: Services, project: Project, path: Path) -> Session:
    """Return the project's session, without regions of cubes whose size has changed."""
    cubes = [services.cubes.read_cube(saved.path, saved.choice) for saved in project.cubes]
    for kept, cube in zip(project.cubes, cubes, strict=True):
        if cube.shape != kept.shape:
            raise FocusError(
                f"{kept.path}: expected {kept.shape[0]} x {kept.shape[1]} px and "
                f"{counted(kept.shape[2], 'band')}, found {cube.rows} x {cube.cols} px and "
                f"{counted(cube.bands, 'band')}. Open the project in the window and choose the "
                "cube that was saved."
            )
    treated = [
        services.preprocessing.preprocess(cube, kept.preprocessing, silent)
        for kept, cube in zip(project.cubes, cubes, strict=True)
    ]
    session = Session()
    session.project.open(project, treated, SavedProject(path))
    return session


def _explain(
    services: Services,
    session: Session,
    model: str,
    spec: FigureSpec,
    wanted: _Wanted,
    step: Step,
) -> list[str]:
    """Explain the shown cubes without a result; return notes on those that failed."""
    notes: list[str] = []
    if not set(_SALIENCY) & {*spec.panels}:
        return notes
    for document in session.state.documents.items:
        if document.explanation is None:
            notes += _explain_one(services, session, document, model, wanted.device, step)
    return notes


def _explain_one(
    services: Services,
    session: Session,
    document: Document,
    model: str,
    device: str,
    step: Step,
) -> list[str]:
    ticket = session.explaining_job.start(document.id, f"Explaining {document.cube.name}")
    request = ExplainRequest(ticket, document.cube, model, device)
    try:
        done = services.explaining.explain(request, part(step, _READ_SHARE, _EXPLAIN_SHARE))
    except IncompatibleCube as error:
        session.explanation.fail(ticket, document.id, "failed", str(error))
        return [str(error)]
    session.explanation.take(ticket, document.id, done)
    return list(done.notes)


def _choose_class(session: Session, class_name: str | None) -> None:
    if class_name is None:
        return
    try:
        session.explanation.choose_class(class_name)
    except ValueError as error:
        raise FocusError(f"--class: {error}. Choose one of these.") from error


def _write(drawn: _Drawn, out: Path) -> tuple[str, tuple[str, ...]]:
    """Write the figure; return its size, and requests that it cannot satisfy."""
    # Matplotlib is not needed to learn that a project or an option is wrong.
    from focus_viewer.figures.figure_file import write_figure
    from focus_viewer.figures.publication import about_figure, publication_figure, shortcomings

    page = publication_figure(drawn.subject, drawn.spec)
    with write_errors(out):
        write_figure(page, out, drawn.spec.dpi, about_figure(drawn.subject, drawn.spec))
    width, height = (25.4 * float(inches) for inches in page.get_size_inches())
    return f"{width:.0f} x {height:.0f} mm", shortcomings(drawn.subject, drawn.spec)
