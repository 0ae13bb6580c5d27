"""SPy leaves no trace outside its room."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

from envi_bytes import write_envi
from spectral.io import envi

from focus_viewer.io import read_cube

PROGRAM = """
import logging
import focus_viewer.io
assert logging.getLogger("spectral").handlers == [], logging.getLogger("spectral").handlers
assert logging.getLogger().handlers == []
"""


def test_import_adds_no_log_handler() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_spy_itself_reads_the_same_numbers(tmp_path: Path) -> None:
    entries = {"reflectance scale factor": "4", "byte order": "1"}
    header = write_envi(tmp_path, None, entries, interleave="bil", big_endian=True)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = envi.open(str(header))
        expected = image.read_pixel(2, 3)

    assert read_cube(header).pixel(2, 3).tolist() == expected.tolist()
