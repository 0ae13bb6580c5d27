"""Band metadata in the text notes of a TIFF file, as entries of a header.

Wavelengths stand in the description of a page, in ImageJ's labels, in the channels of OME, or in a
list that a program left in the description of the first page.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

from focus_viewer.io.formats.tiff.geotiff import braced
from focus_viewer.io.formats.tiff.views import View

if TYPE_CHECKING:
    from tifffile import TiffFile

_MOST_PAGES = 5000
_MAX_TEXT = 4_000_000
_LISTS = {
    "wavelength": (
        "wavelength",
        "wavelengths",
        "wavelengths_nm",
        "wavelength_nm",
        "wavelengths nm",
    ),
    "fwhm": ("fwhm", "fwhm_nm"),
    "bbl": ("bbl",),
}
_LIST_IN_TEXT = re.compile(
    r"\b(wavelengths?(?:_nm)?|fwhm)[\"']?\s{0,3}[:=]\s{0,3}[\[{(]?([\d.,;\s+e-]{3,})", re.IGNORECASE
)
_UNIT_IN_TEXT = re.compile(
    r"\bwavelength[ _]units?[\"']?\s{0,3}[:=]\s{0,3}[\"']?([^\s\"',;}]{1,20})", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{2,5}(\.\d{1,12})?")


def entries_of_notes(tiff: TiffFile, view: View) -> dict[str, str]:
    """Return header entries about the bands of a view, by the notes in its file."""
    entries = _ome(tiff, view) if view.stack.kind == "ome" and view.axes[0] == "bands" else {}
    if not entries:
        entries = _lists(tiff, view)
    known = "wavelength" in entries or "band names" in entries
    names = [] if known or view.axes[0] != "bands" else _page_names(tiff, view)
    if names:
        entries["band names"] = braced(names)
        entries |= _bare_numbers(names)
    return entries


def _lists(tiff: TiffFile, view: View) -> dict[str, str]:
    """Return lists in the text of the first page: JSON, or `wavelengths = 400, 410, ...`."""
    text = _description(tiff, view)
    try:
        content: Any = json.loads(text) if text.lstrip()[:1] == "{" else None
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return _json_lists(content)
    bands = view.bands
    entries = {}
    for name, numbers in _LIST_IN_TEXT.findall(text):
        words = re.split(r"[\s,;]+", numbers.strip(" ,;\r\n\t"))
        key = "fwhm" if name.lower() == "fwhm" else "wavelength"
        if len(words) == bands:
            entries[key] = braced(words)
            if name.lower().endswith("_nm"):
                entries["wavelength units"] = "nm"
    unit = _UNIT_IN_TEXT.search(text)
    if unit is not None:
        entries["wavelength units"] = unit[1]
    return entries if "wavelength" in entries else {}


def _json_lists(content: dict[str, Any]) -> dict[str, str]:
    lowered = {str(name).lower(): value for name, value in content.items()}
    entries = {}
    for entry, names in _LISTS.items():
        name = next((name for name in names if isinstance(lowered.get(name), list)), None)
        if name is None:
            continue
        entries[entry] = braced([str(value) for value in lowered[name]])
        if entry == "wavelength" and name.endswith("nm"):
            entries["wavelength units"] = "nm"
    for name in ("wavelength_units", "wavelength units", "wavelength_unit"):
        if isinstance(lowered.get(name), str):
            entries.setdefault("wavelength units", lowered[name])
    for name in ("units", "data units", "description"):
        if isinstance(lowered.get(name), str):
            entries[name] = lowered[name]
    return entries


def _description(tiff: TiffFile, view: View) -> str:
    page = tiff.series[view.stack.series].keyframe
    imagej = tiff.imagej_metadata or {} if view.stack.kind == "imagej" else {}
    return str(imagej.get("Info", "") or page.description)[:_MAX_TEXT]


def _page_names(tiff: TiffFile, view: View) -> list[str]:
    """Return a name for each band: ImageJ's labels, or names or descriptions of pages."""
    bands = len(view.places)
    if view.stack.kind == "imagej":
        labels = [str(label) for label in (tiff.imagej_metadata or {}).get("Labels", ())]
        return [labels[k] for k in view.places] if len(labels) == len(view.stack.planes) else []
    if len({plane.directory for plane in view.planes}) < bands or bands > _MOST_PAGES:
        return []
    pages = list(tiff.series[view.stack.series])
    names = [_name_of(pages[position]) for position in view.places if position < len(pages)]
    return names if len(names) == bands and all(names) else []


def _name_of(page: Any) -> str:
    full = page.aspage()
    name = full.tags.get(285)  # PageName
    text = str(name.value) if name is not None else str(full.description)
    return " ".join(text.split())[:200]


def _bare_numbers(names: list[str]) -> dict[str, str]:
    """Return names as wavelengths if they are ascending numbers and not a mere count."""
    if not all(_NUMBER.fullmatch(name) for name in names) or not any("." in n for n in names):
        return {}
    numbers = [float(name) for name in names]
    rising = all(a < b for a, b in itertools.pairwise(numbers))
    return {"wavelength": braced(names)} if rising else {}


def _ome(tiff: TiffFile, view: View) -> dict[str, str]:
    """Return names and wavelengths of the channels, where channels are the bands."""
    text = str(tiff.ome_metadata or "")[:_MAX_TEXT]
    if view.axis != "C" or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return {}
    try:
        root = Xml.fromstring(text.encode())  # noqa: S314 - entities are refused above
    except Xml.ParseError:
        return {}
    images = root.findall("{*}Image")
    image = images[view.stack.series] if view.stack.series < len(images) else None
    channels = [] if image is None else image.findall("{*}Pixels/{*}Channel")
    if len(channels) != len(view.places):
        return {}
    names = [channel.get("Name", "") for channel in channels]
    entries = {"band names": braced(names)} if all(names) else {}
    if all(channel.get("EmissionWavelength") for channel in channels):
        entries["wavelength"] = braced(
            [channel.get("EmissionWavelength", "") for channel in channels]
        )
        entries["wavelength units"] = channels[0].get("EmissionWavelengthUnit", "nm")
    elif names:
        entries |= _bare_numbers(names)
    return entries
