"""Opening of a project's spectral libraries; runs in worker threads."""

from __future__ import annotations

from collections.abc import Sequence

from focus_viewer.core.documents.project import ProjectLibrary
from focus_viewer.core.errors import FocusError
from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.session.state.libraries import MOST_DRAWN, Libraries
from focus_viewer.session.tasks.service_protocols import Services

Absent = tuple[ProjectLibrary, ...]


def open_libraries(
    services: Services, saved: Sequence[ProjectLibrary]
) -> tuple[Libraries, Absent, list[str]]:
    """Read the libraries of a project; those that cannot be read stay in it, and are named.

    Returns
    -------
    libraries : Libraries
    absent : tuple of ProjectLibrary
        Those that cannot be read.
    problems : list of str
        Why, and which have changed since the project was saved.
    """
    opened: list[SpectralLibrary] = []
    absent: list[ProjectLibrary] = []
    drawn: list[LibrarySpectrum] = []
    problems: list[str] = []
    for each in saved:
        try:
            library = services.libraries.read_library(each.path)
        except FocusError as error:
            absent.append(each)
            problems.append(
                f"The spectral library {each.path.name} is not open: {error} The project keeps "
                "it. Put it back and open the project again."
            )
            continue
        opened.append(library)
        drawn += [library.spectra[place] for place in each.drawn if place < len(library.spectra)]
        if each.sha256 and library.sha256 and each.sha256 != library.sha256:
            problems.append(
                f"The spectral library {each.path} has changed since the project was saved: it is "
                "shown as it is now."
            )
    return Libraries(tuple(opened), tuple(drawn[:MOST_DRAWN])), tuple(absent), problems
