"""Maps: the values of a picture's channels, unstretched, on the grid of the cube."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from focus_viewer.core.atomic_write import atomic_path
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.masks.mask import mask_note
from focus_viewer.core.pictures.composite import Composite, all_values
from focus_viewer.core.progress import Step
from focus_viewer.core.wording import position_text
from focus_viewer.io.envi_writer import write_envi
from focus_viewer.io.export import geotiff
from focus_viewer.io.export.planes import limited
from focus_viewer.io.metadata.projections import written_entries


def write_map(path: Path, request: ExportRequest, step: Step) -> None:
    """Write the bands, the index or the components that a picture shows, as float32.

    NumPy's array has the shape (rows, cols), or (rows, cols, 3) for three channels.
    Outside of a mask the values are NaN.

    Raises
    ------
    FocusError
        If there is no picture yet, or the file cannot be written.
    """
    picture, cube = request.picture, request.cube
    if picture is None:
        raise FocusError(f"{cube.name} has no picture yet: wait until it is shown.")
    planes = tuple(limited(plane, request.mask) for plane in all_values(cube, picture, step))
    names = _names(request, picture)
    about = f"{picture.choice.how}, of {cube.name}{mask_note(request.mask)}"
    match request.format:
        case "envi":
            entries = {
                "description": about,
                "file type": "ENVI Standard",
                "data ignore value": "nan",
                "band names": names,
                **written_entries(cube.georeference),
            }
            write_envi(path, list(planes), entries)
        case "geotiff":
            geotiff.write_planes(path, planes, names, cube, {"DESCRIPTION": about})
        case _:
            stacked = planes[0] if len(planes) == 1 else np.stack(planes, axis=-1)
            with (
                translated_errors(path, "written"),
                atomic_path(path) as draft,
                draft.open("wb") as file,
            ):
                np.save(file, stacked, allow_pickle=False)


def _names(request: ExportRequest, picture: Composite) -> list[str]:
    """Return a name for each channel: an index, components, or the position of a band."""
    choice = picture.choice
    if choice.index is not None:
        return [choice.index.index.name]
    if choice.components is not None:
        return [choice.components.text(place) for place in choice.shown]
    axis = request.cube.axis
    return [position_text(request.cube, float(axis[band])) for band in choice.bands]
