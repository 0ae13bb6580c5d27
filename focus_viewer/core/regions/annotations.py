"""Named regions that a user has marked on a cube, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from focus_viewer.core.regions.shapes import Shape, moved


@dataclass(frozen=True)
class Annotation:
    """A named region.

    Attributes
    ----------
    id : int
        Never reused within the annotations of a cube.
    colour : str
        "#rrggbb".
    class_name : str or None
        Class that the user assigned.
    locked : bool
        It cannot be moved, reshaped or removed.
    hidden : bool
        Not drawn, but measured and exported.
    """

    id: int
    name: str
    colour: str
    outline: Shape
    class_name: str | None = None
    locked: bool = False
    hidden: bool = False


class RegionValues(TypedDict, total=False):
    """Values of a region that can be changed."""

    name: str
    colour: str
    outline: Shape
    class_name: str | None
    locked: bool
    hidden: bool


@dataclass(frozen=True)
class Annotations:
    """All regions of a cube, in the order in which they were drawn; no id is given twice.

    Attributes
    ----------
    notes : tuple of str
        What a reader assumed or left out, in sentences.
    """

    regions: tuple[Annotation, ...] = ()
    next_id: int = 1
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __iter__(self) -> Iterator[Annotation]:
        return iter(self.regions)

    def __len__(self) -> int:
        return len(self.regions)

    def find(self, region_id: int) -> Annotation | None:
        """Return the region with this id; None if it was removed."""
        return next((region for region in self.regions if region.id == region_id), None)

    def add(
        self, outline: Shape, name: str, colour: str, class_name: str | None = None
    ) -> Annotations:
        """Return annotations with a further region, whose id is the present `next_id`."""
        region = Annotation(self.next_id, name, colour, outline, class_name)
        return Annotations((*self.regions, region), self.next_id + 1)

    def remove(self, *region_ids: int) -> Annotations:
        """Return annotations without these regions; locked ones stay."""
        kept = tuple(
            region for region in self.regions if region.locked or region.id not in region_ids
        )
        return replace(self, regions=kept)

    def change(self, region_id: int, **values: Unpack[RegionValues]) -> Annotations:
        """Return annotations with new values of a region.

        A locked region can only be unlocked, hidden and shown.
        """
        before = self.find(region_id)
        if before is None or (before.locked and not values.keys() <= {"locked", "hidden"}):
            return self
        after = replace(before, **values)
        regions = (after if region is before else region for region in self.regions)
        return replace(self, regions=tuple(regions))

    def move(self, region_ids: tuple[int, ...], cols: float, rows: float) -> Annotations:
        """Return annotations with regions shifted, in pixels."""
        result = self
        for region_id in region_ids:
            region = result.find(region_id)
            if region is not None:
                result = result.change(region_id, outline=moved(region.outline, cols, rows))
        return result

    def duplicate(self, *region_ids: int, shift_px: float = 5.0) -> Annotations:
        """Return annotations with shifted copies of regions."""
        result = self
        for region in (region for region in self.regions if region.id in region_ids):
            shifted = moved(region.outline, shift_px, shift_px)
            name = f"{region.name} copy"
            result = result.add(shifted, name, region.colour, region.class_name)
        return result


def together(parts: Iterable[Annotations]) -> Annotations:
    """Return the regions of several, with new ids if there is more than one."""
    several = tuple(parts)
    if len(several) == 1:
        return several[0]
    regions = (region for part in several for region in part)
    renumbered = tuple(replace(region, id=number) for number, region in enumerate(regions, start=1))
    notes = tuple(dict.fromkeys(note for part in several for note in part.notes))
    return Annotations(renumbered, len(renumbered) + 1, notes)
