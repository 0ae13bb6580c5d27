"""Scene with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.explain.metrics.truth import Truth
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.samples import SampleBatch


@dataclass(frozen=True, eq=False)
class BenchmarkScene:
    """Window with known truth.

    Attributes
    ----------
    data : FloatArray, shape (rows, cols, groups)
        Mean reflectance of each group; rows and cols are the backbone's window.
    groups : IntArray, shape (groups,)
        Positions among the model's groups.
    label : int
        The true class.
    """

    data: FloatArray
    groups: IntArray
    label: int
    truth: Truth

    def tensor(self, model: FocusModel, data: FloatArray | None = None) -> Tensor:
        """Return the standardised images as the model takes them, shape (1, groups, height, width).

        Parameters
        ----------
        data : FloatArray, shape (rows, cols, groups), or None
            Other numbers in place of the scene's own: the same with noise.
        """
        images = (self.data if data is None else data)[None]
        nowhere = np.zeros(images.shape[:3], dtype=np.bool_)
        unknown = np.zeros((1, self.groups.size), dtype=np.float32)
        batch = SampleBatch(images, self.groups, np.array([self.label]), nowhere, nowhere, unknown)
        return batch.tensor(model.statistics(self.groups))
