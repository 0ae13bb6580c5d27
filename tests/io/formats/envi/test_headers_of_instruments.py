"""Headers as public files of Headwall, Resonon and ITRES instruments have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi
from numpy.testing import assert_allclose, assert_array_equal

from focus_viewer.io import read_cube

ALL = slice(None)
REFLECTANCE = np.random.default_rng(6).uniform(0.04, 0.6, (10, 12, 6)).astype("f4")
CENTERS = "{400.5, 552.25, 752, 768, 811, 900}"


def test_headwall_mentions_both_quantities_and_has_zeros_around(tmp_path: Path) -> None:
    """Orthorectified reflectance, whose description names what it was computed from."""
    values = REFLECTANCE.copy()
    values[:2] = 0
    entries = {
        "description": "{reflectance computed from radiance}",
        "wavelength": CENTERS,
        "map info": "{Geographic Lat/Lon, 1, 1, -93.5, 44.07, 3.08e-7, 2.2e-7, WGS84}",
    }
    header = write_envi(tmp_path, values, entries)
    with header.open("a") as file:
        file.write("; radiance is in uW/(cm^2 sr nm)\n")
    cube = read_cube(header)
    assert_array_equal(cube.block(ALL, ALL), values)
    assert cube.units == "reflectance"
    assert not cube.contradictions
    assert cube.georeference.crs == "EPSG:4326"


def test_resonon_has_no_unit_and_gaps_between_wavelengths(tmp_path: Path) -> None:
    entries = {
        "wavelength": CENTERS,
        "reflectance scale factor": "1.0",
        "rotation": "{{0, 0}, {1, 1}}",
        "history": '{raw -> "Calibrated" -> cropped}',
    }
    stored = REFLECTANCE.astype("f8")
    header = write_envi(tmp_path, stored, entries, interleave="bip", data_name="cube.bip")
    cube = read_cube(header)
    assert_allclose(cube.block(ALL, ALL), stored, rtol=1e-6)
    assert cube.wavelengths_nm is not None
    assert_array_equal(cube.wavelengths_nm, [400.5, 552.25, 752, 768, 811, 900])
    assert cube.units == "reflectance"
    assert any("nm was guessed" in note for note in cube.notes)


@pytest.mark.parametrize("header_name", ["cube.pix.hdr", "cube.hdr"])
def test_itres_describes_a_file_of_another_program(tmp_path: Path, header_name: str) -> None:
    stored = (REFLECTANCE * 10_000).astype("u2")
    header = write_envi(
        tmp_path,
        stored,
        {"file type": "PCI", "wavelength": CENTERS},
        interleave="bip",
        big_endian=True,
        offset=82_432,
        data_name="cube.pix",
        header_name=header_name,
    )
    assert_array_equal(read_cube(header).block(ALL, ALL), stored)
