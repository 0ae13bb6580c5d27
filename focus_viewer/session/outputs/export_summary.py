"""Summary of an exported file, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from focus_viewer.core.counted import counted
from focus_viewer.core.documents.export_request import OF_A_CLASS, ExportKind, ExportRequest
from focus_viewer.core.masks.mask import mask_note
from focus_viewer.core.wording import saliency_title, window_text

_LETTERS_A_NUMBER = 12
_COLUMNS_A_REGION = 6


def subject(request: ExportRequest) -> str:
    """Return the subject of the file, and the mask that it is limited to."""
    return f"{_subject(request)}{mask_note(request.mask)}"


def _subject(request: ExportRequest) -> str:
    volume, window = request.volume, request.window_nm
    if request.kind == "map" and request.picture is not None:
        return f"{request.picture.choice.how}, of {request.cube.name}"
    if request.kind not in OF_A_CLASS or volume is None:
        hidden = any(region.hidden for region in request.annotations)
        return f"Of {request.cube.name}" + (", hidden regions too" if hidden else "")
    text = saliency_title(volume)
    if request.kind == "heatmap":
        return f"{text}, mean of {window_text(request.cube, window)}"
    return text


def _volume_shape(request: ExportRequest) -> str:
    rows, cols, groups = _image(request)
    size = size_text(4 * rows * cols * groups)
    return f"{_grid(rows, cols)} × {counted(groups, 'spectral group')}, float32, {size}"


def _heatmap_shape(request: ExportRequest) -> str:
    rows, cols, _ = _image(request)
    return f"{_grid(rows, cols)}, float32, {size_text(4 * rows * cols)}"


def _image(request: ExportRequest) -> tuple[int, int, int]:
    groups = 0 if request.volume is None else len(request.volume.planes)
    return request.cube.rows, request.cube.cols, groups


def _curves_shape(request: ExportRequest) -> str:
    groups, regions = _image(request)[2], len(request.annotations)
    size = size_text(_LETTERS_A_NUMBER * groups * (6 + regions))
    of = f"the image and {counted(regions, 'region')}"
    return f"{counted(groups, 'wavelength')}, curves of {of}, about {size}"


def _spectra_shape(request: ExportRequest) -> str:
    regions, pins, bands = len(request.annotations), len(request.pins), request.cube.bands
    counts = [(regions, "region"), (pins, "pin")]
    of = " and ".join(counted(number, what) for number, what in counts if number)
    if request.format == "library":
        spectra = 2 * regions + pins
        size = size_text(4 * spectra * bands)
        table = f"{counted(spectra, 'spectrum')} × {counted(bands, 'band')}"
        return f"{table}: mean and sd of {of}, {size}"
    size = size_text(_LETTERS_A_NUMBER * bands * (2 + _COLUMNS_A_REGION * regions + pins))
    return f"{counted(bands, 'band')}; mean, sd, median, quartiles and n of {of}, about {size}"


def _labels_shape(request: ExportRequest) -> str:
    rows, cols, _ = _image(request)
    regions = len(request.annotations)
    width, kind = (1, "uint8") if regions < 256 else (2, "uint16")
    most = "" if request.format == "envi" else "at most "
    size = f"{kind}, {most}{size_text(width * rows * cols)}"
    return f"{_grid(rows, cols)}, {counted(regions, 'region')} and their colours, {size}"


def _map_shape(request: ExportRequest) -> str:
    rows, cols, _ = _image(request)
    channels = 0 if request.picture is None else len(request.picture.limits)
    size = size_text(4 * rows * cols * channels)
    return f"{_grid(rows, cols)} × {counted(channels, 'channel')}, float32, {size}"


SHAPES: Mapping[ExportKind, Callable[[ExportRequest], str]] = MappingProxyType(
    {
        "volume": _volume_shape,
        "heatmap": _heatmap_shape,
        "curves": _curves_shape,
        "spectra": _spectra_shape,
        "labels": _labels_shape,
        "map": _map_shape,
    }
)
"""Functions that return shape and size of the file in words, by kind of data."""


def _grid(rows: int, cols: int) -> str:
    return f"{counted(rows, 'row')} × {counted(cols, 'column')}"


def size_text(size_bytes: int) -> str:
    """Return a size in words: `12.3 MB`, or `12 kB`."""
    if size_bytes < 100_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1e6:,.1f} MB"
