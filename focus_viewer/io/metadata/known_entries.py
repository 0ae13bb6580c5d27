"""Entries of an ENVI header that are read."""

from __future__ import annotations

from focus_viewer.io.metadata.header import Header

KNOWN_ENTRIES = frozenset(
    {
        "samples", "lines", "bands", "header offset", "data type", "byte order", "interleave",
        "file type", "file compression", "major frame offsets", "minor frame offsets",
        "wavelength", "wavelength units", "fwhm", "band names", "bbl", "default bands",
        "data ignore value", "reflectance scale factor",
        "data reflectance gain values", "data reflectance offset values",
        "data gain values", "data offset values",
        "data units", "units", "calibration", "z plot titles", "description",
        "map info", "projection info", "coordinate system string", "pixel size",
        "sensor type", "sensor", "binning", "saturation value", "ceiling",
        "tint", "integration time", "exposure time", "exposure", "shutter",
        "tint1", "tint2", "vimg1", "vimg2",
    }
)  # fmt: skip
"""Entries that the program uses."""


def unused_entries(header: Header) -> tuple[str, ...]:
    """Return the names of entries that the program does not use, in the header's order."""
    return tuple(name for name in header.entries if name not in KNOWN_ENTRIES)
