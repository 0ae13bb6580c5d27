"""Targets of the backbone beside the classes: traits of tissue, as images."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.model.preprocessing import to_tensor
from focus_viewer.explain.model.traits import TRAIT_SCALES
from focus_viewer.explain.training.samples import SampleBatch

_LIMIT = 3.0


def trait_targets(batch: SampleBatch, shown: BoolArray, alone: bool) -> Tensor:
    """Return standardised traits of each pixel, and whether it is tissue; NaN where not known.

    Shape (scenes, traits, rows, cols).

    Parameters
    ----------
    shown : BoolArray, shape (scenes, rows, cols)
        Pixels that pass the tissue test.
    alone : bool
        Whether all others are blank: they then look like a usual leaf, and give no example.
    """
    middle, spread = np.asarray(TRAIT_SCALES, dtype=np.float32).T
    numbers = np.clip((batch.traits - middle) / spread, -_LIMIT, _LIMIT)
    tissue = batch.tissue.astype(np.float32)
    if alone:
        numbers = np.where(shown[..., None], numbers, np.nan)
        tissue = np.where(shown, tissue, np.nan)
    return to_tensor(np.concatenate([numbers, tissue[..., None]], axis=-1).astype(np.float32))
