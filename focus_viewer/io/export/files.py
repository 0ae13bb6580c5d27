"""Export of data in all formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.export_request import ExportRequest, file_format
from focus_viewer.core.errors import CubeError, FocusError, translated_errors
from focus_viewer.core.masks.mask import clipped
from focus_viewer.core.preprocessing.settings import preprocessing_of
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.io.annotations.labels.mask import label_mask_bytes, labels_of
from focus_viewer.io.export import envi, geotiff, numpy_files
from focus_viewer.io.export.maps import write_map
from focus_viewer.io.export.planes import description
from focus_viewer.io.export.spectra import curves_text, named_spectra, spectra_text, write_library
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of


def write_export(path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
    """Write the requested data, whole or not at all.

    Parameters
    ----------
    path : Path
        Ends in the suffix of the format.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    FocusError
        If the name has another suffix or is that of the cube itself, there is nothing to write, or
        the disk refuses.
    """
    files = _files(path, request)
    _check_mask(request)
    _spare_the_cube(files, request.cube)
    _spare_strangers(files)
    step(0.0, "writing")
    match request.kind:
        case "volume" | "heatmap" | "curves":
            _write_saliency(path, request, _volume(request), step)
        case "spectra":
            _write_spectra(path, request, step)
        case "labels":
            _write_labels(path, request)
        case "map":
            write_map(path, request, step)
    step(1.0, "written")
    return files


def _files(path: Path, request: ExportRequest) -> tuple[Path, ...]:
    wanted = file_format(request.kind, request.format)
    if path.suffix.lower() != wanted.suffix:
        raise FocusError(
            f"{path}: expected a name that ends in {wanted.suffix} for {wanted.title}, found "
            f"{path.suffix or 'no suffix'}. Choose such a name, or another format."
        )
    return (path, path.with_suffix(wanted.companion)) if wanted.companion else (path,)


def _check_mask(request: ExportRequest) -> None:
    if request.mask is not None and not request.mask.pixels:
        raise FocusError(
            f"No pixel of {request.cube.name} is inside the mask ({request.mask.words}): there is "
            "nothing to write. Change the mask, or leave it out."
        )


def _spare_the_cube(files: tuple[Path, ...], cube: Cube) -> None:
    """Refuse to write over the open cube or its references."""
    references = preprocessing_of(cube).references
    paths = [
        *(() if cube.path is None else (cube.path,)),
        *(references.files if references else ()),
    ]
    own = {file.resolve() for path in paths for file in _parts_of(path)}
    hit = next((file for file in files if file.resolve() in own), None)
    if hit is not None:
        raise FocusError(
            f"{hit} belongs to the cube that is open, which would be lost. Choose another name."
        )


def _parts_of(path: Path) -> Iterator[Path]:
    """Return a file, and of an ENVI cube its header and its data file."""
    yield path
    with suppress(CubeError):  # of a format that has no header beside it
        header = header_of(path)
        yield header
        yield data_of(header)


def _spare_strangers(files: tuple[Path, ...]) -> None:
    """Refuse to write over a data file that the user did not name: only the header was named."""
    header, *beside = files
    hit = next((file for file in beside if file.exists() and not header.exists()), None)
    if hit is not None:
        raise FocusError(
            f"{hit} is there already, without {header.name}: it may belong to something else. "
            "Choose another name, or remove it first."
        )


def _volume(request: ExportRequest) -> SaliencyVolume:
    if request.volume is None:
        raise FocusError(
            f"{request.cube.name} has not been explained: there is no saliency to write. Explain "
            "it first."
        )
    return request.volume


def _write_saliency(path: Path, request: ExportRequest, volume: SaliencyVolume, step: Step) -> None:
    cube, window, mask = request.cube, request.window_nm, request.mask
    match request.kind, request.format:
        case "volume", "envi":
            envi.write_volume(path, volume, cube, description(volume, cube.name, mask), step, mask)
        case "volume", "geotiff":
            geotiff.write_volume(path, volume, cube, step, mask)
        case "volume", _:
            numpy_files.write_volume(path, volume, step, mask)
        case "heatmap", "envi":
            envi.write_heatmap(path, volume, window, cube, mask)
        case "heatmap", "geotiff":
            geotiff.write_heatmap(path, volume, window, cube, mask)
        case "heatmap", _:
            numpy_files.write_heatmap(path, volume, window, mask)
        case _:
            _write(path, curves_text(request, volume))


def _write_spectra(path: Path, request: ExportRequest, step: Step) -> None:
    cube, mask = request.cube, request.mask
    spectra = named_spectra(cube, clipped(request.annotations, mask), request.pins, step)
    if not spectra.regions and not spectra.pins:
        where = "" if mask is None else " inside the mask"
        raise FocusError(
            f"{cube.name} has no region with a pixel in it{where}, and no pinned pixel. Draw a "
            "region or pin a pixel first."
        )
    if request.format == "library":
        write_library(path, cube, spectra, mask)
    else:
        _write(path, spectra_text(cube, spectra, mask))


def _write_labels(path: Path, request: ExportRequest) -> None:
    cube, annotations = request.cube, clipped(request.annotations, request.mask)
    shape = cube.rows, cube.cols
    if not annotations.regions:
        raise FocusError(f"{cube.name} has no regions to write. Draw one first.")
    if request.format == "png":
        _write(path, label_mask_bytes(annotations, shape))
        return
    write = envi.write_labels if request.format == "envi" else geotiff.write_labels
    write(path, labels_of(annotations, shape), annotations, cube, request.mask)


def _write(path: Path, content: bytes | str) -> None:
    with translated_errors(path, "written"):
        write_atomically(path, content)
