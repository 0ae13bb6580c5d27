"""The bundled samples are what the code makes, and their truth is of their cubes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.assets import folder
from focus_viewer.core.documents.samples import read_samples
from focus_viewer.io.reader import read_cube
from focus_viewer.simulate.bundled import LABELS

SAMPLES = {sample.name: sample for sample in read_samples(folder("resources"))}


def labels_of(path: Path) -> np.ndarray:
    return np.fromfile(path.with_suffix(".img"), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("painted", {"healthy", "bacterial spot", "water stress", "chlorosis"}),
        ("tray", {"healthy", "bacterial spot", "water stress", "chlorosis"}),
        ("study", {"healthy", "water stress"}),
    ],
)
def test_the_truth_has_the_classes_that_the_card_tells(name: str, expected: set[str]) -> None:
    sample = SAMPLES[name]
    found: set[str] = set()
    for cube_path, truth in zip(sample.cubes, sample.truth, strict=True):
        labels = labels_of(sample.folder / truth)
        cube = read_cube(sample.folder / cube_path)
        assert labels.size == cube.rows * cube.cols
        assert cube.units == "reflectance"
        found |= {LABELS[value] for value in np.unique(labels)}
    assert found - {"background"} == expected


def test_only_dry_plants_of_the_study_have_stressed_tissue() -> None:
    study = SAMPLES["study"]
    with (study.folder / study.groups).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(study.cubes) == 8
    stressed = LABELS.index("water stress")
    for row, truth in zip(rows, study.truth, strict=True):
        is_dry = row["treatment"] == "dry"
        assert bool((labels_of(study.folder / truth) == stressed).any()) == is_dry


def test_the_code_makes_the_files_again(tmp_path: Path) -> None:
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")
    from focus_viewer.simulate.bundled import main

    root = tmp_path / "resources"
    shared = folder("resources")
    root.mkdir()
    for path in shared.glob("leaf*"):
        (root / path.name).write_bytes(path.read_bytes())
    main([str(root / "samples")])
    for sample in read_samples(root):
        for path in sample.files:
            made, kept = (root / path).read_bytes(), (shared / path).read_bytes()
            if path.endswith(".img") and "truth" not in path:  # the last digit is the processor's
                counts = [np.frombuffer(data, "<i2").astype(int) for data in (made, kept)]
                assert np.abs(counts[0] - counts[1]).max() <= 1
            else:
                assert made == kept, path
