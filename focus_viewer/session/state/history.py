"""History of regions: undo and redo from snapshots."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from focus_viewer.core.regions.annotations import Annotations

_STEPS = 200


@dataclass(frozen=True)
class History:
    """Present, past and undone annotations of a cube, the nearest last.

    Snapshots share all that did not change, so that a step costs little.
    """

    present: Annotations = field(default_factory=Annotations)
    past: tuple[Annotations, ...] = ()
    future: tuple[Annotations, ...] = ()

    def record(self, annotations: Annotations) -> History:
        """Return the history with new annotations as a step, unless they are equal."""
        if annotations == self.present:
            return self
        return History(annotations, (*self.past, self.present)[-_STEPS:])

    def amended(self, annotations: Annotations) -> History:
        """Return the history with the present annotations replaced, in the same step."""
        return replace(self, present=annotations)

    def undo(self) -> History:
        """Return the history one step back, if there is one; ids are never reused."""
        if not self.past:
            return self
        before = _never_reusing(self.past[-1], self.present)
        return History(before, self.past[:-1], (*self.future, self.present))

    def redo(self) -> History:
        """Return the history one step forward, if one was undone."""
        if not self.future:
            return self
        after = _never_reusing(self.future[-1], self.present)
        return History(after, (*self.past, self.present), self.future[:-1])


def _never_reusing(taken: Annotations, other: Annotations) -> Annotations:
    return replace(taken, next_id=max(taken.next_id, other.next_id))
