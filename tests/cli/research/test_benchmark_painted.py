"""Tables of measured spectra become scenes with twins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from explain_models import ANY_SIZE

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.benchmark_painted import paint_boxes, paint_scenes
from focus_viewer.cli.research.simulated_samples import EDGES_NM
from focus_viewer.core.errors import FocusError
from focus_viewer.explain.benchmark.measure import BenchmarkSetup, Effort
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.checkpoint import build_model
from focus_viewer.simulate.scene import CLASSES

pytest.importorskip("prosail", reason="spots are simulated by prosail")
WAVELENGTHS = np.arange(450, 1001, 10)


def write_table(path: Path, label: str, labels: list[str]) -> None:
    """Forty rows, the labels in turn; ill leaves are brighter."""
    rows = [",".join([label, *map(str, WAVELENGTHS)])]
    for number in range(40):
        name = labels[number % len(labels)]
        level = 0.3 + 0.1 * (name == "Sick") + 0.001 * number
        values = level * np.where(WAVELENGTHS < 700, 0.2, 1.0)
        rows.append(",".join([name, *(f"{value:.4f}" for value in values)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_table(tmp_path / "crops.csv", "Species_Code", ["A", "B"])
    write_table(tmp_path / "rust.csv", "Type", ["Healthy", "Sick"])
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def setup() -> BenchmarkSetup:
    options = {**ANY_SIZE.options, "num_classes": len(CLASSES)}
    model = build_model(Recipe(ANY_SIZE.architecture, ANY_SIZE.tap, options), EDGES_NM, 5)
    return BenchmarkSetup(model.requires_grad_(False).eval(), EDGES_NM, CLASSES)


def test_each_species_has_a_box_and_sensors_keep_to_the_range(folder: Path) -> None:
    crops, rust = paint_boxes(folder)
    assert len(crops) == 2
    assert len(rust) == 1
    assert all(box.palette.ill is None for box in crops)
    assert rust[0].palette.ill is not None
    for sensor in rust[0].sensors:
        assert sensor.wavelengths_nm.min() >= 450
        assert sensor.wavelengths_nm.max() <= 1000


def test_every_leaf_has_a_twin_and_rust_is_of_no_class(folder: Path, setup: BenchmarkSetup) -> None:
    order = Order("m", "painted", 1, 1, 32, 1, 1, Effort())
    scenes = paint_scenes(order, setup, 0, folder)
    assert [CLASSES[scene.label] for scene in scenes if scene.named and not scene.control] == [
        name for name in CLASSES if name != "healthy"
    ]
    assert [scene.named for scene in scenes].count(False) == 1
    twins = [scene for scene in scenes if scene.control]
    assert [CLASSES[scene.label] for scene in twins] == ["healthy"] * 2
    assert not any(scene.truth.lesion_cells.any() for scene in twins)
    assert all(scene.truth.scene_groups.any() for scene in scenes if not scene.control)
    assert np.isfinite(np.concatenate([scene.data.ravel() for scene in scenes])).all()


def test_a_folder_without_spectra_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match="no tables of leaf spectra"):
        paint_boxes(tmp_path)
