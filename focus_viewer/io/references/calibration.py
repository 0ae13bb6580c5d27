"""Preprocessing of a cube with references that are read from their files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.apply import ReferenceCalibration, preprocessed
from focus_viewer.core.preprocessing.reflectance import Illumination, Peak, averaged, peak
from focus_viewer.core.preprocessing.settings import Average, Preprocessing, WhiteAndDark, as_read
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.io.references.discovery import read_reference
from focus_viewer.io.references.reference_identity import located_references, read_fingerprints
from focus_viewer.io.references.spectrum_table import panel_at_bands
from focus_viewer.io.storage.recent_results import cube_stamp, recent_results

# Converters of 8, 10, 12 and 14 bits, whose values are stored in wider words.
_CONVERTERS = (255.0, 1023.0, 4095.0, 16383.0)
_SAME_TIME = 0.01


def apply_preprocessing(cube: Cube, preprocessing: Preprocessing, step: Step = silent) -> Cube:
    """Return a preprocessed cube: references are read, and its file is not changed.

    Raises
    ------
    CubeError
        If a reference is missing or does not fit, or the settings do not.
    """
    first = as_read(cube)
    if preprocessing.references is None:
        return preprocessed(
            cube, preprocessing, _saturation_only(first, step) if preprocessing.flat_field else None
        )
    references = located_references(preprocessing.references, first.path)
    calibration = reference_calibration(first, references, step)
    return preprocessed(cube, replace(preprocessing, references=references), calibration)


def reference_calibration(
    cube: Cube, references: WhiteAndDark, step: Step = silent
) -> ReferenceCalibration:
    """Return the calibration data of a cube's illumination, by its references.

    Parameters
    ----------
    cube : Cube
        As it was read.

    Raises
    ------
    CubeError
        If a file is missing or does not fit.
    """
    white_cube = read_reference(cube, references.white)
    dark_cube = read_reference(cube, references.dark) if references.dark else None
    own_dark = read_reference(cube, references.white_dark) if references.white_dark else dark_cube
    notes = [_formula(references, white_cube, dark_cube)]
    white = averaged_file(white_cube, references.average, part(step, 0.0, 0.4))
    dark = averaged_file(dark_cube, references.average, part(step, 0.4, 0.5)) if dark_cube else None
    white_dark = (
        averaged_file(own_dark, references.average, part(step, 0.5, 0.6)) if own_dark else dark
    )
    nothing = np.zeros((1, cube.bands), dtype=np.float32)
    panel = np.full(cube.bands, references.panel)
    if references.panel_file is not None:
        panel = panel * panel_at_bands(references.panel_file, cube, notes)
    ratio = _time_ratio(cube, white_cube, notes)
    _note_dark_times(cube, dark_cube, white_cube, own_dark, notes)
    limit = _saturated_from((cube, white_cube), notes, part(step, 0.6, 1.0))
    shown = nothing if dark is None else dark
    illumination = Illumination(
        white, shown if white_dark is None else white_dark, shown, panel, ratio, limit
    )
    return ReferenceCalibration(
        illumination, tuple(notes), read_fingerprints(cube, references, step)
    )


def _saturation_only(cube: Cube, step: Step) -> ReferenceCalibration:
    """Return the saturation limit of a cube without references."""
    notes: list[str] = []
    limit = _saturated_from((cube,), notes, step)
    return ReferenceCalibration(None, tuple(notes), saturated_from=limit)


def _formula(references: WhiteAndDark, white: Cube, dark: Cube | None) -> str:
    how = references.average
    white_text = f"{references.white.name} ({how} of {counted(white.rows, 'line')})"
    dark_text = (
        f"{references.dark.name} ({counted(dark.rows, 'line')})"
        if (references.dark and dark)
        else "none"
    )
    own = f", white's own dark {references.white_dark.name}" if references.white_dark else ""
    table = f" times {references.panel_file.name}" if references.panel_file else ""
    return (
        f"Reflectance is (raw - dark) / (white - dark) x panel: white {white_text}, dark "
        f"{dark_text}{own}, panel {references.panel:g}{table}."
    )


# Integration times


def _time_scale(cube: Cube, reference: Cube | None) -> DoubleArray | None:
    """Return the integration times of a reference over those of a cube, shape (bands,).

    None where they are not declared, or not by the same entry of both headers.
    """
    own, other = cube.acquisition, Acquisition() if reference is None else reference.acquisition
    if own.integration_times is None or other.integration_times is None:
        return None
    if own.integration_time_entry != other.integration_time_entry:
        return None
    return np.asarray(other.integration_times / own.integration_times)


def _times_text(cube: Cube) -> str:
    times = cube.acquisition.integration_times
    return "" if times is None else _numbers_text(times)


def _time_ratio(cube: Cube, white: Cube, notes: list[str]) -> DoubleArray:
    ratio = _time_scale(cube, white)
    if ratio is None:
        notes.append(
            "The headers do not state the integration times of image and white reference: they "
            "were assumed to be equal."
        )
        return np.ones(cube.bands)
    if np.abs(ratio - 1).max() > 1e-6:
        notes.append(
            f"Integration times ({cube.acquisition.integration_time_entry}): image "
            f"{_times_text(cube)}, white reference {_times_text(white)}; scaled by "
            f"{_numbers_text(ratio)}."
        )
    return ratio


def _numbers_text(values: DoubleArray) -> str:
    return " and ".join(f"{value:.4g}" for value in dict.fromkeys(values.tolist()))


def _note_dark_times(
    cube: Cube, dark: Cube | None, white: Cube, white_dark: Cube | None, notes: list[str]
) -> None:
    """Note dark references of another integration time.

    A dark current grows with time, and its offset does not: it cannot be scaled.
    """
    for dark_cube, bright, what in ((dark, cube, "image"), (white_dark, white, "white reference")):
        scale = _time_scale(bright, dark_cube)
        if scale is None or dark_cube is None or np.abs(scale - 1).max() <= _SAME_TIME:
            continue
        notes.append(
            f"The dark reference of the {what} was recorded with {_times_text(dark_cube)}, the "
            f"{what} with {_times_text(bright)}: its dark current may differ."
        )


# Saturation


def _saturated_from(cubes: tuple[Cube, ...], notes: list[str], step: Step = silent) -> float | None:
    """Return the saturation limit of a sensor; saturated values of the first cube are noted."""
    cube = cubes[0]
    limit = cube.acquisition.saturation_limit or cube.acquisition.highest_value
    if limit is None or cube.units not in ("counts", "unknown"):
        return None
    highest = max(_highest(same_sensor, step) for same_sensor in cubes)
    # Values accumulate at the end of a converter; 4095 as the very highest is not a coincidence.
    limit = next(
        (converter for converter in _CONVERTERS if converter == highest and converter < limit),
        limit,
    )
    high = _at_limit(cube, limit, step)
    if high.count:
        lines = "all" if high.lines == cube.rows else f"{high.lines} of {cube.rows}"
        notes.append(
            f"{counted(high.count, 'number')} saturated ({limit:g} or more; {lines} lines "
            "read): no data."
        )
    return limit


def _highest(cube: Cube, step: Step) -> float:
    return recent_results.recall(
        ("highest", *cube_stamp(cube)), lambda: peak(cube, step=step)
    ).value


def _at_limit(cube: Cube, limit: float, step: Step) -> Peak:
    return recent_results.recall(("at", limit, *cube_stamp(cube)), lambda: peak(cube, limit, step))


def averaged_file(cube: Cube, average: Average, step: Step) -> FloatArray:
    """Return an averaged reference, cached while its file does not change."""
    return recent_results.recall(
        (average, *cube_stamp(cube)), lambda: averaged(cube, average, step)
    )
