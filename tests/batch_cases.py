"""Small cubes on disk, a small model, and batches of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from envi_bytes import write_envi
from explain_models import RECIPE, make_card, make_cube, make_small

from focus_viewer.batch.options import BatchOptions
from focus_viewer.batch.run import BatchRequest, BatchRun, run_batch
from focus_viewer.core.progress import silent
from focus_viewer.explain.model.checkpoint import save_model

NM = np.arange(405, 896, 10)
VARYING = {"seconds"}
"""Columns that differ from run to run."""


def save_small_model(folder: Path) -> Path:
    """Save the small model, and return its folder."""
    save_model(folder, make_small(), make_card(), RECIPE)
    return folder


def write_cube(
    folder: Path,
    name: str,
    seed: int = 0,
    shape: tuple[int, int] = (24, 20),
    entries: Mapping[str, str | None] | None = None,
) -> Path:
    """Write NAME.hdr and NAME.img, and return the header."""
    cube = make_cube(*shape, seed=seed)
    stated = {
        "wavelength units": "Nanometers",
        "wavelength": f"{{{', '.join(map(str, NM))}}}",
        **(entries or {}),
    }
    values = cube.block(slice(None), slice(None))
    names = {"data_name": f"{name}.img", "header_name": f"{name}.hdr"}
    return write_envi(folder, values, stated, **names)


def write_cubes(folder: Path, count: int) -> Path:
    """Write a folder of cubes of different content."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        write_cube(folder, f"leaf{number:02}", seed=number, shape=(20 + number % 3 * 4, 20))
    return folder


def options(model: Path, **values: object) -> BatchOptions:
    """Return options on the CPU."""
    return BatchOptions(str(model), device="cpu", **values)  # type: ignore[arg-type]


def batch(model: Path, out: Path, *inputs: str | Path, **values: object) -> BatchRun:
    """Run a batch of inputs in this process."""
    of_options = {
        name: values.pop(name) for name in ("regions", "objects", "calibrate") if name in values
    }
    request = BatchRequest(inputs, out, options(model, **of_options), **values)  # type: ignore[arg-type]
    return run_batch(request, silent)


def csv_rows(out: Path) -> list[dict[str, str]]:
    """Return the rows of the written table, without what differs from run to run."""
    with (out / "cubes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k not in VARYING} for row in rows]
