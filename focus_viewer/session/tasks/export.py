"""Export of data for other programs: possible kinds, their description, writing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from focus_viewer.core.documents.export_request import (
    KINDS,
    OF_A_CLASS,
    ExportFormat,
    ExportKind,
    ExportRequest,
    file_format,
)
from focus_viewer.core.errors import Cancelled
from focus_viewer.session.outputs.export_summary import SHAPES, subject
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import EXPORT
from focus_viewer.session.tasks.service_protocols import Services


@dataclass(frozen=True)
class Choice:
    """Kind of data to choose, with the reason if it cannot be written now."""

    kind: ExportKind
    title: str
    reason: str


class Exports:
    """Export of what is on the screen."""

    def __init__(self, session: Session, background: Background, services: Services) -> None:
        self._session = session
        self._background = background
        self._services = services

    def choices(self) -> tuple[Choice, ...]:
        """Return all kinds of data, with the reason where one cannot be written now."""
        state = self._session.state
        return tuple(Choice(kind, title, _reason(state, kind)) for kind, title in KINDS.items())

    def description(self, kind: ExportKind, form: ExportFormat) -> str:
        """Return lines that describe the file: subject, shape, size, georeference."""
        request = _request(self._session.state, kind, form)
        if request is None:
            return ""
        place = request.cube.georeference.projection
        georeferenced = f"Georeferenced: {place}" if place else "Not georeferenced: no map info"
        lines = [subject(request), SHAPES[kind](request)]
        return "\n".join([*lines, georeferenced] if form in ("envi", "geotiff") else lines)

    def suggested(self, kind: ExportKind, form: ExportFormat) -> str:
        """Return a file name made of its content."""
        request = _request(self._session.state, kind, form)
        if request is None:
            return ""
        about = [request.volume.class_name] if request.volume and kind in OF_A_CLASS else []
        words = "_".join([request.cube.name, kind, *about])
        name = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in words)
        return f"{name}{file_format(kind, form).suffix}"

    def write(self, path: Path, kind: ExportKind, form: ExportFormat) -> None:
        """Write a kind of data of the active document; a failure is reported.

        A missing suffix is added to the path.
        """
        document = self._session.state.document
        request = _request(self._session.state, kind, form)
        if document is None or request is None:
            return
        suffix = file_format(kind, form).suffix
        target = path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)
        ticket = self._session.export_job.start(document.id, f"Writing {target.name}")

        job = self._session.export_job

        def done(files: tuple[Path, ...]) -> None:
            names = " and ".join(file.name for file in files)
            job.end(ticket, "done", f"{names} in {target.parent}")

        self._background.submit(
            EXPORT,
            lambda step: self._services.exports.export(target, request, step),
            done,
            failed=partial(self._not_written, ticket, target),
            progress=partial(job.progress, ticket),
        )

    def _not_written(self, ticket: int, target: Path, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._session.export_job.end(ticket, "cancelled", target.name)
            return
        problem = problem_of(f"Could not write {target.name}", error)
        self._session.export_job.end(ticket, "failed", problem.text)
        self._session.requests.report(problem)

    def cancel(self) -> None:
        """Stop writing; incomplete files are removed."""
        self._background.cancel(EXPORT)


def _reason(state: State, kind: ExportKind) -> str:
    """Return why a kind of data cannot be written now; "" if it can."""
    document = state.document
    if document is None:
        return "Open a cube first"
    if document.mask_pending:
        return "Wait: the mask is being computed"
    if kind in OF_A_CLASS:
        running = state.jobs.explains(document.id)
        wait = "Wait: the cube is being explained" if running else "Explain the cube first"
        return "" if state.volume is not None else wait
    if kind == "map":
        return "" if document.composite is not None else "Wait: the picture is being read"
    if kind == "spectra":
        has_spectra = bool(document.annotations.regions or document.pins)
        return "" if has_spectra else "Draw a region or pin a pixel first"
    return "" if document.annotations.regions else "Draw a region first"


def _request(state: State, kind: ExportKind, form: ExportFormat) -> ExportRequest | None:
    document = state.document
    if document is None or _reason(state, kind):
        return None
    pins = tuple((pin.row, pin.col) for pin in document.pins)
    return ExportRequest(
        kind,
        form,
        document.cube,
        document.own_volume(state.view.display.mode),
        state.view.window_nm,
        document.annotations,
        pins,
        document.explanation,
        document.composite,
        document.inside,
    )
