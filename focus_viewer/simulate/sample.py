"""The bundled sample: a leaf with two disorders, one of which the eye cannot see.

`python -m focus_viewer.simulate.sample OUT_DIR` writes it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.simulate.effects import Effect
from focus_viewer.simulate.fields import smooth_field, soft_step
from focus_viewer.simulate.leaf import Camera, LeafShape, LeafView, look
from focus_viewer.simulate.leaf_files import (
    PROVENANCE,
    braces,
    cube_fields,
    label_fields,
    to_counts,
    write_envi,
)
from focus_viewer.simulate.materials import cloth
from focus_viewer.simulate.patches import spot
from focus_viewer.simulate.photograph import flat_on, photograph
from focus_viewer.simulate.render import Layer
from focus_viewer.simulate.scene import AFFECTED_FROM
from focus_viewer.simulate.sensors import FULL, Sensor
from focus_viewer.simulate.tissue import Tissue
from focus_viewer.simulate.truth import class_importance

_COLOURS = {
    "background": (0, 0, 0),
    "healthy": (60, 140, 60),
    "bacterial spot": (140, 80, 30),
    "water stress": (70, 130, 220),
    "structure": (150, 150, 150),
}
LABELS = tuple(_COLOURS)
"""Names of the label values, from 0; "structure" is harmless."""

_SEED = 20177
_VAPOUR_NM = ((1350, 1430), (1800, 1950))
_SHAPE = LeafShape(half_width=0.46, base=0.62, tip=0.95, bend=0.10, vein_pairs=4.6, vein_slope=0.85)
_CAMERA = Camera(size=(112, 160), center=(-0.12, 0.02), pixel=0.0152, angle=-0.12)
_HEALTHY = Tissue(n=1.6, cab=48.0, car=10.5, ant=0.6, brown=0.0, cw=0.014, cm=0.006)
_EFFECTS = {
    "bacterial spot": Effect(cab=0.35, car=0.5, cw=0.45, brown=2.0),
    "water stress": Effect(cw=0.25),
    "structure": Effect(n=1.25, cm=1.4),
}
# (along, across, radius in px): spots cluster where rain splashed.
_SPOTS = (
    (-0.62, -0.19, 5.0),
    (-0.36, -0.27, 7.0),
    (-0.48, -0.08, 3.0),
    (-0.16, -0.17, 4.5),
    (-0.02, -0.31, 3.5),
    (-0.52, 0.20, 4.0),
    (-0.22, 0.26, 6.0),
    (-0.30, 0.11, 2.5),
)
_STRUCTURE_SPOT = (0.10, 0.24, 6.0)
_STRIP_ROWS = slice(104, 110)
_STRIP_REFLECTANCE = 0.22


@dataclass(frozen=True, eq=False)
class Sample:
    """Sample leaf and its truth.

    Attributes
    ----------
    counts : array of int16, shape (rows, cols, bands)
        Reflectance times 10,000.
    labels : ByteArray, shape (rows, cols)
        Index into `LABELS`.
    """

    counts: NDArray[np.int16]
    labels: ByteArray
    sensor: Sensor

    @property
    def good_bands(self) -> list[bool]:
        """Whether a band is outside the air's water-vapour bands."""
        return [not _in_vapour(nm) for nm in self.sensor.wavelengths_nm]


def make_sample() -> Sample:
    """Simulate the sample, reproducibly.

    Raises
    ------
    FocusError
        If the extra `simulate` is not installed.
    """
    place_rng, light_rng = np.random.default_rng(_SEED).spawn(2)
    view = look(_SHAPE, _CAMERA)
    severities = {
        "bacterial spot": _spots(view, _SPOTS, place_rng),
        "water stress": _dry_tip(view, place_rng),
        "structure": _spots(view, (_STRUCTURE_SPOT,), place_rng),
    }
    layers = [Layer(_EFFECTS[kind], severity) for kind, severity in severities.items()]
    sensor = sample_sensor()
    surroundings = flat_on(cloth(0.03, 0.06), view)
    picture = photograph(view, _HEALTHY, layers, sensor, surroundings, light_rng)
    picture[_STRIP_ROWS] = _grey_strip(picture[_STRIP_ROWS].shape, sensor, light_rng)
    labels = view.leaf.astype(np.uint8)
    for kind, severity in severities.items():
        labels[severity >= AFFECTED_FROM] = LABELS.index(kind)
    return Sample(to_counts(picture), labels, sensor)


def sample_sensor() -> Sensor:
    """Return the full-range sensor, nearly blind where the air's water vapour absorbs."""
    vapour = np.array([_in_vapour(nm) for nm in FULL.wavelengths_nm])
    return replace(FULL, name="sample", snr=np.where(vapour, FULL.snr / 15, FULL.snr))


def write_sample(folder: Path) -> None:
    """Write the cube (`leaf`), its label image (`leaf_truth`) and `leaf_truth.json`."""
    sample = make_sample()
    folder.mkdir(parents=True, exist_ok=True)
    write_envi(folder / "leaf.hdr", sample.counts, _cube_fields(sample))
    write_envi(folder / "leaf_truth.hdr", sample.labels[..., None], label_fields(_COLOURS))
    text = json.dumps(_truth(sample), indent=1, ensure_ascii=False)
    (folder / "leaf_truth.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sample into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Write the bundled sample leaf and its truth.")
    parser.add_argument("out_dir", type=Path)
    write_sample(parser.parse_args(arguments).out_dir)


def _in_vapour(wavelength_nm: float) -> bool:
    return any(low <= wavelength_nm <= high for low, high in _VAPOUR_NM)


def _spots(
    view: LeafView, places: Sequence[tuple[float, float, float]], rng: np.random.Generator
) -> FloatArray:
    severity = np.zeros(view.camera.size, dtype=np.float32)
    for along, across, radius_px in places:
        distance = np.hypot(view.along - along, view.across - across)
        row, col = np.unravel_index(np.argmin(distance), distance.shape)
        painted = spot(view, (float(row), float(col)), radius_px, 0.6, rng)
        severity = np.maximum(severity, painted)
    return np.where(view.blade, severity, 0).astype(np.float32)


def _dry_tip(view: LeafView, rng: np.random.Generator) -> FloatArray:
    # Leaves dry from tip and margin, which the midrib's water reaches last.
    ragged = 0.06 * smooth_field(view.along, view.across, 3.0, rng)
    depth = view.along - 0.42 + 0.16 * np.abs(view.from_midrib) + ragged
    return np.where(view.blade, soft_step(depth / 0.2), 0).astype(np.float32)


def _grey_strip(
    shape: tuple[int, ...], sensor: Sensor, rng: np.random.Generator
) -> NDArray[np.float64]:
    # A reference strip, as laboratories lay beside a leaf: with it, stretching each colour for
    # itself leaves the leaf green.
    return _STRIP_REFLECTANCE + rng.standard_normal(shape) * sensor.noise


def _cube_fields(sample: Sample) -> dict[str, str]:
    return {**cube_fields(sample.sensor), "bbl": braces(int(good) for good in sample.good_bands)}


def _truth(sample: Sample) -> dict[str, object]:
    kinds = ("bacterial spot", "water stress")
    return {
        "description": "Simulated leaf with two disorders; labels in leaf_truth.img.",
        **PROVENANCE,
        "command": "python -m focus_viewer.simulate.sample resources",
        "seed": _SEED,
        "labels": LABELS,
        "pixels": {name: int((sample.labels == i).sum()) for i, name in enumerate(LABELS)},
        "lesion_classes": kinds,
        "healthy_tissue": asdict(_HEALTHY),
        "effects_at_full_severity": {kind: asdict(effect) for kind, effect in _EFFECTS.items()},
        "affected_from_severity": AFFECTED_FROM,
        "snr": sample.sensor.snr.round(2).tolist(),
        "wavelengths_nm": sample.sensor.wavelengths_nm.round(3).tolist(),
        "importance": {
            kind: class_importance(kind, sample.sensor).round(4).tolist() for kind in kinds
        },
    }


if __name__ == "__main__":
    main()
