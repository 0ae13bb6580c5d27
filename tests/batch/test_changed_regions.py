"""Files of regions that change between runs, whichever of their files it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from batch_cases import batch, write_cube
from envi_bytes import write_envi

from focus_viewer.batch.file_parts import digest_of_parts, file_parts
from focus_viewer.core.errors import FocusError


def test_a_class_map_with_other_pixels_is_other_regions(model: Path, tmp_path: Path) -> None:
    cube = write_cube(tmp_path, "leaf")
    classes = np.zeros((24, 20, 1), np.uint8)
    stated = {"file type": "ENVI Classification", "classes": "2", "class names": "{none, sick}"}
    names = {"data_name": "map.img", "header_name": "map.hdr"}
    classes[:6] = 1
    regions = write_envi(tmp_path, classes, stated, **names)
    given = tmp_path / "list.csv"
    given.write_text("path,regions\nleaf.hdr,map.hdr\n")
    listed = batch(model, tmp_path / "listed", given)
    assert listed.rows[1]["region_pixels"] == 6 * 20
    batch(model, tmp_path / "out", cube, regions=regions)
    classes[:9] = 1
    write_envi(tmp_path, classes, stated, **names)
    assert batch(model, tmp_path / "listed", given).rows[1]["region_pixels"] == 9 * 20
    with pytest.raises(FocusError, match="other regions"):
        batch(model, tmp_path / "out", cube, regions=regions)


def test_a_shapefile_has_its_tables(tmp_path: Path) -> None:
    for suffix in (".shp", ".dbf", ".prj", ".png", ".hdr"):
        (tmp_path / f"plots{suffix}").write_text("first")
    shape = tmp_path / "plots.shp"
    assert [path.suffix for path in file_parts(shape)] == [".shp", ".dbf", ".prj"]
    assert file_parts(tmp_path / "plots.png") == [tmp_path / "plots.png"]
    before = digest_of_parts(shape)
    (tmp_path / "plots.dbf").write_text("other")
    assert digest_of_parts(shape) != before
