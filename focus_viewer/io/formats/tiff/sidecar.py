"""Sidecar files of a TIFF image with band metadata: text tables, headers, EnMAP's METADATA.XML.

Names of EnMAP's elements are those of its product specification (EN-PCV-ICD-2009-2).
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as Xml

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.tiff.geotiff import USEFUL_ENTRIES, braced
from focus_viewer.io.metadata.header import read_header
from focus_viewer.io.storage.xml_files import parse_xml

_MOST_SIDECAR_BYTES = 2_000_000
_IMAGE = re.compile(r"(.*)-SPECTRAL_IMAGE(?:_(VNIR|SWIR))?(?:_COG)?", re.IGNORECASE)
_MOST_XML_BYTES = 50_000_000
_CENTRE, _WIDTH = "wavelengthCenterOfBand", "FWHMOfBand"
_GAIN, _OFFSET = "GainOfBand", "OffsetOfBand"


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
            if not beside.is_file() or beside.stat().st_size > _MOST_SIDECAR_BYTES:
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
    root = parse_xml(beside, _MOST_XML_BYTES)
    if root is None:
        notes.append(Ignored(f"{beside.name} is not an EnMAP metadata file: it is not used."))
        return {}
    elements = _of_detector(root, (match[2] or "").lower(), bands)
    centres = [band.findtext(_CENTRE, "").strip() for band in elements]
    if len(elements) != bands or not all(centres):
        notes.append(
            Ignored(
                f"{beside.name} describes {counted(len(elements), 'band')}, "
                f"the image has {bands}: not used."
            )
        )
        return {}
    notes.append(f"Wavelengths and factors were taken from {beside.name}.")
    entries = {"wavelength": braced(centres), "wavelength units": "nm"}
    return entries | _widths(elements) | _factors(root, elements) | _background(root)


def _beside(path: Path, name: str) -> Path | None:
    with translated_errors(path):
        return next((p for p in path.parent.iterdir() if p.name.upper() == name.upper()), None)


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
    is_reflectance = level.strip().upper().startswith("L2")
    kind = "data reflectance" if is_reflectance else "data"
    units = "reflectance" if is_reflectance else "radiance"
    factors = {f"{kind} gain values": braced(gains), f"{kind} offset values": braced(offsets)}
    return {"data units": units} | factors


def _background(root: Xml.Element) -> dict[str, str]:
    text = root.findtext(".//{*}specific/{*}backgroundValue", "").strip()
    return {"data ignore value": text} if text else {}
