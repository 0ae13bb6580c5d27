"""Spectral libraries, read and compared in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from focus_viewer.core.progress import Step
from focus_viewer.core.spectra.library import SpectralLibrary, ranked
from focus_viewer.session.session import Session
from focus_viewer.session.state.libraries import Target
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import LIBRARY, MATCH
from focus_viewer.session.tasks.service_protocols import LibraryFiles

_SUFFIXES: Final = (".sli", ".esl", ".asd", ".spectrum.txt")


def is_library(path: Path) -> bool:
    """Return whether a file can only be a spectral library, by its name."""
    return path.name.lower().endswith(_SUFFIXES)


class LibraryTasks:
    """Reading of spectral libraries, and the search for the nearest spectrum."""

    def __init__(self, session: Session, background: Background, files: LibraryFiles) -> None:
        self._session = session
        self._background = background
        self._files = files

    def open(self, paths: Sequence[Path]) -> None:
        """Read libraries, or single spectra, and open them beside those that are open."""
        names = ", ".join(path.name for path in paths)

        def work(step: Step) -> list[SpectralLibrary]:
            read = []
            for count, path in enumerate(paths):
                step(count / len(paths), f"reading {path.name}")
                read.append(self._files.read_library(path))
            return read

        def done(libraries: list[SpectralLibrary]) -> None:
            self._session.libraries.add(*libraries)
            notes = [f"{each.name}: {note}" for each in libraries for note in each.notes]
            if notes:
                title = "Assumed about the spectral library"
                self._session.requests.report(Problem(title, " ".join(notes), is_note=True))

        self._background.submit(LIBRARY, work, done, f"Could not open {names}", reads=names)

    def match(
        self, target: Target | None, progress: Callable[[float, str], None] | None = None
    ) -> None:
        """Rank all spectra of the open libraries by their nearness to a spectrum of a cube.

        Where there is nothing to compare with, the ranks of another spectrum are dropped.
        """
        document = self._session.state.find(target.document_id) if target else None
        spectra = self._session.state.libraries.spectra
        nm = document.cube.wavelengths_nm if document else None
        if target is None or document is None or nm is None or not spectra:
            self._background.cancel(MATCH)
            self._session.libraries.drop_matches()
            return
        cube = document.cube
        self._background.submit(
            MATCH,
            lambda step: ranked(target.values, cube, spectra, step),
            partial(self._session.libraries.take_matches, target),
            "Could not compare spectra",
            progress=progress,
        )
