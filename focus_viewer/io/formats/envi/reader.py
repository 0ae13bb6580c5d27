"""Reader of ENVI cubes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.cubes.advice import GIVE_SCALE
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError, OtherKind
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.io.cache.gzip_cache import GzipArray, is_gzip
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of, other_data_note
from focus_viewer.io.formats.envi.layout import Layout, check_size, is_whole, read_layout
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.band_lists import read_default_bands, read_good_bands
from focus_viewer.io.metadata.gdal_metadata import with_gdal_metadata
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header, read_header, respelled_notes, unused_entries
from focus_viewer.io.metadata.scaling import Calibration, read_calibration
from focus_viewer.io.metadata.statements import said_in_header
from focus_viewer.io.metadata.units import settle_values
from focus_viewer.io.metadata.user_values import chosen_axis, chosen_calibration, refuse_layout
from focus_viewer.io.metadata.wavelengths import read_axis
from focus_viewer.io.storage.raw_array import RawArray

# By a word of the file type: what it is to a report, and to people.
_OTHER_KINDS = {
    "library": ("spectral library", "a spectral library (single spectra, no image)"),
    "classification": ("classification", "a classification (class numbers, no spectra)"),
    "mask": ("mask", "a mask"),
    "meta": ("unknown", "an ENVI meta file (a list of other files)"),
    "mosaic": ("unknown", "a virtual mosaic (a list of other files)"),
}


_ADVICE = f"{GIVE_SCALE} Or add 'reflectance scale factor = 10000', or what applies, to the header."


def read_envi(path: Path, known_formats: str = "ENVI", choice: ArrayChoice | None = None) -> Cube:
    """Open an ENVI cube by its header or its data file.

    Only the header is read, and a few pixels if it does not declare what the values mean.

    Parameters
    ----------
    path : Path
        The header (NAME.hdr) or the data file, absolute.
    known_formats : str
        Names of all formats that the caller reads, for error messages.
    choice : ArrayChoice or None
        What the user says of its values; the header gives array and axes.

    Returns
    -------
    Cube
        With bands in the order of their wavelengths; its notes say what was assumed.

    Raises
    ------
    CubeError
        If it is not an ENVI cube, incomplete, damaged, or cannot be read, or if what the user says
        cannot apply to it.
    """
    header = read_header(header_of(path, known_formats))
    refuse_other_kinds(header)
    refuse_layout(path, choice)
    notes = respelled_notes(header)
    layout = read_layout(header, notes)
    data_path = path
    if path == header.path:
        data_path = data_of(path)
        notes += other_data_note(data_path)
    packed = header.text("file compression") == "1" and is_gzip(data_path)
    if not packed:
        _note_extra_bytes(layout, data_path, notes)
    header = with_gdal_metadata(header, data_path, layout.bands, notes)
    axis = chosen_axis(path, choice, layout.bands, notes, partial(read_axis, header, layout.bands))
    order: IntArray = np.arange(layout.bands) if axis.order is None else axis.order
    good_bands = read_good_bands(header, order, notes)
    declared = read_calibration(header, layout, notes)
    calibration = chosen_calibration(path, declared, choice, layout.dtype)
    plain = layout.raw_array(data_path)
    raw = GzipArray(plain, layout.end_bytes) if packed else plain
    source = EnviSource(data_path, layout, calibration, axis.order, raw, packed)
    said = said_in_header(header, _ADVICE).with_choice(choice)
    source, units = settle_values(source, said, good_bands, notes)
    return Cube(
        source=source,
        name=data_path.stem,
        good_bands=good_bands,
        wavelengths_nm=axis.wavelengths_nm,
        fwhm_nm=axis.fwhm_nm,
        units=units,
        default_bands=read_default_bands(header, order, notes),
        path=data_path,
        header=header.entries,
        georeference=read_georeference(header, notes),
        notes=tuple(notes),
        unused=unused_entries(header),
        stored=f"{layout.text}, compressed by gzip" if packed else layout.text,
        acquisition=read_acquisition(header, order),
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


@dataclass(frozen=True, eq=False)
class EnviSource:
    """Source that reads from a data file no more than is needed.

    Attributes
    ----------
    path : Path
        The data file, absolute.
    order : IntArray, shape (bands,), or None
        The file's band at each place of the cube; None where the file's order is kept.
    raw : RawArray
        Those of the file.
    is_gzip : bool
        Whether the file is compressed, so that its size cannot be checked.
    """

    path: Path
    layout: Layout
    calibration: Calibration
    order: IntArray | None
    raw: RawArray
    is_gzip: bool = False

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number."""
        return self.layout.dtype

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.layout.rows, self.layout.cols, self.layout.bands

    @property
    def packed_bytes(self) -> int:
        """Size of a compressed file's values; 0 for any other file."""
        return self.layout.end_bytes if self.is_gzip else 0

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units."""
        # A map that reaches past the end of its file kills the process when it is read there.
        if not self.is_gzip and not is_whole(self.layout, self.path):
            check_size(self.layout, self.path)
        in_file = bands if self.order is None else self.order[bands]
        return self.calibration.decode(self.raw.read(rows, cols, in_file), in_file)


def refuse_other_kinds(header: Header) -> None:
    """Refuse what is not an image of plain or compressed numbers.

    Raises
    ------
    OtherKind, CubeError
        For all other things that ENVI headers describe.
    """
    file_type = header.text("file type").lower()
    for word, (kind, text) in _OTHER_KINDS.items():
        if word in file_type:
            raise OtherKind(
                f"{header.path} describes {text}, not a cube. Open an image instead.", kind
            )
    if header.text("file compression") not in ("", "0", "1"):
        raise CubeError(
            f"{header.path}: expected 'file compression' 0 (none) or 1 (gzip), found "
            f"{header.text('file compression')[:40]!r}. Save the cube without compression."
        )
    for name in ("major frame offsets", "minor frame offsets"):
        frames = header.numbers(name)
        if frames is None or frames.any():
            raise CubeError(
                f"{header.path}: expected no {name!r}, found {header.text(name)[:40]!r}. Save the "
                "cube again as a plain ENVI file."
            )
