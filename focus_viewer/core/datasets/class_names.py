"""Names of classes that differ in spelling only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def spelling_notes(names: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each set of names that differ in capitals or spaces only."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in names:
        spellings["".join(name.casefold().split())].append(name)
    return tuple(
        f"{' and '.join(map(repr, own))} are different classes, which differ in capitals or spaces "
        "only: write them in one way if they are the same."
        for own in spellings.values()
        if len(own) > 1
    )
