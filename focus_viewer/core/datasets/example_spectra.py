"""Mean spectra of examples, read once and kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.data_set import DataSetError, Example, Sample
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import DoubleArray

_VALUES_AT_ONCE = 8_000_000
OpenCube = Callable[[Sample], Cube]


@dataclass(frozen=True, eq=False)
class MeanSpectrum:
    """Mean of the pixels of an example.

    Attributes
    ----------
    wavelengths_nm : DoubleArray, shape (bands,), or None
    values : DoubleArray, shape (bands,)
        NaN in bands without data.
    """

    wavelengths_nm: DoubleArray | None
    values: DoubleArray

    def on(self, axis_nm: DoubleArray | None) -> DoubleArray:
        """Return the values at other wavelengths, linear between bands, NaN outside their range."""
        own = self.wavelengths_nm
        if own is None or axis_nm is None or np.array_equal(own, axis_nm):
            return self.values
        known = np.isfinite(own) & np.isfinite(self.values)
        if not known.any():
            return np.full(axis_nm.shape, np.nan)
        order = np.argsort(own[known], kind="stable")
        nm, values = own[known][order], self.values[known][order]
        return np.interp(axis_nm, nm, values, left=np.nan, right=np.nan)


class ExampleSpectra:
    """Mean spectra of examples; each cube is opened once while its examples are read in a row."""

    def __init__(self, open_cube: OpenCube) -> None:
        self._open = open_cube
        self._spectra: dict[object, MeanSpectrum] = {}
        self._opened: tuple[object, Cube] | None = None

    def read(self, examples: Sequence[Example], step: Step = silent) -> list[MeanSpectrum]:
        """Return the mean spectra of examples.

        Raises
        ------
        FocusError
            If a cube cannot be read.
        """
        spectra = []
        for number, example in enumerate(examples):
            step(number / max(len(examples), 1), f"reading {example.sample.path.name}")
            spectra.append(self.spectrum(example))
        return spectra

    def spectrum(self, example: Example) -> MeanSpectrum:
        """Return the mean spectrum of an example."""
        key = (example.digest, _reading(example.sample))
        if key not in self._spectra:
            self._spectra[key] = _mean_spectrum(self._cube(example.sample), example)
        return self._spectra[key]

    def has_data(self, example: Example) -> bool:
        """Return whether any band of an example has data."""
        return bool(np.isfinite(self.spectrum(example).values).any())

    def table(self, examples: Sequence[Example], axis_nm: DoubleArray | None) -> DoubleArray:
        """Return mean spectra on one axis, shape (examples, bands).

        Raises
        ------
        DataSetError
            If a cube without wavelengths has other bands than the rest.
        """
        spectra = self.read(examples)
        if axis_nm is None or any(s.wavelengths_nm is None for s in spectra):
            _check_equal_bands(examples, spectra)
        return np.array([spectrum.on(axis_nm) for spectrum in spectra])

    def common_axis(self, examples: Sequence[Example]) -> DoubleArray | None:
        """Return wavelengths that all examples have, of the cube with the fewest; None for none."""
        axes = [s.wavelengths_nm for s in self.read(examples)]
        known = [axis for axis in axes if axis is not None]
        if len(known) < len(axes):
            return None
        low = max(float(np.nanmin(axis)) for axis in known)
        high = min(float(np.nanmax(axis)) for axis in known)
        inside = [axis[(axis >= low) & (axis <= high)] for axis in known]
        fewest = min(inside, key=lambda axis: axis.size)
        if not fewest.size:
            raise DataSetError(
                "The cubes share no wavelengths: expected bands that all of them cover. Choose "
                "cubes of one camera, or of cameras whose ranges overlap."
            )
        return fewest

    def _cube(self, sample: Sample) -> Cube:
        key = (sample.path, _reading(sample))
        if self._opened is None or self._opened[0] != key:
            self._opened = (key, self._open(sample))
        return self._opened[1]


def _reading(sample: Sample) -> object:
    return sample.choice, sample.wavelengths_nm, sample.background, sample.preprocessing


def _mean_spectrum(cube: Cube, example: Example) -> MeanSpectrum:
    total, count = np.zeros(cube.bands), np.zeros(cube.bands)
    crop = example.crop
    if crop is not None:
        width = crop.cols.stop - crop.cols.start
        rows = max(1, _VALUES_AT_ONCE // (width * cube.bands))
        for first in range(crop.rows.start, crop.rows.stop, rows):
            last = min(first + rows, crop.rows.stop)
            block = cube.block(slice(first, last), crop.cols)
            inside = crop.inside[first - crop.row : last - crop.row]
            pixels = block[inside]
            known = np.isfinite(pixels)
            total += np.where(known, pixels, 0.0).sum(axis=0, dtype=np.float64)
            count += known.sum(axis=0)
    usable = (count > 0) & cube.good_bands
    mean = np.divide(total, count, out=np.full(cube.bands, np.nan), where=usable)
    return MeanSpectrum(cube.wavelengths_nm, mean)


def _check_equal_bands(examples: Sequence[Example], spectra: Sequence[MeanSpectrum]) -> None:
    for example, spectrum in zip(examples, spectra, strict=True):
        if spectrum.values.shape != spectra[0].values.shape:
            raise DataSetError(
                f"{example.name}: expected {spectra[0].values.size} bands as in "
                f"{examples[0].name}, found {spectrum.values.size}; without wavelengths they "
                "cannot be matched. State the wavelengths, or use cubes of one camera."
            )
