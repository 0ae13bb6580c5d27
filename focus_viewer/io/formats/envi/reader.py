"""Reader of ENVI cubes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.typing import IntArray
from focus_viewer.io.cache.gzip_cache import GzipArray, is_gzip
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of
from focus_viewer.io.formats.envi.file_types import refuse_other_kinds
from focus_viewer.io.formats.envi.layout import Layout, check_size, read_layout
from focus_viewer.io.formats.envi.source import EnviSource
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.band_lists import read_default_bands, read_good_bands
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import read_header
from focus_viewer.io.metadata.known_entries import unused_entries
from focus_viewer.io.metadata.scaling import read_calibration
from focus_viewer.io.metadata.units import read_units
from focus_viewer.io.metadata.wavelengths import read_axis


def read_envi(path: Path, known_formats: str = "ENVI") -> Cube:
    """Open an ENVI cube by its header or its data file.

    Only the header is read, and a few pixels if it does not declare what the values mean.

    Parameters
    ----------
    path : Path
        The header (NAME.hdr) or the data file, absolute.
    known_formats : str
        Names of all formats that the caller reads, for error messages.

    Returns
    -------
    Cube
        With bands in the order of their wavelengths; its notes say what was assumed.

    Raises
    ------
    CubeError
        If it is not an ENVI cube, incomplete, damaged, or cannot be read.
    """
    header = read_header(header_of(path, known_formats))
    refuse_other_kinds(header)
    notes: list[str] = []
    layout = read_layout(header, notes)
    data_path = data_of(path) if path == header.path else path
    packed = header.text("file compression") == "1" and is_gzip(data_path)
    if not packed:
        _note_extra_bytes(layout, data_path, notes)
    axis = read_axis(header, layout.bands, notes)
    order: IntArray = np.arange(layout.bands) if axis.order is None else axis.order
    good_bands = read_good_bands(header, order, notes)
    calibration = read_calibration(header, layout, notes)
    plain = layout.raw_array(data_path)
    raw = GzipArray(plain, layout.end_bytes) if packed else plain
    source = EnviSource(data_path, layout, calibration, axis.order, raw, packed)
    return Cube(
        source=source,
        name=data_path.stem,
        good_bands=good_bands,
        wavelengths_nm=axis.wavelengths_nm,
        fwhm_nm=axis.fwhm_nm,
        units=read_units(header, source, good_bands, notes),
        default_bands=read_default_bands(header, order, notes),
        path=data_path,
        header=header.entries,
        notes=tuple(notes),
        unused=unused_entries(header),
        stored=f"{layout.text}, compressed by gzip" if packed else layout.text,
        acquisition=read_acquisition(header, order),
        georeference=read_georeference(header),
    )


def _note_extra_bytes(layout: Layout, data_path: Path, notes: list[str]) -> None:
    extra = check_size(layout, data_path)
    if extra:
        notes.append(
            Ignored(
                f"{data_path.name} has {extra:,} bytes more than its header declares: "
                "they are not read."
            )
        )
