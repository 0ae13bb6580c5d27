"""Allocation of memory for passes that need arrays of the same sizes again and again."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from types import MappingProxyType

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGEST_BYTES = 2**30
_KEPT_BYTES = 2**31 - 1

ENVIRONMENT: Mapping[str, int] = MappingProxyType(
    {
        "MALLOC_ARENA_MAX": 1,
        "MALLOC_MMAP_THRESHOLD_": _LARGEST_BYTES,
        "MALLOC_TRIM_THRESHOLD_": _KEPT_BYTES,
    }
)
"""The same as `keep_freed_memory` for a process that works in threads: read when it starts."""


def keep_freed_memory() -> None:
    """Keep freed memory for the next cube.

    glibc returns large arrays to the system, which hands out each page anew: that took 45 % of the
    processor's time of an explanation. Without glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST_BYTES)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_ARENA_MAX, 1)
