"""Many cubes: one batch against a loop of `explain`, and two processes against one.

Run: python tests/bench/bench_batch.py tiles|workers [options]

tiles    64 tiles of 32 x 32 pixels and 224 bands: one batch, and `focus-viewer explain` for some of
         them one after the other, by the program in another checkout (--before DIR)
workers  cubes of 50 MB in one process, held on one core and not, and in two

Times are of whole commands, from the shell's point of view. All processes have one thread.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from focus_viewer.io import read_cube, write_envi

ROOT = Path(__file__).parents[2]
TILES, TILE_PX, BANDS = 64, 32, 224
CUBE_PX, CUBE_BANDS = 240, 217  # float32: 50 MB
_PR_SET_CHILD_SUBREAPER = 36  # of Linux's sys/prctl.h
RUN = "from focus_viewer.cli.main import run; run()"


def report(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_cubes(folder: Path, count: int, side: int, bands: int) -> None:
    """Write cubes of random places of the sample leaf, with noise, at other bands."""
    leaf = read_cube(ROOT / "resources" / "leaf.hdr")
    values, nm = leaf.block(slice(None), slice(None)), leaf.wavelengths_nm
    assert nm is not None
    axis = np.linspace(nm[0], nm[-1], bands)
    place = np.interp(axis, nm, np.arange(nm.size))
    low, share = np.floor(place).astype(int), (place % 1).astype(np.float32)
    high = np.minimum(low + 1, nm.size - 1)
    rng = np.random.default_rng(0)
    for number in range(count):
        rows = np.arange(side) % leaf.rows + rng.integers(leaf.rows)
        cols = np.arange(side) % leaf.cols + rng.integers(leaf.cols)
        part = values[np.ix_(rows % leaf.rows, cols % leaf.cols)]
        cube = part[..., low] * (1 - share) + part[..., high] * share
        cube *= 1 + rng.normal(0, 0.01, cube.shape).astype(np.float32)
        planes = np.moveaxis(cube.astype(np.float32), 2, 0)
        entries = {"wavelength units": "Nanometers", "wavelength": axis.tolist()}
        write_envi(folder / f"cube{number:03}.hdr", planes, entries)


class Time(NamedTuple):
    """Seconds on the clock, and of all processors together: a busy machine stretches the first."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.cpu:.1f} s of processors)"


def adopt_orphans() -> None:
    """Become the parent of processes whose own has ended, so that their time is counted (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cpu_seconds() -> float:
    """Return the seconds of processors of all processes that have ended."""
    with suppress(ChildProcessError):
        while True:
            os.wait()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(root: Path, *arguments: str, cores: Sequence[int] = ()) -> Time:
    """Run the command line of a checkout, and return its time; status 3 is well too.

    Parameters
    ----------
    cores : sequence of int
        That it may use; all, if none is named.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    held = ["taskset", "-c", ",".join(map(str, cores))] if cores else []
    started, before = time.perf_counter(), cpu_seconds()
    done = subprocess.run(
        [*held, sys.executable, "-c", RUN, *arguments],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)
    wall = time.perf_counter() - started
    return Time(wall, cpu_seconds() - before)


def tiles(before: Path, looped: int) -> None:
    """Print the time of a batch of tiles, and that of a loop, extrapolated from some tiles."""
    with TemporaryDirectory() as place:
        folder, out = Path(place) / "cubes", Path(place) / "out"
        folder.mkdir()
        write_cubes(folder, TILES, TILE_PX, BANDS)
        paths = sorted(folder.glob("*.hdr"))[:looped]
        half = len(paths) // 2
        loop = [timed(before, "explain", str(p), "--out", str(out / p.stem)) for p in paths[:half]]
        batch = timed(ROOT, "batch", str(folder), "--out", str(out / "batch"))
        loop += [timed(before, "explain", str(p), "--out", str(out / p.stem)) for p in paths[half:]]
        rows = len((out / "batch" / "cubes.csv").read_text().splitlines()) - 1
        model = sum(seconds(out / "batch"))
    report(f"batch of {rows} tiles: {batch}; {model:.1f} s in explanations")
    report(f"explain in {before}: " + ", ".join(map(str, loop)))
    whole = Time(*(TILES * np.mean(loop, axis=0)))
    times = f"{whole.wall / batch.wall:.1f}x, processors {whole.cpu / batch.cpu:.1f}x"
    report(f"a loop of {TILES}, extrapolated from {len(loop)}: {whole}; {times}")


def seconds(out: Path) -> list[float]:
    """Return the seconds of each explanation in a table."""
    with (out / "cubes.csv").open(newline="") as file:
        return [float(row["seconds"]) for row in csv.DictReader(file)]


def workers(count: int) -> None:
    """Print the time of cubes of 50 MB in one process, on one core and on all, and in two.

    One process reads ahead in a second thread, and so uses more than one core.
    """
    adopt_orphans()
    one_core = sorted(os.sched_getaffinity(0))[:1]
    runs = {"one on one core": (1, one_core), "one": (1, []), "two": (2, [])}
    found = {}
    with TemporaryDirectory() as place:
        folder = Path(place) / "cubes"
        folder.mkdir()
        write_cubes(folder, count, CUBE_PX, CUBE_BANDS)
        for name, (number, cores) in runs.items():
            out = Path(place) / name.replace(" ", "_")
            arguments = ("batch", str(folder), "--out", str(out), "--workers", str(number))
            found[name] = timed(ROOT, *arguments, cores=cores)
            report(
                f"{name}, {count} cubes: {found[name]}, {sum(seconds(out)):.1f} s in explanations"
            )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    for name in list(runs)[:2]:
        more = found["two"].cpu / found[name].cpu - 1
        times = found[name].wall / found["two"].wall
        report(f"two against {name}: {times:.2f}x; processors {100 * more:+.1f} %")
    report(f"peak of the largest process {peak:.2f} GiB")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["tiles", "workers"])
    parser.add_argument("--before", type=Path, help="checkout whose `explain` is looped")
    parser.add_argument("--looped", type=int, default=6, help="tiles of the loop")
    parser.add_argument("--cubes", type=int, default=8, help="cubes of 50 MB")
    options = parser.parse_args()
    if options.what == "workers":
        workers(options.cubes)
    else:
        tiles(options.before or ROOT, options.looped)


if __name__ == "__main__":
    main()
