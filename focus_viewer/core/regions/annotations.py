"""What a user has marked on a cube: named regions, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from focus_viewer.core.regions.shapes import Shape, moved


@dataclass(frozen=True)
class Annotation:
    """A named region.

    Attributes
    ----------
    id : int
        Never used again within the annotations of a cube.
    name : str
    colour : str
        "#rrggbb".
    outline : Outline
    class_name : str or None
        What the user says that it shows.
    locked : bool
        Neither moved, reshaped nor removed.
    hidden : bool
        Not drawn; it counts all the same.
    """

    id: int
    name: str
    colour: str
    outline: Shape
    class_name: str | None = None
    locked: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Annotations:
    """All regions of a cube, in the order in which they were drawn.

    Attributes
    ----------
    regions : tuple of Annotation
    next_id : int
        Greater than every id ever given.
    """

    regions: tuple[Annotation, ...] = ()
    next_id: int = 1

    def __iter__(self) -> Iterator[Annotation]:
        return iter(self.regions)

    def __len__(self) -> int:
        return len(self.regions)

    def find(self, region_id: int) -> Annotation | None:
        """The region with this id, if it is still there."""
        return next((one for one in self.regions if one.id == region_id), None)

    def add(
        self, outline: Shape, name: str, colour: str, class_name: str | None = None
    ) -> Annotations:
        """With one more region, whose id is the present `next_id`."""
        region = Annotation(self.next_id, name, colour, outline, class_name)
        return Annotations((*self.regions, region), self.next_id + 1)

    def remove(self, *region_ids: int) -> Annotations:
        """Without these regions; locked ones stay."""
        kept = tuple(one for one in self.regions if one.id not in region_ids or one.locked)
        return replace(self, regions=kept)

    def change(self, region_id: int, **values: Any) -> Annotations:
        """With other values of a region; a locked one can only be unlocked, hidden and shown."""
        region = self.find(region_id)
        if region is None or (region.locked and not values.keys() <= {"locked", "hidden"}):
            return self
        changed = replace(region, **values)
        return replace(
            self, regions=tuple(changed if one.id == region_id else one for one in self.regions)
        )

    def move(self, region_ids: tuple[int, ...], cols: float, rows: float) -> Annotations:
        """With regions shifted, in pixels."""
        result = self
        for region_id in region_ids:
            region = result.find(region_id)
            if region is not None:
                result = result.change(region_id, outline=moved(region.outline, cols, rows))
        return result

    def duplicate(self, *region_ids: int, shift_px: float = 5.0) -> Annotations:
        """With copies of regions, shifted a little."""
        result = self
        for region in (one for one in self.regions if one.id in region_ids):
            shifted = moved(region.outline, shift_px, shift_px)
            name = f"{region.name} copy"
            result = result.add(shifted, name, region.colour, region.class_name)
        return result
