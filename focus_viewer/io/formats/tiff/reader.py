"""TIFF files: GeoTIFF with many bands, and stacks with a page for each band."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from focus_viewer.core.cubes.advice import GIVE_SCALE
from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import IntArray
from focus_viewer.io.formats.tiff.geotiff import (
    RasterMetadata,
    map_entries,
    open_raster,
    raster_errors,
    read_metadata,
)
from focus_viewer.io.formats.tiff.notes import entries_of_notes
from focus_viewer.io.formats.tiff.planes import CompressedPlanes, MappedPlanes, MaskPlane, Planes
from focus_viewer.io.formats.tiff.sidecar import enmap_entries, entries_beside
from focus_viewer.io.formats.tiff.source import PLAIN_AXES, TiffSource
from focus_viewer.io.formats.tiff.stacks import check_end, opened, read_stacks
from focus_viewer.io.formats.tiff.views import (
    View,
    candidates_of,
    choose_view,
    find_views,
    looks_like_photo,
    photo_refusal,
)
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.band_lists import read_default_bands, read_good_bands
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.metadata.scaling import Calibration, read_calibration
from focus_viewer.io.metadata.units import said_in_header, settle_values
from focus_viewer.io.metadata.user_values import chosen_axis, chosen_calibration
from focus_viewer.io.metadata.wavelengths import read_axis
from focus_viewer.io.storage.files import size_bytes

# Classic TIFF and BigTIFF, each in both byte orders.
_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MOST_BLOCK_BYTES = 2**30


class TiffFormat:
    """Format of TIFF files."""

    @property
    def name(self) -> str:
        """Name for people."""
        return "TIFF"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Return whether a file begins as TIFF files do."""
        return head[:4] in _MAGIC

    def read(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        """Open a cube; see `recognise.Format`.

        Raises
        ------
        NeedsChoice
            If it holds several stacks, or one with an ambiguous layout.
        OtherKind
            If it is a picture or an image of one band.
        CubeError
            If it is damaged, cut short or cannot be read.
        """
        path = path.absolute()
        notes: list[str] = []
        with opened(path) as tiff:
            views = find_views(path, read_stacks(path, tiff), _is_explicit(choice))
            view = choose_view(path, views, choice)
            declared = entries_of_notes(tiff, view)
        metadata, on_map = _raster(path, view, notes)
        entries = declared | metadata.entries | on_map
        if not _has_wavelengths(entries, view.bands):
            entries |= enmap_entries(path, view.bands, notes) or entries_beside(path, notes)
        return _cube(path, view, Header(path, MappingProxyType(entries)), metadata, choice, notes)

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return stacks that may be the cube.

        Raises
        ------
        OtherKind
            If there is none.
        CubeError
            If the file is damaged, cut short or cannot be read.
        """
        with opened(path) as tiff:
            return candidates_of(find_views(path, read_stacks(path, tiff)))


def describes_cube(path: Path) -> bool:
    """Return whether a TIFF file is a cube, or may be one with a user's choice.

    Only its directories are read. A file that is damaged is none.
    """
    try:
        with opened(path) as tiff:
            views = find_views(path, read_stacks(path, tiff))
            view = choose_view(path, views, None)
            if not looks_like_photo(view):
                return True
            declared = entries_of_notes(tiff, view)
        entries = declared | _raster(path, view, [])[0].entries
        return read_axis(Header(path, entries), len(view.places), []).wavelengths_nm is not None
    except NeedsChoice:
        return True
    except CubeError:
        return False


def _is_explicit(choice: ArrayChoice | None) -> bool:
    """Return whether the user says that the file is a cube."""
    return choice is not None and (choice.axes is not None or bool(choice.wavelengths_nm))


def _raster(path: Path, view: View, notes: list[str]) -> tuple[RasterMetadata, dict[str, str]]:
    """Read GDAL's metadata of the view's first page, for all of them."""
    first = view.planes[0]
    samples = [plane.sample + 1 for plane in view.planes if plane.directory == first.directory]
    # The first page by its plain name: files that GDAL puts beside it count for that one.
    directory = None if view.stack.series == 0 and view.places[0] == 0 else first.directory
    with raster_errors(path), open_raster(path, directory) as dataset:
        metadata = read_metadata(dataset, samples)
        on_map = map_entries(dataset, notes) if view.axes == PLAIN_AXES else {}
    if len(samples) == view.bands and view.axes == PLAIN_AXES:
        return metadata, on_map
    return _spread(metadata, view.bands), on_map


def _has_wavelengths(entries: dict[str, str], bands: int) -> bool:
    """Return whether the image itself has wavelengths, so that no other file need be read."""
    return read_axis(Header(Path(), entries), bands, []).wavelengths_nm is not None


def _spread(metadata: RasterMetadata, bands: int) -> RasterMetadata:
    """Return the metadata of one page, as far as they hold for other pages too."""
    per_band = ("wavelength", "fwhm", "bbl", "band names")
    header = Header(Path(), metadata.entries)
    entries = {
        name: text
        for name, text in metadata.entries.items()
        if name not in per_band or len(header.words(name)) == bands
    }
    return replace(metadata, entries=entries, gain=None, offset=None, ignored=None)


def _cube(
    path: Path,
    view: View,
    header: Header,
    metadata: RasterMetadata,
    choice: ArrayChoice | None,
    notes: list[str],
) -> Cube:
    source = TiffSource(
        path=path,
        file_bytes=size_bytes(path),
        planes=_planes(path, view),
        stored_shape=view.stored_shape,
        stored_dtype=view.stack.dtype,
        calibration=Calibration(),
        axes=view.axes,
        block_bytes=view.stack.block_bytes,
        ignored=None if choice is not None and choice.no_data is not None else metadata.ignored,
        mask=MaskPlane(path) if metadata.masked and view.axes == PLAIN_AXES else None,
    )
    axis = chosen_axis(path, choice, source.bands, notes) or read_axis(header, source.bands, notes)
    if axis.wavelengths_nm is None and looks_like_photo(view) and not _is_explicit(choice):
        raise photo_refusal(path, source.bands)
    _note_axis(view, notes)
    calibration = _calibration(header, source, metadata, choice, notes)
    source = replace(source, order=axis.order, calibration=calibration)
    order: IntArray = np.arange(source.bands) if axis.order is None else axis.order
    good_bands = read_good_bands(header, order, notes)
    said = said_in_header(header, GIVE_SCALE).with_choice(choice)
    source, units = settle_values(source, said, good_bands, notes)
    return Cube(
        source=source,
        name=path.stem,
        good_bands=good_bands,
        wavelengths_nm=axis.wavelengths_nm,
        fwhm_nm=axis.fwhm_nm,
        units=units,
        default_bands=read_default_bands(header, order, notes),
        path=path,
        header=header.entries,
        georeference=read_georeference(header, notes),
        notes=tuple(notes),
        unused=metadata.unused,
        stored=view.text,
        acquisition=read_acquisition(header, order),
    )


def _planes(path: Path, view: View) -> Planes:
    stack = view.stack
    starts = [plane.start for plane in view.planes if plane.start is not None]
    if len(starts) < len(view.places):
        if stack.block_bytes > _MOST_BLOCK_BYTES:
            raise CubeError(
                f"{path} is packed in pieces of {stack.block_bytes:,} bytes, too large to be read "
                "piece by piece. Save it in tiles or strips, or without compression."
            )
        return CompressedPlanes(path, (stack.rows, stack.cols), view.planes)
    places = np.array(starts, dtype=np.intp)
    mapped = MappedPlanes(path, (stack.rows, stack.cols), stack.dtype, places, stack.step_bytes)
    check_end(path, mapped.end_bytes)
    return mapped


def _calibration(
    header: Header,
    source: TiffSource,
    metadata: RasterMetadata,
    choice: ArrayChoice | None,
    notes: list[str],
) -> Calibration:
    """Return GDAL's factors, where it has some; units come from the header's factors, if any."""
    declared = read_calibration(header, source, notes)
    given = choice is not None and choice.scale is not None
    if given or (metadata.gain is None and metadata.offset is None):
        return chosen_calibration(header.path, declared, choice, source.dtype)
    if declared.divisor != 1 or declared.gain is not None or declared.offset is not None:
        notes.append(Ignored("Factors in the image's notes are left out: GDAL's are applied."))
    scaled = replace(declared, divisor=1.0, gain=metadata.gain, offset=metadata.offset)
    return chosen_calibration(header.path, scaled, choice, source.dtype)


def _note_axis(view: View, notes: list[str]) -> None:
    if view.axes != PLAIN_AXES:
        # An image of samples is (rows, cols, bands) to some libraries, bands first to others.
        planes, lines, columns = view.stored_shape
        notes.append(
            f"The axes that you gave were taken for {planes} planes of {lines} lines and {columns} "
            f"columns: {view.axes[0]}, {view.axes[1]} and {view.axes[2]}."
        )
    axis = {"T": "time", "Z": "depth"}.get(view.axis)
    if axis is not None:
        notes.append(f"The file calls its planes steps of {axis}: they were taken as bands.")
    if view.stack.alpha:
        notes.append(Ignored("The image's opacity (alpha) is not a band: it is not used."))
