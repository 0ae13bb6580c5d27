"""Request for an explanation, with all its inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.typing import BoolArray, ImageShape


@dataclass(frozen=True, eq=False)
class Within:
    """Part of an image that the question is restricted to.

    Attributes
    ----------
    name : str
        For people: the region's.
    rows, cols : slice
        Rectangle of the image that holds it.
    inside : BoolArray, shape (rows, cols)
        Its pixels in that rectangle.
    """

    name: str
    rows: slice
    cols: slice
    inside: BoolArray

    def on(self, image_shape: ImageShape, shape: ImageShape) -> BoolArray:
        """Return its mask of the image's shape, or of a coarser one of the same image."""
        steps = zip(image_shape, shape, strict=True)
        rows, cols = ((np.arange(own) * 2 + 1) * whole // (2 * own) for whole, own in steps)
        mask = np.zeros(shape, dtype=np.bool_)
        within = [
            np.flatnonzero((taken >= span.start) & (taken < span.stop))
            for taken, span in ((rows, self.rows), (cols, self.cols))
        ]
        places = np.ix_(rows[within[0]] - self.rows.start, cols[within[1]] - self.cols.start)
        mask[np.ix_(*within)] = self.inside[places]
        return mask


@dataclass(frozen=True, eq=False)
class ExplainRequest:
    """Job for the explainer.

    Attributes
    ----------
    ticket : int
        Number of this request; a result carries the ticket of its request.
    model : str
        Name of a bundled model, or the folder of one.
    device : str
        "auto" takes CUDA, then MPS, then the CPU; else a device as torch names it: "cuda:0".
    within : Within or None
        What is outside is blanked ahead of the model; None asks about the whole image.
    """

    ticket: int
    cube: Cube
    model: str
    device: str = "auto"
    within: Within | None = None
