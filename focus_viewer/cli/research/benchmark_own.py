"""Own Shapley values of the frozen model for the scenes of a benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from platformdirs import user_cache_path

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.core.progress import Step
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup, Known
from focus_viewer.explain.benchmark.own_values_store import (
    OwnValuesStore,
    collect_own_values,
    frozen_checksum,
)
from focus_viewer.explain.metrics.fidelity import OwnValues

Numbered = tuple[int, int]
"""Position of the seed, and number of the scene."""


def own_values_folder() -> Path:
    """Return the folder in which own values are kept between runs."""
    return user_cache_path("focus-viewer", appauthor=False) / "shapley"


def known_values(
    order: Order,
    setup: BenchmarkSetup,
    scenes: Sequence[Sequence[BenchmarkScene]],
    workers: int,
    step: Step,
) -> list[Mapping[int, Known]]:
    """Return what is known of the scenes of each seed, and compute what is not on disk.

    Parameters
    ----------
    scenes : sequence of sequence of BenchmarkScene
        Of each seed: leaf by leaf, each leaf with every class in turn.
    step : Step
        Raises `Cancelled` to stop; what was computed is on disk.
    """
    if order.own is None:
        return [{} for _ in scenes]
    per_seed = order.own.leaves * len(setup.classes)
    chosen = {
        (seed, number): scene
        for seed, found in enumerate(scenes)
        for number, scene in enumerate(found[:per_seed])
        if scene.label < order.own.classes
    }
    store = OwnValuesStore(
        own_values_folder(),
        frozen_checksum(setup.model),
        order.own.evaluations,
        order.own.trials,
    )
    values = collect_own_values(store, setup, list(chosen.values()), workers, step)
    own = dict(zip(chosen, values, strict=True))
    known: list[dict[int, Known]] = [{} for _ in scenes]
    for (seed, number), found in own.items():
        known[seed][number] = _with_others((seed, number), found, chosen, own)
    return list(known)


def _with_others(
    place: Numbered,
    found: OwnValues,
    scenes: Mapping[Numbered, BenchmarkScene],
    own: Mapping[Numbered, OwnValues],
) -> Known:
    """Return own values with the curves of all other scenes of the class, of the same groups."""
    label, count = scenes[place].label, found.curve(0).size
    others = [
        own[other].curve(label)
        for other, scene in scenes.items()
        if other != place and scene.label == label and own[other].curve(0).size == count
    ]
    return Known(found, tuple(others))
