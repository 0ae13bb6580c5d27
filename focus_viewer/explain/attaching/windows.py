"""Coalition game of one window of a frozen model: its logits where only some tokens are shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.foreign.adapter import Adapter
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.metrics.coalitions import COARSE
from focus_viewer.explain.metrics.shapley import Game

_BATCH = 16


@dataclass(frozen=True, eq=False)
class WindowGame:
    """Game whose values are the logits, compared as `AttachedModel.compared` does.

    Attributes
    ----------
    parts : Tensor, shape (1, n, patches, dim)
        As the adapter embeds the window.
    """

    model: AttachedModel
    parts: Tensor

    @property
    def side(self) -> int:
        """Coarse cells along a side: the players in space."""
        return coarse_side(self.model.adapter)

    @property
    def by_groups(self) -> Game:
        """Game whose players are the groups."""
        return lambda joined: self.values(joined[:, :, None, None])

    @property
    def by_cells(self) -> Game:
        """Game whose players are the coarse cells, row by row."""
        return lambda joined: self.values(joined.reshape(-1, 1, self.side, self.side))

    def values(self, shown: BoolArray) -> DoubleArray:
        """Return the values of coalitions, (n, classes); `shown` as (n, groups, side, side).

        Both last axes, and the one of the groups, may be 1.
        """
        found = [self._values(part) for part in np.split(shown, range(_BATCH, len(shown), _BATCH))]
        return np.concatenate(found)

    @torch.inference_mode()
    def _values(self, shown: BoolArray) -> DoubleArray:
        adapter = self.model.adapter
        whole = (len(shown), len(self.model.groups.edges_nm), self.side, self.side)
        kept = torch.from_numpy(np.broadcast_to(shown, whole).copy()).flatten(2)
        kept = kept[..., cell_of_patches(adapter)].to(self.parts.device)
        logits = adapter.decide(adapter.keep(self.parts, kept)).logits
        return np.asarray(self.model.compared(logits.cpu().double()).numpy())


def coarse_side(adapter: Adapter) -> int:
    """Return the number of coarse cells along a window's side."""
    return min(COARSE, adapter.window_px // adapter.patch_px)


def cell_of_patches(adapter: Adapter) -> Tensor:
    """Return the coarse cell of each patch, shape (patches,)."""
    patches, side = adapter.window_px // adapter.patch_px, coarse_side(adapter)
    places = torch.arange(patches) * side // patches
    return (places[:, None] * side + places).flatten()


def fold(values: Tensor, adapter: Adapter) -> Tensor:
    """Sum values of patches, (..., patches, groups), over coarse cells: (..., cells, groups)."""
    cells = cell_of_patches(adapter).to(values.device)
    shape = (*values.shape[:-2], coarse_side(adapter) ** 2, values.shape[-1])
    return values.new_zeros(shape).index_add_(-2, cells, values)
