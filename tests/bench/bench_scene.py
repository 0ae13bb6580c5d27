"""How fast one large leaf scene is explained, by several versions of the code in turn.

Run: python tests/bench/bench_scene.py TREE... [--rounds N] [--threads N] [--folder DIR]

The scene: 1,000 x 1,000 pixels of 210 bands, a third of it leaf: the bundled sample, enlarged five
times, its leaf again beside it, on its own dark ground. A TREE is a checkout (`git worktree add
DIR COMMIT`). Each explains in a process of its own, interleaved, after a warm-up on the sample: it
prints seconds of wall and processor, passes, the process's peak memory, and with the last TREE's
result the correlation of the predicted class's volume on tissue and the largest difference.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

SIDE, TIMES = 1000, 5
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FIRST = (0, 10)  # the sample's row and column that the scene begins with: 33 % of it is leaf
OF_SAMPLE = (210, 112, 160)  # bands, rows, columns: a file of two bytes a number, band by band


def write_scene(folder: Path) -> Path:
    """Write the scene as an ENVI file, and return its header."""
    sample = np.fromfile(RESOURCES / "leaf.img", dtype="<i2").reshape(OF_SAMPLE)
    header = folder / "scene.hdr"
    text = (RESOURCES / "leaf.hdr").read_text(encoding="ascii")
    sizes = zip(("lines", "samples"), OF_SAMPLE[1:], strict=True)
    for name, size in sizes:
        text = text.replace(f"{name} = {size}\n", f"{name} = {SIDE}\n")
    header.write_text(text, encoding="ascii")
    # Past its edge the image goes on with the same leaf again.
    shifts = zip(OF_SAMPLE[1:], FIRST, strict=True)
    places = [(np.arange(SIDE) // TIMES + first) % size for size, first in shifts]
    with header.with_suffix(".img").open("wb") as file:
        for band in sample:
            file.write(band[np.ix_(*places)].tobytes())
    return header


def measure(tree: Path, header: Path, out: Path, threads: int) -> dict[str, Any]:
    """Explain the scene by the code of a checkout, in a process of its own."""
    environ = dict(os.environ) | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": str(threads)}
    here = [sys.executable, str(Path(__file__).resolve()), "--one", str(header), str(out)]
    done = subprocess.run(
        here, cwd=tree, env=environ, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def explain_here(header: Path, out: Path) -> None:
    """Explain the scene by the code on this process's path, and print what it took."""
    from focus_viewer.core.progress import silent
    from focus_viewer.io.reader import read_cube

    request_of = _first_there("core.saliency.request", "core.request").ExplainRequest
    explainer = _first_there("explain.inference.explainer", "explain.explainer").Explainer()
    explainer.explain(request_of(1, read_cube(RESOURCES / "leaf.hdr"), "focus-leaf"), silent)
    cube = read_cube(header)
    wall, processor = time.perf_counter(), time.process_time()
    found = explainer.explain(request_of(2, cube, "focus-leaf", "cpu"), silent)
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - processor}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    took |= {"passes": found.cost.forward_passes, "peak_gb": peak}
    own = found.classes.index(found.predicted)
    np.savez(out, volume=found.saliency[own], logits=found.logits)
    print(json.dumps(took))  # noqa: T201


def _first_there(*names: str) -> Any:
    """Import the first of some modules that a checkout has: they were moved."""
    for name in names:
        try:
            return import_module(f"focus_viewer.{name}")
        except ImportError:
            continue
    raise ImportError(f"none of {names}")


def agreement(found: Path, reference: Path) -> str:
    """Compare two volumes where either has anything."""
    own, other = (np.load(path) for path in (found, reference))
    if own["volume"].shape != other["volume"].shape:
        return "another grid"
    tissue = np.abs(other["volume"]).sum(-1) + np.abs(own["volume"]).sum(-1) > 0
    first, second = (each["volume"][tissue].ravel() for each in (own, other))
    largest = np.abs(first - second).max() / np.abs(second).max()
    logits = np.abs(own["logits"] - other["logits"]).max()
    return (
        f"correlation {np.corrcoef(first, second)[0, 1]:.7f}, largest difference {largest:.1e} of "
        f"the largest value, logits {logits:.1e}"
    )


def main() -> None:
    """Measure all checkouts in turn, and print a line a run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("trees", nargs="*", type=Path)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--folder", type=Path)
    options.add_argument("--one", nargs=2, type=Path)
    given = options.parse_args()
    if given.one:
        explain_here(*given.one)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        header = folder / "scene.hdr"
        if not header.exists():
            write_scene(folder)
        results = [folder / f"{index}.npz" for index in range(len(given.trees))]
        for turn in range(given.rounds):
            for tree, out in zip(given.trees, results, strict=True):
                took = measure(tree.resolve(), header, out, given.threads)
                row = "  ".join(f"{name} {value:6.2f}" for name, value in took.items())
                print(f"{turn}  {tree.name:16} {row}", flush=True)  # noqa: T201
        for tree, out in zip(given.trees, results, strict=True):
            print(f"{tree.name:16} {agreement(out, results[-1])}")  # noqa: T201


if __name__ == "__main__":
    main()
