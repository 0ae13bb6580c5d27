"""Sidecar text files of a TIFF image with band metadata."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.tiff.geotiff_metadata import USEFUL_ENTRIES, braced
from focus_viewer.io.metadata.header import read_header

_MAX_BYTES = 2_000_000


def entries_beside(path: Path, notes: list[str]) -> dict[str, str]:
    """Return header entries from the first sidecar file with wavelengths; none without one.

    NAME.hdr or NAME.tif.hdr, an ENVI header that a program wrote for the image, and NAME.wvl, the
    table of bands that prismaread writes for images of PRISMA.

    Parameters
    ----------
    path : Path
        The image.
    notes : list of str
        Gets where the entries come from.

    Raises
    ------
    CubeError
        If its folder may not be looked into.
    """
    for beside in (path.with_suffix(".hdr"), Path(f"{path}.hdr"), path.with_suffix(".wvl")):
        with translated_errors(beside):
            if not beside.is_file() or beside.stat().st_size > _MAX_BYTES:
                continue
        entries = _table(beside) if beside.suffix == ".wvl" else _header(beside)
        if "wavelength" in entries:
            notes.append(f"Wavelengths were taken from {beside.name}.")
            return entries
    return {}


def _header(path: Path) -> dict[str, str]:
    try:
        entries = read_header(path).entries
    except CubeError:  # a file of the same name that is none of the image's
        return {}
    return {name: text for name, text in entries.items() if name in USEFUL_ENTRIES}


def _table(path: Path) -> dict[str, str]:
    """Return columns "wl" and "fwhm", in nm, of a table with a line for each band."""
    with translated_errors(path):
        text = path.read_text(encoding="utf-8", errors="replace")
    lines = [line.replace('"', "").replace(",", " ").split() for line in text.splitlines()]
    lines = [line for line in lines if line]
    if not lines or "wl" not in lines[0] or len({len(line) for line in lines}) > 1:
        return {}
    columns = dict(zip(lines[0], zip(*lines[1:], strict=True), strict=False))
    entries = {"wavelength units": "nm"} if "wl" in columns else {}
    for entry, name in (("wavelength", "wl"), ("fwhm", "fwhm")):
        if name in columns:
            entries[entry] = braced(list(columns[name]))
    return entries
