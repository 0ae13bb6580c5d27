"""Opened cubes of a batch: calibrated, with their regions, and known by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from focus_viewer.batch.file_parts import digest_of_parts, file_parts
from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.options import AUTO, BatchOptions
from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.background import without_background
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.preprocessing.sensors import with_sensor_note
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    WhiteAndDark,
    as_read,
    preprocessing_of,
    reference_fingerprints_of,
)
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.io.annotations import read_annotations
from focus_viewer.io.datasets.wavelengths import apply_wavelengths
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.reader import read_cube
from focus_viewer.io.references.calibration import apply_preprocessing
from focus_viewer.io.references.discovery import find_references

Stamps = Mapping[str, str]
"""Size and time of each file, by path."""

_HELD_BYTES = 100_000_000
"""Cubes of up to this size are read once, and held until they are explained."""


@dataclass(frozen=True, eq=False)
class OpenedCube:
    """Cube of an item.

    Attributes
    ----------
    fingerprint : str
        Of the content of header and data.
    identity : str
        Digest of all that its results depend on.
    stamps : mapping of str to str
        Of each file that was read for it; empty where it must be looked at again in each run.
    """

    cube: Cube
    regions: tuple[Annotation, ...]
    fingerprint: str
    identity: str
    stamps: Stamps


def opened(
    item: Item, options: BatchOptions, identity: Mapping[str, str], step: Step
) -> OpenedCube:
    """Open the cube of an item, calibrate it, and read its regions.

    Parameters
    ----------
    identity : mapping of str to str
        Of the options.

    Raises
    ------
    CubeError
        If it, a reference or a file of regions is missing, damaged or does not fit.
    """
    if item.problem:
        raise CubeError(item.problem)
    step(0.0, f"opening {item.label}")
    first = read_cube(item.path, item.opening.choice)
    mark = fingerprint(first, step)
    cube = _processed(first, item, options, step)
    files = [item.path, *_of_cube(cube)]
    regions = list(item.regions)
    for path in (options.regions, item.regions_path):
        if path is not None:
            files += file_parts(path)
            shape, grid = (cube.rows, cube.cols), cube.georeference.grid
            regions += read_annotations(path, shape, grid, cube.name)
    regions = [replace(region, id=number) for number, region in enumerate(regions, start=1)]
    about = [mark, repr(reference_fingerprints_of(cube)), item.settings, sorted(identity.items())]
    if item.regions_path is not None:
        about.append(digest_of_parts(item.regions_path))
    digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()
    stamps = {} if _may_find_references(cube, options) else stamps_of(files)
    return OpenedCube(with_sensor_note(cube), tuple(regions), mark, digest, stamps)


def held(cube: Cube) -> Cube:
    """Return a cube whose values are in memory if they are few, else the cube itself."""
    if cube.rows * cube.cols * cube.bands * 4 > _HELD_BYTES:
        return cube
    values = cube.block(slice(None), slice(None))
    return replace(cube, source=ArraySource(np.ascontiguousarray(values, dtype=np.float32)))


def stamps_of(paths: Iterable[Path]) -> dict[str, str]:
    """Return size and time of files; of a folder, of the files in it.

    Raises
    ------
    CubeError
        If one is missing.
    """
    return {str(path): _stamp(path) for path in paths}


def _stamp(path: Path) -> str:
    with translated_errors(path):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        found = [each.stat() for each in files]
    return f"{sum(stat.st_size for stat in found)} {max(stat.st_mtime_ns for stat in found)}"


def _of_cube(cube: Cube) -> list[Path]:
    """Return the files of a cube and of its references: data, and header beside it."""
    references = preprocessing_of(cube).references
    files = [] if cube.path is None else [cube.path]
    files += [] if references is None else references.files
    return [each for path in files for each in file_parts(path)]


def _processed(first: Cube, item: Item, options: BatchOptions, step: Step) -> Cube:
    cube = apply_wavelengths(first, item.opening.wavelengths_nm)
    cube = without_background(cube, item.opening.background)
    preprocessing = item.opening.preprocessing
    if preprocessing.references is None and preprocessing.flat_field is None:
        preprocessing = replace(preprocessing, references=_references(cube, options))
    if preprocessing == NO_PREPROCESSING:
        return cube
    return apply_preprocessing(cube, preprocessing, step)


def _may_find_references(cube: Cube, options: BatchOptions) -> bool:
    """Return whether a reference that was not there may be put beside the cube later."""
    own = preprocessing_of(cube)
    if not options.calibrate or own.flat_field is not None:
        return False
    if own.references is None:
        return as_read(cube).units in ("counts", "unknown")
    return own.references.dark is None


def _references(cube: Cube, options: BatchOptions) -> WhiteAndDark | None:
    """Return the references of a cube of counts that the options ask for, or None."""
    if not options.calibrate or as_read(cube).units not in ("counts", "unknown"):
        return None
    found = find_references(cube)
    white = found.white if options.calibrate == AUTO else Path(options.calibrate)
    return None if white is None else WhiteAndDark(white, found.dark, found.white_dark)
