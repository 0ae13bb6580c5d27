"""Known imaging spectrometers: their bands, and the sources of these.

A table is called exact only if the sensor's data share it and it was taken from a file of the
sensor. All others are nominal, and say on what they stand: a table of another camera of the kind,
or the maker's range and number of bands, evenly spaced. Cameras that are calibrated one by one
differ by nanometres (two Pika XC2 of 462 bands by 9 nm). So no wavelengths are ever taken unasked:
only where a file has none, its number of bands is the same and the user chooses them; the cube's
notes say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from focus_viewer.assets import folder
from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import Ranges
from focus_viewer.core.typing import DoubleArray

WATER_VAPOUR_NM: Ranges = ((1350.0, 1430.0), (1800.0, 1950.0))
"""Where the air lets no sunlight through: bands of airborne and satellite images are useless."""

_UNCHECKED = "as the maker states them, unverified: no document or file was available to check"
_SPECIM_WIDTH = "the width is Specim's, unverified"
_RESONON = (
    "Resonon's programming example (resonon.gitlab.io/programming-docs), in a public copy with the "
    "calibration of one camera"
)
_XC2_HEADER = "Header PikaXC2.bil.hdr of one camera, as a public program copied it (2026-11)"
_TRUE_COLOUR_NM = (640.0, 550.0, 460.0)
# Bright, less bright and dark in water's absorption: distinguishes leaves and soil.
_SHORT_WAVE_NM = (1100.0, 1300.0, 1450.0)
_WITHIN_NM = 20.0
_PIKA_L, _PIKA_XC2 = r"pika\s*l\b", r"pika\s*xc2"
_BAD_AVIRIS_NG_NM: Ranges = ((346.0, 377.0), (1348.0, 1428.5), (1778.5, 1949.5))


@dataclass(frozen=True)
class SensorKind:
    """A kind of imaging spectrometer.

    Attributes
    ----------
    range_nm : (float, float)
        Its first and last band.
    table : str
        Name of its table in resources/sensors, or empty.
    summed : int
        How many adjacent bands of the table are one of its bands.
    individual : bool
        Whether each camera of the kind is calibrated, so that the table is another camera's.
    fwhm_nm : float or None
        One width for all bands, where the maker states it and the table has none.
    evenly_spaced : bool
        Whether centres may be spaced evenly over the range if there is no table.
    bad_nm : tuple of (float, float)
        Where its bands are usually left out.
    default_nm : tuple of float
        Red, green and blue of a picture.
    pattern : str
        Pattern of what headers call it.
    """

    name: str
    maker: str
    range_nm: tuple[float, float]
    bands: int
    source: str
    table: str = ""
    summed: int = 1
    individual: bool = False
    fwhm_nm: float | None = None
    evenly_spaced: bool = True
    bad_nm: Ranges = ()
    default_nm: tuple[float, ...] = _TRUE_COLOUR_NM
    pattern: str = ""

    @property
    def exact(self) -> bool:
        """Whether its centres were taken from a file of the sensor and hold for its data."""
        return bool(self.table) and not self.individual

    @property
    def certainty(self) -> str:
        """Certainty of its wavelengths, for people."""
        if self.exact:
            return "an exact table"
        if self.table:
            return "nominal: each camera differs by nanometres"
        if self.evenly_spaced:
            return "nominal, evenly spaced: each camera differs by nanometres"
        return "nominal range, no table"

    @property
    def wavelengths_nm(self) -> DoubleArray | None:
        """Centres in the file's order, shape (bands,); None where only the range is known."""
        if self.table:
            return np.array(binned(_columns(self.table)[0], self.summed))
        return np.linspace(*self.range_nm, self.bands) if self.evenly_spaced else None

    @property
    def widths_nm(self) -> DoubleArray | None:
        """Full widths at half maximum in the file's order, shape (bands,), or None."""
        if self.table and len(_columns(self.table)) > 1:
            return np.array(_columns(self.table)[1])
        return None if self.fwhm_nm is None else np.full(self.bands, self.fwhm_nm)

    @property
    def text(self) -> str:
        """Its bands in words, with how sure they are."""
        low, high = self.range_nm
        ends = f"{counted(self.bands, 'band')}, {low:.5g}-{high:.5g} nm"
        return f"{self.maker} {self.name}: {ends} ({self.certainty})"


def binned(table_nm: tuple[float, ...], factor: int) -> tuple[float, ...]:
    """Return the centres of bands that are sums of adjacent ones; a rest at the end is left out.

    That is how Resonon bins ("adjacent channel summing", Spectronon User Manual, Advanced Data
    Acquisition, 4.1.3; its programming example puts a band in the middle of its rows).
    """
    whole = len(table_nm) // factor * factor
    return tuple(np.array(table_nm[:whole]).reshape(-1, factor).mean(axis=1).tolist())


@cache
def _columns(table: str) -> tuple[tuple[float, ...], ...]:
    """Return the columns of a table: centres and, where they are known, widths."""
    text = (folder("resources") / "sensors" / f"{table}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = (map(float, line.split(",")) for line in lines[1:])
    return tuple(zip(*rows, strict=True))


SENSORS: tuple[SensorKind, ...] = (
    SensorKind(
        "IQ",
        "Specim",
        (397.32, 1003.58),
        204,
        "Header REFLECTANCE_1972.hdr, 2022-07-07, with its default bands (lishaangral/"
        "hyperspectral-disease-detection); other programs for the IQ list the same bands",
        table="specim_iq",
        default_nm=(600.0, 550.0, 450.0),
        pattern=r"specim\s*iq",
    ),
    SensorKind(
        "FX10",
        "Specim",
        (397.66, 1003.81),
        224,
        "448 rows binned by 2, the same numbers in six public programs (2026-11), no maker's "
        f"document; {_SPECIM_WIDTH}. Better: the file of wavelengths delivered with your camera",
        table="specim_fx10",
        individual=True,
        fwhm_nm=5.5,
        pattern=r"fx10",
    ),
    SensorKind(
        "FX17",
        "Specim",
        (935.61, 1720.23),
        224,
        "Listed by one public program, its ends stated for an FX17 by another (2026-11), no maker "
        f"document; {_SPECIM_WIDTH}. Better: the file of wavelengths delivered with your camera",
        table="specim_fx17",
        individual=True,
        fwhm_nm=8.0,
        default_nm=_SHORT_WAVE_NM,
        pattern=r"fx17",
    ),
    SensorKind(
        "Hyperspec III VNIR",
        "Headwall",
        (379.027, 1000.95),
        978,
        "Header of the camera G4-426, unbinned, in PlantCV's test data (0.636564 nm a band); "
        "the camera G4-384 has 0.639864 (its certificate of 2015-11-12, terraref/reference-data)",
        table="headwall_hyperspec_iii_vnir",
        individual=True,
        pattern=r"hyperspec\s*iii",
    ),
    SensorKind(
        "Hyperspec SWIR",
        "Headwall",
        (856.41696, 2553.830818),
        288,
        "Wavelength calibration certificate of the camera G4-383, 2015-09-21: 856.41696 nm and "
        "5.914334 nm a row, all rows (terraref/reference-data)",
        table="headwall_hyperspec_swir",
        individual=True,
        default_nm=_SHORT_WAVE_NM,
        pattern=r"(?<!micro.)hyperspec.*swir",
    ),
    SensorKind(
        "Micro-Hyperspec SWIR 640",
        "Headwall",
        (900.0, 2500.0),
        267,
        f"Range and bands {_UNCHECKED}",
        default_nm=_SHORT_WAVE_NM,
        pattern=r"micro.hyperspec.*swir",
    ),
    SensorKind(
        "VNIR-1800",
        "HySpex",
        (404.163884, 994.551533),
        186,
        "VNIR/Hyspex_VNIR1800.csv of ruven/RRT (Pillay et al. 2020, Sensors 20, 3812), one camera: "
        "3.1913 nm a band",
        table="hyspex_vnir_1800",
        individual=True,
        pattern=r"vnir[-_ ]?1800",
    ),
    SensorKind(
        "SWIR-384",
        "HySpex",
        (954.982492, 2511.034771),
        288,
        "SWIR/Hyspex_SWIR384.csv of ruven/RRT (Pillay et al. 2020, Sensors 20, 3812), one camera: "
        "5.4218 nm a band",
        table="hyspex_swir_384",
        individual=True,
        default_nm=_SHORT_WAVE_NM,
        pattern=r"swir[-_ ]?384",
    ),
    SensorKind(
        "Pika L",
        "Resonon",
        (400.0, 1000.0),
        281,
        f"Range and bands {_UNCHECKED}",
        pattern=_PIKA_L,
    ),
    SensorKind(
        "Pika XC2",
        "Resonon",
        (400.0, 1000.0),
        447,
        f"Range and bands {_UNCHECKED}",
        pattern=_PIKA_XC2,
    ),
    SensorKind(
        "Pika L, unbinned",
        "Resonon",
        (385.3314609397203, 1021.7698691219848),
        600,
        f"{_RESONON}: its 600 rows",
        "resonon_pika_l",
        individual=True,
        pattern=_PIKA_L,
    ),
    SensorKind(
        "Pika L, binned by 2",
        "Resonon",
        (385.8317651971156, 1021.2076718632161),
        300,
        _RESONON,
        "resonon_pika_l",
        summed=2,
        individual=True,
        pattern=_PIKA_L,
    ),
    SensorKind(
        "Pika L, binned by 4",
        "Resonon",
        (386.83258071191085, 1020.0834843456832),
        150,
        _RESONON,
        "resonon_pika_l",
        summed=4,
        individual=True,
        pattern=_PIKA_L,
    ),
    SensorKind(
        "Pika XC2, binned by 2",
        "Resonon",
        (395.95, 1013.07),
        462,
        f"{_XC2_HEADER}; another camera's header begins at 386.88 nm",
        "resonon_pika_xc2",
        individual=True,
        pattern=_PIKA_XC2,
    ),
    SensorKind(
        "Pika XC2, binned by 4",
        "Resonon",
        (396.605, 1012.385),
        231,
        f"{_XC2_HEADER}, its 462 bands summed by 2",
        "resonon_pika_xc2",
        summed=2,
        individual=True,
        pattern=_PIKA_XC2,
    ),
    SensorKind(
        "AVIRIS-NG",
        "JPL",
        (346.2995778, 2505.0363678),
        432,
        "Header of ang20140912t192359_corr_v1c (5.00867 nm a band), with widths and bad bands, in "
        "the tests of capstone-coal/pycoal; ang20210530t101445 is 0.7 nm above it (EnMAP-Box, "
        "issue 933)",
        table="aviris_ng",
        bad_nm=_BAD_AVIRIS_NG_NM,
        pattern=r"aviris[-_ ]?ng",
    ),
    SensorKind(
        "EnMAP",
        "DLR",
        (418.24, 2445.53),
        224,
        "Band metadata of an L2A tile of Potsdam, 2022-07-24, in the tests of EnMAP-Box/enmap-box",
        table="enmap",
        bad_nm=WATER_VAPOUR_NM,
        pattern=r"enmap",
    ),
    SensorKind(
        "PRISMA",
        "ASI",
        (400.0, 2505.0),
        239,
        "eoPortal, PRISMA (Hyperspectral), 2012-06-29: 66 channels over 400-1010 nm and 173 over "
        "920-2505 nm, which overlap",
        evenly_spaced=False,
        bad_nm=WATER_VAPOUR_NM,
        pattern=r"prisma",
    ),
    SensorKind(
        "EMIT",
        "JPL",
        (381.0056, 2492.9239),
        285,
        "emit-sds/emit-sds-l1b, EMIT_Wavelengths_20220817.txt, rows 20-304; the calibration of "
        "2026 is 0.2 nm below it",
        table="emit",
        bad_nm=WATER_VAPOUR_NM,
        pattern=r"\bemit\b",
    ),
)


def sensor_named(name: str) -> SensorKind | None:
    """Return the sensor of this name, or None."""
    return next((sensor for sensor in SENSORS if sensor.name == name), None)


def sensors_with(bands: int) -> tuple[SensorKind, ...]:
    """Return the sensors with exactly so many bands and known wavelengths."""
    return tuple(
        sensor for sensor in SENSORS if sensor.bands == bands and sensor.wavelengths_nm is not None
    )


def recognise_sensor(cube: Cube) -> SensorKind | None:
    """Return the sensor of a cube: by name in its file, else by its wavelengths.

    Of several that the header's words fit, that of as many bands as the cube, else the first.
    """
    words = cube.acquisition.sensor
    named = [
        sensor
        for sensor in SENSORS
        if sensor.pattern and re.search(sensor.pattern, words, re.IGNORECASE)
    ]
    if named:
        return next((sensor for sensor in named if sensor.bands == cube.bands), named[0])
    return next((sensor for sensor in SENSORS if sensor.table and _fits(cube, sensor)), None)


def with_sensor_note(cube: Cube) -> Cube:
    """Return the cube with a note about its sensor, if that is known."""
    sensor = recognise_sensor(cube)
    if sensor is None:
        return cube
    return replace(
        cube, notes=(*cube.notes, f"Recognised as the sensor {sensor.maker} {sensor.name}.")
    )


def _fits(cube: Cube, sensor: SensorKind) -> bool:
    centres = cube.wavelengths_nm
    if centres is None or centres.size != sensor.bands:
        return False  # before the table is read
    table = sensor.wavelengths_nm
    low, high = sensor.range_nm
    most = 0.1 * (high - low) / (sensor.bands - 1)
    return table is not None and bool(np.abs(centres - np.sort(table)).max() <= most)


def picture_bands(wavelengths_nm: DoubleArray, sensor: SensorKind) -> tuple[int, ...]:
    """Return zero-based bands of the sensor's usual composite; empty if they are not near."""
    bands = [int(np.argmin(np.abs(wavelengths_nm - nm))) for nm in sensor.default_nm]
    distance = np.abs(wavelengths_nm[bands] - np.array(sensor.default_nm))
    return tuple(bands) if distance.max() <= _WITHIN_NM else ()
