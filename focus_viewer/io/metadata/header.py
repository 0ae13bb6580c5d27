"""Reader of ENVI headers.

SPy's own header reader takes a path, decodes it as the locale says and refuses what cameras write:
a byte order mark, a Latin-1 "µ", a lower-case "envi". Entries are therefore read here, and SPy gets
them when they have been checked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.storage.files import is_file, size_bytes

_MAX_HEADER_BYTES = 2_000_000
_CLOSING = {"{": "}", "[": "]"}
_LISTS = {"wavelength", "fwhm", "bbl", "band names", "default bands"}
_ESRI_WORDS = {"nrows", "ncols", "nbands", "layout", "byteorder"}
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

_OTHER_NAMES = {
    "wavelengths": "wavelength",
    "center wavelength": "wavelength",
    "center wavelengths": "wavelength",
    "centre wavelength": "wavelength",
    "centre wavelengths": "wavelength",
    "central wavelength": "wavelength",
    "central wavelengths": "wavelength",
    "wavelength unit": "wavelength units",
    "band name": "band names",
    "default band": "default bands",
    "bad bands list": "bbl",
}
"""Names that programs write for entries of these."""
_NAME_AND_UNIT = re.compile(r"(.*(?:wavelengths?|fwhm))\s*[(\[]?(nm|[uµμ]m)[)\]]?")
_UNIT_BEHIND = re.compile(r"(?<=[\d.])\s*(nm|[uµμ]m)\b", re.IGNORECASE)
_AS_PYTHON_PRINTS = re.compile(r"\bnp\.\w+\(([^()]*)\)|['\"]")


@dataclass(frozen=True)
class Header:
    """The entries of a header.

    Attributes
    ----------
    path : Path
        The header file.
    entries : mapping of str to str
        Lower-case names and values as they were written, braces included; a list in square
        brackets, as numpy prints it, has braces here.
    respelled : tuple of str
        Names as the file has them, where it spells those of `entries` in another way.
    """

    path: Path
    entries: Mapping[str, str]
    respelled: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def text(self, name: str) -> str:
        """Return the value of an entry without its braces, or "" where there is none."""
        value = self.entries.get(name, "")
        return value[1:-1].strip() if value.startswith("{") else value

    def line(self, name: str) -> str:
        """Return the value of an entry on one line, without its braces; "" without the entry."""
        return " ".join(self.entries.get(name, "").strip("{} \n").split())

    def words(self, name: str) -> list[str]:
        """Return values between commas; empty ones left out."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def unit_behind(self, name: str) -> str:
        """Return the unit behind the first number of an entry; "" without one."""
        found = _UNIT_BEHIND.search(self.text(name))
        return "" if found is None else found[1]

    def numbers(self, name: str) -> DoubleArray | None:
        """Return values between commas or white space, shape (n,); None if any is not a number.

        They may be in quotes, or have one unit of wavelengths behind them.
        """
        text = self.text(name)
        if (plain := _as_numbers(text)) is not None:
            return plain
        text = _AS_PYTHON_PRINTS.sub(r"\1", text)
        if len({unit.lower() for unit in _UNIT_BEHIND.findall(text)}) > 1:
            return None
        return _as_numbers(_UNIT_BEHIND.sub("", text))


def _as_numbers(text: str) -> DoubleArray | None:
    try:
        return np.array([float(word) for word in text.replace(",", " ").split()])
    except ValueError:
        return None


def read_header(path: Path) -> Header:
    """Read an ENVI header.

    Raises
    ------
    CubeError
        If the file cannot be read or is not an ENVI header.
    """
    text = _decoded(_header_bytes(path))
    first, _, rest = text.lstrip().partition("\n")
    if not re.match(r"envi\b", first, flags=re.IGNORECASE):
        raise CubeError(_not_envi(path, text))
    return spelled_as_usual(path, dict(_entries(path, rest.split("\n"))))


def spelled_as_usual(path: Path, entries: Mapping[str, str]) -> Header:
    """Return a header with known entries under their usual names.

    Underscores count as spaces, and some programs write a plural. An entry that is there under its
    usual name too stays as it is.
    """
    named: dict[str, str] = {}
    respelled: list[str] = []
    units: list[str] = []
    for name, value in entries.items():
        usual = _usual(name)
        taken = usual in entries or usual in named
        if name in KNOWN_ENTRIES or usual not in KNOWN_ENTRIES or taken:
            named[name] = value
        else:
            named[usual] = value
            respelled.append(name)
            with_unit = _NAME_AND_UNIT.fullmatch(_spaced(name))
            if with_unit is not None and usual == "wavelength":
                units.append(with_unit[2])
    if units:
        named.setdefault("wavelength units", units[0])
    return Header(path, MappingProxyType(named), tuple(respelled))


def _usual(name: str) -> str:
    plain = _spaced(name)
    with_unit = _NAME_AND_UNIT.fullmatch(plain)
    plain = plain if with_unit is None else with_unit[1].strip()
    return _OTHER_NAMES.get(plain, plain)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _header_bytes(path: Path) -> bytes:
    if not is_file(path):
        raise CubeError(f"{path} is not a file. Expected the header of an ENVI cube.")
    if size_bytes(path) > _MAX_HEADER_BYTES:
        raise CubeError(
            f"{path} is larger than {_MAX_HEADER_BYTES:,} bytes, too large for an ENVI header, "
            "which is a short text. Open the header that belongs to the data file."
        )
    with translated_errors(path):
        return path.read_bytes()


def _decoded(content: bytes) -> str:
    """Return text with line feeds only; Latin-1, which any bytes are, where it is not UTF."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_envi(path: Path, text: str) -> str:
    if not text.strip():
        return f"{path} is empty. Expected an ENVI header: copy it again from where it came."
    words = set(re.findall(r"^\s*(\w+)\s", text[:10_000].lower(), flags=re.MULTILINE))
    if len(words & _ESRI_WORDS) >= 3:
        return (
            f"{path} is an ESRI header (NROWS, NCOLS, NBANDS), not an ENVI one. Export the cube in "
            "ENVI format, or write an ENVI header for it."
        )
    start = text.lstrip()[:20].partition("\n")[0]
    return (
        f"{path} is not an ENVI header: expected 'ENVI' in its first line, found {start!r}. Open "
        "header or the data file of an ENVI cube."
    )


def _entries(path: Path, lines: list[str]) -> Iterator[tuple[str, str]]:
    remaining = iter(line for line in lines if not line.lstrip().startswith(";"))
    for line in remaining:
        name, equals, value = line.partition("=")
        if equals:
            name = " ".join(name.lower().split())
            value = value.strip()
            if value[:1] == "{" or (value[:1] == "[" and _usual(name) in _LISTS):
                value = _braced(path, name, value, remaining)
            yield name, value


def _braced(path: Path, name: str, value: str, following: Iterator[str]) -> str:
    """Return a value in braces up to its closing brace, which may be some lines below."""
    closing = _CLOSING[value[0]]
    parts = [value]
    while closing not in parts[-1]:
        line = next(following, None)
        if line is None:
            raise CubeError(
                f"{path}: the braces of {name!r} are never closed, so the header has lost its end. "
                "Copy it again, or close the list with '}'."
            )
        parts.append(line.strip())
    return "{" + "\n".join(parts)[1:].rpartition(closing)[0] + "}"


def respelled_notes(header: Header) -> list[str]:
    """Return a note that names the entries that were taken for others, if there are any."""
    if not header.respelled:
        return []
    pairs = (f"`{name}` for `{_usual(name)}`" for name in header.respelled)
    return [f"Spelling of the header: taken {', '.join(pairs)}."]


def unused_entries(header: Header) -> tuple[str, ...]:
    """Return the names of entries that the program does not use, in the header's order."""
    return tuple(name for name in header.entries if name not in KNOWN_ENTRIES)
