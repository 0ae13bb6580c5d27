"""Sensors: band centres, widths and noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray

GRID_NM: DoubleArray = np.arange(400.0, 2501.0)
"""The 1 nm grid that leaf spectra are simulated on, shape (2101,)."""

_PANEL_REFLECTANCE = 0.5
_SIGMA_PER_FWHM = 1 / np.sqrt(8 * np.log(2))


@dataclass(frozen=True, eq=False)
class Sensor:
    """Imaging spectrometer.

    Attributes
    ----------
    wavelengths_nm : DoubleArray, shape (bands,)
        Band centres in nm, ascending, within 400 to 2500.
    fwhm_nm : DoubleArray, shape (bands,)
        Full widths at half maximum in nm, at least 1.
    snr : DoubleArray, shape (bands,)
        Signal-to-noise ratio on a panel of 50 % reflectance.

    Raises
    ------
    ValueError
        If the bands are not as described above.
    """

    name: str
    wavelengths_nm: DoubleArray
    fwhm_nm: DoubleArray
    snr: DoubleArray

    def __post_init__(self) -> None:
        if not self.wavelengths_nm.shape == self.fwhm_nm.shape == self.snr.shape:
            raise ValueError(f"{self.name}: wavelengths, fwhm and snr must be one value a band")
        if np.any(np.diff(self.wavelengths_nm) <= 0):
            raise ValueError(f"{self.name}: wavelengths must ascend")
        low, high = self.wavelengths_nm[0], self.wavelengths_nm[-1]
        if low < GRID_NM[0] or high > GRID_NM[-1]:
            raise ValueError(f"{self.name}: {low:g}-{high:g} nm, leaf spectra cover 400-2500 nm")
        if np.any(self.fwhm_nm < 1) or np.any(self.snr <= 0):
            raise ValueError(f"{self.name}: fwhm must be at least 1 nm and snr above 0")

    @property
    def bands(self) -> int:
        """Number of bands."""
        return self.wavelengths_nm.size

    @property
    def noise(self) -> DoubleArray:
        """Standard deviation of the noise in reflectance, shape (bands,)."""
        return np.asarray(_PANEL_REFLECTANCE / self.snr)

    @cached_property
    def response(self) -> FloatArray:
        """Weight of each wavelength of the 1 nm grid in each band, shape (2101, bands).

        A Gaussian, tilted where the ends of the grid cut it off, so that a straight spectrum
        keeps its value at every band centre.
        """
        offset = GRID_NM[:, None] - self.wavelengths_nm
        weight = np.exp(-0.5 * (offset / (self.fwhm_nm * _SIGMA_PER_FWHM)) ** 2)
        first, second = (weight * offset).sum(axis=0), (weight * offset**2).sum(axis=0)
        weight *= second - first * offset
        return np.asarray(weight / weight.sum(axis=0), dtype=np.float32)


def resample(spectra: FloatArray, sensor: Sensor) -> FloatArray:
    """Resample spectra to a sensor's bands, without noise, shape (n, bands).

    Parameters
    ----------
    spectra : FloatArray, shape (n, 2101)
        On `GRID_NM`.
    """
    return np.asarray(spectra @ sensor.response, dtype=np.float32)


def limit_sensor(sensor: Sensor, low_nm: float, high_nm: float) -> Sensor:
    """Keep the bands that fit, with half their width, into a range of wavelengths.

    Raises
    ------
    ValueError
        If there are none.
    """
    half = sensor.fwhm_nm / 2
    kept = (sensor.wavelengths_nm - half >= low_nm) & (sensor.wavelengths_nm + half <= high_nm)
    if not kept.any():
        raise ValueError(f"{sensor.name}: no band within {low_nm:g}-{high_nm:g} nm")
    return Sensor(sensor.name, sensor.wavelengths_nm[kept], sensor.fwhm_nm[kept], sensor.snr[kept])


def random_sensor(rng: np.random.Generator) -> Sensor:
    """Draw a random sensor, for models that must work with any sensor.

    At least 300 nm of 400-2500 nm, sampled every 3 to 20 nm, bands one to two samplings wide, and
    an SNR that peaks at 60 to 500 and falls towards the ends of the range to no less than 30.
    """
    low = rng.uniform(400, 2180)
    high = rng.uniform(low + 320, 2500)
    sampling = rng.uniform(3, 20)
    wavelengths = np.arange(low, high, sampling)
    fwhm = np.full(wavelengths.size, sampling * rng.uniform(1, 2))
    snr = _dome(wavelengths, peak=rng.uniform(60, 500), edge=rng.uniform(30, 60))
    return Sensor("random", wavelengths, fwhm, snr)


def _dome(wavelengths_nm: DoubleArray, peak: float, edge: float) -> DoubleArray:
    position = np.linspace(-1, 1, wavelengths_nm.size)
    return edge + (peak - edge) * (1 - position**2)


def _preset(name: str, low_nm: float, high_nm: float, bands: int, fwhm_nm: float) -> Sensor:
    wavelengths = np.linspace(low_nm, high_nm, bands)
    snr = _dome(wavelengths, peak=300, edge=60)
    return Sensor(name, wavelengths, np.full(bands, fwhm_nm), snr)


VNIR = _preset("VNIR", 400, 1000, bands=204, fwhm_nm=7)
"""400-1000 nm, laid out like a Specim IQ (Behmann et al., Sensors 18 (2018) 441)."""

FULL = _preset("full range", 400, 2500, bands=210, fwhm_nm=12)
"""400-2500 nm, laid out like a two-camera SWIR laboratory set-up."""
