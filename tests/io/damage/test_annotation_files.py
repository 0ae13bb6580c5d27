"""Annotation files of every program, damaged in every way: regions or a `FocusError`, no spikes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
import rasterio
from annotation_cases import SHAPE
from annotation_files import GRID, good_annotation_files, regions_of
from damage_cases import Files, damaged, put
from memory_peak import ROOM_BYTES, memory_peak

from focus_viewer.core.errors import FocusError
from focus_viewer.io.annotations import read_annotations

# rasterio cannot decode what GDAL quotes of broken text, and says so where nobody can catch it;
# what GDAL warns of in a damaged file is no error of the program.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:pyogrio"),
    pytest.mark.filterwarnings("ignore::UserWarning:pyogrio"),
]
NAMES = (
    "regions labelme", "regions via", "regions label studio", "regions voc",
    "regions cvat", "regions cvat zip",
    "regions imagej", "regions imagej composite", "regions imagej zip", "regions tiff",
    "regions tiff resampled", "regions envi", "regions shapefile", "regions geopackage",
    "regions flatgeobuf", "regions kml", "regions coco", "regions png",
)  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    """Good files of all kinds, opened once so that no library is loaded while memory is counted."""
    files = good_annotation_files(tmp_path_factory.mktemp("good"))
    for one in files.values():
        assert len(regions_of(put(tmp_path_factory.mktemp("once"), one))) > 0
    assert tuple(files) == NAMES
    return files


def read(path: Path) -> None:
    with memory_peak() as grown_bytes:
        try:
            regions_of(path)
        except FocusError as error:
            assert path.parent.name in str(error)
        assert grown_bytes() < ROOM_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_each_file_cut_at_powers_of_two(tmp_path: Path, good: dict[str, Files], name: str) -> None:
    for part, content in good[name].items():
        for length in (0, *(2**power for power in range(len(content).bit_length()))):
            read(put(tmp_path, {**good[name], part: content[:length]}))


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files(tmp_path: Path, good: dict[str, Files], name: str) -> None:
    random = Random(5)  # noqa: S311 - to be done again, not secret
    for _ in range(40):
        read(put(tmp_path, damaged(random, good[name])))


def refused(path: Path, problem: str) -> None:
    with memory_peak() as grown_bytes:
        with pytest.raises(FocusError, match=path.name) as refusal:
            read_annotations(path, SHAPE, GRID)
        assert problem in str(refusal.value)
        assert grown_bytes() < ROOM_BYTES


def test_an_archive_that_would_unpack_to_gigabytes(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"{number}.roi", b"Iout" + bytes(60_000_000))
    refused(tmp_path / "a.zip", "too much for annotations")


def test_masks_of_a_billion_pixels(tmp_path: Path) -> None:
    mask = {"label": "a", "shape_type": "mask", "points": [[0, 0], [39_999, 39_999]], "mask": "AA"}
    (tmp_path / "a.json").write_text(json.dumps({"shapes": [mask]}))
    refused(tmp_path / "a.json", "expected a mask within the image")


def test_a_raster_of_a_billion_pixels(tmp_path: Path) -> None:
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", height=60_000, width=60_000, count=1,
        dtype=np.uint8, transform=rasterio.Affine(1, 0, GRID.x, 0, -1, GRID.y), crs="EPSG:32633",
        compress="deflate", sparse_ok=True, blockysize=60_000,
    ):  # fmt: skip
        pass
    refused(tmp_path / "a.tif", "too large for labels")
