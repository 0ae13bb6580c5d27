"""Application of preprocessing to a cube: each step is a source around the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube, PixelSource
from focus_viewer.core.errors import CubeError
from focus_viewer.core.preprocessing.reflectance import Illumination, by_references, by_spectrum
from focus_viewer.core.preprocessing.sensors import picture_bands, sensor_named
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    FlatField,
    PreprocessedCube,
    Preprocessing,
    Ranges,
    ReferenceFingerprints,
    Smoothing,
    as_read,
)
from focus_viewer.core.preprocessing.smoothing import BandBins, BinnedBandsSource, SmoothedSource
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class ReorderedSource:
    """Bands in another order.

    Attributes
    ----------
    order : IntArray, shape (bands,)
        The band of the source at each place.
    """

    source: PixelSource
    order: IntArray

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        rows, cols, _ = self.source.shape
        return rows, cols, self.order.size

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands)."""
        return self.source.read(rows, cols, self.order[bands])


@dataclass(frozen=True, eq=False)
class ReferenceCalibration:
    """Calibration data of a cube's illumination, with notes for the user.

    Attributes
    ----------
    illumination : Illumination or None
        By references; its bands in the order of the cube as it was read.
    reference_fingerprints : ReferenceFingerprints
        Of the files that it was read from.
    saturated_from : float or None
        Raw values from here on are saturated, without references; None where no value is.
    """

    illumination: Illumination | None = None
    notes: tuple[str, ...] = ()
    reference_fingerprints: ReferenceFingerprints = field(default_factory=ReferenceFingerprints)
    saturated_from: float | None = None


def preprocessed(
    cube: Cube, preprocessing: Preprocessing, calibration: ReferenceCalibration | None = None
) -> Cube:
    """Return a cube with these preprocessing settings, in place of those it has.

    Parameters
    ----------
    cube : Cube
        Preprocessed or not.
    calibration : ReferenceCalibration or None
        Needed where the settings have references.

    Returns
    -------
    Cube
        The cube as it was read, if the settings are empty.

    Raises
    ------
    CubeError
        If the settings do not fit the cube.
    """
    first = as_read(cube)
    if preprocessing == NO_PREPROCESSING:
        return first
    shared = {field.name: getattr(first, field.name) for field in fields(Cube)}
    work = PreprocessedCube(**shared, preprocessing=preprocessing, original=first)
    # Calibration and the flat field come first: they count bands as the file does.
    if (
        preprocessing.references is not None
        and calibration is not None
        and calibration.illumination is not None
    ):
        work = _calibrated(work, calibration.illumination, calibration)
    if preprocessing.flat_field is not None:
        work = _flattened(work, preprocessing.flat_field, calibration or ReferenceCalibration())
    if preprocessing.sensor:
        work = _with_sensor(work, preprocessing.sensor)
    if preprocessing.bad_ranges is not None:
        work = _with_bad(work, preprocessing.bad_ranges)
    if preprocessing.smoothing is not None:
        work = _smoothed(work, preprocessing.smoothing)
    return _binned(work, preprocessing.bin_bands) if preprocessing.bin_bands > 1 else work


def _changed(
    cube: PreprocessedCube, notes: Sequence[str] = (), **values: object
) -> PreprocessedCube:
    before = {field.name: getattr(cube, field.name) for field in fields(PreprocessedCube)}
    return PreprocessedCube(**{**before, "notes": (*cube.notes, *notes), **values})


def _calibrated(
    cube: PreprocessedCube, illumination: Illumination, calibration: ReferenceCalibration
) -> PreprocessedCube:
    if cube.units == "reflectance":
        raise CubeError(
            f"{cube.name} is in reflectance already: expected raw counts. Leave out the references."
        )
    source, dead = by_references(cube.source, illumination)
    notes = (*calibration.notes, *_dead_notes(dead))
    return _reflectance(
        cube, source, notes, reference_fingerprints=calibration.reference_fingerprints
    )


def _reflectance(
    cube: PreprocessedCube, source: PixelSource, notes: Sequence[str], **values: object
) -> PreprocessedCube:
    """Return a cube in reflectance, whose values have no saturation limit any more."""
    acquisition = replace(cube.acquisition, saturation_limit=None, highest_value=None)
    return _changed(
        cube, notes, source=source, units="reflectance", acquisition=acquisition, **values
    )


def _dead_notes(dead: BoolArray) -> tuple[str, ...]:
    if not dead.any():
        return ()
    whole = int(dead.all(axis=1).sum())
    be = "is" if dead.sum() == 1 else "are"
    columns = f", {counted(whole, 'whole column')} among them" if whole else ""
    return (
        f"{int(dead.sum()):,} of {dead.size:,} pixels of the sensor {be} dead by the white "
        f"reference{columns}: no data.",
    )


def _flattened(
    cube: PreprocessedCube, flat: FlatField, calibration: ReferenceCalibration
) -> PreprocessedCube:
    spectrum = np.array(flat.spectrum)
    if spectrum.size != cube.bands:
        raise CubeError(
            f"{flat.text} has {spectrum.size} values: expected one for each of the {cube.bands} "
            f"bands of {cube.name}. Choose the spectrum anew."
        )
    notes = (
        f"Every spectrum was divided by {flat.text}.",
        *_dark_notes(spectrum),
        *calibration.notes,
    )
    source = by_spectrum(cube.source, spectrum, calibration.saturated_from)
    return _reflectance(cube, source, notes)


def _dark_notes(spectrum: NDArray[np.float64]) -> tuple[str, ...]:
    dark = int(np.count_nonzero(~(spectrum > 0)))
    if not dark:
        return ()
    be = "band is" if dark == 1 else "bands are"
    return (f"{dark} {be} without light in it: no data.",)


def _with_sensor(cube: PreprocessedCube, name: str) -> PreprocessedCube:
    sensor = sensor_named(name)
    table = None if sensor is None else sensor.wavelengths_nm
    if sensor is None or table is None or table.size != cube.bands:
        raise CubeError(
            f"The wavelengths of the sensor {name} do not fit {cube.name}: expected a known sensor "
            f"of {cube.bands} bands. Choose another, or none."
        )
    if cube.wavelengths_nm is not None:
        raise CubeError(f"{cube.name} has wavelengths of its own: none are taken from a sensor.")
    order = np.argsort(table, kind="stable").astype(np.intp)
    widths, times = sensor.widths_nm, cube.acquisition.integration_times
    return _changed(
        cube,
        (f"Wavelengths were taken from the sensor {sensor.maker} {name} ({sensor.certainty}).",),
        source=ReorderedSource(cube.source, order),
        acquisition=replace(
            cube.acquisition,
            sensor=f"{cube.acquisition.sensor} {sensor.maker} {name}".strip(),
            integration_times=None if times is None else times[order],
        ),
        wavelengths_nm=table[order],
        fwhm_nm=None if widths is None else widths[order],
        good_bands=cube.good_bands[order],
        default_bands=_moved(cube.default_bands, order) or picture_bands(table[order], sensor),
    )


def _moved(bands: tuple[int, ...], order: IntArray) -> tuple[int, ...]:
    position = np.argsort(order)
    return tuple(int(position[band]) for band in bands)


def _with_bad(cube: PreprocessedCube, ranges: Ranges) -> PreprocessedCube:
    good = good_outside(cube, ranges)
    if not good.any():
        raise CubeError(
            f"All bands of {cube.name} would be bad: expected at least one good band. Make the "
            "ranges smaller."
        )
    bad = int((~good).sum())
    be = "is" if bad == 1 else "are"
    note = f"{counted(bad, 'band')} {be} bad by your own list, in place of the file's."
    return _changed(cube, (note,), good_bands=good)


def good_outside(cube: Cube, ranges: Ranges) -> BoolArray:
    """Return the bands outside all ranges, shape (bands,)."""
    good = np.ones(cube.bands, dtype=np.bool_)
    for low, high in ranges:
        good &= ~((cube.axis >= low) & (cube.axis <= high))
    return good


def bad_ranges_of(cube: Cube) -> Ranges:
    """Return the bad bands of a cube as ranges, each from its first band to its last."""
    bad = np.concatenate([[False], ~cube.good_bands, [False]]).astype(np.int8)
    steps = np.flatnonzero(np.diff(bad))
    return tuple(
        (float(cube.axis[first]), float(cube.axis[last - 1]))
        for first, last in zip(steps[::2], steps[1::2], strict=True)
    )


def _smoothed(cube: PreprocessedCube, smoothing: Smoothing) -> PreprocessedCube:
    source = SmoothedSource(cube.source, cube.axis, cube.good_bands, smoothing)
    note = (
        f"Spectra are smoothed (Savitzky-Golay, {smoothing.window_bands} bands, order "
        f"{smoothing.order})."
    )
    return _changed(cube, (note,), source=source)


def _binned(cube: PreprocessedCube, count: int) -> PreprocessedCube:
    if count >= cube.bands:
        raise CubeError(
            f"{cube.name} has {cube.bands} bands: expected fewer than that in a bin, found {count}."
        )
    bins = BandBins(cube.good_bands, count)
    nm, fwhm, times = cube.wavelengths_nm, cube.fwhm_nm, cube.acquisition.integration_times
    return _changed(
        cube,
        (f"Each {count} neighbouring bands are shown as their mean.",),
        source=BinnedBandsSource(cube.source, bins),
        acquisition=replace(
            cube.acquisition, integration_times=None if times is None else bins.centres(times)
        ),
        wavelengths_nm=None if nm is None else bins.centres(nm),
        fwhm_nm=None if nm is None or fwhm is None else bins.widths(nm, fwhm),
        good_bands=bins.good,
        default_bands=tuple(bins.bin_of(band) for band in cube.default_bands),
    )
