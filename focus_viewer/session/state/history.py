"""History of a document: regions, pins, mask and readings of its cube, to undo and redo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.rules import MaskRecipe
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.preprocessing.settings import FoundReferences, LostReferences
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.saliency.trust import TrustReport
from focus_viewer.session.state.pin import Pin


@dataclass(frozen=True, eq=False)
class Reading:
    """Cube of a document by one preprocessing and choice, with what was computed from it.

    The names are those of the document's attributes, so that it can be put back.
    """

    cube: Cube
    choice: ArrayChoice | None
    references: FoundReferences | None
    lost: LostReferences | None
    stretch: Stretch
    explanation: Explanation | None
    trust: TrustReport | None
    outcome: str
    problem: str
    class_name: str | None
    reference_class: str | None
    heatmap_asked: bool
    decisions: Mapping[Shape, RegionDecision]
    revision: int
    """Of the models, when it was replaced."""


@dataclass(frozen=True)
class Moment:
    """What a document held on the other side of a change; None for what it left alone.

    Attributes
    ----------
    name : str
        The change in words: `draw region`.
    """

    name: str
    annotations: Annotations | None
    pins: tuple[Pin, ...] | None
    reading: Reading | None
    mask: MaskRecipe | None = None


@dataclass(frozen=True)
class History:
    """Present regions of a cube, and moments to go back and forward to, the nearest last.

    Moments share all that did not change, so that a step costs little.
    """

    present: Annotations = field(default_factory=Annotations)
    past: tuple[Moment, ...] = ()
    future: tuple[Moment, ...] = ()

    def amended(self, annotations: Annotations) -> History:
        """Return the history with the present annotations replaced, in the same step."""
        return replace(self, present=annotations)
