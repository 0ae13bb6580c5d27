"""Files on the grid of real cubes of other programs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from export_cases import EDGES_NM, request
from spectral.io import envi

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.volume import SaliencyVolume, resample
from focus_viewer.io import read_cube
from focus_viewer.io.export import write_export
from focus_viewer.io.metadata.header import read_header

pytestmark = pytest.mark.real
NG = "envi_airborne/pycoal/ang20140912t192359_corr_v1c_img_2580-2590_540-550.hdr"
CUBES = [
    # area of a pixel by the eye of a person
    (NG, 3.1**2, 32613),
    ("envi_quirks/wiser/caltech_4_100_150_nm.hdr", 4.0, 32611),
    ("envi_quirks/wiser/caltech_225_4_3_nm_continuum_removed.hdr", 4.0, 32611),
    ("envi_airborne/pycoal/ang20150422t163638_corr_v1e_img_987_654.hdr", 2.7**2, 32612),
    ("envi_airborne/pycoal/f080702t01p00r08rdn_c_sc01_ort_img_123_456.hdr", 16.4**2, 32617),
]


def asked(cube: Cube) -> ExportRequest:
    values = np.random.default_rng(1).normal(size=(3, 2, 3)).astype(np.float32)
    volume = SaliencyVolume(values, EDGES_NM, (cube.rows, cube.cols), "rust", "evidence")
    whole = Annotations().add(Rectangle((0, 0), (cube.cols, cube.rows)), "all", "#ff0000")
    return request(cube=cube, volume=volume, annotations=whole, pins=((0, 0),))


@pytest.mark.parametrize(("name", "area_m2", "epsg"), CUBES)
def test_a_volume_lies_where_the_cube_does(
    real_data: Path, tmp_path: Path, name: str, area_m2: float, epsg: int
) -> None:
    cube = read_cube(real_data / name)
    wanted = asked(cube)
    write_export(tmp_path / "v.tif", replace(wanted, format="geotiff"), silent)
    write_export(tmp_path / "v.hdr", wanted, silent)

    assert cube.path is not None
    assert wanted.volume is not None
    with (
        rasterio.open(tmp_path / "v.tif") as tiff,
        rasterio.open(tmp_path / "v.img") as image,
        rasterio.open(cube.path) as source,
    ):
        # GDAL's reading of the cube's own header.
        for one in (tiff, image):
            np.testing.assert_allclose(one.transform, source.transform, rtol=1e-9)
            assert one.crs.to_epsg() == source.crs.to_epsg() == epsg
        expected = np.stack([resample(one, image.shape) for one in wanted.volume.planes])
        np.testing.assert_array_equal(tiff.read(), expected)
    assert cube.georeference.pixel_area.m2 == pytest.approx(area_m2, rel=1e-9)
    told = [word.strip() for word in read_header(tmp_path / "v.hdr").words("map info")]
    assert told == [word.strip() for word in cube.header["map info"].strip("{} ").split(",")]


def test_spectra_of_a_real_cube(real_data: Path, tmp_path: Path) -> None:
    cube = read_cube(real_data / NG)
    write_export(tmp_path / "s.hdr", replace(asked(cube), kind="spectra", format="library"), silent)

    library = envi.open(tmp_path / "s.hdr")
    assert library.names == ["all", "Pin row 0 col 0", "all sd"]
    pixels = cube.block(slice(None), slice(None)).reshape(-1, cube.bands).astype(np.float64)
    np.testing.assert_allclose(library.spectra[0], pixels.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(library.spectra[2], pixels.std(axis=0, ddof=1), rtol=1e-4)
    assert cube.wavelengths_nm is not None
    assert library.bands.centers == cube.wavelengths_nm.tolist()
    assert len(library.metadata["bbl"]) == cube.bands
