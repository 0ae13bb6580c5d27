"""Benchmark order: everything that decides its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from focus_viewer.explain.benchmark.measure import Effort

SensorName = Literal["full", "vnir"]


@dataclass(frozen=True)
class Order:
    """Order of a benchmark on one sensor.

    Attributes
    ----------
    model : str
        Checksum of its weights.
    sensor : {"full", "vnir"}
    scenes : int
        Of each class, for each seed.
    size_px : int
        Height and width of the scenes.
    samples : int
        Sensors that Prompt-CAM is trained on, 10 scenes each.
    epochs : int
        Of Prompt-CAM's training.
    """

    model: str
    sensor: SensorName
    seeds: int
    scenes: int
    size_px: int
    samples: int
    epochs: int
    effort: Effort
