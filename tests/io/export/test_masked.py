"""Exports of a cube with a mask: no pixel outside counts, and every file says so."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from export_cases import SHAPE, WAVELENGTHS_NM, cube, request

from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.errors import FocusError
from focus_viewer.core.masks.computing import compute_mask
from focus_viewer.core.masks.rules import MaskStep, WithinLimits, WithinOutline
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io import read_cube
from focus_viewer.io.export import write_export

LEFT = (MaskStep(WithinOutline(Rectangle((0, 0), (3, 6)), "Left", SHAPE)),)
CUBE = cube()
MASK = compute_mask(CUBE, LEFT)
TEXT = "Left (18 of 48 px)"


def masked(**values: Any) -> ExportRequest:
    return request(cube=CUBE, mask=MASK, **values)


def columns(path: Path) -> dict[str, list[str]]:
    header, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


@pytest.mark.parametrize("kind", ["map", "heatmap", "volume"])
def test_images_have_no_data_outside(tmp_path: Path, kind: Any) -> None:
    write_export(tmp_path / "one.hdr", masked(kind=kind, format="envi"), silent)
    write_export(tmp_path / "one.tif", masked(kind=kind, format="geotiff"), silent)
    values = read_cube(tmp_path / "one.hdr").block(slice(None), slice(None))
    with rasterio.open(tmp_path / "one.tif") as dataset:
        assert np.array_equal(np.moveaxis(dataset.read(), 0, -1), values, equal_nan=True)
        assert TEXT in str(dataset.tags())
    assert np.isnan(values[:, 3:]).all()
    assert np.isfinite(values[1:, :3]).all()
    assert TEXT in (tmp_path / "one.hdr").read_text()


def test_numpy_volumes_have_no_data_outside_and_name_the_mask(tmp_path: Path) -> None:
    write_export(tmp_path / "v.npz", masked(kind="volume", format="numpy"), silent)
    with np.load(tmp_path / "v.npz") as found:
        assert np.isnan(found["values"][:, 3:]).all()
        assert str(found["mask"]) == TEXT


def test_spectra_are_of_the_pixels_inside(tmp_path: Path) -> None:
    write_export(tmp_path / "s.csv", masked(kind="spectra", format="csv"), silent)
    found = columns(tmp_path / "s.csv")
    assert found["mask_of_regions"] == [TEXT] * WAVELENGTHS_NM.size
    inside = CUBE.block(slice(2, 6), slice(2, 3)).reshape(-1, 4)
    assert np.array(found["edge mean"], dtype=float) == pytest.approx(inside.mean(axis=0), rel=1e-5)
    assert found["edge n"] == ["4"] * 4


def test_curves_and_labels_are_of_the_pixels_inside(tmp_path: Path) -> None:
    write_export(tmp_path / "c.csv", masked(kind="curves", format="csv"), silent)
    write_export(tmp_path / "all.csv", request(kind="curves", format="csv"), silent)
    found, whole = columns(tmp_path / "c.csv"), columns(tmp_path / "all.csv")
    assert found["mask_of_regions"] == [TEXT] * 3
    assert found["image"] == whole["image"] and found["edge"] != whole["edge"]
    write_export(tmp_path / "l.tif", masked(kind="labels", format="geotiff"), silent)
    with rasterio.open(tmp_path / "l.tif") as dataset:
        labels = dataset.read(1)
        assert TEXT in str(dataset.tags())
    assert labels[:, :3].any() and not labels[:, 3:].any()


def test_an_empty_inside_is_refused(tmp_path: Path) -> None:
    rule = WithinLimits(CompositeRecipe("formula", formula="r550 + r670"), low=99.0)
    empty = compute_mask(CUBE, (MaskStep(rule),))
    with pytest.raises(FocusError, match="No pixel of leaf is inside the mask"):
        write_export(tmp_path / "m.npy", request(kind="map", format="numpy", mask=empty), silent)
    assert not list(tmp_path.iterdir())
