"""Bundled samples beside the usual leaf: a painted leaf, a tray of leaves, and a small study.

`python -m focus_viewer.simulate.bundled resources/samples` writes them, each with its truth, and
the list of them with their checksums.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.simulate.effects import draw_lesion
from focus_viewer.simulate.leaf import Camera, LeafView, draw_shape, look
from focus_viewer.simulate.leaf_files import (
    PROVENANCE,
    cube_fields,
    label_fields,
    to_counts,
    write_envi,
)
from focus_viewer.simulate.materials import cloth
from focus_viewer.simulate.patches import draw_patches
from focus_viewer.simulate.photograph import flat_on, photograph
from focus_viewer.simulate.render import Layer
from focus_viewer.simulate.scene import AFFECTED_FROM
from focus_viewer.simulate.sensors import FULL, Sensor
from focus_viewer.simulate.tissue import draw_healthy

INDEX = "samples.json"

_SEED = 31415
_COLOURS = {
    "background": (0, 0, 0),
    "healthy": (60, 140, 60),
    "bacterial spot": (140, 80, 30),
    "water stress": (70, 130, 220),
    "chlorosis": (230, 210, 60),
}
LABELS = tuple(_COLOURS)
"""Names of the label values of every truth image, from 0."""

_TRAY = (
    ("healthy", "bacterial spot", "water stress"),
    ("chlorosis", "healthy", "water stress"),
)
_PLANTS = 4
_NOTE = "Simulated (PROSPECT-D), not measured."


@dataclass(frozen=True, eq=False)
class Picture:
    """Picture of leaves with its truth.

    Attributes
    ----------
    reflectance : FloatArray, shape (rows, cols, bands)
    labels : ByteArray, shape (rows, cols)
        Index into `LABELS`.
    """

    reflectance: FloatArray
    labels: ByteArray


def sensor() -> Sensor:
    """Return the sensor of these samples: half the bands, and twice as wide, for small files."""
    return Sensor("few bands", FULL.wavelengths_nm[::2], 2 * FULL.fwhm_nm[::2], FULL.snr[::2])


def painted_leaf() -> Picture:
    """Paint a leaf with three disorders, each in patches of its own."""
    rng = np.random.default_rng([_SEED, 1])
    view = _view((64, 96), rng)
    layers = {name: Layer(draw_lesion(name, rng), draw_patches(view, rng)) for name in LABELS[2:]}
    return _take(view, layers, rng)


def tray() -> Picture:
    """Simulate six leaves on one cloth, side by side, each with one disorder or none."""
    rows = []
    for row, names in enumerate(_TRAY):
        streams = [np.random.default_rng([_SEED, 2, row, col]) for col in range(len(names))]
        rows.append([_one(name, rng) for name, rng in zip(names, streams, strict=True)])
    return Picture(
        np.concatenate([np.concatenate([leaf.reflectance for leaf in row], 1) for row in rows]),
        np.concatenate([np.concatenate([leaf.labels for leaf in row], 1) for row in rows]),
    )


def plant(number: int, dry: bool) -> Picture:
    """Simulate a leaf of a plant of the study; dry ones hold less water in places."""
    rng = np.random.default_rng([_SEED, 3, number])
    view = _view((40, 40), rng)
    patches = Layer(draw_lesion("water stress", rng), draw_patches(view, rng))
    return _take(view, {"water stress": patches} if dry else {}, rng)


def write_samples(folder: Path) -> None:
    """Write all samples with their truth, and their list with checksums.

    Raises
    ------
    FocusError
        If the extra `simulate` is not installed.
    """
    (folder / "study").mkdir(parents=True, exist_ok=True)
    _write(folder, "painted_leaf", painted_leaf())
    _write(folder, "tray", tray())
    rows = [["file", "class", "plant", "treatment"]]
    for number in range(1, 2 * _PLANTS + 1):
        dry = number > _PLANTS
        _write(folder / "study", f"plant_{number}", plant(number, dry))
        ill, treatment = ("water stress", "dry") if dry else ("healthy", "watered")
        rows.append([f"plant_{number}.hdr", ill, f"plant {number}", treatment])
    with (folder / "study" / "groups.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    text = json.dumps(_index(folder), indent=1, ensure_ascii=False)
    (folder / INDEX).write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the samples into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Write the bundled samples and their truth.")
    parser.add_argument("out_dir", type=Path)
    write_samples(parser.parse_args(arguments).out_dir)


def _view(size: tuple[int, int], rng: np.random.Generator) -> LeafView:
    """Look at a whole leaf from above, its midrib along the columns."""
    pixel = max(2.9 / size[1], 1.5 / size[0])
    angle = float(rng.uniform(-0.1, 0.1))
    return look(draw_shape(rng), Camera(size=size, center=(-0.12, 0.0), pixel=pixel, angle=angle))


def _one(name: str, rng: np.random.Generator) -> Picture:
    view = _view((40, 48), rng)
    ill = (
        {} if name == "healthy" else {name: Layer(draw_lesion(name, rng), draw_patches(view, rng))}
    )
    return _take(view, ill, rng)


def _take(view: LeafView, layers: Mapping[str, Layer], rng: np.random.Generator) -> Picture:
    around = flat_on(cloth(0.03, 0.06), view)
    picture = photograph(view, draw_healthy(rng), list(layers.values()), sensor(), around, rng)
    labels, most = view.leaf.astype(np.uint8), np.full(view.camera.size, AFFECTED_FROM)
    for name, layer in layers.items():
        labels[layer.severity >= most] = LABELS.index(name)
        most = np.maximum(most, layer.severity)
    return Picture(picture, labels)


def _write(folder: Path, name: str, picture: Picture) -> None:
    write_envi(folder / f"{name}.hdr", to_counts(picture.reflectance), cube_fields(sensor()))
    truth = folder / f"{name}_truth.hdr"
    write_envi(truth, picture.labels[..., None], label_fields(_COLOURS))


def _index(folder: Path) -> dict[str, object]:
    plants = [f"study/plant_{number}.hdr" for number in range(1, 2 * _PLANTS + 1)]
    return {
        **PROVENANCE,
        "command": "python -m focus_viewer.simulate.bundled resources/samples",
        "seed": _SEED,
        "labels": LABELS,
        "samples": [
            _entry(
                folder.parent,
                "leaf",
                "Sample leaf",
                "A leaf with bacterial spots and a dry tip that the eye cannot see, 210 bands.",
                ["leaf.hdr"],
                ["leaf_truth.hdr", "leaf_truth.json"],
            ),
            _entry(
                folder.parent,
                "painted",
                "Painted leaf",
                "One leaf with bacterial spot, water stress and chlorosis, to teach classes on.",
                ["samples/painted_leaf.hdr"],
                ["samples/painted_leaf_truth.hdr"],
            ),
            _entry(
                folder.parent,
                "tray",
                "Tray of leaves",
                "Six leaves, two of them healthy, to explain each leaf alone.",
                ["samples/tray.hdr"],
                ["samples/tray_truth.hdr"],
            ),
            _entry(
                folder.parent,
                "study",
                "Small study",
                f"{2 * _PLANTS} plants, half of them dry, with the table of their groups.",
                [f"samples/{path}" for path in plants],
                [f"samples/{path.replace('.hdr', '_truth.hdr')}" for path in plants],
                "samples/study/groups.csv",
            ),
        ],
    }


def _entry(
    root: Path,
    name: str,
    title: str,
    about: str,
    cubes: Sequence[str],
    truth: Sequence[str],
    groups: str = "",
) -> dict[str, object]:
    """Describe a sample; its paths are relative to the folder that holds the list's folder."""
    named = [*cubes, *truth, *([groups] if groups else [])]
    headers = [path for path in named if path.endswith(".hdr")]
    files = sorted({*named, *(path.replace(".hdr", ".img") for path in headers)})
    return {
        "name": name,
        "title": title,
        "about": f"{about} {_NOTE}",
        "cubes": list(cubes),
        "truth": list(truth),
        "groups": groups,
        "files": {path: sha256((root / path).read_bytes()).hexdigest() for path in files},
    }


if __name__ == "__main__":
    main()
