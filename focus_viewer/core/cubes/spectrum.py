"""Spectrum of one pixel."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.typing import FloatArray


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Measured spectrum of one pixel.

    Attributes
    ----------
    values : FloatArray, shape (bands,)
        In the cube's units, NaN where there is no data.
    """

    row: int
    col: int
    values: FloatArray
