"""Samples: their cubes are opened as they were when the data set was read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data_set_files import pixels, write_cube
from envi_bytes import write_envi

from focus_viewer.core.errors import CubeError
from focus_viewer.io.datasets import open_sample, read_data_set
from focus_viewer.io.datasets import samples as module


def test_a_file_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    for number, name in enumerate(["rust", "healthy"]):
        write_cube(tmp_path / name, "a", number)
    (_, sample) = read_data_set(tmp_path).samples
    open_sample(sample)
    before = (tmp_path / "rust" / "a.img").stat()
    write_cube(tmp_path / "rust", "a", 7)
    os.utime(tmp_path / "rust" / "a.img", ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(CubeError, match=r"a.hdr was changed.*Read the data set again"):
        open_sample(sample)
    write_cube(tmp_path / "rust", "a", 0)
    open_sample(sample)


def test_a_file_that_did_not_change_is_hashed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(["rust", "healthy"]):
        write_cube(tmp_path / name, "a", number)
    (sample, _) = read_data_set(tmp_path).samples
    monkeypatch.setattr(module, "fingerprint", lambda cube: pytest.fail("hashed again"))
    open_sample(sample)


def test_the_background_has_no_data(tmp_path: Path) -> None:
    write_cube(tmp_path / "rust", "a", 1)
    write_cube(tmp_path / "healthy", "a", 2)
    values = pixels(2)
    values[:3], values[5, 5] = 0, [0, 0, 7, 0, 0, 0]
    write_envi(tmp_path / "healthy", values, data_name="a.img", header_name="a.hdr")
    (sample, _) = read_data_set(tmp_path).samples
    cube = open_sample(replace(sample, background=0.0))
    band = cube.band(2)
    assert np.isnan(band[:3]).all()
    assert band[5, 5] == 7
    assert np.isfinite(band[3:]).all()
    np.testing.assert_array_equal(cube.block(slice(2, 6), slice(4, 9))[..., 2], band[2:6, 4:9])
