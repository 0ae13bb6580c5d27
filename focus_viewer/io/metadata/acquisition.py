"""Acquisition settings in the entries of a header: times, saturation limit, binning, sensor."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.core.typing import DoubleArray, IntArray
from focus_viewer.io.metadata.header import Header

_TIMES = ("tint", "integration time", "exposure time", "exposure", "shutter")
_LIMITS = ("saturation value", "ceiling")
_HIGHEST = {"1": 255.0, "2": 32767.0, "12": 65535.0}
_SENSOR = ("sensor type", "sensor", "description")


def read_acquisition(header: Header, order: IntArray) -> Acquisition:
    """Read the acquisition settings of a cube.

    Parameters
    ----------
    order : IntArray, shape (bands,)
        The file's band at each position of the cube.
    """
    entry, times = _integration_times(header, order)
    return Acquisition(
        sensor=" ".join(header.entries.get(name, "") for name in _SENSOR),
        integration_time_entry=entry,
        integration_times=times,
        saturation_limit=_saturation_limit(header),
        highest_value=_HIGHEST.get(header.entries.get("data type", "")),
        binning=header.line("binning"),
    )


def _integration_times(header: Header, order: IntArray) -> tuple[str, DoubleArray | None]:
    """Return the entry that declares the integration time, and the time of each band."""
    for name in _TIMES:
        values = header.numbers(name) if name in header else None
        if values is not None and values.size == 1 and values[0] > 0 and np.isfinite(values[0]):
            return name, np.full(order.size, values[0])
    times = np.full(order.size, np.nan)
    for detector in (_detector(header, number, order.size) for number in (1, 2)):
        if detector is not None:
            first, last, time = detector
            times[first:last] = time
    return ("", None) if np.isnan(times).any() else ("tint1, tint2", times[order])


def _detector(header: Header, number: int, bands: int) -> tuple[int, int, float] | None:
    """Return first and last band and integration time of one detector of a Specim Fenix."""
    time, edges = header.numbers(f"tint{number}"), header.numbers(f"vimg{number}")
    if time is None or edges is None or time.size != 1 or edges.size != 2 or not time[0] > 0:
        return None
    first, last = (int(np.clip(edge, 0, bands)) for edge in (edges[0] - 1, edges[1]))
    return first, last, float(time[0])


def _saturation_limit(header: Header) -> float | None:
    for name in _LIMITS:
        try:
            limit = float(header.entries.get(name, ""))
        except ValueError:
            continue
        if limit > 0 and np.isfinite(limit):
            return limit
    return None
