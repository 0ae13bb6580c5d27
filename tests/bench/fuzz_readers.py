"""Damages small files of cubes and regions of every format at random, to see what readers do.

Run it from the project's folder as `PYTHONPATH=. python tests/bench/fuzz_readers.py --minutes 10
--seed 1`. Each file is opened in a process of its own, and of a cube a pixel, a band and a block
are read: it must be a cube or regions, or be refused by a `FocusError`. A process may take LIMIT_S
seconds and ROOM_BYTES of address space; SPIKE_BYTES of memory are too much for files of some kB.
One that ends its process, hangs, takes memory or raises another error is kept in a folder that is
named at the end, with what its process said; `--again FOLDER` opens what was kept once more. A
table of all formats is printed. It ends with 1 if anything was kept. Linux only.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

from annotation_files import good_annotation_files, regions_of
from damage_cases import Files, chosen, damaged, good_files, put

from focus_viewer.core.errors import FocusError

LIMIT_S = 20.0
ROOM_BYTES = 2 * 2**30
SPIKE_BYTES = 256 * 2**20
OPENED, REFUSED, OTHER = 0, 3, 4
COLUMNS = ("tried", "opened", "refused", "crashed", "hung", "spikes", "other")
KEPT = {"crashed", "hung", "spikes", "other"}


@dataclass
class Bench:
    """Where files are damaged, and what came of them.

    Attributes
    ----------
    seed : int
    work, keep : Path
        Folders: of the file that is tried, and of those that are kept.
    counts : dict of str to Counter
        Of each format.
    slowest_s : float
    """

    seed: int
    work: Path
    keep: Path
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    slowest_s: float = 0.0

    def try_one(self, kind: str, files: Files, number: int) -> None:
        """Damage a file, open it in another process, and count what happens."""
        random = Random(f"{self.seed}/{kind}/{number}")  # noqa: S311 - to be done again, not secret
        broken = files if number == 0 else damaged(random, files)
        folder = self.work / "one"
        path = put(folder, broken)
        began = time.monotonic()
        outcome = run_aside(path, self.work / "said.txt", reader_of(kind))
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.counts.setdefault(kind, Counter()).update(("tried", outcome))
        if number == 0 and outcome != "opened":
            raise SystemExit(f"{kind} is not opened though nothing is damaged: {outcome}")
        if outcome in KEPT:
            kept = self.keep / f"{outcome}-{kind.replace(' ', '_')}-{number}"
            folder.rename(kept)
            shutil.copy(self.work / "said.txt", kept / "said.txt")
        else:
            shutil.rmtree(folder)

    def table(self) -> str:
        """One line a format, and their sum."""
        width = max(map(len, self.counts))
        total: Counter[str] = sum(self.counts.values(), Counter())
        rows = [*self.counts.items(), ("all", total)]
        lines = [" ".join(["format".ljust(width), *(f"{name:>8}" for name in COLUMNS)])]
        lines += [
            " ".join([kind.ljust(width), *(f"{found[name]:>8}" for name in COLUMNS)])
            for kind, found in rows
        ]
        return "\n".join(lines)


def run_aside(path: Path, said: Path, read: Callable[[Path], object]) -> str:
    """What becomes of a process that opens a file: a name of `COLUMNS`."""
    resident = _resident_bytes()
    child = os.fork()
    if child == 0:
        _open_and_leave(path, said, read)
    handle = os.pidfd_open(child)
    try:
        ended = bool(select.select([handle], [], [], LIMIT_S)[0])
        if not ended:
            os.kill(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
    finally:
        os.close(handle)
    if not ended:
        return "hung"
    if os.WIFSIGNALED(status):
        return "crashed"
    if usage.ru_maxrss * 1024 > resident + SPIKE_BYTES:
        return "spikes"
    return {OPENED: "opened", REFUSED: "refused"}.get(os.WEXITSTATUS(status), "other")


def _open_and_leave(path: Path, said: Path, read: Callable[[Path], object]) -> NoReturn:
    """In the process that is given up: nothing of it reaches the one that goes on."""
    status = OTHER
    try:
        with said.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            faulthandler.enable(file)
            faulthandler.dump_traceback_later(LIMIT_S * 0.9, file=file)
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + ROOM_BYTES,) * 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            status = _outcome(path, read)
            file.flush()
    finally:
        os._exit(status)


def _outcome(path: Path, read: Callable[[Path], object]) -> int:
    try:
        read(path)
    except FocusError as error:
        sys.stderr.write(f"{error}\n")
        if not isinstance(error.__cause__, MemoryError):
            return REFUSED
        traceback.print_exc()  # out of memory over some kB: it took what the file told it to
        return OTHER
    except BaseException:  # noqa: BLE001 - that is what is looked for
        traceback.print_exc()
        return OTHER
    return OPENED


def reader_of(kind: str) -> Callable[[Path], object]:
    """What reads a file of a kind: of regions or of a cube."""
    return regions_of if kind.startswith("regions ") else read_parts


def read_parts(path: Path) -> None:
    """Read a pixel, a band and a block of at most 20 pixels a side of a cube."""
    cube = chosen(path)
    cube.pixel(cube.rows - 1, cube.cols - 1)
    if cube.rows * cube.cols <= 10**7:
        cube.band(cube.bands // 2)
    cube.block(slice(0, 20), slice(0, 20), slice(0, 20))


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def again(folder: Path) -> int:
    """Open each file that was kept once more, and tell what happens."""
    outcomes = []
    with tempfile.TemporaryDirectory() as name:
        for kept in sorted(folder.iterdir()):
            inside = next(one for one in sorted(kept.iterdir()) if one.name != "said.txt")
            kind = kept.name.partition("-")[2].replace("_", " ")
            outcomes.append(run_aside(inside, Path(name) / "said.txt", reader_of(kind)))
            sys.stdout.write(f"{outcomes[-1]:>8}  {kept.name}\n")
    return 1 if KEPT & set(outcomes) else 0


def load_libraries() -> None:
    """All that readers load when first needed, so that no process has to load it again."""
    import h5py  # noqa: F401
    import pyogrio.raw  # noqa: F401
    import rasterio  # noqa: F401
    import roifile  # noqa: F401
    import tifffile  # noqa: F401
    import zarr.storage  # noqa: F401


def main() -> int:
    """Fuzz until the time is over, the formats by turns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="formats whose name begins so")
    parser.add_argument("--again", type=Path, help="a folder of files that were kept")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    load_libraries()
    if options.again is not None:
        return again(options.again)
    keep = Path(tempfile.mkdtemp(prefix="fuzz-kept-"))
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(options.seed, Path(name), keep)
        files = good_files(Path(name) / "good") | good_annotation_files(Path(name) / "regions")
        wanted = {kind: one for kind, one in files.items() if kind.startswith(options.only)}
        end, number = time.monotonic() + options.minutes * 60, 0
        while time.monotonic() < end:
            for kind, one in wanted.items():
                bench.try_one(kind, one, number)
            number += 1
    kept = sorted(one.name for one in keep.iterdir())
    told = f"seed {options.seed}, the slowest file took {bench.slowest_s:.1f} s"
    sys.stdout.write(f"{bench.table()}\n{told}; {len(kept)} kept in {keep}\n")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
