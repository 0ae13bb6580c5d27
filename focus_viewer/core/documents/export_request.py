"""Export requests: the data to write for other programs, and their formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow

ExportKind = Literal["volume", "heatmap", "curves", "spectra", "labels", "map"]
ExportFormat = Literal["envi", "geotiff", "numpy", "csv", "library", "png"]

KINDS: Mapping[ExportKind, str] = MappingProxyType(
    {
        "volume": "Saliency volume",
        "heatmap": "Heatmap",
        "curves": "Importance curves",
        "spectra": "Spectra of regions and pins",
        "labels": "Label mask of regions",
        "map": "Values of the picture",
    }
)
"""Displayed names."""
OF_A_CLASS: tuple[ExportKind, ...] = ("volume", "heatmap", "curves")
"""Kinds that need an explanation."""


@dataclass(frozen=True)
class FileFormat:
    """Format of exported data.

    Attributes
    ----------
    title : str
        Displayed name.
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
        "map": (_ENVI, _GEOTIFF, FileFormat("numpy", "NumPy", ".npy")),
    }
)
"""Formats for each kind of data, the usual one first."""


def file_format(kind: ExportKind, key: ExportFormat) -> FileFormat:
    """Return the format of a kind of data.

    Raises
    ------
    ValueError
        If the kind is not written in this format.
    """
    for known in FORMATS[kind]:
        if known.key == key:
            return known
    raise ValueError(f"{kind} is not written as {key}")


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """File to write, with all its inputs.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    format : str
        Of one of the `FORMATS` of this kind.
    volume : SaliencyVolume or None
        Volume of the shown class; needed for volume, heatmap and curves.
    window_nm : BandWindow
        Band window of the heatmap.
    annotations : Annotations
        Hidden ones too.
    pins : tuple of (int, int)
        (row, col) of the pinned pixels.
    explanation : Explanation or None
        Explanation of the cube, for the curves.
    picture : Composite or None
        Picture whose channels (bands, an index, components) are written unstretched.
    mask : Mask or None
        Only pixels inside are written and counted; None for all.
    """

    kind: ExportKind
    format: ExportFormat
    cube: Cube
    volume: SaliencyVolume | None
    window_nm: BandWindow
    annotations: Annotations
    pins: tuple[tuple[int, int], ...] = ()
    explanation: Explanation | None = None
    picture: Composite | None = None
    mask: Mask | None = None
