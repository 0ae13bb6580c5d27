"""Units of a cube's values."""

from __future__ import annotations

from typing import Literal

Units = Literal["reflectance", "radiance", "counts", "unknown"]
