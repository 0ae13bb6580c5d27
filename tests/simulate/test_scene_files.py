"""Scenes on disk hold what was simulated, and the truth about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from focus_viewer.simulate.leaf_files import cube_fields, label_fields, to_counts
from focus_viewer.simulate.scene import simulate_scene
from focus_viewer.simulate.scene_files import (
    LABELS,
    SceneOrder,
    draw_leaf,
    label_image,
    write_scene,
)
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor
from focus_viewer.simulate.truth import class_importance

ORDER = SceneOrder("water stress", 3, "vnir", 20, 7)


def sensor_at(*wavelengths_nm: float) -> Sensor:
    each = np.ones(len(wavelengths_nm))
    return Sensor("few", np.array(wavelengths_nm), 5 * each, 100 * each)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder with a scene, and its truth."""
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")
    folder = tmp_path_factory.mktemp("scenes")
    return folder, write_scene(folder, ORDER)


def test_counts_by_hand() -> None:
    reflectance = np.array([[[0.0, 0.12344, 0.12346, -0.0102]]], dtype=np.float32)
    counts = to_counts(reflectance)
    assert counts.dtype == np.int16
    assert counts.ravel().tolist() == [0, 1234, 1235, -102]


def test_shown_bands_are_the_nearest_to_red_green_and_blue() -> None:
    fields = cube_fields(sensor_at(455, 475, 560, 640, 850))
    assert fields["default bands"] == "{4, 3, 1}"
    assert fields["wavelength"].startswith("{455.000, 475.000,")
    assert fields["fwhm"] == "{5.000, 5.000, 5.000, 5.000, 5.000}"


def test_a_sensor_that_lacks_a_colour_shows_no_bands_as_such() -> None:
    assert "default bands" not in cube_fields(sensor_at(500, 560, 640, 850))


def test_labels_have_their_colours_in_order() -> None:
    fields = label_fields({"none": (0, 0, 0), "some": (1, 2, 3)})
    assert fields["class names"] == "{none, some}"
    assert fields["class lookup"] == "{0, 0, 0, 1, 2, 3}"
    assert (fields["classes"], fields["file type"]) == ("2", "ENVI Classification")


def test_a_lesion_counts_before_a_nuisance_and_that_before_the_leaf() -> None:
    leaf = np.array([[False, True, True, True, True]])
    nuisance = np.array([[False, False, True, False, True]])
    lesion = np.array([[False, False, False, True, True]])
    shown = simulate_scene(0, VNIR, "chlorosis", (16, 16))
    scene = replace(shown, lesion=lesion, leaf=leaf, nuisance=nuisance)
    assert [LABELS[value] for value in label_image(scene)[0]] == [
        "background", "leaf", "nuisance", "lesion", "lesion",
    ]  # fmt: skip


def test_leaf_and_sensor_depend_on_number_and_seed_and_on_nothing_else() -> None:
    order = replace(ORDER, sensor="random")
    seed, sensor = draw_leaf(order)
    same_seed, same_sensor = draw_leaf(replace(order, class_name="healthy", size_px=50))
    assert same_seed == seed
    np.testing.assert_array_equal(same_sensor.wavelengths_nm, sensor.wavelengths_nm)
    for other in (replace(order, number=4), replace(order, seed=8)):
        other_seed, other_sensor = draw_leaf(other)
        assert other_seed != seed
        assert other_sensor.wavelengths_nm[0] != sensor.wavelengths_nm[0]
    assert draw_leaf(replace(order, sensor="full")) == (seed, FULL)


def test_the_cube_holds_the_scene_that_its_seed_names(
    written: tuple[Path, dict[str, Any]],
) -> None:
    folder, truth = written
    scene = simulate_scene(truth["seed"], VNIR, "water stress", (20, 20))
    stored = np.fromfile(folder / "water_stress_003.img", dtype="<i2").reshape(204, 20, 20)
    np.testing.assert_allclose(
        np.moveaxis(stored, 0, 2) / 10_000, scene.reflectance, atol=0.5001e-4
    )
    labels = np.fromfile(folder / "water_stress_003_truth.img", dtype=np.uint8).reshape(20, 20)
    np.testing.assert_array_equal(labels == LABELS.index("lesion"), scene.lesion)
    np.testing.assert_array_equal(labels > 0, scene.leaf)


def test_the_truth_names_its_files_and_nothing_else_is_written(
    written: tuple[Path, dict[str, Any]],
) -> None:
    folder, truth = written
    assert sorted(truth["files"].values()) == sorted(path.name for path in folder.iterdir())


def test_the_truth_is_the_ideal_observers(written: tuple[Path, dict[str, Any]]) -> None:
    _, truth = written
    importance = np.array(truth["importance"])
    np.testing.assert_allclose(importance, class_importance("water stress", VNIR), atol=5.1e-5)
    true = [i for i, value in enumerate(truth["importance"]) if value >= importance.max() / 2]
    assert truth["true_bands"] == true
    assert 0 < len(true) < 204
    np.testing.assert_allclose(truth["wavelengths_nm"], VNIR.wavelengths_nm, atol=5.1e-4)
    assert (truth["class"], truth["sensor"]) == ("water stress", "vnir")
    assert list(truth["pixels"]) == list(LABELS)
    assert sum(truth["pixels"].values()) == 20 * 20
    assert truth["pixels"]["lesion"] > 0
