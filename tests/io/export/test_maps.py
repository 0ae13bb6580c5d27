"""Values of pictures, read back by other libraries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from phantom import make_phantom

from focus_viewer.core.documents.export_request import ExportFormat, ExportRequest
from focus_viewer.core.errors import FocusError
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.io import read_cube
from focus_viewer.io.export import write_export

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

CUBE = make_phantom().cube
RATIO = CompositeRecipe("formula", formula="r800 / r680")


def request_of(form: ExportFormat, recipe: CompositeRecipe | None) -> ExportRequest:
    stretch = Stretch(limits=((0.0, 0.1),), gamma=2)  # which changes no value
    picture = None if recipe is None else composite(CUBE, recipe, stretch=stretch)
    window = BandWindow(550, 100)
    return ExportRequest("map", form, CUBE, None, window, Annotations(), picture=picture)


def expected() -> np.ndarray:
    values = CUBE.block(slice(None), slice(None))
    return values[..., 40] / values[..., 28]


def test_an_index_as_geotiff(tmp_path: Path) -> None:
    path = tmp_path / "map.tif"
    write_export(path, request_of("geotiff", RATIO), silent)
    with rasterio.open(path) as dataset:
        assert dataset.read(1) == pytest.approx(expected(), rel=1e-6)
        assert dataset.descriptions == ("r800 / r680",)
        assert "from 800, 680 nm" in dataset.tags()["DESCRIPTION"]


def test_an_index_as_envi(tmp_path: Path) -> None:
    write_export(tmp_path / "map.hdr", request_of("envi", RATIO), silent)
    cube = read_cube(tmp_path / "map.hdr")
    assert cube.block(slice(None), slice(None))[..., 0] == pytest.approx(expected(), rel=1e-6)
    assert "r800 / r680" in (tmp_path / "map.hdr").read_text()


def test_components_as_numpy(tmp_path: Path) -> None:
    write_export(tmp_path / "map.npy", request_of("numpy", CompositeRecipe("pca")), silent)
    values = np.load(tmp_path / "map.npy")
    assert values.shape == (CUBE.rows, CUBE.cols, 3)
    assert np.isfinite(values).all()


def test_three_bands_are_named_by_their_wavelengths(tmp_path: Path) -> None:
    path = tmp_path / "map.tif"
    write_export(path, request_of("geotiff", CompositeRecipe("custom", (20, 10, 0))), silent)
    with rasterio.open(path) as dataset:
        assert dataset.descriptions == ("600 nm", "500 nm", "400 nm")


def test_without_a_picture_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match="no picture yet"):
        write_export(tmp_path / "map.npy", request_of("numpy", None), silent)
    assert list(tmp_path.iterdir()) == []
