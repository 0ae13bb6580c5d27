"""Volumes, heatmaps and label masks as GeoTIFF on the grid of the cube."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.atomic_write import atomic_path
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.masks.mask import Mask, mask_note
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.labels.legend import OWN_ENTRY, own_entry
from focus_viewer.io.export.planes import (
    description,
    heatmap_plane,
    image_planes,
    plane_names,
    window_name,
)
from focus_viewer.io.metadata.projections import parse_crs

Colours = Mapping[int, tuple[int, int, int, int]]


def write_volume(
    path: Path, volume: SaliencyVolume, cube: Cube, step: Step, mask: Mask | None = None
) -> None:
    """Write a volume plane by plane as float32; groups become bands, named by wavelength.

    Parameters
    ----------
    cube : Cube
        What it is the volume of: its place on the map is kept, without one the TIFF has none.
    mask : Mask or None
        Outside of it values are NaN.

    Raises
    ------
    CubeError
        If the file cannot be written.
    """
    planes, tags = image_planes(volume, step, mask), _tags(volume, cube, mask)
    _write(path, planes, plane_names(volume), cube, np.dtype(np.float32), tags)


def write_heatmap(
    path: Path,
    volume: SaliencyVolume,
    window: BandWindow,
    cube: Cube,
    mask: Mask | None = None,
) -> None:
    """Write the mean over a band window as one band of float32.

    Raises
    ------
    CubeError
        If the file cannot be written.
    """
    plane, tags = heatmap_plane(volume, window, mask), _tags(volume, cube, mask)
    _write(path, [plane], [window_name(window)], cube, np.dtype(np.float32), tags)


def write_planes(
    path: Path,
    planes: Iterable[NDArray[Any]],
    names: Sequence[str],
    cube: Cube,
    tags: Mapping[str, str],
) -> None:
    """Write named planes of float32, shape (rows, cols) each.

    Raises
    ------
    CubeError
        If the file cannot be written.
    """
    _write(path, planes, names, cube, np.dtype(np.float32), tags)


def write_labels(
    path: Path,
    labels: NDArray[Any],
    annotations: Annotations,
    cube: Cube,
    mask: Mask | None = None,
) -> None:
    """Write numbers of regions with their colours; the tags LABEL_1, LABEL_2... are their names.

    Parameters
    ----------
    labels : array of uint8 or uint16, shape (rows, cols)
        0 outside regions, else the position of the region, counted from 1.

    Raises
    ------
    CubeError
        If the file cannot be written.
    """
    tags = {f"LABEL_{number}": region.name for number, region in enumerate(annotations, start=1)}
    tags[OWN_ENTRY] = "".join(own_entry(annotations))
    if mask is not None:
        tags["TIFFTAG_IMAGEDESCRIPTION"] = f"Regions of {cube.name}{mask_note(mask)}"
    colours: dict[int, tuple[int, int, int, int]] = {0: (0, 0, 0, 0)}
    for number, annotation in enumerate(annotations, start=1):
        red, green, blue = checked_values.rgb(annotation.colour)
        colours[number] = (red, green, blue, 255)
    _write(path, [labels], ["regions"], cube, labels.dtype, tags, colours)


def _tags(volume: SaliencyVolume, cube: Cube, mask: Mask | None) -> dict[str, str]:
    return {
        "TIFFTAG_IMAGEDESCRIPTION": description(volume, cube.name, mask),
        "class": volume.class_name,
        "mode": volume.mode,
    }


def _write(
    path: Path,
    planes: Iterable[NDArray[Any]],
    names: Sequence[str],
    cube: Cube,
    dtype: np.dtype[Any],
    tags: Mapping[str, str],
    colours: Colours | None = None,
) -> None:
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    profile = _profile(cube, dtype, len(names))
    with translated_errors(path, "written"), atomic_path(path) as draft, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.Env(), rasterio.open(draft, "w", **profile) as dataset:
                dataset.update_tags(**tags)
                dataset.descriptions = tuple(names)
                if colours is not None:
                    dataset.write_colormap(1, colours)
                for band, plane in enumerate(planes, start=1):
                    dataset.write(plane, band)
        except RasterioError as error:
            raise CubeError(
                f"{path} cannot be written as GeoTIFF: {error}. Check that the disk has space and "
                "your permissions, or choose another format."
            ) from error


def _profile(cube: Cube, dtype: np.dtype[Any], bands: int) -> dict[str, Any]:
    whole_numbers = dtype.kind == "u"
    grid, crs = cube.georeference.grid, parse_crs(cube.georeference.crs)
    on_map = {} if grid is None else {"transform": _transform(grid), "crs": crs}
    return {
        "driver": "GTiff",
        "height": cube.rows,
        "width": cube.cols,
        "count": bands,
        "dtype": dtype.name,
        "nodata": 0 if whole_numbers else float("nan"),
        "interleave": "band",
        "bigtiff": "if_safer",
        "compress": "deflate" if whole_numbers else "none",
        **on_map,
    }


def _transform(grid: MapGrid) -> Any:
    """Return the grid as an affine matrix, from the map coordinates of three corners."""
    from rasterio.transform import Affine

    (x, y), right, down = (grid.to_map(point) for point in ((0, 0), (1, 0), (0, 1)))
    return Affine(right[0] - x, down[0] - x, x, right[1] - y, down[1] - y, y)
