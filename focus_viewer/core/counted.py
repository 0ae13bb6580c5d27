"""Count with its noun, in the singular or plural: the same in all sentences."""

from __future__ import annotations

_IRREGULAR = {"spectrum": "spectra"}


def counted(number: int, noun: str) -> str:
    """Return "1 plant", "2,000 plants", "2 classes", "2 mean spectra"."""
    *before, last = noun.rsplit(" ", 1)
    ending = "es" if last.endswith(("s", "x", "ch")) else "s"
    many = " ".join([*before, _IRREGULAR.get(last, last + ending)])
    return f"{number:,} {noun if number == 1 else many}"


def left_out_without_class(regions: int) -> str:
    """Return that regions without a class were left out, as a sentence."""
    rest = "has no class and was" if regions == 1 else "have no class and were"
    return f"{counted(regions, 'region')} {rest} left out."
