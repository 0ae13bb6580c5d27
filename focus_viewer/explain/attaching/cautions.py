"""Cautions about an attachment: what a state dict cannot say, and cubes show to be doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from focus_viewer.explain.attaching.given.cubes import Collected
from focus_viewer.explain.attaching.given.frozen import Frozen
from focus_viewer.explain.attaching.given.plan import FrozenModelFacts

# Of normalised values: their level, and their spread, where 0 and 1 are expected.
_FAR, _NARROW, _WIDE = 3.0, 0.1, 10.0
_CHECK = "check --mean, --std and --factor, and --scale of the cubes"


def find_cautions(
    facts: FrozenModelFacts, frozen: Frozen, found: Collected, decided: Mapping[str, int]
) -> Iterator[str]:
    """Yield what must be minded, a clause each.

    Parameters
    ----------
    decided : mapping of str to int
        Number of windows that the frozen model decides for each class.
    """
    if frozen.recipe.adapter == "timm" and not facts.normalises:
        yield "no mean and std were stated: it meets the cubes' values as they are"
    yield from _of_values(facts, frozen)
    yield from _of_presence(found, decided) if facts.several else _of_decisions(decided)
    units = sorted({each.units for each in found.train})
    if len(units) > 1:
        yield f"the cubes contain {' and '.join(units)}, which it meets without a difference"
    if found.how == "nothing":
        yield "nothing could be held out: its figures are of windows that it was trained with"
    if found.skipped:
        some = "a cube was" if len(found.skipped) == 1 else f"{len(found.skipped)} cubes were"
        yield f"{some} passed over"


def _of_values(facts: FrozenModelFacts, frozen: Frozen) -> Iterator[str]:
    """Yield whether values, once normalised, are far from what training usually meets."""
    level, spread = (
        float(each.abs().median().cpu())
        for each in (frozen.model.adapter.usual, frozen.model.spread)
    )
    if facts.normalises and (level > _FAR or not _NARROW < spread < _WIDE):
        yield (
            f"normalised, the cubes' values are {level:.2g} from 0 with a spread of {spread:.2g}, "
            f"where 0 and 1 are usual: {_CHECK}"
        )


def _of_decisions(decided: Mapping[str, int]) -> Iterator[str]:
    """Yield whether all windows are decided for one class."""
    chosen = [name for name, count in decided.items() if count]
    if len(chosen) == 1:
        yield (
            f"it decides for {chosen[0]} in every window: unless the cubes show nothing else, "
            f"{_CHECK}, the order of --bands-nm, and --option"
        )


def _of_presence(found: Collected, decided: Mapping[str, int]) -> Iterator[str]:
    """Yield whether the same classes are in all windows, where several may hold at once."""
    windows = sum(len(each.images) for each in found.train)
    if set(decided.values()) <= {0, windows}:
        same = ", ".join(name for name, count in decided.items() if count) or "none of its classes"
        yield (
            f"it finds {same} in every window: unless the cubes show nothing else, {_CHECK}, the "
            "order of --bands-nm, and --option"
        )
