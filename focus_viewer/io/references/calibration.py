"""A cube's treatment, with the references that it needs read from their files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.apply import ReferenceCalibration, treated
from focus_viewer.core.preprocessing.reflectance import Illumination, Peak, averaged, peak
from focus_viewer.core.preprocessing.settings import Average, Preprocessing, WhiteAndDark, as_read
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.io.references.discovery import read_reference
from focus_viewer.io.references.reference_identity import found_again, reference_marks
from focus_viewer.io.references.spectrum_table import panel_at_bands
from focus_viewer.io.storage.recent_results import memory, stamp

# Converters of 8, 10, 12 and 14 bits, whose numbers lie in wider words.
_CONVERTERS = (255.0, 1023.0, 4095.0, 16383.0)
_SAME_TIME = 0.01


def apply_preprocessing(cube: Cube, preprocessing: Preprocessing, step: Step = silent) -> Cube:
    """A cube with its treatment: references are read, and the file is left as it is.

    Parameters
    ----------
    cube : Cube
    treatment : Preprocessing
    step : Step

    Raises
    ------
    CubeError
        If a reference is gone or does not fit, or the treatment itself does not.
    Cancelled
        From `step`.
    """
    first = as_read(cube)
    if preprocessing.references is None:
        return treated(
            cube, preprocessing, _unlit(first, step) if preprocessing.flat_field else None
        )
    references = found_again(preprocessing.references, first.path)
    lit = light(first, references, step)
    return treated(cube, replace(preprocessing, references=references), lit)


def light(cube: Cube, references: WhiteAndDark, step: Step = silent) -> ReferenceCalibration:
    """The lamp that a cube was recorded under, by its references.

    Parameters
    ----------
    cube : Cube
        As it was read.
    references : WhiteAndDark
    step : Step

    Raises
    ------
    CubeError
        If a file is gone or does not fit.
    Cancelled
        From `step`.
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
    lamp = Illumination(
        white, shown if white_dark is None else white_dark, shown, panel, ratio, limit
    )
    return ReferenceCalibration(lamp, tuple(notes), reference_marks(cube, references, step))


def _unlit(cube: Cube, step: Step) -> ReferenceCalibration:
    """What a cube itself tells where no reference does: which numbers are saturated."""
    notes: list[str] = []
    limit = _saturated_from((cube,), notes, step)
    return ReferenceCalibration(None, tuple(notes), saturated_from=limit)


def _formula(references: WhiteAndDark, white: Cube, dark: Cube | None) -> str:
    how = references.average
    white_told = f"{references.white.name} ({how} of {white.rows} line{_s(white.rows)})"
    dark_told = (
        f"{references.dark.name} ({dark.rows} line{_s(dark.rows)})"
        if (references.dark and dark)
        else "none"
    )
    own = f", white's own dark {references.white_dark.name}" if references.white_dark else ""
    table = f" times {references.panel_file.name}" if references.panel_file else ""
    return (
        f"Reflectance is (raw - dark) / (white - dark) x panel: white {white_told}, dark "
        f"{dark_told}{own}, panel {references.panel:g}{table}."
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"


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
    """The number from which on a sensor is saturated; what was found in the first is noted.

    Parameters
    ----------
    cubes : tuple of Cube
        Of one sensor: an image, and its references.
    """
    cube = cubes[0]
    limit = cube.acquisition.saturation_limit or cube.acquisition.highest_value
    if limit is None or cube.units not in ("counts", "unknown"):
        return None
    highest = max(_highest(one, step) for one in cubes)
    # Numbers heap up at the end of a converter; 4095 as the very highest of them is no chance.
    limit = next((one for one in _CONVERTERS if one == highest and one < limit), limit)
    found = _at_limit(cube, limit, step)
    if found.count:
        lines = "all" if found.lines == cube.rows else f"{found.lines} of {cube.rows}"
        notes.append(
            f"{found.count:,} number{_s(found.count)} saturated ({limit:g} or more; {lines} lines "
            "looked at): there is no data there."
        )
    return limit


def _highest(cube: Cube, step: Step) -> float:
    return memory.recall(("highest", *stamp(cube)), lambda: peak(cube, step=step)).value


def _at_limit(cube: Cube, limit: float, step: Step) -> Peak:
    return memory.recall(("at", limit, *stamp(cube)), lambda: peak(cube, limit, step))


def averaged_file(cube: Cube, average: Average, step: Step) -> FloatArray:
    """`averaged`, kept as long as the file is as it was."""
    return memory.recall((average, *stamp(cube)), lambda: averaged(cube, average, step))
