"""The indices of spyndex beside ours: computed as spyndex computes them, from bands in range."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import spyndex

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.spectra.indices import INDICES, available, find_bands
from focus_viewer.io.indices.catalogue import index_catalogue

BY_NAME = {index.name: index for index in index_catalogue()}
THEIRS = [name for name in BY_NAME if name not in {index.name for index in INDICES}]


def cube_of(wavelengths_nm: list[float]) -> Cube:
    values = np.zeros((1, 1, len(wavelengths_nm)), dtype=np.float32)
    good = np.ones(len(wavelengths_nm), dtype=np.bool_)
    return Cube(ArraySource(values), "c", good, np.array(wavelengths_nm), units="reflectance")


def test_ours_come_first_and_no_name_twice() -> None:
    assert index_catalogue()[: len(INDICES)] == INDICES
    assert len(BY_NAME) == len(index_catalogue())
    assert BY_NAME["NDVI"].wavelengths_nm == (800, 670)
    assert "ARI" not in BY_NAME  # ours is called ARI1
    assert len(THEIRS) > 100


def test_what_needs_more_than_bands_and_defaults_is_left_out() -> None:
    # Photosynthetically active radiation, and the middle wavelengths of a sensor's bands.
    assert not {"NIRvP", "DVIplus", "NDGI", "CRSWIR"} & BY_NAME.keys()
    assert not {"NDWI2", "NBR", "NDSI"} & set(THEIRS)  # of other domains


@pytest.mark.parametrize("name", THEIRS)
def test_values_are_those_of_spyndex(name: str) -> None:
    index = BY_NAME[name]
    rng = np.random.default_rng(5)
    reflectance = rng.uniform(0.05, 0.6, (len(index.band_names), 7))
    defaults = {
        constant: spyndex.constants[constant].default
        for constant in spyndex.indices[name].bands
        if constant in spyndex.constants
    }
    params = defaults | dict(zip(index.band_names, reflectance, strict=True))
    with np.errstate(invalid="ignore"):
        expected = spyndex.computeIndex(name, params)
        found = index.compute(reflectance, np.array(index.wavelengths_nm))
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-12)


@pytest.mark.parametrize("stored", ["int16", "uint16"])
def test_values_as_files_store_them_do_not_overflow(stored: str) -> None:
    # spyndex 0.12 makes 0.78 and 49.87 of such: findings/spyndex_integers.sh
    wavelengths = np.arange(400.0, 1000.0, 10.0)
    bright = np.where(wavelengths > 750, 30_000, 10_000)
    dark = np.where(wavelengths > 750, 300, 1_000)
    good = np.ones(wavelengths.size, dtype=np.bool_)
    found = find_bands(BY_NAME["GNDVI"], wavelengths, good)
    assert found is not None
    assert found.of(np.stack([bright, dark]).astype(stored)) == pytest.approx([0.5, -7 / 13])


@pytest.mark.parametrize("name", THEIRS)
def test_each_is_told_and_its_bands_lie_in_range(name: str) -> None:
    index = BY_NAME[name]
    assert index.title
    assert index.citation.startswith("http")
    for band, middle, (low, high) in zip(
        index.band_names, index.wavelengths_nm, index.ranges_nm, strict=True
    ):
        assert (low, high) == (
            spyndex.bands[band].min_wavelength,
            spyndex.bands[band].max_wavelength,
        )
        assert middle == (low + high) / 2


def test_a_band_is_the_nearest_within_the_range() -> None:
    cube = cube_of([519, 545, 599, 601, 649.5, 759, 820, 845])
    found = {one.index.name: one for one in available(cube, indices=index_catalogue())}
    gndvi = found["GNDVI"]  # N from 760 to 900, G from 510 to 600
    assert gndvi.wavelengths_nm == (820, 545)
    assert gndvi.bands_nm == "N 820 nm, G 545 nm"
    assert gndvi.text.splitlines()[2] == "From the bands at N 820 nm, G 545 nm"
    assert "CIRE" not in found  # no band from 695 to 715


def test_a_band_outside_the_range_does_not_serve_however_near() -> None:
    assert not available(cube_of([555, 759.9]), indices=[BY_NAME["GNDVI"]])
    assert available(cube_of([555, 760]), indices=[BY_NAME["GNDVI"]])


def test_constants_are_told() -> None:
    assert BY_NAME["SAVI"].formula.endswith("with L = 1")
    assert BY_NAME["S2REP"].unit == "nm"


def test_a_full_range_has_nearly_all() -> None:
    full = np.arange(400.0, 2500, 5).tolist()
    assert len(available(cube_of(full), indices=index_catalogue())) == len(index_catalogue())


def test_spyndex_is_loaded_late() -> None:
    code = (
        "import sys, focus_viewer.io, focus_viewer.services.bundled\n"
        "import focus_viewer.io.indices.catalogue\n"
        "import focus_viewer.io.export, focus_viewer.io.metadata.georeference\n"
        "print(sorted({'spyndex', 'rasterio', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
