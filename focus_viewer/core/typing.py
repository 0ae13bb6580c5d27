"""Array types that the whole package shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
ByteArray = NDArray[np.uint8]

Point2 = tuple[float, float]
"""(col, row) in pixel space."""
ImageShape = tuple[int, int]
"""(rows, cols) of an image."""
