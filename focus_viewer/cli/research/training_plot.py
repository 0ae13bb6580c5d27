"""Training plot beside the log, replaced after every epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.training.log import Row, loss_parts
from focus_viewer.figures.figure_file import save_png
from focus_viewer.figures.training_figure import StageCurves, training_figure

_ACCURACY = {"training": "accuracy", "held out": "held_out_accuracy"}
_SINK = {"planted noise": "sink_noise", "clean tokens": "sink_clean"}
_FIT = {"in training": "coalition_r2"}


class TrainingPlot:
    """Plot of a log's rows: the `Watch` of a `TrainingLog`.

    Parameters
    ----------
    path : Path
        PNG file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, rows: list[Row]) -> None:
        """Replace the picture."""
        figure = training_figure(stage_curves(rows, "backbone"), stage_curves(rows, "prompts"))
        save_png(figure, self._path)


def stage_curves(rows: list[Row], stage: str) -> StageCurves:
    """Return the curves of a stage."""
    own = [row for row in rows if row["stage"] == stage]
    parts = {name.replace("_", "-"): name for name in loss_parts(own)}
    return StageCurves(
        loss=_curves(own, {"loss": "loss"}),
        accuracy=_curves(own, _ACCURACY),
        parts=_curves(own, parts),
        fit=_curves(own, _FIT),
        sink=_curves(own, _SINK),
    )


def _curves(rows: list[Row], names: dict[str, str]) -> dict[str, DoubleArray]:
    return {
        label: np.array([float(row.get(name, "nan")) for row in rows])
        for label, name in names.items()
    }
