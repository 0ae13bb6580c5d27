"""Many classes of lesion: a grid over how far each kind of change goes, and their truth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.simulate.effects import Effect, EffectRange, draw_between, draw_nuisance
from focus_viewer.simulate.scene import Case
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.truth import band_importance, changed_spectra

# How far each kind of change goes at most, from nothing: as far as in `effects.LESIONS`, where
# carotenoids follow chlorophyll too.
_CHANGES: Mapping[str, Mapping[str, float]] = {
    "chlorophyll": {"cab": 0.15, "car": 0.5},
    "water": {"cw": 0.2},
    "brown": {"brown": 2.0},
    "anthocyanin": {"ant": 18.0},
}
# As in `truth`: 150 of healthy tissue, 50 of changed structure and, together, 48 of other classes.
_NUISANCE, _OTHERS = 50, 48
_DRAWS = 60


def effect_grid(levels: Mapping[str, int]) -> dict[str, EffectRange]:
    """Split the ranges of changes evenly, and make a class of every combination.

    By names such as "chlorophyll 2, water 1": neighbours share an edge and nothing else.

    Parameters
    ----------
    levels : mapping
        How many levels of "chlorophyll", "water", "brown" and "anthocyanin"; at least 1.
    """
    grid = {}
    for cell in product(*(range(count) for count in levels.values())):
        name = ", ".join(f"{kind} {level}" for kind, level in zip(levels, cell, strict=True))
        counts = zip(levels.items(), cell, strict=True)
        spans = {kind: (level / count, (level + 1) / count) for (kind, count), level in counts}
        grid[name] = _cell(spans)
    return grid


def grid_cases(grid: Mapping[str, EffectRange], sensor: Sensor) -> list[Case]:
    """Return the classes of a grid with their truth at a sensor.

    All else is, as for the shipped classes, mostly healthy tissue, some of changed structure and
    some of other classes. It takes about 50 ms a class.
    """
    tissues = [
        resample(changed_spectra(partial(draw_between, *lesion), _DRAWS), sensor)
        for lesion in grid.values()
    ]
    harmless = [
        resample(changed_spectra(None), sensor),
        resample(changed_spectra(draw_nuisance)[:_NUISANCE], sensor),
    ]
    return [
        Case(name, {name: lesion}, _importance(number, tissues, harmless, sensor))
        for number, (name, lesion) in enumerate(grid.items())
    ]


def _importance(
    number: int, tissues: list[FloatArray], harmless: list[FloatArray], sensor: Sensor
) -> DoubleArray:
    """Return the separability (d') of a class's tissue from all else, shape (bands,)."""
    rng = np.random.default_rng(number)
    classes = np.delete(np.arange(len(tissues)), number)
    draws = rng.integers(len(tissues[number]), size=_OTHERS)
    others = [
        tissues[other][draw]
        for other, draw in zip(rng.choice(classes, _OTHERS), draws, strict=True)
    ]
    return band_importance(
        tissues[number], np.stack([*np.concatenate(harmless), *others]), sensor.noise
    )


def _cell(spans: Mapping[str, tuple[float, float]]) -> EffectRange:
    """Return the range of changes between two shares (0 to 1) of their full strength."""
    low, high = vars(Effect()).copy(), vars(Effect()).copy()
    for kind, span in spans.items():
        for name, end in _CHANGES[kind].items():
            start = getattr(Effect(), name)
            ends = [start + share * (end - start) for share in span]
            low[name], high[name] = min(ends), max(ends)
    return Effect(**low), Effect(**high)
