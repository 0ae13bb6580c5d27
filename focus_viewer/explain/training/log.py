"""Training log, one line per epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from torch import Tensor

from focus_viewer.core.atomic_write import write_atomically

Row = dict[str, str | int | float]
"""An epoch: its stage, its number and its figures by name."""

Watch = Callable[[list[Row]], None]
"""Sees all rows so far whenever there is a new one."""

_HEAD = ("stage", "epoch", "loss")
_TAIL = ("coalition_r2", "sink_noise", "sink_clean", "accuracy", "held_out_accuracy", "seconds")


class TrainingLog:
    """CSV file, replaced whole at every epoch.

    Columns: stage, epoch, loss, the parts of the loss (weighted: they add up to it), share of
    the variance of coalitions' values that evidence explains, what the sink takes of tokens of
    planted noise and of clean ones, share of right decisions in training and on
    held-out batches, seconds. What a stage does not have is left empty.

    Parameters
    ----------
    path : Path or None
        None writes no file.
    """

    def __init__(self, path: Path | None = None, watch: Watch = lambda rows: None) -> None:
        self.rows: list[Row] = []
        self._path = path
        self._watch = watch

    def replace(self, rows: list[Row]) -> None:
        """Replace all rows, one per epoch."""
        self.rows = rows
        if self._path is not None:
            write_atomically(self._path, _as_csv(rows))
        self._watch(rows)


class Means:
    """Means of named figures over the steps of an epoch.

    Sums stay on the device until they are asked for: a GPU is not kept waiting at every step.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._steps = 0

    def add(self, figures: Mapping[str, Tensor]) -> None:
        """Add a step."""
        self._steps += 1
        for name, value in figures.items():
            so_far = self._sums.get(name)
            self._sums[name] = value.detach() if so_far is None else so_far + value.detach()

    def means(self) -> dict[str, float]:
        """Return the mean of each figure, in the order in which they came."""
        return {name: value.item() / self._steps for name, value in self._sums.items()}


def loss_parts(rows: list[Row]) -> list[str]:
    """Return names of the parts of the loss, of any stage, in the order in which they came."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [name for name in names if name not in _HEAD and name not in _TAIL]


def _as_csv(rows: list[Row]) -> str:
    text = io.StringIO()
    columns = [*_HEAD, *loss_parts(rows), *_TAIL]
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _as_text(value) for name, value in row.items()})
    return text.getvalue()


def _as_text(value: str | int | float) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
