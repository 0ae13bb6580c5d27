"""Contrast of a picture: the values that become black and white, and the greys between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import ByteArray, DoubleArray, FloatArray, IntArray

Limits = tuple[float, float]
"""Values that become black and white."""

GAMMA_RANGE = (0.2, 5.0)
_MOST_PERCENT = 49.0
_SAMPLE = 250_000
NODATA_GREY = 38
"""Of pixels without data."""
_BINS = 128
_TAIL_PERCENT = 0.1  # at each end: wild values of a few pixels would flatten a histogram
_ROOM = 0.1


@dataclass(frozen=True)
class Stretch:
    """Stretch of a picture's channels to the greys of a screen; the values stay as they are.

    Attributes
    ----------
    percent : float
        Of the pixels with data that become black, and white; 0 stretches from minimum to maximum.
    limits : tuple of (float, float)
        Chosen by hand, in the units of the picture: one for each channel, or one for all. Empty
        leaves it to `percent`.
    channels : tuple of str
        Channels that the limits were chosen for; other pictures are stretched by `percent`. Empty
        for any.
    joint : bool
        Whether `percent` counts in all channels together, so that they share their limits.
    gamma : float
        Above 1 it brightens what is between black and white.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    percent: float = 2.0
    limits: tuple[Limits, ...] = ()
    channels: tuple[str, ...] = ()
    joint: bool = False
    gamma: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= _MOST_PERCENT:
            raise ValueError(f"expected a percent from 0 to 49, found {self.percent}")
        if not GAMMA_RANGE[0] <= self.gamma <= GAMMA_RANGE[1]:
            raise ValueError(f"expected a gamma from 0.2 to 5, found {self.gamma}")
        if any(not (np.isfinite(pair).all() and pair[0] < pair[1]) for pair in self.limits):
            raise ValueError(f"expected limits that ascend, found {self.limits}")

    def limits_by_hand(self, channels: tuple[str, ...]) -> tuple[Limits, ...]:
        """Return the limits that were chosen for these channels, one for each; empty if none."""
        if self.channels not in ((), channels) or len(self.limits) not in (1, len(channels)):
            return ()
        return self.limits * (len(channels) // len(self.limits))


USUAL_STRETCH = Stretch()


@dataclass(frozen=True, eq=False)
class Histogram:
    """Histogram of one channel.

    Attributes
    ----------
    edges : DoubleArray, shape (bins + 1,)
        In the units of the picture, without the 0.1 % of pixels at either end.
    counts : IntArray, shape (bins,)
        Of an evenly spaced sample of pixels.
    """

    edges: DoubleArray
    counts: IntArray


def histogram(plane: FloatArray) -> Histogram | None:
    """Count the values of one channel; None where it has no data."""
    good = _sample(plane)
    if good.size == 0:
        return None
    low, high = np.percentile(good, [_TAIL_PERCENT, 100 - _TAIL_PERCENT])
    room = _ROOM * (high - low) or max(abs(float(low)), 1.0) * _ROOM
    counts, edges = np.histogram(good, _BINS, (float(low) - room, float(high) + room))
    return Histogram(edges.astype(np.float64), counts)


def channel_limits(
    planes: tuple[FloatArray, ...], channels: tuple[str, ...], stretch: Stretch
) -> tuple[Limits, ...]:
    """Return the limits of each channel: chosen by hand, or by percent; NaN without data."""
    by_hand = stretch.limits_by_hand(channels)
    if by_hand:
        return by_hand
    if stretch.joint and len(planes) > 1:
        together = np.concatenate([_sample(plane) for plane in planes])
        return (stretch_limits(together, stretch.percent),) * len(planes)
    return tuple(stretch_limits(plane, stretch.percent) for plane in planes)


def stretch(plane: FloatArray) -> ByteArray:
    """Return linear 2 % stretch of one channel to 0-255; pixels without data become dark grey."""
    return stretched(plane, stretch_limits(plane))


def stretch_limits(plane: FloatArray, percent: float = USUAL_STRETCH.percent) -> Limits:
    """Return values that some percent of the good pixels do not exceed; NaN where there are none.

    Of many pixels evenly spaced ones are used: 250,000 give the percentile to 0.1 %. Minimum and
    maximum, for 0 percent, are those of all pixels.
    """
    good = plane[np.isfinite(plane)] if percent == 0 else _sample(plane)
    if good.size == 0:
        return math.nan, math.nan
    low, high = np.percentile(good, [percent, 100 - percent])
    return float(low), float(high)


def _sample(plane: FloatArray) -> FloatArray:
    """Return evenly spaced values, of all that are not NaN where no such sample has any."""
    sample = plane.reshape(-1)[:: max(1, plane.size // _SAMPLE)]
    good = sample[np.isfinite(sample)]
    return good if good.size else plane[np.isfinite(plane)]


def stretched(plane: FloatArray, limits: Limits, gamma: float = 1.0) -> ByteArray:
    """Return one channel as 0-255 between its limits; pixels without data become dark grey."""
    low, high = limits
    span = high - low
    if span > np.finfo(np.float32).tiny:  # its reciprocal is a number
        scaled = plane - np.float32(low)
        scaled *= np.float32(1 / span)
        np.clip(scaled, 0, 1, out=scaled)
        if gamma != 1:
            np.power(scaled, np.float32(1 / gamma), out=scaled)
        scaled *= np.float32(255)
    else:
        scaled = np.full(plane.shape, 127, dtype=np.float32)
    np.copyto(scaled, NODATA_GREY, where=~np.isfinite(plane))
    return scaled.astype(np.uint8)


def stretch_text(stretch: Stretch, limits: tuple[Limits, ...], channels: tuple[str, ...]) -> str:
    """Return how a picture is stretched, such as "2 % to 98 %, gamma 1.5"."""
    if stretch.limits_by_hand(channels):
        how = ", ".join(f"{low:.4g} to {high:.4g}" for low, high in dict.fromkeys(limits))
    elif stretch.percent == 0:
        how = "minimum to maximum"
    else:
        how = f"{stretch.percent:g} % to {100 - stretch.percent:g} %"
    return how if stretch.gamma == 1 else f"{how}, gamma {stretch.gamma:.2g}"
