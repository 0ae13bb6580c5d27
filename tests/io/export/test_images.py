"""Volumes, heatmaps and label masks, read back by other programs' readers."""

from __future__ import annotations

import tracemalloc
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from export_cases import EDGES_NM, MAP_INFO, SHAPE, cube, located, request, volume
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning
from spectral.io import envi

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.core.documents.export_request import ExportFormat
from focus_viewer.core.errors import Cancelled, CubeError
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import PointMark
from focus_viewer.core.saliency.volume import SaliencyVolume, heatmap, resample
from focus_viewer.io import read_cube
from focus_viewer.io.export import write_export, write_volume
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header, read_header

ALL = slice(None)
NAMES = ["400-500 nm", "500-650 nm", "700-900 nm"]


def expected() -> NDArray[np.float32]:
    """The volume at the resolution of the image, shape (rows, cols, groups)."""
    return np.stack([resample(plane, SHAPE) for plane in volume().planes], axis=2)


def test_a_volume_as_envi_by_spy_and_by_our_reader(tmp_path: Path) -> None:
    files = write_export(tmp_path / "v.hdr", request(), silent)

    assert files == (tmp_path / "v.hdr", tmp_path / "v.img")
    image = envi.open(tmp_path / "v.hdr")
    np.testing.assert_array_equal(np.asarray(image.load()), expected())
    assert image.bands.centers == [450, 575, 800]
    assert image.bands.bandwidths == [100, 150, 200]
    assert image.metadata["band names"] == NAMES
    assert image.metadata["map info"] == [word.strip() for word in MAP_INFO[1:-1].split(",")]
    ours = read_cube(tmp_path / "v.img")
    np.testing.assert_array_equal(ours.block(ALL, ALL), expected())
    assert "rust against scab" in read_header(tmp_path / "v.hdr").text("description")


def test_a_volume_as_geotiff(tmp_path: Path) -> None:
    write_export(tmp_path / "v.tif", request(format="geotiff"), silent)

    with rasterio.open(tmp_path / "v.tif") as tiff:
        np.testing.assert_array_equal(np.moveaxis(tiff.read(), 0, 2), expected())
        assert tiff.descriptions == tuple(NAMES)
        assert tiff.dtypes == ("float32",) * 3
        assert (tiff.tags()["class"], tiff.tags()["mode"]) == ("rust against scab", "evidence")
        assert tiff.crs.to_epsg() == 32612
        turn = np.radians(-66)
        row, col = 2, 1  # the reference pixel's upper left corner, counted from 0
        place = np.reshape(tiff.transform, (3, 3)) @ (col, row, 1)
        np.testing.assert_allclose(place, (736600.5, 4078126.75, 1), rtol=1e-12)
        assert tiff.transform.a == pytest.approx(2.5 * np.cos(turn))
        assert tiff.transform.d == pytest.approx(2.5 * np.sin(turn))


def test_gdal_reads_the_same_place_from_both_formats(tmp_path: Path) -> None:
    # From the first pixel: GDAL forgets the turn on its way to another reference pixel.
    first = MAP_INFO.replace("2.000 , 3.000", "1 , 1")
    asked = request(cube=cube(georeference=located(first)))
    write_export(tmp_path / "v.hdr", asked, silent)
    write_export(tmp_path / "v.tif", replace(asked, format="geotiff"), silent)

    with rasterio.open(tmp_path / "v.tif") as tiff, rasterio.open(tmp_path / "v.img") as image:
        assert tiff.crs == image.crs
        np.testing.assert_allclose(tiff.transform, image.transform, rtol=1e-9)


def test_a_tiff_without_a_map_has_no_place_and_warns_nobody(tmp_path: Path) -> None:
    bare = request(format="geotiff", cube=cube(georeference=Georeference()))
    write_export(tmp_path / "v.tif", bare, silent)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # of the reader
        with rasterio.open(tmp_path / "v.tif") as tiff:
            assert tiff.crs is None
            assert tiff.transform.is_identity
            np.testing.assert_array_equal(np.moveaxis(tiff.read(), 0, 2), expected())


def test_a_volume_for_numpy(tmp_path: Path) -> None:
    write_export(tmp_path / "v.npz", request(format="numpy"), silent)

    with np.load(tmp_path / "v.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["values"], expected())
        assert found["values"].dtype == np.float32
        np.testing.assert_array_equal(found["cells"], volume().values)
        np.testing.assert_array_equal(found["edges_nm"], EDGES_NM)
        np.testing.assert_array_equal(found["centers_nm"], [450, 575, 800])
        assert (str(found["class"]), str(found["mode"])) == ("rust against scab", "evidence")
        assert tuple(found["image_shape"]) == SHAPE


@pytest.mark.parametrize(
    ("form", "name"), [("envi", "h.hdr"), ("geotiff", "h.tif"), ("numpy", "h.npy")]
)
def test_heatmaps(tmp_path: Path, form: str, name: str) -> None:
    asked = request(kind="heatmap", format=form)
    write_export(tmp_path / name, asked, silent)

    plane = heatmap(volume(), asked.window_nm)
    if form == "numpy":
        np.testing.assert_array_equal(np.load(tmp_path / name), plane)
        return
    with rasterio.open(tmp_path / ("h.img" if form == "envi" else name)) as image:
        np.testing.assert_array_equal(image.read(1), plane)
        assert "500-600 nm" in image.descriptions[0]
        assert image.crs.to_epsg() == 32612
    if form == "envi":
        assert envi.open(tmp_path / name).bands.centers == [550]


LABELS = np.zeros(SHAPE, dtype=np.uint8)
LABELS[:3, :4] = 1
LABELS[2:, 2:] = 2  # drawn later, so on top


def test_labels_as_envi_classification(tmp_path: Path) -> None:
    write_export(tmp_path / "l.hdr", request(kind="labels"), silent)

    image = envi.open(tmp_path / "l.hdr")
    told = image.metadata
    np.testing.assert_array_equal(np.asarray(image.open_memmap())[:, :, 0], LABELS)
    assert told["file type"] == "ENVI Classification"
    assert told["classes"] == "3"
    assert told["class names"] == ["Unclassified", "Läsion- «1»", "edge"]
    assert [int(one) for one in told["class lookup"]] == [0, 0, 0, 255, 0, 128, 0, 255, 0]
    with rasterio.open(tmp_path / "l.img") as by_gdal:
        assert by_gdal.colormap(1)[1] == (255, 0, 128, 255)
        assert by_gdal.crs.to_epsg() == 32612
    with pytest.raises(CubeError, match="describes a classification"):
        read_cube(tmp_path / "l.hdr")


def test_labels_as_geotiff_with_colours(tmp_path: Path) -> None:
    write_export(tmp_path / "l.tif", request(kind="labels", format="geotiff"), silent)

    with rasterio.open(tmp_path / "l.tif") as image:
        np.testing.assert_array_equal(image.read(1), LABELS)
        assert image.dtypes == ("uint8",)
        assert image.nodata == 0
        colours = image.colormap(1)
        assert (colours[1], colours[2]) == ((255, 0, 128, 255), (0, 255, 0, 255))
        assert image.tags()["LABEL_1"] == "Läsion, «1»"
        assert image.transform.a == pytest.approx(2.5 * np.cos(np.radians(-66)))


@pytest.mark.parametrize(("form", "name"), [("envi", "l.hdr"), ("geotiff", "l.tif")])
def test_many_labels_need_16_bits(tmp_path: Path, form: str, name: str) -> None:
    many = Annotations()
    for number in range(300):
        many = many.add(PointMark((number % 8, number // 8 % 6)), f"p{number}", "#123456")
    write_export(tmp_path / name, request(kind="labels", format=form, annotations=many), silent)

    with rasterio.open(tmp_path / ("l.img" if form == "envi" else name)) as image:
        assert image.dtypes == ("uint16",)
        assert image.read(1).max() == 300


def big(side_px: int, groups: int) -> SaliencyVolume:
    edges = np.linspace(400, 2500, groups + 1)
    values = np.random.default_rng(0).normal(size=(4, 4, groups)).astype(np.float32)
    edges_nm = np.stack([edges[:-1], edges[1:]], axis=1)
    return SaliencyVolume(values, edges_nm, (side_px, side_px), "spot", "evidence")


def wide(side_px: int) -> Cube:
    values = np.zeros((side_px, side_px, 1), dtype=np.float32)
    return Cube(ArraySource(values), "wide", np.ones(1, dtype=np.bool_))


@pytest.mark.parametrize(
    ("form", "name"), [("envi", "v.hdr"), ("geotiff", "v.tif"), ("numpy", "v.npz")]
)
def test_a_volume_larger_than_memory_could_be_written(tmp_path: Path, form: str, name: str) -> None:
    side_px, groups = 400, 60
    asked = request(format=form, volume=big(side_px, groups), cube=wide(side_px))
    tracemalloc.start()
    files = write_export(tmp_path / name, asked, silent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = side_px * side_px * groups * 4
    assert sum(one.stat().st_size for one in files) >= size
    assert peak < size / 5


@pytest.mark.parametrize(
    ("form", "name"), [("envi", "v.hdr"), ("geotiff", "v.tif"), ("numpy", "v.npz")]
)
@pytest.mark.parametrize("older", [False, True])
def test_a_cancelled_volume_leaves_things_as_they_were(
    tmp_path: Path, form: str, name: str, older: bool
) -> None:
    if older:
        write_export(tmp_path / name, request(format=form), silent)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    seen = []

    def step(fraction: float, text: str) -> None:
        seen.append(fraction)
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_export(tmp_path / name, request(format=form), step)

    assert seen == [0, 0, 1 / 3, 2 / 3]
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_texts_from_elsewhere_do_not_break_the_header(tmp_path: Path) -> None:
    write_volume(tmp_path / "v.hdr", volume(), cube(), "a}\nbands = 9\n{\udcff", silent)
    assert read_cube(tmp_path / "v.hdr").shape == (*SHAPE, 3)
    assert read_header(tmp_path / "v.hdr").text("description") == "a) bands = 9 (?"


@pytest.mark.parametrize(
    ("words", "text", "epsg"),
    [
        ("UTM, 1, 1, 300000, 5000000, 2, 2, 33, North, NAD83, units=Meters", "", 26933),
        ("Geographic Lat/Lon, 1, 1, -70, -12, 3e-7, 3e-7, WGS84, units=Degrees", "", 4326),
        ("UTM, 1, 1, 300000, 5000000, 2, -2, 18, South, WGS-84, units=Meters", "", 32718),
        ("ETRS89, 1, 1, 4000000, 3000000, 2, 2, units=Meters", "WKT2_2019", 3035),
    ],
)
@pytest.mark.parametrize("form", ["envi", "geotiff"])
def test_gdal_finds_the_map_of_an_export(
    tmp_path: Path, words: str, text: str, epsg: int, form: ExportFormat
) -> None:
    crs = CRS.from_epsg(epsg)
    entries = {"map info": f"{{{words}}}"}
    entries |= {"coordinate system string": f"{{{crs.to_wkt(version=text)}}}"} if text else {}
    georeference = read_georeference(Header(Path(), entries))
    asked = request(format=form, cube=cube(georeference=georeference))
    *_, written = write_export(tmp_path / ("v.hdr" if form == "envi" else "v.tif"), asked, silent)
    with rasterio.open(written) as dataset:
        assert dataset.crs.to_epsg() == epsg
        grid = georeference.grid
        assert grid is not None
        for at in ((0, 0), (8, 0), (0, 6)):
            place = np.reshape(dataset.transform, (3, 3)) @ (*at, 1)
            np.testing.assert_allclose(place[:2], grid.to_map(at))
