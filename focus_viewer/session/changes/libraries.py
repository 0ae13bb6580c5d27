"""Changes of the open spectral libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from focus_viewer.core.spectra.library import LibrarySpectrum, Match, SpectralLibrary
from focus_viewer.session.state.libraries import MOST_DRAWN, Libraries, Target
from focus_viewer.session.store import Changes


class LibraryChanges(Changes):
    """Changes of the spectral libraries; they are none of the project's."""

    def add(self, *libraries: SpectralLibrary) -> None:
        """Add libraries in place of those of the same name; a single spectrum is drawn at once."""
        known, names = self._state.libraries, {library.name for library in libraries}
        kept = tuple(library for library in known.items if library.name not in names)
        single = [library.spectra[0] for library in libraries if len(library.spectra) == 1]
        left = {spectrum for library in kept for spectrum in library.spectra}
        drawn = (*(spectrum for spectrum in known.drawn if spectrum in left), *single)
        self._put(Libraries((*kept, *libraries), drawn[-MOST_DRAWN:]))

    def close_all(self) -> None:
        """Close all libraries."""
        self._put(Libraries())

    def draw(self, spectrum: LibrarySpectrum, drawn: bool) -> None:
        """Draw a spectrum over those of the cube, or not; the first goes where there are many."""
        known = self._state.libraries
        others = tuple(each for each in known.drawn if each is not spectrum)
        chosen = (*others, spectrum) if drawn else others
        self._put(replace(known, drawn=chosen[-MOST_DRAWN:]))

    def take_matches(self, target: Target, matches: Sequence[Match]) -> None:
        """Take the spectra ranked by their nearness to a target."""
        self._put(replace(self._state.libraries, matches=tuple(matches), target=target))

    def drop_matches(self) -> None:
        """Drop the ranks: there is nothing to compare with."""
        self._put(replace(self._state.libraries, matches=(), target=None))

    def _put(self, libraries: Libraries) -> None:
        self._store.publish(replace(self._state, libraries=libraries))
