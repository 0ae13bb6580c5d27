"""What an ENVI header may describe that is no cube."""

from __future__ import annotations

from focus_viewer.core.errors import CubeError
from focus_viewer.io.header import Header

_OTHER_KINDS = {
    "library": "a spectral library (single spectra, no image)",
    "classification": "a classification (class numbers, no spectra)",
    "mask": "a mask",
    "meta": "an ENVI meta file (a list of other files)",
    "mosaic": "a virtual mosaic (a list of other files)",
}


def refuse_other_kinds(header: Header) -> None:
    """Let only images of uncompressed numbers pass.

    Raises
    ------
    CubeError
        For all other things that ENVI headers describe.
    """
    file_type = header.text("file type").lower()
    for word, kind in _OTHER_KINDS.items():
        if word in file_type:
            raise CubeError(f"{header.path} describes {kind}, not a cube. Open an image instead.")
    if header.text("file compression") not in ("", "0"):
        raise CubeError(
            f"{header.path}: the data are compressed, which cannot be read piece by piece. Save "
            "the cube without compression."
        )
    for name in ("major frame offsets", "minor frame offsets"):
        frames = header.numbers(name)
        if frames is None or frames.any():
            raise CubeError(
                f"{header.path}: expected no {name!r}, found {header.text(name)[:40]!r}. Save the "
                "cube again as a plain ENVI file."
            )
