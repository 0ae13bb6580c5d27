"""Class map of a cube, and the request for it: the live preview of teaching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.data_set import Classes, Sample
from focus_viewer.core.spectra.span_text import Span
from focus_viewer.core.typing import BoolArray, FloatArray, ImageShape


@dataclass(frozen=True, eq=False)
class LabelledCube:
    """Open cube with its labels."""

    cube: Cube
    sample: Sample


@dataclass(frozen=True, eq=False)
class MapRequest:
    """Request for the class map of a cube.

    Attributes
    ----------
    cube : Cube
        To be mapped.
    labelled : tuple of LabelledCube
        Open cubes with labels; those that were read before, and the cube itself, teach.
    visible : Extent or None
        Part of the image that is read first; None for all of it.
    """

    cube: Cube
    labelled: tuple[LabelledCube, ...]
    backbone: str = "focus-leaf"
    bands_nm: tuple[Span, ...] = ()
    several: bool = False
    visible: Extent | None = None


@dataclass(frozen=True, eq=False)
class ClassMap:
    """How likely each class is at each cell of an image, by a head that was just fitted.

    Attributes
    ----------
    classes : Classes
        Empty as long as fewer than two are known.
    probabilities : FloatArray, shape (grid_rows, grid_cols, classes)
        Not calibrated; NaN where nothing was read yet, and where it is unlike.
    image_shape : tuple of int
        (rows, cols) of the image that the grid covers.
    several : bool
        Whether several classes may hold at once.
    read : float
        Share of the image that the backbone has read, 0 to 1.
    examples : int
        Number of labelled regions and cubes that it was fitted to.
    unlike : BoolArray, shape (grid_rows, grid_cols), or None
        Cells that are like nothing that is labelled; None where that was not tested.
    """

    classes: Classes
    probabilities: FloatArray
    image_shape: ImageShape
    several: bool = False
    read: float = 0.0
    examples: int = 0
    unlike: BoolArray | None = None

    @property
    def finished(self) -> bool:
        """Whether the whole image was read."""
        return self.read >= 1

    def at(self, row: int, col: int) -> tuple[str, float] | None:
        """Return the likeliest class at a pixel with its probability; None where not known."""
        cell = self._cell(row, col)
        if not self.classes or cell is None:
            return None
        found = self.probabilities[cell]
        if not np.isfinite(found).all():
            return None
        best = int(found.argmax())
        return self.classes[best], float(found[best])

    def is_unlike(self, row: int, col: int) -> bool:
        """Return whether a pixel is like nothing that is labelled."""
        cell = self._cell(row, col)
        return self.unlike is not None and cell is not None and bool(self.unlike[cell])

    def _cell(self, row: int, col: int) -> tuple[int, int] | None:
        """Return the cell of a pixel, None outside the image."""
        (rows, cols), (height, width) = self.image_shape, self.probabilities.shape[:2]
        if not (0 <= row < rows and 0 <= col < cols):
            return None
        return row * height // rows, col * width // cols
