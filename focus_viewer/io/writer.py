"""Save a cube of results as ENVI."""

from __future__ import annotations

import locale
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.io.files import told_as_cube_error
from focus_viewer.io.pair import is_header
from focus_viewer.io.spy import DATA_SUFFIX, save_bsq

_BRACES = str.maketrans("{}", "()")


def write_cube(
    header_path: Path,
    data: FloatArray,
    wavelengths_nm: DoubleArray | None,
    band_names: Sequence[str] | None = None,
    description: str = "",
    extra: Mapping[str, str | Sequence[object]] | None = None,
) -> Path:
    """Write a cube as ENVI, BSQ, float32, little-endian: whole or not at all.

    Parameters
    ----------
    header_path : Path
        NAME.hdr; the data go to NAME.img beside it. Both are replaced if they are there.
    data : FloatArray, shape (rows, cols, bands)
    wavelengths_nm : DoubleArray, shape (bands,), or None
    band_names : sequence of str, or None
    description : str
    extra : mapping, or None
        More header entries, each a text or a list.

    Returns
    -------
    Path
        The data file.

    Raises
    ------
    CubeError
        If the files cannot be written.
    ValueError
        If wavelengths or band names are not one for each band.
    """
    if not is_header(header_path):
        raise CubeError(f"{header_path}: expected the name of an ENVI header, ending in .hdr.")
    entries = _entries(data.shape[2], wavelengths_nm, band_names, description, extra or {})
    data_path = header_path.with_suffix(DATA_SUFFIX)
    # Drafts are made in a folder beside the target: a rename within one disk cannot half succeed.
    with (
        told_as_cube_error(header_path, "written"),
        TemporaryDirectory(dir=header_path.parent, prefix=".unfinished-") as folder,
    ):
        draft = Path(folder) / "cube.hdr"
        save_bsq(draft, data, entries)
        _publish(draft, header_path, data_path)
    return data_path


def _publish(draft: Path, header_path: Path, data_path: Path) -> None:
    """Data first, header last, and never an old header beside new data."""
    header_path.unlink(missing_ok=True)
    draft.with_suffix(DATA_SUFFIX).replace(data_path)
    try:
        draft.replace(header_path)
    except BaseException:
        data_path.unlink()
        raise


def _entries(
    bands: int,
    wavelengths_nm: DoubleArray | None,
    band_names: Sequence[str] | None,
    description: str,
    extra: Mapping[str, str | Sequence[object]],
) -> dict[str, Any]:
    entries: dict[str, Any] = {name: _clean(value) for name, value in extra.items()}
    if description:
        entries["description"] = _clean_text(description)
    if wavelengths_nm is not None:
        _check_count("wavelengths", len(wavelengths_nm), bands)
        entries["wavelength units"] = "Nanometers"
        entries["wavelength"] = wavelengths_nm.tolist()
    if band_names is not None:
        _check_count("band names", len(band_names), bands)
        entries["band names"] = _clean(band_names)
    return entries


def _check_count(what: str, count: int, bands: int) -> None:
    if count != bands:
        raise ValueError(f"{count} {what} for {bands} bands")


def _clean(value: str | Sequence[object]) -> str | list[str]:
    if isinstance(value, str):
        return _clean_text(value)
    return [_clean_text(str(item)) for item in value]


def _clean_text(text: str) -> str:
    """One line without braces, which would end the entry, in letters that SPy's file can hold."""
    line = " ".join(text.translate(_BRACES).split())
    return line.encode(locale.getencoding(), errors="replace").decode(locale.getencoding())
