"""GDAL metadata and map position of a TIFF image as entries of a header.

GDAL and programs on top of it keep wavelengths in items of each band (`wavelength`,
`wavelength_units`), in the band's domain IMAGERY (`CENTRAL_WAVELENGTH_UM`), in lists of the whole
image, in its domain ENVI, or in the description of a band ("band 1 (418.24 Nanometers)").
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import translated_errors
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.metadata.header import KNOWN_ENTRIES
from focus_viewer.io.metadata.map_info import (
    UNKNOWN,
    Projection,
    Transform,
    map_info,
    title,
    utm,
)

if TYPE_CHECKING:
    from rasterio.crs import CRS
    from rasterio.io import DatasetReader

_PER_BAND = {
    "wavelength": ("wavelength", "wavelengths", "center_wavelength", "central_wavelength"),
    "wavelength units": ("wavelength_units", "wavelength_unit", "wavelength units"),
    "fwhm": ("fwhm", "bandwidth"),
    "bbl": ("bbl",),
}
_OTHER_NAMES = {"wavelengths": "wavelength", "wavelength unit": "wavelength units"}
# The layout in the file and on the map comes from TIFF itself, whatever it was copied from.
_NOT_ENVIS = frozenset({
    "samples", "lines", "bands", "header offset", "data type", "byte order", "interleave",
    "file type", "file compression", "major frame offsets", "minor frame offsets",
    "map info", "projection info", "coordinate system string", "pixel size",
})  # fmt: skip
USEFUL_ENTRIES = KNOWN_ENTRIES - _NOT_ENVIS
"""Entries of an ENVI header that say something of a TIFF image too."""
_WATTS = re.compile(r"\b[µumn]?W\b.{0,20}\bsr\b", re.IGNORECASE)
_MAX_TEXT = 2_000_000
# Filters of warnings belong to the process; two threads that change them would leave them changed.
_OPENING = threading.Lock()


@dataclass(frozen=True, eq=False)
class RasterMetadata:
    """GDAL metadata of an image.

    Attributes
    ----------
    entries : dict of str to str
        Named and written as in an ENVI header.
    unused : tuple of str
        Names of items that are of no use here.
    gain, offset : DoubleArray, shape (bands,), or None
        value = stored * gain + offset; None where GDAL has none.
    ignored : DoubleArray, shape (bands,), or None
        Values for missing data, NaN where a band has none; None where bands have the same one,
        which is an entry then.
    masked : bool
        Whether it has a mask of pixels without data.
    """

    entries: dict[str, str]
    unused: tuple[str, ...]
    gain: DoubleArray | None
    offset: DoubleArray | None
    ignored: DoubleArray | None
    masked: bool


def read_metadata(dataset: DatasetReader, samples: list[int]) -> RasterMetadata:
    """Read all metadata that a cube needs.

    Parameters
    ----------
    samples : list of int
        The bands of the image that are bands of the cube, from 1.
    """
    items = {name: text for name, text in dataset.tags().items() if len(text) <= _MAX_TEXT}
    envi = {name: text for name, text in dataset.tags(ns="ENVI").items() if len(text) <= _MAX_TEXT}
    selected, unused = _image_items(items)
    entries = selected | _image_items(envi)[0] | _band_items(dataset, samples)
    names = [dataset.descriptions[sample - 1] or "" for sample in samples]
    if all(names):
        entries["band names"] = braced(names)
    elif "band names" not in entries:
        numbered = [items.get(f"Band_{sample}", "") for sample in samples]
        entries |= {"band names": braced(numbered)} if all(numbered) else {}
    entries |= _units(dataset, samples)
    same, ignored = _ignored(dataset, samples)
    gain = np.array([dataset.scales[sample - 1] for sample in samples], dtype=np.float64)
    offset = np.array([dataset.offsets[sample - 1] for sample in samples], dtype=np.float64)
    return RasterMetadata(
        entries=entries | same,
        unused=unused,
        gain=None if (gain == 1).all() else gain,
        offset=None if (offset == 0).all() else offset,
        ignored=ignored,
        masked=_has_mask(dataset),
    )


def braced(words: list[str]) -> str:
    """Return a list as an ENVI header has it."""
    return "{" + ", ".join(word.replace(",", " ").strip() for word in words) + "}"


def _image_items(items: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return items of the image that an ENVI header may have, and the names of the others."""
    selected, unused = {}, []
    for name, text in items.items():
        entry = " ".join(name.lower().replace("_", " ").split())
        entry = _OTHER_NAMES.get(entry, entry)
        if entry == "bad bands" and (flags := _flags(text)):
            selected["bbl"] = flags
        elif entry in USEFUL_ENTRIES:
            selected[entry] = text.replace("[", "{").replace("]", "}")
        elif not re.fullmatch(r"band \d+|area or point", entry):
            unused.append(name)
    return selected, tuple(unused)


def _flags(text: str) -> str:
    """Return WISER's list of good (1) and bad (0) bands; empty for numbers of bad bands."""
    words = re.split(r"[\s,;]+", text.strip(" [](){}\n").lower())
    numbers = [{"true": "1", "false": "0"}.get(word, word) for word in words]
    return braced(numbers) if {"1", "0"} >= set(numbers) else ""


def _band_items(dataset: DatasetReader, samples: list[int]) -> dict[str, str]:
    """Return the items of each band."""
    # Bands of an image have the same domains, and each question takes time for each band.
    domains = frozenset(dataset.tag_namespaces(samples[0]))
    bands = [_items_of(dataset, sample, domains) for sample in samples]
    declared: dict[str, str] = {}
    for entry, names in _PER_BAND.items():
        texts = [next((band[name] for name in names if name in band), "") for band in bands]
        if not all(texts):
            continue
        if entry == "wavelength units":
            declared |= {entry: texts[0]} if len(set(texts)) == 1 else {}
        else:
            declared[entry] = braced(texts)
    return declared


def _items_of(dataset: DatasetReader, sample: int, domains: frozenset[str]) -> dict[str, str]:
    """Return items of a band in lower case; those of GDAL's IMAGERY domain are in micrometres."""
    items = {name.lower(): text for name, text in dataset.tags(sample).items()}
    if "ENVI" in domains:
        items |= {name.lower(): text for name, text in dataset.tags(sample, ns="ENVI").items()}
    imagery: dict[str, str] = {}
    if "IMAGERY" in domains:
        imagery = {n.lower(): text for n, text in dataset.tags(sample, ns="IMAGERY").items()}
    if "wavelength" not in items and "central_wavelength_um" in imagery:
        items["wavelength"] = imagery["central_wavelength_um"]
        items["wavelength_units"] = "um"
        items |= {"fwhm": imagery["fwhm_um"]} if "fwhm_um" in imagery else {}
    for name in ("wavelength_nm", "wavelength_um"):
        if "wavelength" not in items and name in items:
            items["wavelength"], items["wavelength_units"] = items[name], name[-2:]
    return items


def _units(dataset: DatasetReader, samples: list[int]) -> dict[str, str]:
    """Return the unit of the values, if all bands have the same."""
    declared = {dataset.units[sample - 1] or "" for sample in samples}
    unit = declared.pop() if len(declared) == 1 else ""
    if not unit:
        return {}
    return {"data units": f"radiance ({unit})" if _WATTS.search(unit) else unit}


def _ignored(
    dataset: DatasetReader, samples: list[int]
) -> tuple[dict[str, str], DoubleArray | None]:
    """Return one value for missing data as an entry, or one for each band."""
    every = dataset.nodatavals  # made anew at each look
    declared: list[Any] = [every[sample - 1] for sample in samples]
    if all(value is None for value in declared):
        return {}, None
    values = np.array([np.nan if value is None else float(value) for value in declared])
    if np.unique(values).size > 1:
        return {}, values
    number = declared[0]
    whole = isinstance(number, float) and number.is_integer() and abs(number) < 1e18
    return {"data ignore value": str(int(number)) if whole else str(number)}, None


def _has_mask(dataset: DatasetReader) -> bool:
    from rasterio.enums import MaskFlags

    flags = dataset.mask_flag_enums[0]
    return MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags


def map_entries(dataset: DatasetReader, notes: list[str]) -> dict[str, str]:
    """Return `map info` and `coordinate system string`; none without a map position.

    Parameters
    ----------
    notes : list of str
        Receives what cannot be expressed by them.
    """
    t = dataset.transform
    if t.is_identity:
        if dataset.gcps[0] or dataset.rpcs is not None:
            notes.append(Ignored("The image has map control points only: they are not used."))
        return {}
    crs = dataset.crs if dataset.crs else None
    entry = map_info(Transform(*t[:6]), _projection(crs))
    if entry is None:
        notes.append(Ignored("The pixels are not rectangles on the map: the map is not used."))
        return {}
    return {"map info": entry} | _well_known(crs)


def _projection(crs: CRS | None) -> Projection:
    if crs is None:
        return UNKNOWN
    code = crs.to_epsg() or 0
    if (zone := utm(code)) is not None:
        return zone
    if crs.is_geographic:
        return Projection("Geographic Lat/Lon", ("WGS-84",) if code == 4326 else (), "Degrees")
    metres = crs.is_projected and abs(float(crs.linear_units_factor[1]) - 1) < 1e-12
    return Projection(title(crs.to_wkt()), (), "Meters" if metres else "")


def _well_known(crs: CRS | None) -> dict[str, str]:
    from rasterio.crs import CRS
    from rasterio.enums import WktVersion
    from rasterio.errors import CRSError

    if crs is None:
        return {}
    for version in (WktVersion.WKT1_ESRI, WktVersion.WKT1_GDAL, WktVersion.WKT2_2019):
        try:
            text = " ".join(crs.to_wkt(version=version).split())
            # ENVI's own dialect, unless something is lost in it.
            if CRS.from_wkt(text, morph_from_esri_dialect=True) == crs:
                return {"coordinate system string": "{" + text + "}"}
        except CRSError:
            continue
    return {}


def open_raster(path: Path, directory: int | None = None) -> DatasetReader:
    """Open an image of a file; errors are rasterio's own, see `raster_errors`.

    Parameters
    ----------
    directory : int or None
        Where the directory of its page begins in the file; None for the first page, with the files
        of GDAL beside it.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    name = str(path) if directory is None else f"GTIFF_DIR:off:{directory}:{path}"
    with _OPENING, warnings.catch_warnings():
        # Most images have no map position.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(name, driver="GTiff")


@contextmanager
def raster_errors(path: Path) -> Iterator[None]:
    """Translate errors of GDAL about a file for the user; its own messages go to the log.

    Raises
    ------
    CubeError
        If the file is missing, damaged, or compressed in a way that GDAL was not built with.
    """
    import rasterio

    advice = "Copy it again from its source, or save it as TIFF without compression."
    with (
        rasterio.Env(),
        translated_errors(path, expected="pixels that GDAL can decompress", advice=advice),
    ):
        yield
