"""The table of sensors: sound, honest about what is exact, and used only where it fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cube import ArraySource, Cube
from focus_viewer.core.sensors import (
    SENSORS,
    SensorKind,
    picture_bands,
    recognised,
    sensor_named,
    sensors_with,
)
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io import read_cube


def cube_of(bands: int, nm: DoubleArray | None = None, **header: str) -> Cube:
    source = ArraySource(np.zeros((1, 1, bands), dtype=np.float32))
    told = {name.replace("_", " "): text for name, text in header.items()}
    good = np.ones(bands, dtype=np.bool_)
    return Cube(source, "made", good, wavelengths_nm=nm, header=told)


@pytest.mark.parametrize("sensor", SENSORS, ids=lambda one: one.name)
def test_each_sensor_is_sound(sensor: SensorKind) -> None:
    assert sensor.source
    for values in (sensor.wavelengths_nm, sensor.widths_nm):
        assert values is None or (values.shape == (sensor.bands,) and (values > 0).all())
    if sensor.wavelengths_nm is not None:
        ends = sensor.wavelengths_nm.min(), sensor.wavelengths_nm.max()
        np.testing.assert_allclose(ends, sensor.range_nm, atol=0.01)
    assert ("exact" in sensor.told) == sensor.exact
    assert sensor_named(sensor.name) is sensor


def test_only_tables_from_files_are_called_exact() -> None:
    exact = {one.name for one in SENSORS if one.exact}
    assert exact == {"IQ", "Hyperspec III VNIR", "AVIRIS-NG", "EnMAP"}
    nominal = [one for one in SENSORS if not one.exact]
    assert all("nominal" in one.told for one in nominal)


def test_wavelengths_are_offered_for_the_exact_number_of_bands_only() -> None:
    assert [one.name for one in sensors_with(224)] == ["FX10", "FX17", "EnMAP"]
    assert sensors_with(223) == ()
    assert sensors_with(239) == ()  # PRISMA's detectors overlap: no even spacing would be true


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("SPECIM IQ", "IQ"),
        ("FX10 , Lumo - Recorder v2017-490", "FX10"),
        ("FX17e", "FX17"),
        ("{[HEADWALL Hyperspec III]}", "Hyperspec III VNIR"),
        ("Pika L", "Pika L"),
        ("HySpex SWIR-384", "SWIR-384"),
    ],
)
def test_a_sensor_is_known_by_what_the_header_calls_it(words: str, name: str) -> None:
    for entry in ("sensor_type", "description"):
        found = recognised(cube_of(3, **{entry: words}))
        assert found is not None
        assert found.name == name


def test_a_sensor_is_known_by_its_exact_bands() -> None:
    table = sensor_named("IQ")
    assert table is not None
    assert table.wavelengths_nm is not None
    assert recognised(cube_of(204, table.wavelengths_nm + 0.1)) is table
    assert recognised(cube_of(204, table.wavelengths_nm + 1)) is None


def test_nominal_bands_tell_no_sensor() -> None:
    assert recognised(cube_of(224, np.linspace(400, 1000, 224))) is None
    assert recognised(cube_of(224)) is None


def test_a_picture_needs_bands_near_to_it() -> None:
    short_wave = sensor_named("FX17")
    assert short_wave is not None
    assert picture_bands(np.array([1000.0, 1090, 1310, 1440]), short_wave) == (1, 2, 3)
    assert picture_bands(np.array([400.0, 500, 600]), short_wave) == ()


@pytest.mark.real
@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("envi_quirks/plantcv/darkReference.hdr", "Hyperspec III VNIR"),
        ("envi_airborne/pycoal/ang20150422t163638_corr_v1e_img_987_654.hdr", "AVIRIS-NG"),
        ("envi_quirks/wiser/caltech_4_100_150_nm.hdr", None),
    ],
)
def test_real_cubes_are_recognised(real_data: Path, place: str, name: str | None) -> None:
    found = recognised(read_cube(real_data / place))
    assert (found.name if found else None) == name
