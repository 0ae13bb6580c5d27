"""What the tests of exported files write: a small cube on a turned map, explained and marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header

SHAPE = (6, 8)
WAVELENGTHS_NM = np.array([450.5, 550, 670, 800])
EDGES_NM = np.array([[400.0, 500], [500, 650], [700, 900]])  # with a gap
MAP_INFO = (
    "{ UTM , 2.000 , 3.000 , 736600.5 , 4078126.75 , 2.5 , 2.5 , 12 , North , WGS-84 , "
    "units=Meters , rotation=-66.0 }"
)


def located(map_info: str) -> Georeference:
    return read_georeference(Header(Path(), {"map info": map_info}))


def cube(**attributes: Any) -> Cube:
    values = np.random.default_rng(3).uniform(0.1, 0.6, (*SHAPE, 4)).astype(np.float32)
    values[0, 0, 1] = np.nan
    settled: dict[str, Any] = {
        "good_bands": np.array([True, True, True, False]),
        "wavelengths_nm": WAVELENGTHS_NM,
        "fwhm_nm": np.array([5.0, 6, 7, 8]),
        "units": "reflectance",
        "georeference": located(MAP_INFO),
    }
    return Cube(ArraySource(values), "leaf", **(settled | attributes))


def volume() -> SaliencyVolume:
    values = np.random.default_rng(4).normal(size=(3, 4, 3)).astype(np.float32)
    return SaliencyVolume(values, EDGES_NM, SHAPE, "rust against scab", "evidence")


def regions() -> Annotations:
    drawn = Annotations().add(Rectangle((0, 0), (4, 3)), "Läsion, «1»", "#ff0080", "rust")
    return drawn.add(Rectangle((2, 2), (8, 6)), "edge", "#00ff00")


REQUEST = ExportRequest(
    "volume",
    "envi",
    cube(),
    volume(),
    BandWindow(550, 100),
    regions(),
    ((1, 2), (5, 7)),
    picture=composite(cube(), CompositeRecipe("band", (1,))),
)


def request(**values: Any) -> ExportRequest:
    return replace(REQUEST, **values)
