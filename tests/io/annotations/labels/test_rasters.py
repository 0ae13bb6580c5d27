"""Label rasters: GeoTIFF and ENVI classifications, our own exports, other grids, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import tifffile
from export_cases import REQUEST, cube
from export_cases import SHAPE as EXPORT_SHAPE
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject, transform_bounds
from region_masks import mask_of

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import silent
from focus_viewer.io.annotations import read_annotations
from focus_viewer.io.export.files import write_export

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
SHAPE = (6, 8)
LABELS = np.zeros(SHAPE, dtype=np.uint8)
LABELS[1:4, 2:5] = 1
LABELS[2:5, 4:8] = 3
PLACE = Affine(30.0, 0, 364_000, 0, -30.0, 5_808_000)
GRID = MapGrid(364_000, 5_808_000, 30, 30, 0, CRS.from_epsg(32633).to_wkt())


def shifted(cols: int) -> Affine:
    return Affine(30.0, 0, 364_000 + 30 * cols, 0, -30.0, 5_808_000)


def write(path: Path, labels: NDArray[Any] = LABELS, driver: str = "GTiff", **profile: Any) -> Path:
    bands = labels.reshape(-1, *labels.shape[-2:])
    with rasterio.open(
        path, "w", driver=driver, width=bands.shape[2], height=bands.shape[1], count=len(bands),
        dtype=labels.dtype, **profile,
    ) as file:  # fmt: skip
        file.write(bands)
    return path


@pytest.mark.parametrize(
    ("form", "name"), [("geotiff", "l.tif"), ("envi", "l.hdr"), ("png", "l.png")]
)
def test_our_exports_come_back_equal(tmp_path: Path, form: Any, name: str) -> None:
    request = replace(REQUEST, kind="labels", format=form)
    write_export(tmp_path / name, request, silent)
    found = read_annotations(tmp_path / name, EXPORT_SHAPE, cube().georeference.grid).regions

    labels = np.zeros(EXPORT_SHAPE, dtype=int)
    for number, (before, after) in enumerate(zip(request.annotations, found, strict=True), 1):
        assert replace(after, outline=before.outline) == before
        labels[mask_of(before.outline, EXPORT_SHAPE)] = number
    for number, region in enumerate(found, 1):
        np.testing.assert_array_equal(mask_of(region.outline, EXPORT_SHAPE), labels == number)


@pytest.mark.parametrize("kind", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_tiff_without_a_map(tmp_path: Path, kind: str) -> None:
    found = read_annotations(write(tmp_path / "l.tif", LABELS.astype(kind)), SHAPE, GRID).regions
    assert [(region.name, region.class_name) for region in found] == [
        ("Class 1",) * 2,
        ("Class 3",) * 2,
    ]
    for region, value in zip(found, (1, 3), strict=True):
        np.testing.assert_array_equal(mask_of(region.outline, SHAPE), value == LABELS)


def test_names_and_colours_of_gdal(tmp_path: Path) -> None:
    path = write(tmp_path / "l.tif", nodata=3)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {1: (16, 32, 48, 255)})
    (tmp_path / "l.tif.aux.xml").write_text(
        "<PAMDataset><PAMRasterBand band='1'><CategoryNames><Category>none</Category>"
        "<Category>maize</Category></CategoryNames></PAMRasterBand></PAMDataset>"
    )
    (found,) = read_annotations(path, SHAPE)
    assert (found.name, found.class_name, found.colour) == ("maize", "maize", "#102030")


ENVI_NAMES = "{Unclassified, maize, wheat, bare soil}"


@pytest.mark.parametrize("opened", ["l.hdr", "l.img"])
def test_classification_of_envi(tmp_path: Path, opened: str) -> None:
    write(tmp_path / "l.img", driver="ENVI")
    with (tmp_path / "l.hdr").open("a") as header:
        header.write("\nfile type = ENVI Classification\nclasses = 4\n")
        header.write(
            f"class names = {ENVI_NAMES}\nclass lookup = {{0,0,0, 1,2,3, 0,0,0, 255,0,9}}\n"
        )
    found = read_annotations(tmp_path / opened, SHAPE)
    assert [(region.class_name, region.colour) for region in found] == [
        ("maize", "#010203"),
        ("bare soil", "#ff0009"),
    ]


def test_a_named_class_0_is_a_region(tmp_path: Path) -> None:
    write(tmp_path / "l.img", driver="ENVI")
    with (tmp_path / "l.hdr").open("a") as header:
        header.write("\nclass names = {water, maize, wheat, bare soil}\n")
    found = read_annotations(tmp_path / "l.img", SHAPE)
    assert [region.name for region in found] == ["water", "maize", "bare soil"]


def test_negative_numbers_are_no_class(tmp_path: Path) -> None:
    labels = np.where(LABELS == 0, -9999, LABELS.astype(np.int16))
    found = read_annotations(write(tmp_path / "l.tif", labels), SHAPE)
    assert [region.name for region in found] == ["Class 1", "Class 3"]


def test_many_numbers_are_objects_not_classes(tmp_path: Path) -> None:
    labels = np.arange(200, dtype=np.uint16).reshape(10, 20)
    found = read_annotations(write(tmp_path / "l.tif", labels), (10, 20))
    assert len(found) == 199
    assert (found.regions[6].name, found.regions[6].class_name) == ("Class 7", None)


def test_the_border_of_voc_is_no_class(tmp_path: Path) -> None:
    labels = np.where(LABELS == 3, 255, LABELS).astype(np.uint8)
    voc = write(tmp_path / "voc.tif", labels)
    with rasterio.open(voc, "r+") as file:
        file.write_colormap(1, {255: (224, 224, 192, 255)})
    assert [region.name for region in read_annotations(voc, SHAPE)] == ["Class 1"]

    binary = write(tmp_path / "binary.tif", np.where(LABELS == 3, 255, 0).astype(np.uint8))
    assert [region.name for region in read_annotations(binary, SHAPE)] == ["Class 255"]


def test_another_grid_is_resampled_by_its_map(tmp_path: Path) -> None:
    finer = np.kron(LABELS, np.ones((3, 3), dtype=np.uint8))
    around = np.pad(finer, ((3, 9), (6, 0)))
    place = Affine(10.0, 0, 364_000 - 60, 0, -10.0, 5_808_000 + 30)
    path = write(tmp_path / "l.tif", around, transform=place, crs="EPSG:32633")
    found = read_annotations(path, SHAPE, GRID)
    assert [mask_of(region.outline, SHAPE).sum() for region in found] == [7, 12]
    np.testing.assert_array_equal(mask_of(found.regions[1].outline, SHAPE), LABELS == 3)
    (note,) = found.notes
    assert "another grid, 30 x 30 pixels: they were resampled" in note


def test_another_reference_system_is_resampled(tmp_path: Path) -> None:
    left, bottom, right, top = transform_bounds(
        "EPSG:32633", "EPSG:4326", 364_000, 5_808_000 - 180, 364_000 + 240, 5_808_000
    )
    place = Affine((right - left) / 500, 0, left, 0, (bottom - top) / 400, top)
    fine = np.zeros((400, 500), dtype=np.uint8)
    reproject(LABELS, fine, src_transform=PLACE, src_crs="EPSG:32633", dst_transform=place,
              dst_crs="EPSG:4326", resampling=Resampling.nearest)  # fmt: skip
    assert set(np.unique(fine)) == {0, 1, 3}
    path = write(tmp_path / "l.tif", fine, transform=place, crs="EPSG:4326")
    found = read_annotations(path, SHAPE, GRID)
    assert [mask_of(region.outline, SHAPE).sum() for region in found] == [7, 12]


@pytest.mark.parametrize(
    ("labels", "profile", "problem"),
    [
        (LABELS[:5], {}, "expected 6 rows and 8 columns, as the cube has, found 5 and 8"),
        (np.stack([LABELS] * 3), {}, "expected one band of class numbers, found 3 bands"),
        (LABELS + np.float32(0.5), {}, "expected whole numbers of classes, found fractions"),
        (LABELS * 0, {}, "no label is on the image"),
        (LABELS, {"transform": shifted(50), "crs": "EPSG:32633"},
         "no label is on the image: it covers x 365500 to 365740"),
        (LABELS, {"transform": shifted(2)},
         "the reference system of the raster is not known"),
        (LABELS, {"transform": shifted(2), "crs": CRS.from_wkt('LOCAL_CS["here",UNIT["metre",1]]')},
         "it cannot be turned from its reference system, 'LOCAL_CS"),
        (np.arange(10_000, dtype=np.uint16).reshape(100, 100), {}, "expected 6 rows"),
    ],
)  # fmt: skip
def test_what_is_refused(
    tmp_path: Path, labels: NDArray[Any], profile: dict[str, Any], problem: str
) -> None:
    path = write(tmp_path / "l.tif", labels, **profile)
    with pytest.raises(FocusError, match=r"l\.tif") as refusal:
        read_annotations(path, SHAPE, GRID)
    assert problem in str(refusal.value)


def test_a_stack_of_masks_is_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "l.tif", np.stack([LABELS] * 4), photometric="minisblack")
    with pytest.raises(FocusError, match="found 4 bands"):
        read_annotations(tmp_path / "l.tif", SHAPE)


def test_a_picture_is_no_raster_of_labels(tmp_path: Path) -> None:
    path = write(tmp_path / "l.tif", np.arange(10_000, dtype=np.uint16).reshape(100, 100))
    with pytest.raises(FocusError, match="too many for a mask of regions"):
        read_annotations(path, (100, 100))
