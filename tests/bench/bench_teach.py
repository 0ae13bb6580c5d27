"""Live preview of teaching: time from ten regions to the map of a 512 x 512 x 204 cube.

Run: python tests/bench/bench_teach.py [--repeats N] [--threads N]

Prints the time of reading the cube once, and its ratio to explaining the same cube (aim: at most
1.3); that of fitting the head and mapping all of the image, and its ratio to a random forest of
scikit-learn that learns the same regions' pixels and predicts the same image (aim: at most 1); and
how many pixels each takes for what they are. All in the same process, one after the other.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from sklearn.ensemble import RandomForestClassifier

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.class_map import ClassMap, LabelledCube, MapRequest
from focus_viewer.core.datasets.data_set import LabelledRegion, Sample
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import BoolArray, FloatArray
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.teaching.live import LivePreview

SIDE, BANDS, REGIONS, REGION_PX = 512, 204, 10, 16
CLASSES = ("rust", "healthy")
T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cube, rusty = painted()
    request = MapRequest(cube, (labelled(cube, rusty),))
    explainer = Explainer()
    explainer.load("focus-leaf")
    rows: dict[str, list[float]] = {}
    explained = ExplainRequest(0, cube, "focus-leaf", "cpu")
    for _ in range(options.repeats):
        live = LivePreview()
        live._load(request, silent)
        note(rows, "read once", lambda live=live: read_all(live, few(request)))
        found = note(rows, "head and map", lambda live=live: live.advance(request, silent))
        note(rows, "explained", lambda: explainer.explain(explained, silent))
        forest = note(rows, "random forest", lambda: by_forest(request, options.threads))
    for name, seconds in rows.items():
        say(f"{name}: {statistics.median(seconds):.3f} s ({min(seconds):.3f}-{max(seconds):.3f})")
    say(f"read / explained: {ratio(rows, 'read once', 'explained'):.2f} (aim 1.3)")
    say(f"head and map / forest: {ratio(rows, 'head and map', 'random forest'):.3f} (aim 1)")
    ours = np.array(found.classes)[found.probabilities.argmax(axis=-1)] == "rust"
    step = SIDE // len(ours)
    say(f"right cells: preview {balanced(ours, rusty[::step, ::step]):.3f}, of pixels: forest "
        f"{balanced(forest, rusty):.3f} (balanced accuracy)")  # fmt: skip


def painted() -> tuple[Cube, BoolArray]:
    """Return a leaf everywhere, with discs of a dip in the red."""
    rng, nm = np.random.default_rng(0), np.linspace(400, 1000, BANDS)
    edge = 0.08 + 0.4 / (1 + np.exp(-(nm - 715) / 12))
    dip = 0.3 * np.exp(-0.5 * ((nm - 680) / 25) ** 2)
    row, col = np.mgrid[:SIDE, :SIDE]
    rusty = np.hypot(row % 128 - 64, col % 128 - 64) < 40
    light = 1 + 0.2 * np.sin(row / 90) * np.cos(col / 70)
    values = edge * np.where(rusty[..., None], 1 - dip, 1) * light[..., None]
    values *= 1 + 0.05 * rng.standard_normal(values.shape)
    source = ArraySource(values.astype(np.float32))
    good = np.ones(BANDS, dtype=np.bool_)
    return Cube(source, "painted", good, nm, units="reflectance"), rusty


def labelled(cube: Cube, rusty: BoolArray) -> LabelledCube:
    """Return the cube with ten squares, half of each class."""
    rng, regions = np.random.default_rng(1), []
    for number in range(REGIONS):
        wanted = number % 2 == 0
        while True:
            row, col = rng.integers(0, SIDE - REGION_PX, 2)
            inside = rusty[row : row + REGION_PX, col : col + REGION_PX]
            if inside.all() if wanted else not inside.any():
                break
        low = (float(col), float(row))
        outline = Rectangle(low, (low[0] + REGION_PX, low[1] + REGION_PX))
        regions.append(LabelledRegion(outline, (CLASSES[number % 2],), f"region {number}"))
    sample = Sample(Path("painted"), "painted", cube.shape, regions=tuple(regions))
    return LabelledCube(cube, sample)


def few(request: MapRequest) -> MapRequest:
    """Return the request without labels."""
    return MapRequest(request.cube, ())


def read_all(live: LivePreview, request: MapRequest) -> ClassMap:
    """Read stage by stage, as the window does."""
    while not (found := live.advance(request, silent)).finished:
        pass
    return found


def by_forest(request: MapRequest, threads: int) -> BoolArray:
    """Learn the regions' pixels, and predict each pixel of the image."""
    values: FloatArray = request.cube.block(slice(None), slice(None))
    pixels, names = [], []
    for example in request.labelled[0].sample.examples:
        crop = example.crop
        assert crop is not None
        own = values[crop.rows, crop.cols][crop.inside]
        pixels.append(own)
        names += [example.classes[0]] * len(own)
    forest = RandomForestClassifier(random_state=0, n_jobs=threads)
    forest.fit(np.concatenate(pixels), names)
    flat = values.reshape(-1, values.shape[2])
    return np.asarray(forest.predict(flat).reshape(values.shape[:2]) == "rust")


def note(rows: dict[str, list[float]], name: str, work: Callable[[], T]) -> T:
    """Do work and note its time."""
    started = time.perf_counter()
    found = work()
    rows.setdefault(name, []).append(time.perf_counter() - started)
    return found


def ratio(rows: dict[str, list[float]], first: str, second: str) -> float:
    """Return the median ratio of what was measured in a row."""
    return statistics.median(a / b for a, b in zip(rows[first], rows[second], strict=True))


def balanced(found: BoolArray, true: BoolArray) -> float:
    """Return the mean share that was found of each class."""
    return float((found[true].mean() + (~found[~true]).mean()) / 2)


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
