"""Cubes that a model is attached with: those of a folder, or of the folders in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.errors import CubeError
from focus_viewer.io.envi_writer import write_envi
from focus_viewer.services.attaching import cubes_of


def test_cubes_are_found_in_a_folder_for_each_class(tmp_path: Path) -> None:
    paths = [tmp_path / label / "leaf.hdr" for label in ("healthy", "rust")]
    for path in paths:
        path.parent.mkdir()
        write_envi(path, np.ones((3, 4, 4), np.float32), {"wavelength": ["500", "600", "700"]})
    assert cubes_of(tmp_path) == paths
    assert cubes_of(paths[0].parent) == cubes_of(paths[0]) == paths[:1]


def test_a_folder_without_cubes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match="expected a folder of cubes, found none"):
        cubes_of(tmp_path)
