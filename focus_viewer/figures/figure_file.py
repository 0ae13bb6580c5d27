"""Figures on disk, in the format that their file's name asks for."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from focus_viewer.figures import style

_ABOUT: dict[str, dict[str, str | None]] = {
    "png": {"Software": "FOCUS Viewer"},
    "pdf": {"Creator": "FOCUS Viewer", "CreationDate": None},
    "svg": {"Creator": "FOCUS Viewer", "Date": None},
}


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure at 300 dpi, all of it or nothing; the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
    path : Path
        Ends in .png, .pdf or .svg.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    file = BytesIO()
    with style.house_style():
        mpl.rcParams["svg.hashsalt"] = "FOCUS Viewer"  # else names inside are drawn by chance
        figure.savefig(file, format=kind, dpi=style.DPI, metadata=_ABOUT[kind])
    draft = path.with_name(f"{path.name}.tmp")
    draft.write_bytes(file.getvalue())
    draft.replace(path)
