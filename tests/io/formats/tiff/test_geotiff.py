"""What GDAL's metadata and files beside an image tell: bands, factors, map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.transform import Affine

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io.formats.tiff.reader import TiffFormat, describes_cube
from focus_viewer.io.metadata.georeference import parse_crs

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ALL = slice(None)
BANDS = 5
CENTRES_NM = [450.25, 550.0, 650.0, 750.0, 2450.0]
WIDTHS_NM = [5.0, 5.5, 6.0, 6.5, 7.0]
STORED = np.random.default_rng(3).integers(100, 6000, (12, 14, BANDS)).astype(np.int16)


def write(path: Path, stored: NDArray[Any] = STORED, **profile: Any) -> Any:
    rows, cols, bands = stored.shape
    size = {"height": rows, "width": cols, "count": bands, "dtype": stored.dtype.name}
    dataset = rasterio.open(path, "w", driver="GTiff", **(size | profile))
    dataset.write(np.moveaxis(stored, -1, 0))
    return dataset


def read(path: Path) -> Cube:
    return TiffFormat().read(path)


def per_band(dataset: Any) -> None:
    for k, (nm, width) in enumerate(zip(CENTRES_NM, WIDTHS_NM, strict=True)):
        told = {"wavelength": nm / 1000, "wavelength_units": "Micrometers", "fwhm": width / 1000}
        dataset.update_tags(k + 1, **told, bbl=int(k != 2))


def imagery(dataset: Any) -> None:
    for k, (nm, width) in enumerate(zip(CENTRES_NM, WIDTHS_NM, strict=True)):
        told = {"CENTRAL_WAVELENGTH_UM": nm / 1000, "FWHM_UM": width / 1000}
        dataset.update_tags(k + 1, ns="IMAGERY", **told)
        dataset.update_tags(k + 1, bbl=int(k != 2))


def in_a_domain(ns: str | None) -> Any:
    def write_lists(dataset: Any) -> None:
        lists = {"wavelength": CENTRES_NM, "fwhm": WIDTHS_NM, "bbl": [1, 1, 0, 1, 1]}
        told = {name: "{" + ", ".join(map(str, one)) + "}" for name, one in lists.items()}
        dataset.update_tags(ns=ns, **told, wavelength_units="nm")

    return write_lists


@pytest.mark.parametrize(
    "tell", [per_band, imagery, in_a_domain(None), in_a_domain("ENVI")],
    ids=["band items", "IMAGERY", "image items", "ENVI"],
)  # fmt: skip
def test_where_bands_are_told(tmp_path: Path, tell: Any) -> None:
    with write(tmp_path / "a.tif") as dataset:
        tell(dataset)

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    np.testing.assert_allclose(cube.fwhm_nm, WIDTHS_NM)
    assert cube.good_bands.tolist() == [True, True, False, True, True]
    assert not cube.notes


@pytest.mark.parametrize("how", ["description", "Band_N"])
def test_wavelengths_in_names_of_bands(tmp_path: Path, how: str) -> None:
    with write(tmp_path / "a.tif") as dataset:
        for k, nm in enumerate(CENTRES_NM, start=1):
            text = f"band {k} ({nm} Nanometers)"
            if how == "description":
                dataset.set_band_description(k, text)
            else:
                dataset.update_tags(**{f"Band_{k}": text})

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    assert any("band names" in note for note in cube.notes)


def test_a_band_without_wavelength_leaves_all_without(tmp_path: Path) -> None:
    with write(tmp_path / "a.tif") as dataset:
        for band in (1, 2, 3, 4):
            dataset.update_tags(band, wavelength="500", wavelength_units="nm")

    assert read(tmp_path / "a.tif").wavelengths_nm is None


def test_items_that_are_of_no_use_are_told(tmp_path: Path) -> None:
    with write(tmp_path / "a.tif") as dataset:
        dataset.update_tags(start_time="2022", samples="999")

    assert set(read(tmp_path / "a.tif").unused) == {"start_time", "samples"}


def test_factors_and_missing_data_of_each_band(tmp_path: Path) -> None:
    scales, offsets = (1e-4, 2e-4, 5e-5, 1e-4, 1e-4), (0.0, 0.01, 0.0, 0.0, -0.02)
    stored = STORED.copy()
    stored[2:4, 3:5] = -32768
    with write(tmp_path / "a.tif", stored, nodata=-32768) as dataset:
        dataset.scales, dataset.offsets = scales, offsets

    cube = read(tmp_path / "a.tif")

    wanted = stored.astype(np.float32) * np.float32(scales) + np.float32(offsets)
    wanted[stored == -32768] = np.nan
    np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
    np.testing.assert_array_equal(cube.band(1), wanted[:, :, 1])
    assert cube.units == "reflectance"
    assert any("taken as reflectance" in note for note in cube.notes)


def test_factors_follow_their_bands(tmp_path: Path) -> None:
    scales = (1.0, 2.0, 3.0, 4.0, 5.0)
    with write(tmp_path / "a.tif") as dataset:
        dataset.scales = scales
        for k, nm in enumerate(reversed(CENTRES_NM), start=1):
            dataset.update_tags(k, wavelength=nm, wavelength_units="nm")

    cube = read(tmp_path / "a.tif")

    wanted = (STORED.astype(np.float32) * np.float32(scales))[:, :, ::-1]
    np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
    np.testing.assert_array_equal(cube.pixel(1, 2), wanted[1, 2])


def test_bands_with_missing_values_of_their_own(tmp_path: Path) -> None:
    with write(tmp_path / "a.tif"):
        pass
    values = [int(STORED[1, 1, k]) for k in range(BANDS - 1)]  # the last band has none
    bands = "".join(
        f'<PAMRasterBand band="{k}"><NoDataValue>{value}</NoDataValue></PAMRasterBand>'
        for k, value in enumerate(values, start=1)
    )
    (tmp_path / "a.tif.aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")

    cube = read(tmp_path / "a.tif")

    wanted = STORED.astype(np.float32)
    for k, value in enumerate(values):
        wanted[:, :, k][STORED[:, :, k] == value] = np.nan
    np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
    assert np.isnan(cube.pixel(1, 1)).tolist() == [True] * 4 + [False]


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_a_mask_inside_the_file(tmp_path: Path, compress: str) -> None:
    mask = np.full(STORED.shape[:2], 255, np.uint8)
    mask[3:6, 2:9] = 0
    inside = rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True)
    with inside, write(tmp_path / "a.tif", compress=compress) as dataset:
        dataset.write_mask(mask)

    cube = read(tmp_path / "a.tif")

    wanted = STORED.astype(np.float32)
    wanted[mask == 0] = np.nan
    np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
    np.testing.assert_array_equal(cube.block(slice(1, 9, 3), slice(1, 9, 2)), wanted[1:9:3, 1:9:2])


@pytest.mark.parametrize(("unit", "units"), [
    ("W m-2 sr-1 nm-1", "radiance"), ("uW/cm2/sr/nm", "radiance"),
    ("at-sensor radiance", "radiance"),
    ("DN", "counts"), ("", "counts"), ("reflectance", "counts"),
])  # fmt: skip
def test_units_by_the_text_of_the_bands(tmp_path: Path, unit: str, units: str) -> None:
    with write(tmp_path / "a.tif") as dataset:
        if unit:
            dataset.units = (unit,) * BANDS

    cube = read(tmp_path / "a.tif")

    assert cube.units == units
    assert any("gives no scale" in note for note in cube.contradictions) == (unit == "reflectance")


def test_a_reflectance_factor_of_envi_counts(tmp_path: Path) -> None:
    with write(tmp_path / "a.tif") as dataset:
        dataset.update_tags(ns="ENVI", reflectance_scale_factor="10000")

    cube = read(tmp_path / "a.tif")

    assert cube.units == "reflectance"
    np.testing.assert_array_equal(cube.band(0), STORED[:, :, 0] / np.float32(10000))


def test_factors_are_not_applied_twice(tmp_path: Path) -> None:
    with write(tmp_path / "a.tif") as dataset:
        dataset.update_tags(ns="ENVI", reflectance_scale_factor="10000")
        dataset.scales = (1e-4,) * BANDS

    cube = read(tmp_path / "a.tif")

    assert cube.units == "reflectance"
    np.testing.assert_array_equal(cube.band(0), STORED[:, :, 0] * np.float32(1e-4))
    assert any("GDAL's are applied" in note for note in cube.ignored)


MAPS = {
    "UTM north": (32633, Affine(30, 0, 366015, 0, -30, 5809965)),
    "UTM south": (32719, Affine(10, 0, 500000, 0, -10, 8000000)),
    "degrees": (4326, Affine(0.001, 0, 13.0, 0, -0.002, 52.5)),
    "LAEA": (3035, Affine(20, 0, 4321000, 0, -20, 3210000)),
    "feet": (2263, Affine(3, 0, 980000, 0, -3, 200000)),
    "south up": (32633, Affine(30, 0, 366015, 0, 30, 5809965)),
    "turned": (32633, Affine.translation(366015, 5809965) @ Affine.rotation(25)
               @ Affine.scale(2, -3)),
    "no system": (None, Affine(2, 0, 10, 0, -2, 20)),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
def test_where_an_image_lies_on_the_map(tmp_path: Path, name: str) -> None:
    code, transform = MAPS[name]
    with write(tmp_path / "a.tif", crs=code and CRS.from_epsg(code), transform=transform):
        pass

    cube = read(tmp_path / "a.tif")

    grid = cube.georeference.grid
    assert grid is not None
    for col, row in ((0, 0), (14, 12), (3.5, 7.25)):
        assert grid.to_map((col, row)) == pytest.approx(transform @ (col, row), rel=1e-12)
    crs = parse_crs(cube.georeference.crs)
    assert crs == (CRS.from_epsg(code) if code else None)
    area = {"degrees": None, "no system": None, "feet": 9 * 0.3048006096**2, "LAEA": 400.0,
            "turned": 6.0, "UTM south": 100.0}.get(name, 900.0)  # fmt: skip
    assert cube.georeference.pixel_area.m2 == (
        None if area is None else pytest.approx(area, rel=1e-6)
    )


def test_pixels_that_are_no_rectangles(tmp_path: Path) -> None:
    skewed = Affine(30, 10, 366015, 0, -30, 5809965)
    with write(tmp_path / "a.tif", crs=CRS.from_epsg(32633), transform=skewed):
        pass

    cube = read(tmp_path / "a.tif")

    assert cube.georeference.grid is None
    assert any("not rectangles" in note for note in cube.ignored)


def test_an_image_that_lies_on_no_map(tmp_path: Path) -> None:
    with write(tmp_path / "a.tif"):
        pass

    assert read(tmp_path / "a.tif").georeference.grid is None


def enmap_xml(level: str = "L2A", bands: int = BANDS, gain: float = 1e-4) -> str:
    told = "".join(
        f'<bandID number="{k + 1}"><wavelengthCenterOfBand>{CENTRES_NM[k % BANDS] + k // BANDS}'
        f"</wavelengthCenterOfBand><FWHMOfBand>{WIDTHS_NM[k % BANDS]}</FWHMOfBand>"
        f"<GainOfBand>{gain}</GainOfBand><OffsetOfBand>0.5</OffsetOfBand></bandID>"
        for k in range(bands)
    )
    return (
        f"<level_X><base><level>{level}</level></base><specific><backgroundValue>-32768"
        "</backgroundValue><swirProductQuality><expectedChannelsList>6,7,8,9,10"
        "</expectedChannelsList></swirProductQuality>"
        f"<bandCharacterisation>{told}</bandCharacterisation></specific></level_X>"
    )


@pytest.mark.parametrize(("level", "units"), [("L2A", "reflectance"), ("L1C", "radiance")])
def test_the_metadata_file_of_enmap(tmp_path: Path, level: str, units: str) -> None:
    stored = STORED.copy()
    stored[0, 0] = -32768
    with write(tmp_path / "ENMAP01-X-SPECTRAL_IMAGE.TIF", stored):
        pass
    (tmp_path / "ENMAP01-X-METADATA.XML").write_text(enmap_xml(level))

    cube = read(tmp_path / "ENMAP01-X-SPECTRAL_IMAGE.TIF")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    np.testing.assert_allclose(cube.fwhm_nm, WIDTHS_NM)
    assert cube.units == units
    wanted = stored.astype(np.float32) * np.float32(1e-4) + np.float32(0.5)
    wanted[0, 0] = np.nan
    np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
    assert any("ENMAP01-X-METADATA.XML" in note for note in cube.notes)


def test_the_metadata_file_of_one_detector(tmp_path: Path) -> None:
    with write(tmp_path / "E-SPECTRAL_IMAGE_SWIR.TIF"):
        pass
    (tmp_path / "E-METADATA.XML").write_text(enmap_xml("L1B", 2 * BANDS))

    cube = read(tmp_path / "E-SPECTRAL_IMAGE_SWIR.TIF")

    np.testing.assert_allclose(cube.wavelengths_nm, np.array(CENTRES_NM) + 1)


@pytest.mark.parametrize("text", [
    enmap_xml(bands=4), "<a>", "", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a/>",
], ids=["4 bands", "cut", "empty", "entities", "other"])  # fmt: skip
def test_a_metadata_file_of_another_image(tmp_path: Path, text: str) -> None:
    with write(tmp_path / "E-SPECTRAL_IMAGE.TIF"):
        pass
    (tmp_path / "E-METADATA.XML").write_text(text)

    cube = read(tmp_path / "E-SPECTRAL_IMAGE.TIF")

    assert cube.wavelengths_nm is None
    assert cube.units == "counts"
    assert any("E-METADATA.XML" in note for note in cube.ignored)


@pytest.mark.parametrize("name", ["a.hdr", "a.tif.hdr"])
def test_an_envi_header_beside(tmp_path: Path, name: str) -> None:
    with write(tmp_path / "a.tif"):
        pass
    listed = ", ".join(map(str, CENTRES_NM))
    text = f"ENVI\nfile type = TIFF\nsamples = 99\nwavelength units = nm\nwavelength = {{{listed}}}"
    (tmp_path / name).write_text(text)

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    assert cube.shape == STORED.shape
    assert any(name in note for note in cube.notes)


@pytest.mark.parametrize("separator", [" ", ",", "\t"])
def test_the_table_of_prismaread_beside(tmp_path: Path, separator: str) -> None:
    with write(tmp_path / "a.tif"):
        pass
    lines = [["band", "orig_band", "wl", "fwhm"]]
    lines += [[str(k), str(k + 3), str(CENTRES_NM[k]), str(WIDTHS_NM[k])] for k in range(BANDS)]
    text = "\n".join(separator.join(line) for line in lines)
    (tmp_path / "a.wvl").write_text(text.replace("wl", '"wl"'))

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    np.testing.assert_allclose(cube.fwhm_nm, WIDTHS_NM)


@pytest.mark.real
def test_real_tiles_of_enmap(real_data: Path) -> None:
    tiles = sorted((real_data / "scenes/enmap_potsdam/images").glob("*.tif"))
    assert len(tiles) == 16
    for tile in tiles:
        cube = read(tile)
        with rasterio.open(tile) as dataset:
            stored, transform, crs = dataset.read(), dataset.transform, dataset.crs
        centres = np.array([418.24, 2445.53])
        assert cube.shape == (32, 32, 224)
        assert cube.wavelengths_nm is not None
        np.testing.assert_allclose(cube.wavelengths_nm[[0, -1]], centres)
        assert (np.diff(cube.wavelengths_nm) >= 0).all()
        assert cube.fwhm_nm is not None
        assert cube.units == "reflectance"
        assert int(cube.good_bands.sum()) == 218
        order: Any = cube.source.order  # type: ignore[attr-defined]
        wanted = np.moveaxis(stored, 0, -1)[:, :, order] * np.float32(1e-4)
        wanted[np.moveaxis(stored, 0, -1)[:, :, order] == -32768] = np.nan
        np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
        assert np.isnan(wanted[:, :, ~cube.good_bands]).all()
        grid = cube.georeference.grid
        assert grid is not None
        assert grid.to_map((3, 4)) == transform @ (3, 4)
        assert parse_crs(cube.georeference.crs) == crs
        assert cube.georeference.pixel_area.m2 == 900
        assert describes_cube(tile)
        assert not describes_cube(tile.parent.parent / "labels" / tile.name)
