"""Files of regions and of the region table, read and written in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.regions.annotations import Annotations, together
from focus_viewer.core.spectra.indices import Index
from focus_viewer.session.outputs.region_csv import table_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import FILES
from focus_viewer.session.tasks.service_protocols import RegionFiles


class RegionFileTasks:
    """Files of the regions on the screen."""

    def __init__(self, session: Session, background: Background, files: RegionFiles) -> None:
        self._session = session
        self._background = background
        self._files = files

    def open(self, *paths: Path) -> None:
        """Replace the regions of the active document by those of files, as one step."""
        document = self._session.state.document
        names = ", ".join(path.name for path in paths)
        title = f"Could not open {names}"
        if document is None:
            text = f"{names} holds regions, and no cube is open. Open the cube first, then this."
            self._session.requests.report(Problem(title, text))
            return

        def done(annotations: Annotations) -> None:
            if self._session.state.documents.active != document.id:
                return
            self._session.regions.replace_all(replace(annotations, notes=()))
            if annotations.notes:
                text = " ".join(annotations.notes)
                self._session.requests.report(Problem(f"Regions of {names} are open", text))

        self._background.submit(
            FILES,
            lambda step: together(
                self._files.read_annotations(path, document.cube) for path in paths
            ),
            done,
            title,
            reads=names,
        )

    def save(self, path: Path) -> None:
        """Write the regions of the active document."""
        document = self._session.state.document
        if document is not None:
            self._background.submit(
                FILES,
                lambda step: self._files.write_annotations(
                    path, document.annotations, document.cube
                ),
                title=f"Could not save {path.name}",
            )

    def save_table(self, path: Path) -> None:
        """Write the measurements of the regions on the screen, as CSV."""
        state = self._session.state
        text = table_text([shown for shown in (state.document, state.other) if shown is not None])
        if text:
            self._background.submit(
                FILES,
                lambda step: self._files.write_text(path, text),
                title=f"Could not save {path.name}",
            )

    def list_indices(self, done: Callable[[Sequence[Index]], None]) -> None:
        """Load the catalogue of vegetation indices."""
        self._background.submit(
            FILES,
            lambda step: self._files.index_catalogue(),
            done,
            "Could not list the vegetation indices",
        )
