"""Own values are computed once a scene, and found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import CLASSES, EDGES_NM, make_small

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.benchmark.own_values_store import (
    OwnValuesStore,
    collect_own_values,
    frozen_checksum,
)
from focus_viewer.explain.metrics.truth import Truth

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)


@pytest.fixture
def setup() -> BenchmarkSetup:
    return BenchmarkSetup(make_small(), EDGES, CLASSES)


@pytest.fixture
def store(tmp_path: Path) -> OwnValuesStore:
    return OwnValuesStore(tmp_path / "own", "model", 36, 5)


def scenes(count: int) -> list[BenchmarkScene]:
    rng = np.random.default_rng(0)
    truth = Truth(np.zeros((4, 4), dtype=np.bool_), np.zeros(10))
    data = rng.uniform(0.2, 0.6, (count, 16, 16, 10)).astype(np.float32)
    return [BenchmarkScene(each, np.arange(10), 1, truth) for each in data]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_computed_is_read_again(
    setup: BenchmarkSetup, store: OwnValuesStore, workers: int
) -> None:
    found = collect_own_values(store, setup, scenes(2), workers, silent)
    first = store.path(scenes(2)[0])
    before = first.stat().st_mtime_ns
    again = collect_own_values(store, setup, scenes(2), workers, silent)
    assert first.stat().st_mtime_ns == before
    for one_run, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one_run.curve(1), other.curve(1))
        np.testing.assert_array_equal(one_run.map(1), other.map(1))
        np.testing.assert_array_equal(one_run.nothing, other.nothing)
        np.testing.assert_array_equal(one_run.groups.joined, other.groups.joined)
        assert one_run.cells.shapley.evaluations == other.cells.shapley.evaluations


def test_values_sum_to_what_the_frozen_model_gains(
    setup: BenchmarkSetup, store: OwnValuesStore
) -> None:
    own = collect_own_values(store, setup, scenes(1), 1, silent)[0]
    assert own.curve(1).sum() == pytest.approx(own.map(1).sum(), abs=1e-4)


def test_an_interrupted_run_keeps_the_scenes_that_are_done(
    setup: BenchmarkSetup, store: OwnValuesStore
) -> None:
    def break_off(fraction: float, text: str) -> None:
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        collect_own_values(store, setup, scenes(2), 1, break_off)
    assert len(list(store.folder.iterdir())) == 1


def test_other_models_scenes_and_efforts_have_files_of_their_own(store: OwnValuesStore) -> None:
    first, second = scenes(2)
    stores = (store, replace(store, model="other"), replace(store, evaluations=40))
    assert len({each.path(scene) for each in stores for scene in (first, second)}) == 6


def test_own_values_are_of_the_frozen_model_and_not_of_its_prompts() -> None:
    model = make_small()
    before = frozen_checksum(model)
    with torch.no_grad():
        model.prompts.prompts.add_(1)
        model.anchor.add_(1)
    assert frozen_checksum(model) == before
    with torch.no_grad():
        model.backbone.vit.head.bias.add_(1)
    assert frozen_checksum(model) != before
