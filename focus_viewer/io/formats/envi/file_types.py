"""ENVI file types that are not cubes: libraries, classifications, tables."""

from __future__ import annotations

from focus_viewer.core.errors import CubeError, OtherKind
from focus_viewer.io.metadata.header import Header

# By a word of the file type: what it is to a report, and to people.
_OTHER_KINDS = {
    "library": ("spectral library", "a spectral library (single spectra, no image)"),
    "classification": ("classification", "a classification (class numbers, no spectra)"),
    "mask": ("mask", "a mask"),
    "meta": ("unknown", "an ENVI meta file (a list of other files)"),
    "mosaic": ("unknown", "a virtual mosaic (a list of other files)"),
}


def refuse_other_kinds(header: Header) -> None:
    """Let only images of plain or compressed numbers pass.

    Raises
    ------
    OtherKind, CubeError
        For all other things that ENVI headers describe.
    """
    file_type = header.text("file type").lower()
    for word, (kind, text) in _OTHER_KINDS.items():
        if word in file_type:
            raise OtherKind(
                f"{header.path} describes {text}, not a cube. Open an image instead.", kind
            )
    if header.text("file compression") not in ("", "0", "1"):
        raise CubeError(
            f"{header.path}: expected 'file compression' 0 (none) or 1 (gzip), found "
            f"{header.text('file compression')[:40]!r}. Save the cube without compression."
        )
    for name in ("major frame offsets", "minor frame offsets"):
        frames = header.numbers(name)
        if frames is None or frames.any():
            raise CubeError(
                f"{header.path}: expected no {name!r}, found {header.text(name)[:40]!r}. Save the "
                "cube again as a plain ENVI file."
            )
