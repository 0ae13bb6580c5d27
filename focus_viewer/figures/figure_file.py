"""Figure files: PNG, PDF, SVG and TIFF, chosen by the suffix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

from matplotlib.figure import Figure
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.figures import style

Kind = Literal["png", "pdf", "svg", "tiff"]

KINDS: Final[dict[str, Kind]] = {
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".pdf": "pdf",
    ".svg": "svg",
}
_SOFTWARE: Final = "FOCUS Viewer"
_IMAGE_DESCRIPTION, _SOFTWARE_TAG, _DATE_TIME = 270, 305, 306


@dataclass(frozen=True)
class About:
    """Metadata of a figure file.

    Attributes
    ----------
    date : date or None
        Of the figure; None writes none, so that the same figure gives the same bytes on any day.
    """

    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    date: calendar_date | None = None
    software: str = _SOFTWARE


_NOTHING = About()


def write_figure(figure: Figure, path: Path, dpi: int = style.DPI, about: About = _NOTHING) -> None:
    """Write a figure, all of it or nothing; the same figure gives the same bytes.

    Parameters
    ----------
    path : Path
        Its ending, one of `KINDS`, names the format.
    dpi : int
        Of pixel formats, and of pictures within vector formats.

    Raises
    ------
    KeyError
        If the name ends otherwise.
    OSError
        If the file cannot be written.
    """
    data = rendered(figure, KINDS[path.suffix.lower()], dpi, about)
    write_atomically(path, data)


def save_png(figure: Figure, path: Path) -> None:
    """Write a figure at 300 dpi; the same figure gives the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_atomically(path, rendered(figure, "png"))


def rendered(figure: Figure, kind: Kind, dpi: int = style.DPI, about: About = _NOTHING) -> bytes:
    """Return the bytes of a figure's file; the same figure gives the same bytes.

    Parameters
    ----------
    kind : {"png", "pdf", "svg", "tiff"}
    dpi : int
        Of pixel formats, and of pictures within vector formats.
    """
    if kind == "tiff":
        return _tiff(rendered(figure, "png", dpi), dpi, about)
    file = BytesIO()
    with style.house_style():
        figure.savefig(file, format=kind, dpi=dpi, metadata=_metadata(kind, about))
    return file.getvalue()


def _metadata(kind: Kind, about: About) -> dict[str, Any]:
    """Return metadata under each format's names; a date of None keeps matplotlib's own date out."""
    keywords, day = ", ".join(about.keywords), about.date.isoformat() if about.date else None
    words: dict[str, Any] = {"Title": about.title, "Description": about.description}
    date: dict[str, Any] = {}
    match kind:
        case "pdf":
            words = {"Title": about.title, "Subject": about.description}
            words |= {"Keywords": keywords, "Creator": about.software}
            date["CreationDate"] = datetime.combine(about.date, time()) if about.date else None
        case "svg":
            words |= {"Keywords": list(about.keywords), "Creator": about.software}
            date["Date"] = day
        case _:
            words |= {"Keywords": keywords, "Software": about.software, "Creation Time": day}
    return {name: text for name, text in words.items() if text} | date


def _tiff(png: bytes, dpi: int, about: About) -> bytes:
    """Encode opaque and lossless; UTF-8, which readers accept although TIFF says ASCII."""
    tags = ImageFileDirectory_v2()
    lines = (about.title, about.description, ", ".join(about.keywords))
    tags[_IMAGE_DESCRIPTION] = "\n".join(line for line in lines if line).encode()
    tags[_SOFTWARE_TAG] = about.software
    if about.date is not None:
        tags[_DATE_TIME] = about.date.strftime("%Y:%m:%d 00:00:00")
    file = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        opaque = picture.convert("RGB")
    opaque.save(file, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi), tiffinfo=tags)
    return file.getvalue()
