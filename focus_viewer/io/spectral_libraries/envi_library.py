"""ENVI spectral libraries: a header, and a spectrum a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.errors import CubeError
from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.core.typing import DoubleArray, IntArray
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of
from focus_viewer.io.formats.envi.layout import check_size, read_layout
from focus_viewer.io.metadata.header import Header, read_header
from focus_viewer.io.metadata.wavelengths import to_nm, unit_of
from focus_viewer.io.spectral_libraries.scale import as_reflectance

_MOST_VALUES = 100_000_000


def library_files(path: Path) -> tuple[Path, Path]:
    """Return header and data file of a library, by the path of either.

    Raises
    ------
    CubeError
        If one of them is missing.
    """
    header = header_of(path)
    return header, path if path.suffix.lower() != ".hdr" else _data_of(header)


def read_envi_library(path: Path) -> SpectralLibrary:
    """Read an ENVI spectral library by its header or data file.

    Raises
    ------
    CubeError
        If header or data are missing or damaged, or it holds no spectra with wavelengths.
    """
    header_path, data = library_files(path)
    header = read_header(header_path)
    if "library" not in header.text("file type").lower():
        raise CubeError(
            f"{header.path}: expected 'file type = ENVI Spectral Library', found "
            f"{header.text('file type')[:40] or 'none'!r}. Open an image with File > Open."
        )
    notes: list[str] = []
    layout = read_layout(header, notes)
    check_size(layout, data)
    if layout.values > _MOST_VALUES or layout.bands != 1:
        raise CubeError(
            f"{header.path}: expected one band of at most {_MOST_VALUES:,} values, found "
            f"{layout.bands} bands of {layout.rows} x {layout.cols}. Open a smaller library."
        )
    every = slice(None)
    stored = layout.raw_array(data).read(every, every, every)[:, :, 0].astype(np.float64)
    nm, order = _wavelengths(header, layout.cols, notes)
    ignored = header.numbers("data ignore value")
    if ignored is not None and ignored.size == 1:
        stored = np.where(stored == ignored[0], np.nan, stored)
    values = as_reflectance(stored, notes, _factor(header))[:, order]
    names = _names(header, layout.rows, notes)
    spectra = tuple(LibrarySpectrum(name, nm, row) for name, row in zip(names, values, strict=True))
    return SpectralLibrary(path.name, spectra, tuple(notes))


def _data_of(header_path: Path) -> Path:
    beside = (header_path.with_suffix(suffix) for suffix in (".sli", ".SLI", ".esl"))
    return next((path for path in beside if path.is_file()), None) or data_of(header_path)


def _wavelengths(header: Header, count: int, notes: list[str]) -> tuple[DoubleArray, IntArray]:
    """Return ascending wavelengths in nm, and the places of the samples in that order."""
    centers = header.numbers("wavelength")
    if centers is None or centers.size != count or not (centers > 0).all():
        found = 0 if centers is None else centers.size
        raise CubeError(
            f"{header.path}: expected {count} wavelengths above 0, one for each sample; found "
            f"{found}. Put 'wavelength' in the header right."
        )
    unit = unit_of(header.text("wavelength units"), centers, notes, "header")
    if not unit:
        raise CubeError(f"{header.path}: {notes[-1]}")
    nm = to_nm(centers, unit)
    order = np.argsort(nm, kind="stable")
    return nm[order], order


def _factor(header: Header) -> float | None:
    stated = header.numbers("reflectance scale factor")
    return float(stated[0]) if stated is not None and stated.size and stated[0] > 0 else None


def _names(header: Header, count: int, notes: list[str]) -> list[str]:
    names = [name.strip() for name in header.words("spectra names")]
    if len(names) == count:
        return names
    few = f"{counted(len(names), 'name')} for {counted(count, 'spectrum')}"
    notes.append(f"The header has {few}: they are numbered.")
    return [f"spectrum {number}" for number in range(1, count + 1)]
