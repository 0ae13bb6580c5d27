"""Real cubes of many sensors and programs; the folder is named by FOCUS_REAL_DATA."""

from __future__ import annotations

import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, read_cube

pytestmark = pytest.mark.real
ALL = slice(None)


@dataclass(frozen=True)
class Told:
    """What a header tells, by the eye of a person."""

    path: str
    shape: tuple[int, int, int]
    range_nm: tuple[float, float] | None
    good: int
    units: str
    default_bands: tuple[int, ...] = ()
    fwhm: bool = False
    notes: tuple[str, ...] = ()


NG = "envi_airborne/pycoal/ang20140912t192359_corr_v1c_img_"
NG_NM = (346.2995778, 2505.0363678)
WISER = "envi_quirks/wiser/"
FROM_0 = "counted from 0"
GUESS = "taken as reflectance"
NO_UNIT = "nm was guessed"
NONE = "has no wavelengths"

CUBES = [
    Told("envi_plant/maize_a_unl_243.hdr", (445, 320, 243), (546.19, 1700.05), 243, "counts",
         (66, 26, 1)),
    Told("envi_plant/corn-kernel-hyperspectral.hdr", (31, 43, 580), (366.551, 1048.421), 580,
         "counts", notes=("byte order",)),
    Told(NG + "2580-2590_540-550.hdr", (10, 10, 432), NG_NM, 373, "reflectance", fwhm=True,
         notes=(GUESS,)),
    Told(NG + "400-410_10-20.hdr", (10, 10, 432), NG_NM, 373, "unknown", fwhm=True,
         notes=("may mean that they have no data",)),
    Told("envi_airborne/pycoal/ang20150422t163638_corr_v1e_img_987_654.hdr", (1, 1, 432), NG_NM,
         373, "reflectance", fwhm=True, notes=(GUESS,)),
    Told("envi_airborne/pycoal/f080702t01p00r08rdn_c_sc01_ort_img_123_456.hdr", (1, 1, 224),
         (365.9298, 2497.036), 224, "counts", fwhm=True, notes=(NO_UNIT, "order of their")),
    Told("envi_quirks/hippo/image.hdr", (38, 23, 450), (378.190002, 2503.72998), 450,
         "reflectance", (286, 261, 243), fwhm=True),
    Told("envi_quirks/hippo/block1.hdr", (48, 27, 1), None, 1, "counts", notes=(NONE,)),
    Told("envi_quirks/hippo/block2.hdr", (47, 26, 1), None, 1, "counts", notes=(NONE,)),
    Told("envi_quirks/hylite/fenix_Radiometric_8x2_1x1.hdr", (1, 384, 363), (379.87, 2503.73), 363,
         "unknown", (70, 17, 152), fwhm=True, notes=(NO_UNIT,)),
    Told("envi_quirks/plantcv/darkReference.hdr", (1, 1600, 978), (379.027, 1000.95), 978,
         "counts", (158, 252, 519)),
    Told(WISER + "caltech_225_4_3_nm_continuum_removed.hdr", (4, 3, 225), (877.72998, 1999.670044),
         173, "reflectance", (0, 1, 2), notes=(FROM_0, GUESS)),
    Told(WISER + "caltech_4_100_150_nm.hdr", (150, 150, 4), (472.019989, 852.679993), 4,
         "reflectance", (2, 1, 0), notes=(FROM_0, GUESS)),
    Told(WISER + "circuit_4_100_150_um.hdr", (150, 150, 4), (525.0, 1200.0), 4, "reflectance",
         (2, 1, 0), notes=(FROM_0, GUESS)),
    Told(WISER + "envi.hdr", (11, 12, 10), None, 10, "unknown", notes=(NONE,)),
]  # fmt: skip

# Their data are not at hand: a file of zeros of the right size stands in for them.
HEADERS_ONLY = [
    Told("envi_quirks/headers_only/enmap_berlin.hdr", (400, 220, 177), (460.0, 2409.0), 177,
         "reflectance", fwhm=True),
    Told("envi_quirks/headers_only/hires_berlin.hdr", (3327, 800, 3), (490, 665), 3, "counts",
         notes=("order of their",)),
    Told("envi_quirks/headers_only/specim_iq_REFLECTANCE_1972.hdr", (512, 512, 204),
         (397.32, 1003.58), 204, "unknown", (69, 52, 18), notes=(NO_UNIT,)),
    Told("envi_quirks/headers_only/gdal_aea.hdr", (3, 434, 1), None, 1, "counts"),
    Told("envi_quirks/headers_only/gdal_rotation.hdr", (1, 1, 1), None, 1, "counts"),
    Told("envi_quirks/headers_only/gdal_uint16_envi_bigendian.hdr", (20, 20, 1), None, 1, "counts"),
    Told("envi_quirks/plantcv/darkReference2.hdr", (1, 1600, 978), None, 978, "counts"),
    Told("envi_quirks/plantcv/darkReference3.hdr", (1, 1600, 978), (379.027, 1000.95), 978,
         "counts"),
]  # fmt: skip

REFUSED = {
    "envi_airborne/pycoal/ang20140912t192359_corr_v1c_img_2580-2590_540-550_class.hdr":
        "a classification",
    "envi_airborne/pycoal/ang20150420t182050_corr_v1e_img_class_mining_cut.hdr": "a classification",
    "envi_quirks/headers_only/gdal_testenviclasses.hdr": "a classification",
    "envi_quirks/headers_only/enmap_berlin.hdr": "no data file beside it",
    "envi_quirks/plantcv/darkReference3.hdr": "no data file beside it",
    "envi_quirks/plantcv/darkReference4.hdr": "found 'bup'",
    "envi_quirks/plantcv/arcgis.hdr": "ESRI",
    "envi_quirks/plantcv/darkReference_arcgis.hdr": "ESRI",
    "spectral_libraries/library_berlin.hdr": "a spectral library",
    "spectral_libraries/s06av95a_envi.hdr": "a spectral library",
    "spectral_libraries/library_berlin.sli": "a spectral library",
    "leaf_spectra/ely_plsr_data.csv": "no ENVI header beside it",
}  # fmt: skip


def stem(told: Told) -> str:
    return Path(told.path).stem


def assert_told(cube: Cube, told: Told) -> None:
    assert cube.shape == told.shape
    if told.range_nm is None:
        assert cube.wavelengths_nm is None
    else:
        assert cube.wavelengths_nm is not None
        assert cube.wavelengths_nm[[0, -1]] == pytest.approx(told.range_nm)
        assert (np.diff(cube.wavelengths_nm) >= 0).all()
    assert int(cube.good_bands.sum()) == told.good
    assert cube.units == told.units
    assert cube.default_bands == told.default_bands
    assert (cube.fwhm_nm is not None) == told.fwhm
    for words in told.notes:
        assert any(words in note for note in cube.notes), cube.notes


@pytest.mark.parametrize("told", CUBES, ids=stem)
def test_real_cube(real_data: Path, told: Told) -> None:
    cube = read_cube(real_data / told.path)

    assert_told(cube, told)
    assert len(cube.notes) == len(told.notes)
    assert cube.path is not None
    assert read_cube(cube.path).shape == cube.shape


@pytest.mark.parametrize("told", HEADERS_ONLY, ids=stem)
def test_real_header_over_data_of_zeros(real_data: Path, tmp_path: Path, told: Told) -> None:
    header = Path(shutil.copy(real_data / told.path, tmp_path))
    data = header.with_suffix(".dat")
    data.touch()
    os.truncate(data, math.prod(told.shape) * 4)  # enough for each of them, more is not read

    assert_told(read_cube(header), told)


def test_real_wheat(real_data: Path) -> None:
    grains = find_cubes(real_data / "envi_plant/wheat_grains")

    assert len(grains) == 6
    for header in grains:
        cube = read_cube(header)
        assert_told(cube, Told("", (200, 200, 10), None, 10, "reflectance", notes=(GUESS, NONE)))
        values = cube.block(ALL, ALL)
        assert values.min() >= 0 and 0.1 < values.max() < 0.9


@pytest.mark.parametrize("path", REFUSED)
def test_real_file_that_is_no_cube(real_data: Path, path: str) -> None:
    with pytest.raises(CubeError, match=REFUSED[path]) as error:
        read_cube(real_data / path)

    assert Path(path).stem in str(error.value)


def test_every_real_header_is_in_the_tables(real_data: Path) -> None:
    known = {told.path for told in CUBES + HEADERS_ONLY} | set(REFUSED)
    found = {str(path.relative_to(real_data)) for path in real_data.rglob("*.hdr")}

    assert {path for path in found - known if "wheat_grains" not in path} == set()


def test_real_values(real_data: Path) -> None:
    """Values picked from the files with numpy alone."""
    counts = np.fromfile(real_data / "envi_plant/corn-kernel-hyperspectral.raw", "<u2")
    corn = read_cube(real_data / "envi_plant/corn-kernel-hyperspectral.raw")
    np.testing.assert_array_equal(
        corn.pixel(20, 30), counts.reshape(31, 580, 43)[20, :, 30].astype(np.float32)
    )
    assert np.nanmax(corn.block(ALL, ALL)) == 2887

    stored = np.fromfile(real_data / "envi_quirks/hippo/image.dat", "<u2").reshape(450, 38, 23)
    expected = np.where(stored == 0, np.nan, stored / 65535)
    rock = read_cube(real_data / "envi_quirks/hippo/image.hdr").block(ALL, ALL)
    np.testing.assert_allclose(rock.transpose(2, 0, 1), expected, rtol=1e-6)

    minerals = read_cube(real_data / WISER / "caltech_225_4_3_nm_continuum_removed.hdr")
    assert np.isnan(minerals.block(ALL, ALL)).sum() == 624
