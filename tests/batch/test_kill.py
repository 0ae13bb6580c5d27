"""A batch that is killed, whenever it is: the same command goes on to the same table."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from batch_cases import batch, csv_rows, write_cubes

RUN = """
import sys
from pathlib import Path
from batch_cases import batch
model, out, *inputs = sys.argv[1:]
batch(Path(model), Path(out), *inputs)
"""


def start(model: Path, out: Path, *inputs: Path) -> subprocess.Popen[bytes]:
    path = str(Path(__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {path!r})\n{RUN}"
    return subprocess.Popen([sys.executable, "-c", code, str(model), str(out), *map(str, inputs)])


def parts(out: Path) -> int:
    return len(list((out / "parts").glob("*.npz")))


def test_a_killed_batch_goes_on_to_the_same_table(model: Path, tmp_path: Path) -> None:
    after = 3
    folder, out = write_cubes(tmp_path / "day", 12), tmp_path / "out"
    process = start(model, out, folder)
    while parts(out) < after and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = parts(out)
    assert kept >= after
    done = batch(model, out, folder)
    assert done.reused == kept
    batch(model, tmp_path / "whole", folder)
    assert csv_rows(out) == csv_rows(tmp_path / "whole")
    assert (out / "curves.nc").exists()
