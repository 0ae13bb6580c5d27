"""Imaging spectrometers that are known: where their bands lie, and where that is told.

A table is called exact only if it was taken from a file of the sensor. All others hold the maker's
range and number of bands, evenly spaced, and say so: a camera of that kind has a calibration of its
own, which lies some nanometres beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from focus_viewer.core.cube import Cube
from focus_viewer.core.sensor_tables import ENMAP_FWHM_NM, ENMAP_NM, SPECIM_IQ_NM
from focus_viewer.core.treatment import Ranges
from focus_viewer.core.typing import DoubleArray

WATER_VAPOUR_NM: Ranges = ((1350.0, 1430.0), (1800.0, 1950.0))
"""Where the air lets no sunlight through: bands of airborne and satellite images are useless."""

_UNCHECKED = "as the maker states them; no file of the sensor was at hand to check"
_TRUE_COLOUR_NM = (640.0, 550.0, 460.0)
# Bright, less bright and dark in water's absorption: leaves and soil tell apart.
_SHORT_WAVE_NM = (1100.0, 1300.0, 1450.0)
_WITHIN_NM = 20.0


@dataclass(frozen=True)
class SensorKind:
    """A kind of imaging spectrometer.

    Attributes
    ----------
    name, maker : str
    range_nm : (float, float)
        Its first and last band.
    bands : int
    source : str
        What tells so, with its date.
    table_nm : tuple of float
        Exact centres in the file's order, or empty.
    fwhm_table_nm : tuple of float
        Exact widths, or empty.
    fwhm_nm : float or None
        One width for all bands, where the maker states it.
    evenly : bool
        Whether centres may be laid out evenly over the range where there is no table.
    bad_nm : tuple of (float, float)
        Where its bands are usually left out.
    default_nm : tuple of float
        Red, green and blue of a picture.
    called : str
        Pattern of what headers call it.
    """

    name: str
    maker: str
    range_nm: tuple[float, float]
    bands: int
    source: str
    table_nm: tuple[float, ...] = ()
    fwhm_table_nm: tuple[float, ...] = ()
    fwhm_nm: float | None = None
    evenly: bool = True
    bad_nm: Ranges = ()
    default_nm: tuple[float, ...] = _TRUE_COLOUR_NM
    called: str = ""

    @property
    def exact(self) -> bool:
        """Whether its centres were taken from a file of the sensor."""
        return bool(self.table_nm)

    @property
    def spacing_nm(self) -> float:
        """Mean distance of two bands."""
        return (self.range_nm[1] - self.range_nm[0]) / (self.bands - 1)

    @property
    def wavelengths_nm(self) -> DoubleArray | None:
        """Centres in the file's order, shape (bands,); None where only the range is known."""
        if self.table_nm:
            return np.array(self.table_nm)
        return np.linspace(*self.range_nm, self.bands) if self.evenly else None

    @property
    def widths_nm(self) -> DoubleArray | None:
        """Full widths at half maximum in the file's order, shape (bands,), or None."""
        if self.fwhm_table_nm:
            return np.array(self.fwhm_table_nm)
        return None if self.fwhm_nm is None else np.full(self.bands, self.fwhm_nm)

    @property
    def told(self) -> str:
        """Its bands in words, with how sure they are."""
        low, high = self.range_nm
        sure = "exact table" if self.exact else "nominal, evenly spaced"
        if not self.exact and not self.evenly:
            sure = "nominal range, no table"
        return f"{self.maker} {self.name}: {self.bands} bands, {low:.5g}-{high:.5g} nm ({sure})"


SENSORS: tuple[SensorKind, ...] = (
    SensorKind(
        "IQ",
        "Specim",
        (397.32, 1003.58),
        204,
        "Header of a Specim IQ reflectance cube, 2022-07-07",
        table_nm=SPECIM_IQ_NM,
        called=r"specim\s*iq",
    ),
    SensorKind(
        "FX10",
        "Specim",
        (400.0, 1000.0),
        224,
        f"Range, bands and width {_UNCHECKED}",
        fwhm_nm=5.5,
        called=r"fx10",
    ),
    SensorKind(
        "FX17",
        "Specim",
        (900.0, 1700.0),
        224,
        f"Range, bands and width {_UNCHECKED}",
        fwhm_nm=8.0,
        default_nm=_SHORT_WAVE_NM,
        called=r"fx17",
    ),
    SensorKind(
        "Hyperspec III VNIR",
        "Headwall",
        (379.027, 1000.95),
        978,
        "Header of the camera G4-426, unbinned, in PlantCV's test data (0.636564 nm a band)",
        table_nm=tuple(379.027 + 0.636564 * band for band in range(978)),
        called=r"hyperspec\s*iii",
    ),
    SensorKind(
        "Micro-Hyperspec SWIR 640",
        "Headwall",
        (900.0, 2500.0),
        267,
        f"Range and bands {_UNCHECKED}",
        default_nm=_SHORT_WAVE_NM,
        called=r"hyperspec.*swir",
    ),
    SensorKind(
        "VNIR-1800",
        "HySpex",
        (400.0, 1000.0),
        186,
        f"Range and bands {_UNCHECKED}",
        called=r"vnir[-_ ]?1800",
    ),
    SensorKind(
        "SWIR-384",
        "HySpex",
        (930.0, 2500.0),
        288,
        f"Range and bands {_UNCHECKED}",
        default_nm=_SHORT_WAVE_NM,
        called=r"swir[-_ ]?384",
    ),
    SensorKind(
        "Pika L",
        "Resonon",
        (400.0, 1000.0),
        281,
        f"Range and bands {_UNCHECKED}",
        called=r"pika\s*l\b",
    ),
    SensorKind(
        "Pika XC2",
        "Resonon",
        (400.0, 1000.0),
        447,
        f"Range and bands {_UNCHECKED}",
        called=r"pika\s*xc2",
    ),
    SensorKind(
        "AVIRIS-NG",
        "JPL",
        (346.2995778, 2505.0363678),
        432,
        "Header of ang20140912t192359_corr_v1c (5.00867 nm a band), 2014-09-12",
        table_nm=tuple(346.2995778 + 5.00867 * band for band in range(432)),
        bad_nm=WATER_VAPOUR_NM,
        called=r"aviris[-_ ]?ng",
    ),
    SensorKind(
        "EnMAP",
        "DLR",
        (418.24, 2445.53),
        224,
        "Band metadata of an EnMAP L2A tile of Potsdam, 2022-07-24",
        table_nm=ENMAP_NM,
        fwhm_table_nm=ENMAP_FWHM_NM,
        bad_nm=WATER_VAPOUR_NM,
        called=r"enmap",
    ),
    SensorKind(
        "PRISMA",
        "ASI",
        (400.0, 2505.0),
        239,
        "eoPortal, PRISMA (Hyperspectral), 2012-06-29: 66 channels over 400-1010 nm and 173 over "
        "920-2505 nm, which overlap",
        evenly=False,
        bad_nm=WATER_VAPOUR_NM,
        called=r"prisma",
    ),
    SensorKind(
        "EMIT",
        "JPL",
        (381.0, 2493.0),
        285,
        "NASA LP DAAC, EMITL1BRAD version 1: 285 bands over 381-2493 nm, about 7.5 nm wide",
        fwhm_nm=7.5,
        bad_nm=WATER_VAPOUR_NM,
        called=r"\bemit\b",
    ),
)


def sensor_named(name: str) -> SensorKind | None:
    """The sensor of this name, or None."""
    return next((one for one in SENSORS if one.name == name), None)


def sensors_with(bands: int) -> tuple[SensorKind, ...]:
    """Sensors whose wavelengths a cube of exactly so many bands might have."""
    return tuple(one for one in SENSORS if one.bands == bands and one.wavelengths_nm is not None)


def recognised(cube: Cube) -> SensorKind | None:
    """The sensor of a cube: by what its header calls it, else by an exact table that it fits."""
    words = " ".join(cube.header.get(name, "") for name in ("sensor type", "sensor", "description"))
    for one in SENSORS:
        if one.called and re.search(one.called, words, flags=re.IGNORECASE):
            return one
    return next((one for one in SENSORS if one.exact and _fits(cube, one)), None)


def with_sensor_told(cube: Cube) -> Cube:
    """The cube with a note of its sensor, if that is known."""
    sensor = recognised(cube)
    if sensor is None:
        return cube
    return replace(
        cube, notes=(*cube.notes, f"Recognised as the sensor {sensor.maker} {sensor.name}.")
    )


def _fits(cube: Cube, sensor: SensorKind) -> bool:
    found, table = cube.wavelengths_nm, sensor.wavelengths_nm
    if found is None or table is None or found.size != table.size:
        return False
    return bool(np.abs(found - np.sort(table)).max() <= 0.1 * sensor.spacing_nm)


def picture_bands(wavelengths_nm: DoubleArray, sensor: SensorKind) -> tuple[int, ...]:
    """Zero-based bands of the sensor's usual picture; none where they are not near."""
    found = [int(np.argmin(np.abs(wavelengths_nm - nm))) for nm in sensor.default_nm]
    distance = np.abs(wavelengths_nm[found] - np.array(sensor.default_nm))
    return tuple(found) if distance.max() <= _WITHIN_NM else ()
