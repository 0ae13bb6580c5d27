"""Painted leaves as a data set in memory: regions of spots and of healthy tissue, with truth."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from focus_viewer.cli.research.benchmark_painted import paint_boxes
from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.data_set import DataSet, LabelledRegion, Sample
from focus_viewer.core.regions.connectivity import components
from focus_viewer.core.regions.shapes import Rectangle, mask_shape
from focus_viewer.core.typing import BoolArray
from focus_viewer.simulate.painter import PaintedScene, Palette, paint_pair
from focus_viewer.simulate.sensors import VNIR, limit_sensor
from focus_viewer.simulate.tissue import draw_healthy, reflectance, soil_reflectance

ILL, HEALTHY = "rust", "healthy"
SIZE_PX, SQUARE, _LEAST_PIXELS = 64, 10, 8
_OWN_CLASS = "bacterial spot"


@dataclass
class PaintedLeaves:
    """Leaves painted from measured spectra, or from PROSPECT's where there are none.

    Attributes
    ----------
    spectra : Path or None
        Folder of tables of leaf spectra; the first with ill leaves is taken.
    harder : bool
        Whether patches of other leaves, veins and glints are there too.
    lesions : bool
        Whether spots are lesions as PROSPECT has them, instead of measured ill leaves' spectra.
    """

    spectra: Path | None
    harder: bool = False
    lesions: bool = False
    scenes: dict[str, PaintedScene] = field(default_factory=dict)
    _cubes: dict[str, Cube] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.palette, self.sensor, self.class_name = _paint(self.spectra)
        if self.lesions:
            self.class_name = _OWN_CLASS

    def leaves(self, seeds: Sequence[int], most: int | None = None) -> DataSet:
        """Paint leaves, each with regions of its spots and squares of its healthy tissue.

        Parameters
        ----------
        most : int or None
            Regions of each class of a leaf; None takes all spots and as many squares.
        """
        samples = [self._sample(seed, most) for seed in seeds]
        return DataSet(tuple(sample for sample in samples if sample.regions), "painted leaves")

    def open(self, sample: Sample) -> Cube:
        """Open the cube of a leaf."""
        return self._cubes[sample.fingerprint]

    def scene(self, sample: Sample) -> PaintedScene:
        """Return a leaf with its truth."""
        return self.scenes[sample.fingerprint]

    def _sample(self, seed: int, most: int | None) -> Sample:
        name = f"leaf {seed}"
        if name not in self.scenes:
            pair = paint_pair(
                seed, self.palette, self.class_name, self.sensor, (SIZE_PX, SIZE_PX), self.harder
            )
            self.scenes[name] = pair.ill
            good = np.ones(self.sensor.bands, dtype=np.bool_)
            self._cubes[name] = Cube(
                ArraySource(pair.ill.reflectance),
                name,
                good,
                wavelengths_nm=self.sensor.wavelengths_nm,
                units="reflectance",
            )
        scene = self.scenes[name]
        spots = [crop for crop in components(scene.lesion) if crop.pixels >= _LEAST_PIXELS]
        spots.sort(key=lambda crop: -crop.pixels)
        spots = spots[:most]
        ill = [mask_shape(crop) for crop in spots]
        regions = [LabelledRegion(s, (ILL,), f"spot {n}") for n, s in enumerate(ill) if s]
        squares = _squares(scene, max(1, len(spots)), np.random.default_rng(seed))
        regions += [
            LabelledRegion(square, (HEALTHY,), f"square {n}") for n, square in enumerate(squares)
        ]
        return Sample(Path(f"{name}.hdr"), name, scene.reflectance.shape, regions=tuple(regions))


def _paint(spectra: Path | None) -> tuple[Palette, object, str | None]:
    if spectra is not None:
        for boxes in paint_boxes(spectra):
            if boxes[0].palette.ill is not None:
                return boxes[0].palette, boxes[0].sensors[1], None
        sys.exit(f"{spectra}: no table has ill leaves.")
    rng = np.random.default_rng(0)
    healthy = reflectance([draw_healthy(rng) for _ in range(60)])
    palette = Palette(healthy, None, soil_reflectance())
    return palette, limit_sensor(VNIR, 400, 1000), _OWN_CLASS


def _squares(scene: PaintedScene, count: int, rng: np.random.Generator) -> list[Rectangle]:
    """Return squares on the leaf, beside its spots."""
    free = scene.leaf & ~scene.lesion
    corners = [
        (row, col)
        for row in range(0, SIZE_PX - SQUARE, 2)
        for col in range(0, SIZE_PX - SQUARE, 2)
        if free[row : row + SQUARE, col : col + SQUARE].all()
    ]
    found: list[Rectangle] = []
    taken: BoolArray = np.zeros((SIZE_PX, SIZE_PX), dtype=np.bool_)
    for place in rng.permutation(len(corners)):
        row, col = corners[place]
        if len(found) < count and not taken[row : row + SQUARE, col : col + SQUARE].any():
            taken[row : row + SQUARE, col : col + SQUARE] = True
            found.append(Rectangle((col, row), (col + SQUARE, row + SQUARE)))
    return found
