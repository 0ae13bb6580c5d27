"""EnMAP tiles with label rasters; the folder of real data is named by FOCUS_REAL_DATA."""

from __future__ import annotations

from pathlib import Path

import pytest

from focus_viewer.core.datasets.splits import split_folds
from focus_viewer.io.datasets import read_data_set

pytestmark = pytest.mark.real


def test_enmap_tiles_by_table(real_data: Path) -> None:
    data = read_data_set(real_data / "scenes" / "enmap_potsdam")
    assert len(data.samples) == 16
    assert {sample.shape for sample in data.samples} == {(32, 32, 224)}
    assert data.classes == tuple(f"class {number}" for number in range(1, 7))
    tile = next(s for s in data.samples if s.path.name.endswith("_128_0.tif"))
    counts = dict.fromkeys(data.classes, 0)
    for example in tile.examples:
        counts[example.classes[0]] += example.pixels
    assert list(counts.values()) == [18, 52, 350, 83, 5, 0]
    assert {s.groups["table"] for s in data.samples} == {"train_files", "validation_files"}
    data.validate()
    splits = split_folds(data, 5)
    assert (splits.by, splits.units, len(splits.folds)) == ("cube", 16, 5)


def test_one_tile_and_its_labels(real_data: Path) -> None:
    folder = real_data / "scenes" / "enmap_potsdam" / "images"
    data = read_data_set(folder / "enmap_potsdam_tile_128_0.tif")
    assert [count.pixels for count in data.counts.values()] == [18, 52, 350, 83, 5]
    assert split_folds(data, 5).by == "region"
