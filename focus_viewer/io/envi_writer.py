"""Writer of ENVI images and spectra: a header and its data file."""

from __future__ import annotations

import locale
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.atomic_write import atomic_paths
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.envi.file_pairs import is_header
from focus_viewer.io.formats.envi.spy import DATA_SUFFIX, DATA_TYPES, write_header

Entries = Mapping[str, str | int | Sequence[object]]
_BRACES = str.maketrans("{}", "()")
_PER_BAND = ("wavelength", "fwhm", "band names")


def write_envi(
    header_path: Path,
    planes: Iterable[NDArray[Any]],
    entries: Entries,
    data_suffix: str = DATA_SUFFIX,
) -> Path:
    """Write an image band by band, little-endian: whole or not at all.

    Only one plane at a time is held.

    Parameters
    ----------
    header_path : Path
        NAME.hdr; the data go to NAME with `data_suffix` beside it. Both are replaced if they are
        there.
    planes : iterable of array, shape (rows, cols)
        One for each band, all of one type that ENVI knows.
    entries : mapping
        Header entries beside those that describe the data: a text, a number or a list. A text in
        braces keeps them.

    Returns
    -------
    Path
        The data file.

    Raises
    ------
    CubeError
        If the files cannot be written.
    ValueError
        If planes differ in shape or type, there is none, or a list of `entries` that has a value
        for each band does not.
    """
    if not is_header(header_path):
        raise CubeError(f"{header_path}: expected the name of an ENVI header, ending in .hdr.")
    data_path = header_path.with_suffix(data_suffix)
    with (
        translated_errors(header_path, "written"),
        atomic_paths(data_path, header_path) as (data, header),
    ):
        layout = _write_data(data, planes)
        _check_lists(entries, layout["bands"])
        clean = {name: _clean(value, name == "description") for name, value in entries.items()}
        write_header(header, {**clean, **layout})
    return data_path


def _write_data(path: Path, planes: Iterable[NDArray[Any]]) -> dict[str, Any]:
    """Write the planes; return the header entries that describe them."""
    first: NDArray[Any] | None = None
    bands = 0
    with path.open("wb") as data:
        for plane in planes:
            first = plane if first is None else first
            if plane.shape != first.shape or plane.dtype != first.dtype:
                raise ValueError(f"plane {plane.shape} {plane.dtype} follows one of {first.shape}")
            little = np.ascontiguousarray(plane, dtype=plane.dtype.newbyteorder("<"))
            data.write(little.data)
            bands += 1
    if first is None:
        raise ValueError("there is no plane to write")
    rows, cols = first.shape
    return {
        "samples": cols,
        "lines": rows,
        "bands": bands,
        "header offset": 0,
        "data type": int(_data_type(first.dtype)),
        "interleave": "bsq",
        "byte order": 0,
    }


def _data_type(dtype: np.dtype[Any]) -> str:
    for code, known in DATA_TYPES.items():
        if known == dtype.newbyteorder("="):
            return str(code)
    raise ValueError(f"ENVI has no data type for {dtype}")


def _check_lists(entries: Entries, bands: int) -> None:
    for name in _PER_BAND:
        value = entries.get(name, "")
        of_a_spectrum = entries.get("file type") == "ENVI Spectral Library"
        if not isinstance(value, str | int) and len(value) != bands and not of_a_spectrum:
            raise ValueError(f"{len(value)} values for {name!r}, and {bands} bands")


def _clean(value: str | int | Sequence[object], plain: bool) -> str | int | list[str]:
    """Return one line without braces that would end the entry, save those around map texts."""
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        return [_one_line(str(item).translate(_BRACES)) for item in value]
    if not plain and value.startswith("{") and value.endswith("}"):
        return _one_line(f"{{{value[1:-1].translate(_BRACES)}}}")
    return _one_line(value.translate(_BRACES))


def _one_line(text: str) -> str:
    """Return one line in the encoding of SPy's file."""
    encoding: str = locale.getencoding()
    return " ".join(text.split()).encode(encoding, errors="replace").decode(encoding)
