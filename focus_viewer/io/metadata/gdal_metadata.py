"""Band metadata in the file NAME.aux.xml that GDAL puts beside an image (PAM).

GDAL's ENVI writer has no place in its header for items of a band, such as `wavelength` and `fwhm`
of rasterio's `update_tags(band, ...)`.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree as Xml

from focus_viewer.io.metadata.header import Header
from focus_viewer.io.storage.xml_files import parse_xml

_MOST_BYTES = 20_000_000
_ENTRIES = {
    "wavelength": ("wavelength", "wavelengths", "center_wavelength", "central_wavelength"),
    "wavelength units": ("wavelength_units", "wavelength_unit"),
    "fwhm": ("fwhm", "bandwidth"),
    "bbl": ("bbl",),
}
_IMAGERY = {"central_wavelength_um": "wavelength", "fwhm_um": "fwhm"}


def with_gdal_metadata(header: Header, data: Path, bands: int, notes: list[str]) -> Header:
    """Return a header with the band metadata of GDAL's file, where the header has none.

    Parameters
    ----------
    data : Path
        The data file.
    notes : list of str
        Gets where wavelengths were taken from.
    """
    if "wavelength" in header:
        return header
    beside = Path(f"{data}.aux.xml")
    found = _entries(beside, bands)
    if "wavelength" not in found:
        return header
    notes.append(f"Wavelengths were taken from {beside.name}.")
    entries = MappingProxyType({**found, **header.entries})
    return Header(header.path, entries, header.respelled)


def _entries(path: Path, bands: int) -> dict[str, str]:
    root = parse_xml(path, _MOST_BYTES)
    if root is None:
        return {}
    numbered = {band.get("band", ""): _items(band) for band in root.findall("PAMRasterBand")}
    items = [numbered.get(str(number), {}) for number in range(1, bands + 1)]
    entries: dict[str, str] = {}
    for entry, names in _ENTRIES.items():
        texts = [next((band[name] for name in names if name in band), "") for band in items]
        if not all(texts):
            continue
        if entry == "wavelength units":
            entries |= {entry: texts[0]} if len(set(texts)) == 1 else {}
        else:
            entries[entry] = "{" + ", ".join(text.replace(",", " ") for text in texts) + "}"
    return entries


def _items(band: Xml.Element) -> dict[str, str]:
    """Return the items of a band in lower case; those of the domain IMAGERY are in micrometres."""
    items: dict[str, str] = {}
    for group in band.findall("Metadata"):
        domain = group.get("domain", "")
        for item in group.findall("MDI"):
            name, text = item.get("key", "").lower(), (item.text or "").strip()
            if domain == "IMAGERY" and name in _IMAGERY:
                items |= {_IMAGERY[name]: text, "wavelength_units": "um"}
            elif domain in ("", "ENVI"):
                items.setdefault(name, text)
    return items
