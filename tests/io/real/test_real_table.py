"""Every file of the real data that claims to be an image, a header or a library, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.cubes.report import CubeReport, error_report, report_of
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube

pytestmark = pytest.mark.real

_TABLES = {".csv", ".json", ".md"}  # they do not claim to be images


@dataclass(frozen=True)
class Row:
    """What a person reads off a file: by its header, its manifest, and its numbers by numpy.

    `values` are the least and the greatest of the 8 x 8 pixels in the middle, in its units;
    `data` is the file beside the header.
    """

    path: str
    shape: tuple[int, int, int]
    range_nm: tuple[float, float] | None
    units: str
    good: int
    values: tuple[float, float]
    kind: str = "cube"
    data: str = ""


NG = "envi_airborne/pycoal/ang20140912t192359_corr_v1c_img_"
NG_NM = (346.2996, 2505.0364)
COAL = "envi_airborne/pycoal/"
QUIRKS = "envi_quirks/"
WHEAT = "envi_plant/wheat_grains/"
VAR1 = WHEAT + "var1_2020_x75y20_8000_us_2x_2022-04-26T122543_corr_grain"
VAR4 = WHEAT + "var4_2020_x82y12_8000_us_2x_2022-04-27T093216_corr_grain"
GRAIN = (200, 200, 10)

ENVI = [
    Row(NG + "2580-2590_540-550", (10, 10, 432), NG_NM, "reflectance", 373, (-0.117563, 1.328963),
        data=".img"),
    Row(NG + "400-410_10-20", (10, 10, 432), NG_NM, "unknown", 373, (-0.005, -0.005), data=".img"),
    Row(COAL + "ang20150422t163638_corr_v1e_img_987_654", (1, 1, 432), NG_NM, "reflectance", 373,
        (-0.112517, 19.406128), data=".img"),
    Row(COAL + "f080702t01p00r08rdn_c_sc01_ort_img_123_456", (1, 1, 224), (365.9298, 2497.036),
        "counts", 224, (1, 5246), data=".img"),
    Row("envi_plant/corn-kernel-hyperspectral", (31, 43, 580), (366.551, 1048.421), "counts", 580,
        (2, 2689), data=".raw"),
    Row("envi_plant/maize_a_unl_243", (445, 320, 243), (546.19, 1700.05), "counts", 243, (14, 233),
        data=".raw"),
    Row(VAR1 + "0", GRAIN, None, "reflectance", 10, (0.034375, 0.780179), data=".img"),
    Row(VAR1 + "28", GRAIN, None, "reflectance", 10, (0, 0.474306), data=".img"),
    Row(VAR1 + "41", GRAIN, None, "reflectance", 10, (0, 0.733153), data=".img"),
    Row(VAR4 + "0", GRAIN, None, "reflectance", 10, (0, 0.838397), data=".img"),
    Row(VAR4 + "3", GRAIN, None, "reflectance", 10, (0, 0.586043), data=".img"),
    Row(VAR4 + "53", GRAIN, None, "reflectance", 10, (0, 0.526077), data=".img"),
    Row(QUIRKS + "hippo/block1", (48, 27, 1), None, "counts", 1, (1, 1), "mask", ".dat"),
    Row(QUIRKS + "hippo/block2", (47, 26, 1), None, "counts", 1, (1, 1), "mask", ".dat"),
    Row(QUIRKS + "hippo/image", (38, 23, 450), (378.19, 2503.73), "reflectance", 450,
        (1143 / 65535, 22931 / 65535), data=".dat"),
    Row(QUIRKS + "hylite/fenix_Radiometric_8x2_1x1", (1, 384, 363), (379.87, 2503.73), "unknown",
        363, (0.002094, 4.852515), data=".dat"),
    Row(QUIRKS + "plantcv/darkReference", (1, 1600, 978), (379.027, 1000.95), "counts", 978,
        (9, 22)),
    Row(QUIRKS + "wiser/caltech_225_4_3_nm_continuum_removed", (4, 3, 225), (877.73, 1999.67),
        "reflectance", 173, (0.693122, 1)),
    Row(QUIRKS + "wiser/caltech_4_100_150_nm", (150, 150, 4), (472.02, 852.68), "reflectance", 4,
        (0.014737, 0.281275)),
    Row(QUIRKS + "wiser/circuit_4_100_150_um", (150, 150, 4), (525, 1200), "reflectance", 4,
        (0.422294, 0.836161)),
    Row(QUIRKS + "wiser/envi", (11, 12, 10), None, "unknown", 10, (14, 1293)),
]  # fmt: skip

SCENES = [
    Row("scenes/JasperRidge2_R198.mat", (100, 100, 198), None, "unknown", 198, (0, 4010)),
    Row("scenes/a_hsi_img_for_VI_demo.mat", (90, 90, 224), (365.91, 2496.22), "counts", 224,
        (-12, 6641)),
]  # fmt: skip

TILES = {
    "128_0": (0.0261, 0.6148), "128_128": (0.0141, 0.4811), "128_32": (0.0146, 0.7145),
    "128_96": (0.0178, 0.4257), "160_128": (0.0095, 0.5034), "160_160": (0.0125, 0.4714),
    "160_64": (0.0262, 0.5410), "192_128": (0.0080, 0.4793), "192_160": (0.0118, 0.4882),
    "192_64": (0.0300, 0.4884), "192_96": (0.0089, 0.4755), "64_0": (0.0312, 0.9102),
    "64_32": (0.0198, 0.7001), "96_0": (0.0330, 0.8723), "96_128": (0.0145, 0.4656),
    "96_96": (0.0132, 0.5135),
}  # fmt: skip
TILE = "scenes/enmap_potsdam/{}/enmap_potsdam_tile_{}.tif"
TIFF = [
    Row(TILE.format("images", name), (32, 32, 224), (418.24, 2445.53), "reflectance", 218, values)
    for name, values in TILES.items()
]

BERLIN = "spectral_libraries/library_berlin"
USGS = "spectral_libraries/s06av95a_envi"
CLASSES = NG + "2580-2590_540-550_class"
MINING = COAL + "ang20150420t182050_corr_v1e_img_class_mining_cut"
ONLY = QUIRKS + "headers_only/"
CLASSIFICATION = ("classification", "describes a classification")
LIBRARY = ("spectral library", "describes a spectral library")
NO_DATA = ("unknown", "has no data file beside it")
ESRI = ("unknown", "ESRI header")
LABELS = ("picture", "single band")

REFUSED = {
    CLASSES + ".hdr": CLASSIFICATION,
    CLASSES + ".img": CLASSIFICATION,
    MINING + ".hdr": CLASSIFICATION,
    MINING + ".img": CLASSIFICATION,
    ONLY + "gdal_testenviclasses.hdr": CLASSIFICATION,
    BERLIN + ".hdr": LIBRARY,
    BERLIN + ".sli": LIBRARY,
    USGS + ".hdr": LIBRARY,
    USGS + ".sli": LIBRARY,
    ONLY + "enmap_berlin.hdr": NO_DATA,
    ONLY + "hires_berlin.hdr": NO_DATA,
    ONLY + "specim_iq_REFLECTANCE_1972.hdr": NO_DATA,
    ONLY + "gdal_aea.hdr": NO_DATA,
    ONLY + "gdal_rotation.hdr": NO_DATA,
    ONLY + "gdal_uint16_envi_bigendian.hdr": NO_DATA,
    QUIRKS + "plantcv/darkReference2.hdr": NO_DATA,
    QUIRKS + "plantcv/darkReference3.hdr": NO_DATA,
    QUIRKS + "plantcv/darkReference4.hdr": ("unknown", "found 'bup'"),
    QUIRKS + "plantcv/arcgis.hdr": ESRI,
    QUIRKS + "plantcv/darkReference_arcgis.hdr": ESRI,
    "scenes/_EndJasperRidge2_R198.mat": ("unknown", "several arrays"),
    **{TILE.format("labels", name): LABELS for name in TILES},
}

ENVI_FILES = [(f"{row.path}{suffix}", row) for row in ENVI for suffix in (".hdr", row.data)]
CUBES = ENVI_FILES + [(row.path, row) for row in (*SCENES, *TIFF)]


def report(path: Path) -> CubeReport:
    try:
        return report_of(path, read_cube(path))
    except CubeError as error:
        return error_report(path, error)


@pytest.mark.parametrize(("name", "row"), CUBES, ids=[name for name, _ in CUBES])
def test_a_file_is_read_as_the_table_tells(real_data: Path, name: str, row: Row) -> None:
    told = report(real_data / name)
    assert told.error is None
    assert (told.ok, told.kind, told.shape) == (True, row.kind, row.shape)
    assert (told.units, told.good_bands) == (row.units, row.good)
    if row.range_nm is None:
        assert told.wavelength_nm is None
    else:
        assert told.wavelength_nm == pytest.approx(row.range_nm, abs=0.01)


@pytest.mark.parametrize(("name", "row"), CUBES, ids=[name for name, _ in CUBES])
def test_values_are_those_of_the_file(real_data: Path, name: str, row: Row) -> None:
    cube = read_cube(real_data / name)
    rows, cols = (slice(max(0, side // 2 - 4), side // 2 + 4) for side in row.shape[:2])
    block = cube.block(rows, cols)
    assert (np.nanmin(block), np.nanmax(block)) == pytest.approx(row.values, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(("name", "expected"), REFUSED.items(), ids=list(REFUSED))
def test_a_refusal_names_its_reason(real_data: Path, name: str, expected: tuple[str, str]) -> None:
    told = report(real_data / name)
    assert not told.ok
    assert told.kind == expected[0]
    assert told.error is not None
    assert expected[1] in told.error
    assert Path(name).stem in told.error
    assert told.shape is told.units is told.good_bands is None


def test_the_file_of_end_members_asks(real_data: Path) -> None:
    with pytest.raises(NeedsChoice):
        read_cube(real_data / "scenes/_EndJasperRidge2_R198.mat")


def test_the_table_has_every_file(real_data: Path) -> None:
    files = {
        str(path.relative_to(real_data))
        for path in real_data.rglob("*")
        if path.is_file() and path.suffix not in _TABLES
    }
    assert files == {name for name, _ in CUBES} | set(REFUSED)
