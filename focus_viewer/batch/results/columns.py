"""Columns of the table of a batch: names, kinds, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from focus_viewer.core.spectra.indices import INDICES
from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS

Kind = Literal["text", "number", "integer"]


@dataclass(frozen=True)
class Column:
    """Column of the table.

    Attributes
    ----------
    name : str
        ASCII letters, digits and underscores, beginning with a letter: as R, SQL and Python take
        them.
    about : str
        What it holds, in a line, with the unit.
    """

    name: str
    kind: Kind
    about: str


def safe_name(text: str) -> str:
    """Return a text as part of a column's name: "red edge" becomes "red_edge"."""
    return re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_") or "x"


def distinct(prefix: str, texts: Iterable[str]) -> dict[str, str]:
    """Return a column's name for each text, in order; of those that become equal, with a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for text in texts:
        name = base = f"{prefix}{safe_name(text)}"
        number = 2
        while name.lower() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.lower())
        names[text] = name
    return names


def share_name(region: str) -> str:
    """Return the name of the column of a spectral region's share."""
    return f"share_{safe_name(region).lower()}"


def index_name(index: str) -> str:
    """Return the name of the column of a vegetation index."""
    return f"index_{index}"


_SUBJECT = (
    Column("row", "integer", "number of the row, from 1; `cube` of the curves"),
    Column("path", "text", "file of the cube"),
    Column("label", "text", "short name of the cube, distinct in the batch"),
    Column("kind", "text", "cube, region (drawn) or object (a leaf or plant that was found)"),
    Column("region", "text", "name of the region or object"),
    Column("region_class", "text", "class that a person gave the region"),
    Column("fingerprint", "text", "of the content of header and data"),
)
_DECISION = (
    Column("status", "text", "ok, or failed: then only error says more"),
    Column("verdict", "text", "applies, doubtful or does not apply"),
    Column("reasons", "text", "what speaks against the result"),
    Column("decided", "text", "class; NA where the model does not apply"),
    Column("probability", "number", "of the decided class, 0 to 1"),
    Column("explained", "text", "most probable class, whatever the verdict: evidence is of it"),
)
_EVIDENCE = (
    Column("sink", "number", "share of attention that the sink absorbed, 0 to 1"),
    Column("unattributed", "number", "share of the evidence that has no place, 0 to 1"),
    *(
        Column(f"peak_{place}_nm", "number", f"wavelength of the evidence's peak no. {place}")
        for place in (1, 2, 3)
    ),
    *(
        Column(
            share_name(region.name),
            "number",
            f"share of the evidence at {region.low_nm:g}-{region.high_nm:g} nm ({region.name})",
        )
        for region in SPECTRAL_REGIONS
    ),
    Column("tissue_share", "number", "share of plant tissue in the pixels with data, 0 to 1"),
    Column("affected_share", "number", "share of the tissue that carries the evidence, 0 to 1"),
)
_INDICES = tuple(
    Column(index_name(index.name), "number", f"{index.title}{', nm' if index.unit else ''}")
    for index in INDICES
)
_CUBE = (
    Column("pixels", "integer", "that the model met: of spectrum and indices"),
    Column("region_pixels", "integer", "of the region, or of the image"),
    Column("area_m2", "number", "of `pixels`, in square metres"),
    Column("image_rows", "integer", "of the image"),
    Column("image_cols", "integer", "of the image"),
    Column("bands", "integer", "of the image"),
    Column("units", "text", "of the values: reflectance, radiance, counts or unknown"),
    Column("processing", "text", "calibration and other processing"),
    Column("date", "text", "of the recording, as the file states it"),
    Column("camera", "text", "as the file states it"),
    Column("model", "text", "name and version"),
    Column("model_sha256", "text", "of the model's weights"),
    Column("device", "text", "that the model ran on"),
    Column("seconds", "number", "from the opened cube to the explanation"),
    Column("notes", "text", "what must be known to read the result"),
    Column("error", "text", "why the cube or region could not be explained"),
)


def columns_of(groups: Sequence[str], classes: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a table.

    Parameters
    ----------
    groups : sequence of str
        Columns of groups.
    classes : sequence of str
        Of the model.
    """
    of_groups = (
        Column(name, "text", f"group {text}") for text, name in distinct("group_", groups).items()
    )
    of_classes = (
        Column(name, "number", f"probability of {text}, 0 to 1")
        for text, name in distinct("p_", classes).items()
    )
    return (*_SUBJECT, *of_groups, *_DECISION, *of_classes, *_EVIDENCE, *_INDICES, *_CUBE)
