"""Small cubes of two materials that differ at known bands, with labelled squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from explain_models import cube_of

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.data_set import DataSet, LabelledRegion, Sample
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.explain.teaching.plan import TeachingPlan

AXIS_NM = np.arange(420.0, 1000.0, 10.0)
DIP_NM, DIP_WIDTH_NM = 680.0, 25.0
SQUARE = 12
QUICK = TeachingPlan(windows=2, pairs=2, epochs=3)
"""Plan whose prompts are hardly trained."""


def squares(classes: Sequence[str], side: int = SQUARE) -> tuple[LabelledRegion, ...]:
    """Return labelled squares in a row, with a gap of 4 px."""
    corners = [(2 + place * (SQUARE + 4), 8) for place in range(len(classes))]
    return tuple(
        LabelledRegion(Rectangle(low, (low[0] + side, low[1] + side)), (name,), f"square {place}")
        for place, (low, name) in enumerate(zip(corners, classes, strict=True))
    )


def cube_with(
    classes: Sequence[str], seed: int = 0, axis_nm: np.ndarray = AXIS_NM, everywhere: str = ""
) -> Cube:
    """Return a cube of leaf-like spectra in which squares of class "rust" have a dip."""
    rng = np.random.default_rng(seed)
    rows, cols = 28, 4 + len(classes) * (SQUARE + 4)
    edge = 0.08 + 0.4 / (1 + np.exp(-(axis_nm - 715) / 12))
    dip = 0.35 * np.exp(-0.5 * ((axis_nm - DIP_NM) / DIP_WIDTH_NM) ** 2)
    rusty = np.full((rows, cols), everywhere == "rust")
    for region in squares(classes):
        if region.classes == ("rust",) and (crop := region.outline.crop((rows, cols))):
            rusty[crop.rows, crop.cols] = True
    light = rng.uniform(0.8, 1.2) * (1 + 0.1 * np.linspace(-1, 1, cols))[None, :, None]
    texture = 1 + 0.03 * rng.standard_normal((rows, cols, 1)) * np.linspace(-1, 1, axis_nm.size)
    noise = 1 + 0.01 * rng.standard_normal((rows, cols, axis_nm.size))
    values = edge * np.where(rusty[..., None], 1 - dip, 1) * light * texture * noise
    return replace(cube_of(values.astype(np.float32), axis_nm), units="reflectance")


class Cubes:
    """Cubes in memory, and samples of them."""

    def __init__(self) -> None:
        self._cubes: dict[str, Cube] = {}

    def sample(self, name: str, cube: Cube, **entries: object) -> Sample:
        """Return a sample of a cube."""
        self._cubes[f"sha256:{name}"] = cube
        return Sample(Path(f"/data/{name}.hdr"), f"sha256:{name}", cube.shape, **entries)  # type: ignore[arg-type]

    def open(self, sample: Sample) -> Cube:
        """Open the cube of a sample."""
        return self._cubes[sample.fingerprint]


def two_leaves(cubes: Cubes, classes: Sequence[str] = ("rust", "healthy") * 3) -> DataSet:
    """Return a data set of one cube with squares of these classes."""
    return DataSet(
        (cubes.sample("first", cube_with(classes), regions=squares(classes)),), name="leaves"
    )
