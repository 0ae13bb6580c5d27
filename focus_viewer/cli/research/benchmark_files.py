"""What the benchmark leaves on disk, and reads again."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError

if TYPE_CHECKING:
    from focus_viewer.explain.benchmark.journal import Journal

Result = dict[str, Any]
"""The figures of one sensor, as the JSON has them."""

_PARTS = {"sensor", "seeds", "scenes", "backbone", "methods"}
_KINDS = (".png", ".pdf", ".svg")


def check_outputs(json_out: Path | None, figure_out: Path | None) -> None:
    """Refuse before hours of work what could not be written after them.

    Raises
    ------
    FocusError
    """
    if figure_out is not None and figure_out.suffix.lower() not in _KINDS:
        raise FocusError(
            f"{figure_out}: figures are written as {', '.join(_KINDS)}: name the file accordingly."
        )
    for out in (json_out, figure_out):
        if out is not None and not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
            raise FocusError(
                f"{out}: its folder does not exist or may not be written: make it, or name another."
            )


def open_journal(out: Path | None, sensor: str, order: str) -> Journal:
    """Figures of a run that was broken off, beside what it was to write."""
    from focus_viewer.explain.benchmark.journal import Journal

    folder = out.parent if out is not None else Path(gettempdir())
    name = out.name if out is not None else "focus-viewer-benchmark"
    return Journal(folder / f"{name}.{sensor}.partial", order)


def write_results(out: Path, results: list[Result]) -> None:
    """One sensor's figures as an object, several as a list; all of it or nothing."""
    told = _without_nan(results if len(results) > 1 else results[0])
    write_atomically(out, json.dumps(told, indent=2) + "\n")


def read_results(path: Path) -> list[Result]:
    """Figures as `write_results` left them.

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
    if not results or not all(isinstance(one, dict) and set(one) >= _PARTS for one in results):
        raise FocusError(f"{path}: not the figures of a benchmark: name what --json has written.")
    return results


def write_figures(out: Path, results: list[Result]) -> None:
    """Draw each sensor's figures; of several, each file's name ends with its sensor."""
    from focus_viewer.figures.benchmark_figure import benchmark_figure
    from focus_viewer.figures.figure_file import write_figure

    for result in results:
        stem = f"{out.stem}-{result['sensor']}" if len(results) > 1 else out.stem
        write_figure(benchmark_figure(result), out.with_name(f"{stem}{out.suffix}"))


def _without_nan(value: Any) -> Any:
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {name: _without_nan(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value
