"""Libraries slice: open spectral libraries, the spectra that are drawn, and the nearest ones."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.spectra.library import LibrarySpectrum, Match, SpectralLibrary
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.session.state.document import Document

MOST_DRAWN = 8
"""Most spectra of libraries that are drawn: more lines could not be distinguished."""


@dataclass(frozen=True, eq=False)
class Target:
    """Spectrum of a cube that libraries are compared with.

    Attributes
    ----------
    name : str
        Such as "row 3, col 7", or the name of a region.
    values : array of float, shape (bands,)
    """

    document_id: int
    name: str
    values: FloatArray | DoubleArray


@dataclass(frozen=True)
class Libraries:
    """Open libraries.

    Attributes
    ----------
    matches : tuple of Match
        Of all spectra, the nearest to the target first.
    target : Target or None
        What they were compared with.
    """

    items: tuple[SpectralLibrary, ...] = ()
    drawn: tuple[LibrarySpectrum, ...] = ()
    matches: tuple[Match, ...] = ()
    target: Target | None = None

    @property
    def spectra(self) -> tuple[LibrarySpectrum, ...]:
        """Spectra of all libraries."""
        return tuple(spectrum for library in self.items for spectrum in library.spectra)


def targets_of(document: Document) -> tuple[Target, ...]:
    """Return what libraries can be compared with: selected regions, the latest pins, the rest."""
    spectra = document.measures.spectra if document.measures else {}
    within = " inside the mask" if document.measures and document.measures.mask else ""
    regions = {
        region.id: Target(document.id, f"{region.name}, mean{within}", spectra[region.id].mean)
        for region in document.annotations
        if region.id in spectra and not region.hidden
    }
    pins = tuple(
        Target(document.id, f"row {pin.row}, col {pin.col}", pin.spectrum.values)
        for pin in reversed(document.pins)
        if pin.spectrum is not None
    )
    selected = tuple(regions.pop(chosen) for chosen in document.selected if chosen in regions)
    return (*selected, *pins, *regions.values())
