"""Units of a data set that are held out as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Example
from focus_viewer.core.regions.mask_crop import MaskCrop


@dataclass(frozen=True, eq=False)
class Unit:
    """Examples that are never separated."""

    examples: tuple[Example, ...]

    @cached_property
    def classes(self) -> frozenset[str]:
        """Classes of any of them."""
        return frozenset(name for example in self.examples for name in example.classes)


def unit_kind(data_set: DataSet, group: str | None = None) -> str:
    """Return what a unit is: the group column, "cube", or "region" in a data set of one cube."""
    contents = {sample.fingerprint for sample in data_set.samples}
    return group or ("cube" if len(contents) > 1 else "region")


def units_of(data_set: DataSet, group: str | None = None) -> tuple[Unit, ...]:
    """Return the units of a data set, in an order that depends on content only.

    Raises
    ------
    DataSetError
        If an example has no value in the group column.
    """
    examples = data_set.examples
    links: list[Iterable[tuple[int, int]]] = []
    if group is not None:
        check_group_column(data_set, group)
        links.append(_sharing([example.groups[group] for example in examples]))
    if group is not None or unit_kind(data_set) == "region":
        links += _overlapping_by_content(examples)
    else:
        links.append(_sharing([example.sample.fingerprint for example in examples]))
    return _joined(examples, [pair for pairs in links for pair in pairs])


def check_group_column(data_set: DataSet, group: str) -> None:
    """Refuse a column that some example has no value in.

    Raises
    ------
    DataSetError
        Names an example and the columns that there are.
    """
    missing = [e.name for e in data_set.examples if not e.groups.get(group, "").strip()]
    if missing:
        columns = ", ".join(data_set.columns) or "none"
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataSetError(
            f"{missing[0]}{others}: expected a value of the group column {group!r}, found none. "
            f"The columns are: {columns}. Fill it in, or split by another column."
        )


def _sharing(keys: Sequence[str]) -> list[tuple[int, int]]:
    """Return each example with the first of its key."""
    first: dict[str, int] = {}
    return [(first.setdefault(key, index), index) for index, key in enumerate(keys)]


def _overlapping_by_content(examples: Sequence[Example]) -> Iterable[list[tuple[int, int]]]:
    """Return pairs of examples that share pixels, for each image; a whole cube shares them all."""
    images: dict[str, list[int]] = defaultdict(list)
    for index, example in enumerate(examples):
        images[example.sample.fingerprint].append(index)
    for own in images.values():
        if any(examples[index].region is None for index in own):
            yield [(own[0], index) for index in own]
        else:
            yield _overlapping([(index, examples[index].crop) for index in own])


def _overlapping(regions: Sequence[tuple[int, MaskCrop | None]]) -> list[tuple[int, int]]:
    """Return pairs of regions of one image that share pixels."""
    crops = [(index, crop) for index, crop in regions if crop is not None]
    crops.sort(key=lambda entry: entry[1].row)
    pairs = []
    for place, (index, crop) in enumerate(crops):
        for other, below in crops[place + 1 :]:
            if below.row >= crop.rows.stop:
                break
            if _share_pixels(crop, below):
                pairs.append((index, other))
    return pairs


def _share_pixels(first: MaskCrop, second: MaskCrop) -> bool:
    if second.col >= first.cols.stop or first.col >= second.cols.stop:
        return False
    return bool((first.within(second.rows, second.cols) & second.inside).any())


def _joined(examples: Sequence[Example], links: Sequence[tuple[int, int]]) -> tuple[Unit, ...]:
    """Return the connected sets of examples, sorted by their content."""
    parent = list(range(len(examples)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for first, second in links:
        parent[root(second)] = root(first)
    members: dict[int, list[Example]] = defaultdict(list)
    for index, example in enumerate(examples):
        members[root(index)].append(example)
    units = [sorted(own, key=_content) for own in members.values()]
    units.sort(key=lambda own: _content(own[0]))
    return tuple(Unit(tuple(own)) for own in units)


def _content(example: Example) -> tuple[str, tuple[str, ...]]:
    return example.digest, example.classes
