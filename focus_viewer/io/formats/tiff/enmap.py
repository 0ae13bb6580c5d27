"""Metadata file METADATA.XML beside an EnMAP image: band centres, widths, factors.

Names of its elements are those of the EnMAP product specification (EN-PCV-ICD-2009-2).
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as Xml

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.formats.tiff.geotiff_metadata import braced

_IMAGE = re.compile(r"(.*)-SPECTRAL_IMAGE(?:_(VNIR|SWIR))?(?:_COG)?", re.IGNORECASE)
_MAX_BYTES = 50_000_000
_CENTRE, _WIDTH = "wavelengthCenterOfBand", "FWHMOfBand"
_GAIN, _OFFSET = "GainOfBand", "OffsetOfBand"


def enmap_entries(path: Path, bands: int, notes: list[str]) -> dict[str, str]:
    """Return header entries from the metadata file beside an EnMAP image; none without one.

    Parameters
    ----------
    path : Path
        The image.
    notes : list of str
        Gets where the entries come from, or why they are not used.

    Raises
    ------
    CubeError
        If the metadata file cannot be read.
    """
    match = _IMAGE.fullmatch(path.stem)
    beside = None if match is None else _beside(path, f"{match[1]}-METADATA.XML")
    if match is None or beside is None:
        return {}
    root = _parsed(beside)
    if root is None:
        notes.append(Ignored(f"{beside.name} is not an EnMAP metadata file: it is not used."))
        return {}
    elements = _of_detector(root, (match[2] or "").lower(), bands)
    centres = [band.findtext(_CENTRE, "").strip() for band in elements]
    if len(elements) != bands or not all(centres):
        notes.append(
            Ignored(
                f"{beside.name} describes {len(elements)} bands, the image has {bands}: not used."
            )
        )
        return {}
    notes.append(f"Wavelengths and factors were taken from {beside.name}.")
    entries = {"wavelength": braced(centres), "wavelength units": "nm"}
    return entries | _widths(elements) | _factors(root, elements) | _background(root)


def _beside(path: Path, name: str) -> Path | None:
    with translated_errors(path):
        return next((p for p in path.parent.iterdir() if p.name.upper() == name.upper()), None)


def _parsed(path: Path) -> Xml.Element | None:
    with translated_errors(path):
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return None
        content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    try:
        return Xml.fromstring(content)  # noqa: S314 - entities are refused above
    except (Xml.ParseError, ValueError, LookupError):
        return None


def _of_detector(root: Xml.Element, detector: str, bands: int) -> list[Xml.Element]:
    """Return bands in the order of the image: all, or those of one detector in level 1B."""
    elements = root.findall(".//{*}bandCharacterisation/{*}bandID")
    if len(elements) == bands or not detector:
        return elements
    listed = root.findtext(f".//{detector}ProductQuality/expectedChannelsList", "")
    wanted = {word.strip() for word in listed.split(",")}
    return [band for band in elements if band.get("number") in wanted]


def _widths(bands: list[Xml.Element]) -> dict[str, str]:
    widths = [band.findtext(_WIDTH, "").strip() for band in bands]
    return {"fwhm": braced(widths)} if all(widths) else {}


def _factors(root: Xml.Element, bands: list[Xml.Element]) -> dict[str, str]:
    """Return gains and offsets: to reflectance in level 2A, to radiance below."""
    gains = [band.findtext(_GAIN, "").strip() for band in bands]
    offsets = [band.findtext(_OFFSET, "").strip() or "0" for band in bands]
    if not all(gains):
        return {}
    level = root.findtext("base/level", "") or root.findtext(".//{*}level", "")
    kind = "data reflectance" if level.strip().upper().startswith("L2") else "data"
    return {f"{kind} gain values": braced(gains), f"{kind} offset values": braced(offsets)}


def _background(root: Xml.Element) -> dict[str, str]:
    text = root.findtext(".//{*}specific/{*}backgroundValue", "").strip()
    return {"data ignore value": text} if text else {}
