"""The table of sensors: sound, honest about what is exact, and used only where it fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.preprocessing.apply import good_outside
from focus_viewer.core.preprocessing.sensors import (
    SENSORS,
    SensorKind,
    binned,
    picture_bands,
    recognise_sensor,
    sensor_named,
    sensors_with,
    with_sensor_note,
)
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io import read_cube
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.header import Header


def cube_of(bands: int, nm: DoubleArray | None = None, **header: str) -> Cube:
    source = ArraySource(np.zeros((1, 1, bands), dtype=np.float32))
    entries = {name.replace("_", " "): text for name, text in header.items()}
    good = np.ones(bands, dtype=np.bool_)
    acquisition = read_acquisition(Header(Path(), entries), np.arange(bands))
    return Cube(source, "made", good, wavelengths_nm=nm, acquisition=acquisition)


@pytest.mark.parametrize("sensor", SENSORS, ids=lambda one: one.name)
def test_each_sensor_is_sound(sensor: SensorKind) -> None:
    assert sensor.source
    for values in (sensor.wavelengths_nm, sensor.widths_nm):
        assert values is None or (values.shape == (sensor.bands,) and (values > 0).all())
    if sensor.wavelengths_nm is not None:
        ends = sensor.wavelengths_nm.min(), sensor.wavelengths_nm.max()
        np.testing.assert_allclose(ends, sensor.range_nm, atol=0.01)
    assert ("exact" in sensor.text) == sensor.exact
    assert sensor_named(sensor.name) is sensor


def test_only_tables_that_all_data_share_are_called_exact() -> None:
    exact = {one.name for one in SENSORS if one.exact}
    assert exact == {"IQ", "AVIRIS-NG", "EnMAP", "EMIT"}
    for one in SENSORS:
        if not one.exact:
            assert "nominal" in one.text
            assert ("each camera differs" in one.text) == (one.wavelengths_nm is not None)


def kind(name: str) -> SensorKind:
    found = sensor_named(name)
    assert found is not None
    return found


# From the sources that each sensor cites, typed in anew: band (from 0), nm.
CITED: dict[str, tuple[int, dict[int, float]]] = {
    "IQ": (204, {0: 397.32, 1: 400.20, 15: 440.66, 203: 1003.58}),
    "FX10": (224, {0: 397.66, 1: 400.28, 100: 663.81, 223: 1003.81}),
    "FX17": (224, {0: 935.61, 1: 939.06, 96: 1269.95, 223: 1720.23}),
    "Hyperspec III VNIR": (978, {0: 379.027, 1: 379.663, 30: 398.124, 977: 1000.95}),
    "Hyperspec SWIR": (288, {0: 856.4, 287: 2553.8}),
    "VNIR-1800": (186, {0: 404.163884, 1: 407.355168, 75: 643.510228, 185: 994.551533}),
    "SWIR-384": (288, {0: 954.982492, 1: 960.404277, 100: 1497.160987, 287: 2511.034771}),
    "Pika XC2, binned by 2": (462, {0: 395.95, 1: 397.26, 461: 1013.07}),
    "AVIRIS-NG": (432, {0: 346.2995778, 1: 351.3082478, 430: 2500.0276978, 431: 2505.0363678}),
    "EMIT": (285, {0: 381.00559, 1: 388.40921, 142: 1439.29201, 283: 2485.5385, 284: 2492.92388}),
}


@pytest.mark.parametrize("name", CITED)
def test_centres_are_those_of_the_cited_source(name: str) -> None:
    sensor = kind(name)
    bands, centres = CITED[name]
    found = sensor.wavelengths_nm
    assert found is not None
    assert (sensor.bands, found.size) == (bands, bands)
    # Headwall's certificate is rounded to 0.1 nm, PlantCV's header to 0.001.
    atol = 0.06 if name == "Hyperspec SWIR" else 0.0006
    np.testing.assert_allclose(found[list(centres)], list(centres.values()), rtol=0, atol=atol)
    assert (np.diff(found) > 0).all()


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        # EMIT_Wavelengths_20220817.txt, rows 304, 300, 200, 100 and 20
        ("EMIT", {0: 8.415, 4: 8.417, 104: 8.557, 204: 8.697, 284: 8.809}),
        ("AVIRIS-NG", {0: 5.55165, 1: 5.55524, 430: 6.02619, 431: 6.02852}),
    ],
)
def test_widths_are_those_of_the_cited_source(name: str, widths: dict[int, float]) -> None:
    found = kind(name).widths_nm
    assert found is not None
    np.testing.assert_allclose(found[list(widths)], list(widths.values()), rtol=0, atol=0.0006)


def test_the_line_of_a_lamp_lies_where_the_certificate_of_the_camera_tells() -> None:
    found = kind("Hyperspec SWIR").wavelengths_nm
    assert found is not None
    rows = np.interp([1312.56], found, np.arange(288))  # its registration wavelength and pixel
    np.testing.assert_allclose(rows, [77.125], atol=0.01)


@pytest.mark.parametrize(
    ("name", "factor", "bands"),
    [
        ("Pika L, unbinned", 1, 600),
        ("Pika L, binned by 2", 2, 300),
        ("Pika L, binned by 4", 4, 150),
    ],
)
def test_bands_of_a_pika_lie_where_its_makers_example_puts_them(
    name: str, factor: int, bands: int
) -> None:
    # pixel = Y_OFFSET + band * Y_BINNING + Y_BINNING / 2.0 - 0.5; nm = A * pixel**2 + B * pixel + C
    pixel = 312 + np.arange(bands) * factor + factor / 2 - 0.5
    wanted = 0.00010350000229664147 * pixel**2 + 0.9359210133552551 * pixel + 83.2490005493164
    found = kind(name).wavelengths_nm
    assert found is not None
    assert found.size == bands
    np.testing.assert_allclose(found, wanted, rtol=0, atol=0.001)


def test_a_band_of_summed_ones_lies_in_their_middle() -> None:
    assert binned((400.0, 402, 404, 407, 500), 2) == (401, 405.5)
    assert binned((400.0, 402), 4) == ()
    xc2 = kind("Pika XC2, binned by 4")
    assert (xc2.bands, xc2.range_nm) == (231, ((395.95 + 397.26) / 2, (1011.7 + 1013.07) / 2))


def test_bad_bands_of_aviris_ng_are_those_of_its_header() -> None:
    sensor = kind("AVIRIS-NG")
    bad = ~good_outside(cube_of(432, sensor.wavelengths_nm), sensor.bad_nm)
    # bbl of ang20140912t192359_corr_v1c: 373 of 432 are good
    wanted = [*range(7), *range(200, 217), *range(286, 321)]
    assert np.flatnonzero(bad).tolist() == wanted


def test_wavelengths_are_offered_for_the_exact_number_of_bands_only() -> None:
    assert [one.name for one in sensors_with(224)] == ["FX10", "FX17", "EnMAP"]
    assert [one.name for one in sensors_with(288)] == ["Hyperspec SWIR", "SWIR-384"]
    assert [one.name for one in sensors_with(300)] == ["Pika L, binned by 2"]
    for bands in (112, 223, 448):  # No document tells how Specim's further binning goes.
        assert sensors_with(bands) == ()
    assert sensors_with(239) == ()  # PRISMA's detectors overlap: no even spacing would be true


def test_no_wavelengths_are_taken_where_a_sensor_is_only_recognised() -> None:
    cube = cube_of(224, sensor_type="FX10")
    found = with_sensor_note(cube)
    assert found.wavelengths_nm is None
    assert found.fwhm_nm is None
    assert found.notes == ("Recognised as the sensor Specim FX10.",)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("SPECIM IQ", "IQ"),
        ("FX10 , Lumo - Recorder v2017-490", "FX10"),
        ("FX17e", "FX17"),
        ("{[HEADWALL Hyperspec III]}", "Hyperspec III VNIR"),
        ("Pika L", "Pika L"),
        ("HySpex SWIR-384", "SWIR-384"),
        ("Headwall Hyperspec SWIR", "Hyperspec SWIR"),
        ("Headwall Micro-Hyperspec SWIR 640", "Micro-Hyperspec SWIR 640"),
    ],
)
def test_a_sensor_is_known_by_what_the_header_calls_it(words: str, name: str) -> None:
    for entry in ("sensor_type", "description"):
        found = recognise_sensor(cube_of(3, **{entry: words}))
        assert found is not None
        assert found.name == name


def test_of_a_cameras_modes_that_of_as_many_bands_is_told() -> None:
    for bands, name in ((300, "Pika L, binned by 2"), (150, "Pika L, binned by 4"), (7, "Pika L")):
        found = recognise_sensor(cube_of(bands, sensor_type="Pika L"))
        assert found is not None
        assert found.name == name


def test_a_sensor_is_known_by_the_bands_of_its_table() -> None:
    for name in ("FX10", "FX17", "EMIT"):
        sensor = kind(name)
        assert recognise_sensor(cube_of(sensor.bands, sensor.wavelengths_nm)) is sensor


def test_a_sensor_is_known_by_its_exact_bands() -> None:
    table = sensor_named("IQ")
    assert table is not None
    assert table.wavelengths_nm is not None
    assert recognise_sensor(cube_of(204, table.wavelengths_nm + 0.1)) is table
    assert recognise_sensor(cube_of(204, table.wavelengths_nm + 1)) is None


def test_bands_that_are_only_spaced_evenly_tell_no_sensor() -> None:
    assert recognise_sensor(cube_of(224, np.linspace(400, 1000, 224))) is None
    assert recognise_sensor(cube_of(224)) is None


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
    found = recognise_sensor(read_cube(real_data / place))
    assert (found.name if found else None) == name
