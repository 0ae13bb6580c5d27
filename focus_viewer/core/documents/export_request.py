"""What is written into a file for other programs: which data, in which format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow

ExportKind = Literal["volume", "heatmap", "curves", "spectra", "labels"]
ExportFormat = Literal["envi", "geotiff", "numpy", "csv", "library", "png"]

KINDS: Mapping[ExportKind, str] = MappingProxyType(
    {
        "volume": "Saliency volume",
        "heatmap": "Heatmap",
        "curves": "Importance curves",
        "spectra": "Spectra of regions and pins",
        "labels": "Label mask of regions",
    }
)
"""Their names for people."""
OF_A_CLASS: tuple[ExportKind, ...] = ("volume", "heatmap", "curves")
"""Those that come out of an explanation."""


@dataclass(frozen=True)
class FileFormat:
    """A format that data can be written in.

    Attributes
    ----------
    key : str
    title : str
        For people.
    suffix : str
        Of the file that the user names.
    companion : str
        Suffix of a file that is written beside it; empty for none.
    """

    key: ExportFormat
    title: str
    suffix: str
    companion: str = ""


_ENVI = FileFormat("envi", "ENVI", ".hdr", ".img")
_GEOTIFF = FileFormat("geotiff", "GeoTIFF", ".tif")
_CSV = FileFormat("csv", "CSV", ".csv")

FORMATS: Mapping[ExportKind, tuple[FileFormat, ...]] = MappingProxyType(
    {
        "volume": (_ENVI, _GEOTIFF, FileFormat("numpy", "NumPy", ".npz")),
        "heatmap": (_ENVI, _GEOTIFF, FileFormat("numpy", "NumPy", ".npy")),
        "curves": (_CSV,),
        "spectra": (_CSV, FileFormat("library", "ENVI spectral library", ".hdr", ".sli")),
        "labels": (
            FileFormat("envi", "ENVI classification", ".hdr", ".img"),
            _GEOTIFF,
            FileFormat("png", "PNG", ".png"),
        ),
    }
)
"""Formats for each kind of data, the usual one first."""


def file_format(kind: ExportKind, key: ExportFormat) -> FileFormat:
    """The format of a kind of data.

    Raises
    ------
    ValueError
        If that kind is not written in it.
    """
    for one in FORMATS[kind]:
        if one.key == key:
            return one
    raise ValueError(f"{kind} is not written as {key}")


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """One file to write, with all that it needs.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    format : str
        Of one of the `FORMATS` of this kind.
    cube : Cube
    volume : SaliencyVolume or None
        Of the class on the screen; needed for volume, heatmap and curves.
    window_nm : BandWindow
        What the heatmap is taken over.
    annotations : Annotations
        Hidden ones too.
    pins : tuple of (int, int)
        (row, col) of the pinned pixels.
    explanation : Explanation or None
        Explanation of the cube, for the curves.
    """

    kind: ExportKind
    format: ExportFormat
    cube: Cube
    volume: SaliencyVolume | None
    window_nm: BandWindow
    annotations: Annotations
    pins: tuple[tuple[int, int], ...] = ()
    explanation: Explanation | None = None
