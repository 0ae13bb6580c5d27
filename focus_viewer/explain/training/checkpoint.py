"""A run on disk after every epoch, so that one that was broken off goes on."""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError
from focus_viewer.explain.training.log import Row


class Order(NamedTuple):
    """What was asked for; runs of another order do not go on with one another's parts.

    Attributes
    ----------
    command : str
        As people give it.
    settings : str
        All else that decides the weights.
    """

    command: str
    settings: str


@dataclass(frozen=True, eq=False)
class Point:
    """Where a run stands after an epoch.

    Attributes
    ----------
    stage : str
    epoch : int
        The last one that is done; 0 for what is not done in epochs.
    model : dict of str to Tensor
    course : dict
        As `Course.state` gives it; empty between the stages.
    rows : list of Row
        The log so far.
    """

    stage: str
    epoch: int
    model: dict[str, Tensor]
    course: dict[str, Any]
    rows: list[Row]

    def __str__(self) -> str:
        return f"{self.stage}, epoch {self.epoch}" if self.epoch else self.stage


class Checkpoint:
    """The file of a run, replaced whole after every epoch.

    Parameters
    ----------
    path : Path
    order : Order
    """

    def __init__(self, path: Path, order: Order) -> None:
        self._path = path
        self._order = order

    def load(self) -> Point | None:
        """Where the run was broken off; None if it never began.

        Raises
        ------
        FocusError
            If the file is broken or belongs to another order.
        """
        if not self._path.exists():
            return None
        try:
            held = torch.load(self._path, map_location="cpu", weights_only=True)
            order, point = Order(*held.pop("order")), Point(**held)
        except (RuntimeError, pickle.UnpicklingError, EOFError, TypeError, KeyError) as error:
            raise FocusError(
                f"{self._path}: not a run that can go on. Start anew with --restart."
            ) from error
        if order != self._order:
            raise FocusError(f"{self._path}: {self._difference(order)}")
        return point

    def save(self, point: Point) -> None:
        """Replace the file: all of it or nothing."""
        # Through memory, since torch turns a full disk into an error that names no file.
        held = io.BytesIO()
        torch.save({"order": list(self._order), **vars(point)}, held)
        write_atomically(self._path, lambda file: file.write(held.getbuffer()))

    def remove(self) -> None:
        """The run is complete, or not wanted any more."""
        self._path.unlink(missing_ok=True)

    def _difference(self, found: Order) -> str:
        if found.command != self._order.command:
            return (
                f"holds a run of other options that was broken off: `{found.command}`. Give these "
                "to go on with it, or --restart to throw it away."
            )
        return (
            "holds a run of the same options, broken off under other settings of the program. "
            "Throw it away with --restart."
        )
