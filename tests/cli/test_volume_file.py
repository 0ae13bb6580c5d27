"""The volume as an ENVI cube."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np

from focus_viewer.cli.volume_file import write_volume
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency import SaliencyVolume
from focus_viewer.io import read_cube


def volume(side_px: int, groups: int) -> SaliencyVolume:
    edges = np.linspace(400, 2500, groups + 1)
    values = np.random.default_rng(0).normal(size=(4, 4, groups)).astype(np.float32)
    edges_nm = np.stack([edges[:-1], edges[1:]], axis=1)
    return SaliencyVolume(values, edges_nm, (side_px, side_px), "spot", "evidence")


def test_a_volume_larger_than_memory_could_be_written(tmp_path: Path) -> None:
    side_px, groups = 400, 60
    subject = volume(side_px, groups)
    tracemalloc.start()
    write_volume(tmp_path / "v.hdr", subject, "", silent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = (tmp_path / "v.img").stat().st_size
    assert size == side_px * side_px * groups * 4
    assert peak < size / 5


def test_texts_from_elsewhere_do_not_break_the_header(tmp_path: Path) -> None:
    write_volume(tmp_path / "v.hdr", volume(8, 3), "a}\nbands = 9\n{\udcff", silent)
    cube = read_cube(tmp_path / "v.hdr")
    assert cube.shape == (8, 8, 3)
    assert (tmp_path / "v.hdr").read_text().splitlines()[1] == "description = {a) bands = 9 (?}"
