"""Statistics of compared groups as a CSV table, a row for each group and wavelength."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from focus_viewer.core.studies.comparison import Comparison

_TITLES = ("quantity", "group", "units", "low_nm", "high_nm", "mean", "sd", "p", "differs")
_MISSING = "NA"  # as R reads it


def statistics_csv(found: Sequence[Comparison]) -> str:
    """Return the statistics of comparisons, numbers to seven digits.

    `p` and `differs` are of the wavelength, or of the value, and the same for all its groups.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_TITLES)
    writer.writerows(row for each in found for row in _rows(each))
    return text.getvalue()


def _rows(found: Comparison) -> Iterator[Iterable[str]]:
    curve = found.quantity.kind != "value"
    for summary in found.summaries:
        for place, (mean, sd) in enumerate(zip(summary.mean, summary.sd, strict=True)):
            edges = found.observed.edges_nm[place] if curve else (None, None)
            tested = found.test
            yield (
                found.quantity.title,
                summary.name,
                str(summary.units),
                *map(_number, edges),
                _number(mean),
                _number(sd),
                _number(None if tested is None else tested.p_values[place]),
                _MISSING if tested is None else str(bool(tested.different[place])).upper(),
            )


def _number(value: float | None) -> str:
    return _MISSING if value is None or value != value else f"{value:.7g}"
