"""Benchmark order, and its files: results as JSON, figures, journal, entries of a card."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Literal

from focus_viewer.cli.research.benchmark_shape import is_result
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError
from focus_viewer.core.saliency.metric_names import names_in_results, with_current_names

if TYPE_CHECKING:
    from focus_viewer.explain.benchmark.measure import Effort
    from focus_viewer.explain.benchmark.run import Journal

SensorName = Literal["full", "vnir", "painted", "painted-harder"]

Result = dict[str, Any]
"""The figures of one sensor, as the JSON has them."""

_KINDS = (".png", ".pdf", ".svg")
_CARD_METRICS = (
    "accuracy",
    "decision_agreement",
    "ece",
    "shapley_curve",
    "shapley_map",
    "coalition_r2",
    "scene_specificity",
    "prompt_swap_ratio",
    "swap_ap_drop",
    "sink_out_drop",
    "sink_remainder",
    "sum_error",
    "band_iou_top_n",
    "volume_ap",
    "spatial_iou",
    "deletion",
    "insertion",
    "collapse_top1pct",
)


@dataclass(frozen=True)
class OwnOrder:
    """Order of the frozen model's own Shapley values.

    Attributes
    ----------
    leaves, classes : int
        Values are computed for the scenes of so many leaves of each seed, in so many classes.
    evaluations, trials : int
        See `fidelity.own_values`.
    """

    leaves: int
    classes: int
    evaluations: int
    trials: int


@dataclass(frozen=True)
class Order:
    """Order of a benchmark on one sensor: everything that decides its figures.

    Attributes
    ----------
    model : str
        Checksum of its weights.
    scenes : int
        Of each class, for each seed.
    size_px : int
        Height and width of the scenes.
    samples : int
        Sensors that Prompt-CAM is trained on, 10 scenes each.
    epochs : int
        Of Prompt-CAM's training.
    own : OwnOrder or None
        The frozen model's own values that are compared with; None for none.
    spectra : str
        Checksum of the tables that scenes are painted from; see `spectra_checksum`.
    """

    model: str
    sensor: SensorName
    seeds: int
    scenes: int
    size_px: int
    samples: int
    epochs: int
    effort: Effort
    own: OwnOrder | None = None
    spectra: str = ""


def spectra_checksum(folder: Path) -> str:
    """Return a checksum of a folder's tables of spectra, names and contents."""
    check = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        check.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return check.hexdigest()[:16]


def check_outputs(json_out: Path | None, figure_out: Path | None) -> None:
    """Refuse paths that could not be written, by a FocusError before hours of work."""
    if figure_out is not None and figure_out.suffix.lower() not in _KINDS:
        raise FocusError(f"{figure_out}: expected a figure ending in {', '.join(_KINDS)}.")
    for out in (json_out, figure_out):
        if out is not None and not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
            raise FocusError(
                f"{out}: the folder is missing or not writable. Create it, or choose another."
            )
        if out is not None and out.is_dir():
            raise FocusError(f"{out}: is a folder, expected the name of a file. Choose another.")


def open_journal(out: Path | None, order: Order, restart: bool = False) -> Journal:
    """Open the journal of an interrupted run: beside its output, or among temporary files.

    Raises
    ------
    FocusError
        If it is of another order, unless it is to restart.
    """
    from focus_viewer.explain.benchmark.run import Journal

    text = f"{order}"
    if out is not None:
        path = out.with_name(f"{out.name}.{order.sensor}.partial")
    else:
        short = hashlib.sha256(text.encode()).hexdigest()[:12]
        path = Path(gettempdir()) / f"focus-viewer-benchmark.{order.sensor}.{short}.partial"
    with write_errors(path, "--json"):
        return Journal(path, text, restart)


def write_results(out: Path | None, results: list[Result]) -> None:
    """Write one sensor's figures as an object, several as a list; all of it or nothing.

    Raises
    ------
    FocusError
        If the file cannot be written.
    """
    if out is None:
        return
    content = _as_json(results if len(results) > 1 else results[0])
    with write_errors(out, "--json"):
        write_atomically(out, json.dumps(content, indent=2) + "\n")


def read_results(path: Path) -> list[Result]:
    """Read figures that `write_results` wrote.

    Raises
    ------
    FocusError
        If they are not there or something else is.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FocusError(f"{path}: the figures cannot be read: {error}.") from error
    results = found if isinstance(found, list) else [found]
    if not results or not all(map(is_result, results)):
        raise FocusError(
            f"{path}: not the figures of a benchmark. Choose a file written by --json."
        )
    return [with_current_names(result) for result in results]


def write_figures(out: Path, results: list[Result]) -> None:
    """Draw each sensor's figures; of several, each file's name ends with its sensor."""
    from focus_viewer.figures.benchmark_figure import benchmark_figure
    from focus_viewer.figures.figure_file import write_figure

    for result in results:
        stem = f"{out.stem}-{result['sensor']}" if len(results) > 1 else out.stem
        write_figure(benchmark_figure(result), out.with_name(f"{stem}{out.suffix}"))


def _as_json(value: Any) -> Any:
    """Replace NaN by None, and add the earlier names of metrics."""
    if isinstance(value, dict):
        return {
            key: _as_json(part) for name, part in value.items() for key in names_in_results(name)
        }
    if isinstance(value, list):
        return [_as_json(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def main_figures(results: Sequence[Result]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the means on a card, by sensor, method and metric, without what was not measured."""
    return {
        result["sensor"]: {name: _means(metrics) for name, metrics in result["methods"].items()}
        for result in results
    }


def _means(metrics: Result) -> dict[str, float]:
    means = {name: metrics[name]["mean"] for name in _CARD_METRICS if name in metrics}
    return {
        name: round(mean, 3)
        for name, mean in means.items()
        if mean is not None and not math.isnan(mean)
    }
