"""ASD field spectra: a binary header of 484 bytes, the spectrum, and from version 6 its reference.

The layout is that of the ASD file format, versions 1 to 8.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from focus_viewer.core.errors import CubeError
from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.core.typing import DoubleArray

_HEADER_BYTES = 484
_VERSIONS = (b"ASD", b"as2", b"as3", b"as4", b"as5", b"as6", b"as7", b"as8")
_WITH_REFERENCE = (b"as6", b"as7", b"as8")
_DATA_TYPE, _FIRST_NM, _STEP_NM, _FORMAT, _CHANNELS = 186, 191, 195, 199, 204
_FORMATS = {0: "<f4", 1: "<i4", 2: "<f8"}
_REFLECTANCE = 1
_REFERENCE_HEAD = 18  # flag, two times; then a text with its length
_PLAUSIBLE = 2.0


def read_asd(path: Path) -> SpectralLibrary:
    """Read the spectrum of an ASD file as reflectance.

    What the file keeps as counts is divided by the white reference that it holds.

    Raises
    ------
    CubeError
        If it is none, cut short, or has counts without a reference.
    """
    content = path.read_bytes()
    if content[:3] not in _VERSIONS or len(content) < _HEADER_BYTES:
        raise CubeError(
            f"{path}: expected a file of an ASD spectrometer, which begins with 'ASD' or 'as7'; "
            f"found {content[:3]!r}. Choose another file."
        )
    channels = struct.unpack_from("<H", content, _CHANNELS)[0]
    first, step = struct.unpack_from("<ff", content, _FIRST_NM)
    kind = _FORMATS.get(content[_FORMAT])
    if kind is None or channels < 2 or not (first > 0 and step > 0):
        raise CubeError(
            f"{path}: expected channels, first wavelength and step; found {channels}, {first:g} "
            f"and {step:g} nm. The file is damaged: copy it again."
        )
    stored, end = _numbers(path, content, _HEADER_BYTES, channels, kind)
    notes: list[str] = []
    values = _reflectance(path, content, stored, end, kind, notes)
    nm = first + step * np.arange(channels, dtype=np.float64)
    return SpectralLibrary(path.name, (LibrarySpectrum(path.stem, nm, values),), tuple(notes))


def _numbers(
    path: Path, content: bytes, start: int, count: int, kind: str
) -> tuple[DoubleArray, int]:
    """Return numbers at a place in the file, and the place behind them."""
    end = start + count * np.dtype(kind).itemsize
    if len(content) < end:
        raise CubeError(
            f"{path}: expected {end:,} bytes for {count} channels, found {len(content):,}. The "
            "file was cut short: copy it again."
        )
    return np.frombuffer(content, kind, count, start).astype(np.float64), end


def _reflectance(
    path: Path, content: bytes, stored: DoubleArray, end: int, kind: str, notes: list[str]
) -> DoubleArray:
    is_reflectance = content[_DATA_TYPE] == _REFLECTANCE
    if is_reflectance and np.nanpercentile(np.abs(stored), 99) <= _PLAUSIBLE:
        return stored
    if content[:3] in _WITH_REFERENCE and len(content) > end + _REFERENCE_HEAD + 2:
        length = struct.unpack_from("<H", content, end + _REFERENCE_HEAD)[0]
        start = end + _REFERENCE_HEAD + 2 + length
        reference, _ = _numbers(path, content, start, stored.size, kind)
        notes.append("The target was divided by the white reference in the file.")
        with np.errstate(divide="ignore", invalid="ignore"):
            values = stored / reference
        return np.where(np.isfinite(values), values, np.nan)
    raise CubeError(
        f"{path}: expected reflectance, or counts with a white reference; found counts alone. "
        "Export it as reflectance."
    )
