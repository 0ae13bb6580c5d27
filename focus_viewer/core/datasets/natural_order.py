"""Natural order of names: "plant 2" before "plant 10"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def in_natural_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return names sorted: digits count as numbers, capitals only between equal names."""
    return tuple(sorted(names, key=natural_key))


@lru_cache(maxsize=65_536)  # tables of thousands of rows are sorted again and again
def natural_key(name: str) -> tuple[object, ...]:
    """Return what a name is sorted by."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return (*((int(part), "") if n % 2 else (0, part) for n, part in enumerate(parts)), (0, name))
