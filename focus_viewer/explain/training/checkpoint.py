"""Training checkpoint, written after every epoch, from which an interrupted run resumes."""

from __future__ import annotations

import io
import pickle
import re
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError
from focus_viewer.explain.training.log import Row

# Names of loss parts in files that earlier versions wrote, and now.
_LOSS_PARTS = {
    "presence": "sink_presence",
    "valve": "noise",
    "location": "localisation",
    "anchoring": "gain_l2",
}


# What torch raises for a file that is none of its own, or has something else in it.
_BROKEN = (
    RuntimeError, pickle.UnpicklingError, EOFError, TypeError, KeyError, IndexError, AttributeError,
    ValueError, AssertionError, OverflowError, MemoryError, struct.error,
)  # fmt: skip


class Order(NamedTuple):
    """Order of a run: only a run of the same order can be resumed.

    Attributes
    ----------
    command : str
        For the card: with folders by their names.
    settings : str
        All else that decides the weights.
    given : str
        The command with its folders as they were given; two orders may differ in it.
    """

    command: str
    settings: str
    given: str = ""


@dataclass(frozen=True, eq=False)
class Point:
    """State of a run after an epoch.

    Attributes
    ----------
    epoch : int
        The last one that is done; 0 for what is not done in epochs.
    optimisation : dict
        As `Optimisation.state` gives it; empty between the stages.
    rows : list of Row
        The log so far.
    """

    stage: str
    epoch: int
    model: dict[str, Tensor]
    optimisation: dict[str, Any]
    rows: list[Row]

    def __str__(self) -> str:
        return f"{self.stage}, epoch {self.epoch}" if self.epoch else self.stage


class Checkpoint:
    """File of a run, replaced whole after every epoch."""

    def __init__(self, path: Path, order: Order) -> None:
        self._path = path
        self._order = order

    def load(self) -> Point | None:
        """Load the state of the interrupted run; None if no run was started.

        Raises
        ------
        FocusError
            If the file is broken or belongs to another order.
        """
        if not self._path.exists():
            return None
        try:
            with warnings.catch_warnings(action="ignore"):  # about bytes of other files
                held = torch.load(self._path, map_location="cpu", weights_only=True)
            held = _with_current_names(held)
            order, point = Order(*held.pop("order")), Point(**held)
        except _BROKEN as error:
            raise FocusError(
                f"{self._path}: not a run that can be resumed. Start again with --restart."
            ) from error
        if order[:2] != self._order[:2]:
            raise FocusError(f"{self._path}: {self._difference(order)}")
        return point

    def save(self, point: Point) -> None:
        """Replace the file: all of it or nothing."""
        # Through memory, since torch turns a full disk into an error that names no file.
        held = io.BytesIO()
        torch.save({"order": list(self._order), **vars(point)}, held)
        write_atomically(self._path, lambda file: file.write(held.getbuffer()))

    def remove(self) -> None:
        """Delete the file, when the run is complete or unwanted."""
        self._path.unlink(missing_ok=True)

    def _difference(self, found: Order) -> str:
        if found.command != self._order.command:
            command = found.given or found.command
            return (
                f"contains an interrupted run with other options: `{command}`. Give these "
                "to resume it, or --restart to delete it."
            )
        return (
            "contains an interrupted run with the same options and other program settings. "
            "Delete it with --restart."
        )


def _with_current_names(entries: dict[str, Any]) -> dict[str, Any]:
    """Rename the entries of a file that an earlier version wrote."""
    if "course" not in entries:
        return entries
    command, settings = entries["order"]
    names = "|".join(_LOSS_PARTS)
    settings = re.sub(rf"\b({names})=", lambda match: f"{_LOSS_PARTS[match[1]]}=", settings)
    rows = [{_LOSS_PARTS.get(name, name): row[name] for name in row} for row in entries["rows"]]
    entries |= {"order": [command, settings], "rows": rows}
    entries["optimisation"] = entries.pop("course")
    return entries
