"""What in a folder may be a cube, and what is of another kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from envi_bytes import write_envi
from tifffile import imwrite

from focus_viewer.io.folder import cubes_below


def test_other_kinds_are_told_from_what_is_damaged(tmp_path: Path) -> None:
    write_envi(tmp_path, data_name="leaf.img", header_name="leaf.hdr")
    one_band = np.zeros((4, 5, 1), np.uint8)
    for name, entries in (("classes", {"file type": "ENVI Classification"}), ("band", {})):
        write_envi(tmp_path, one_band, entries, data_name=f"{name}.img", header_name=f"{name}.hdr")
    (tmp_path / "broken.hdr").write_text("ENVI\nsamples = many\n")
    imwrite(tmp_path / "photo.tif", np.zeros((8, 9, 3), np.uint8), photometric="rgb")
    imwrite(tmp_path / "labels.tif", np.zeros((8, 9), np.uint8))
    imwrite(tmp_path / "whole.tif", np.ones((20, 30, 40), np.float32), photometric="minisblack")
    content = (tmp_path / "whole.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(content[: len(content) // 2])
    cubes, others = cubes_below(tmp_path)
    assert [path.name for path in cubes] == ["broken.hdr", "cut.tif", "leaf.hdr", "whole.tif"]
    assert [path.name for path in others] == ["band.hdr", "classes.hdr", "labels.tif", "photo.tif"]
