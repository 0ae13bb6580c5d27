"""History of a cube: what was done to it since it was read, in the order of its steps."""

from __future__ import annotations

from collections.abc import Sequence

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import preprocessing_of, preprocessing_words
from focus_viewer.core.spectra.wavelength_names import nm_number


def history_lines(cube: Cube) -> tuple[str, ...]:
    """Return a line for each step, from the file on."""
    ranges = preprocessing_of(cube).bad_ranges
    in_nm = cube.wavelengths_nm is not None
    steps = [_with_ranges(word, ranges, in_nm) for word in preprocessing_words(cube)]
    said = _said(cube.choice)
    return (f"read from {cube.path or cube.name}", *said, *steps)


def _with_ranges(word: str, ranges: tuple[tuple[float, float], ...] | None, in_nm: bool) -> str:
    if ranges is None or not word.startswith("bad bands"):
        return word
    listed = ", ".join(f"{nm_number(low)} to {nm_number(high)}" for low, high in ranges)
    unit = " nm" if listed and in_nm else ""
    return f"{word}: {listed or 'none'}{unit}"


def _said(choice: ArrayChoice | None) -> tuple[str, ...]:
    """Return what the user said of the file."""
    if choice is None:
        return ()
    listed = choice.wavelengths_nm
    said = {
        "array": choice.array,
        "units": choice.units,
        "scale": choice.scale,
        "wavelengths": counted(len(listed), "value") if listed else None,
    }
    words = [f"{name} {value}" for name, value in said.items() if value]
    return (f"as given by the user: {', '.join(words)}",) if words else ()


def history_text(cube: Cube, more: Sequence[str] = ()) -> str:
    """Return the history for a notebook or a methods section, a numbered line for each step.

    Parameters
    ----------
    more : sequence of str
        Further steps.
    """
    steps = (*history_lines(cube), *more)
    lines = [f"{number}. {line}" for number, line in enumerate(steps, 1)]
    return "\n".join([cube.name, *lines]) + "\n"
