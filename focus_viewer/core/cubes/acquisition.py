"""Acquisition settings of a cube: sensor, integration times, saturation and binning."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.typing import DoubleArray


@dataclass(frozen=True, eq=False)
class Acquisition:
    """Sensor settings that a cube was recorded with, as far as its file declares them.

    Attributes
    ----------
    sensor : str
        All text of the file that may name the sensor.
    integration_time_entry : str
        Name of the header entry that the times were read from; times of two cubes are comparable
        only if they were read from the same entry.
    integration_times : DoubleArray, shape (bands,), or None
        In the unit of the file.
    saturation_limit : float or None
        Declared raw value from which on the sensor is saturated.
    highest_value : float or None
        Highest raw value of the stored data type.
    binning : str
        As declared, such as "1, 2".
    """

    sensor: str = ""
    integration_time_entry: str = ""
    integration_times: DoubleArray | None = None
    saturation_limit: float | None = None
    highest_value: float | None = None
    binning: str = ""
