"""Simulated scenes as files: an ENVI cube, its label image, and what is true of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from focus_viewer.core.typing import ByteArray
from focus_viewer.simulate.leaf_files import cube_fields, label_fields, to_counts, write_envi
from focus_viewer.simulate.scene import Scene, simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor, random_sensor
from focus_viewer.simulate.truth import true_bands

SensorName = Literal["full", "vnir", "random"]

LABELS = ("background", "leaf", "nuisance", "lesion")
"""Names of the label values, from 0; a lesion on a nuisance counts as lesion."""

_COLOURS = dict(
    zip(LABELS, ((0, 0, 0), (60, 140, 60), (150, 150, 150), (200, 60, 40)), strict=True)
)
_PRESETS: Mapping[str, Sensor] = MappingProxyType({"full": FULL, "vnir": VNIR})
# Training, test and benchmark scenes draw their seeds otherwise: none of them is made here again.
_PURPOSE = 2
_SEED_END = 2**53  # whole numbers up to here pass through any reader of JSON unchanged


@dataclass(frozen=True)
class SceneOrder:
    """Order of a scene: everything that decides it.

    Attributes
    ----------
    class_name : str
        One of `scene.CLASSES`.
    number : int
        From 1. Scenes of the same number show the same leaf by the same sensor in every class.
    sensor : {"full", "vnir", "random"}
        Random: drawn for each number.
    size_px : int
        Height and width.
    seed : int
        Of the whole set of scenes.
    """

    class_name: str
    number: int
    sensor: SensorName
    size_px: int
    seed: int

    @property
    def name(self) -> str:
        """Of the files, without ending: `water_stress_001`."""
        return f"{self.class_name.replace(' ', '_')}_{self.number:03d}"


def write_scene(folder: Path, order: SceneOrder) -> dict[str, Any]:
    """Simulate a scene and write `NAME` (int16, reflectance times 10,000) and `NAME_truth`.

    The answer is what is true of the scene, ready for JSON; `true_bands` follow from `importance`
    as given there, rounded.

    Raises
    ------
    FocusError
        If the extra `simulate` is not installed.
    OSError
        If the files cannot be written.
    """
    leaf_seed, sensor = draw_leaf(order)
    size = (order.size_px, order.size_px)
    scene = simulate_scene(leaf_seed, sensor, order.class_name, size)
    labels = label_image(scene)
    files = {"cube": f"{order.name}.hdr", "truth": f"{order.name}_truth.hdr"}
    write_envi(folder / files["cube"], to_counts(scene.reflectance), cube_fields(sensor))
    write_envi(folder / files["truth"], labels[..., None], label_fields(_COLOURS))
    data = {f"{kind}_data": str(Path(name).with_suffix(".img")) for kind, name in files.items()}
    return {
        "files": {**files, **data},
        "class": order.class_name,
        "seed": leaf_seed,
        "sensor": order.sensor,
        "pixels": {name: int((labels == value).sum()) for value, name in enumerate(LABELS)},
        **_spectral_truth(scene),
    }


def draw_leaf(order: SceneOrder) -> tuple[int, Sensor]:
    """Return the seed of the scene's leaf, and its sensor; both are independent of the class."""
    rng = np.random.default_rng((_PURPOSE, order.seed, order.number))
    leaf_seed = int(rng.integers(_SEED_END))
    return leaf_seed, _PRESETS.get(order.sensor) or random_sensor(rng)


def label_image(scene: Scene) -> ByteArray:
    """Return the index into `LABELS` of each pixel, shape (rows, cols)."""
    labels = scene.leaf.astype(np.uint8)
    labels[scene.nuisance] = LABELS.index("nuisance")
    labels[scene.lesion] = LABELS.index("lesion")
    return labels


def _spectral_truth(scene: Scene) -> dict[str, list[float]]:
    sensor = scene.sensor
    importance = scene.importance.round(4)
    return {
        "wavelengths_nm": sensor.wavelengths_nm.round(3).tolist(),
        "fwhm_nm": sensor.fwhm_nm.round(3).tolist(),
        "snr": sensor.snr.round(2).tolist(),
        "importance": importance.tolist(),
        "true_bands": np.flatnonzero(true_bands(importance)).tolist(),
    }
