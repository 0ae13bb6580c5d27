"""Statements of a file, and of the user, about a cube's values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Units
from focus_viewer.io.metadata.header import Header

_TELLING = ("data units", "units", "calibration", "z plot titles", "description")
_WATTS_PER_STERADIAN = re.compile(
    r"(?<![a-z])(?:[mnµμu]|milli|micro|nano)?w(?:atts?)?(?![a-z]).{0,30}(?<![a-z])sr(?![a-z])"
)  # "sr-1" alone is the unit of remote sensing reflectance
_QUANTITY = ("data units", "units", "z plot titles")
_OTHER_QUANTITIES = re.compile(
    r"absorbance|log\s*\(?\s*1\s*/\s*r\)?|transmit?tance|emissivity|derivative|continuum|\bdn\b"
    r"|digital number|brightness temperature|irradiance"
)


@dataclass(frozen=True)
class Statements:
    """Statements about a cube's values, beside its factors and its numbers.

    Attributes
    ----------
    word : Units or None
        What its texts mention.
    origin : str
        Where they stand: "header" or "file".
    advice : str
        How a scale can be given.
    chosen : Units or None
        What the user says, which settles it.
    scale_chosen, no_data_chosen : bool
        Whether factors and no-data value are the user's.
    other : str
        Another quantity that the values are called, such as absorbance; empty without one.
    """

    word: Units | None
    origin: str = "file"
    advice: str = ""
    chosen: Units | None = None
    scale_chosen: bool = False
    no_data_chosen: bool = False
    other: str = ""

    def with_choice(self, choice: ArrayChoice | None) -> Statements:
        """Return them with what the user says."""
        if choice is None:
            return self
        return replace(
            self,
            chosen=choice.units,
            scale_chosen=choice.scale is not None,
            no_data_chosen=choice.no_data is not None,
        )


def said_in_header(header: Header, advice: str) -> Statements:
    """Return what a header says of the values."""
    word = units_in(header.text(name) for name in _TELLING)
    return Statements(word, "header", advice, other=other_quantity(map(header.text, _QUANTITY)))


def other_quantity(texts: Iterable[str]) -> str:
    """Return the quantity that texts name which is neither reflectance nor radiance, or ""."""
    found = (_OTHER_QUANTITIES.search(text.lower()) for text in texts)
    return next((match[0] for match in found if match is not None), "")


def units_in(texts: Iterable[str]) -> Units | None:
    """Return the units that the first text with units mentions."""
    for text in map(str.lower, texts):
        plain = text.replace("irradiance", "")
        is_radiance = "radiance" in plain or _WATTS_PER_STERADIAN.search(text) is not None
        if ("reflectance" in text) != is_radiance:
            return "radiance" if is_radiance else "reflectance"
    return None
