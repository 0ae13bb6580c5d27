"""Documents slice: open cubes with all that belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.masks.rules import NO_MASK, MaskRecipe
from focus_viewer.core.pictures.composite import Composite, Detail
from focus_viewer.core.pictures.layers import Layered
from focus_viewer.core.pictures.stretch import USUAL_STRETCH, Stretch
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    FoundReferences,
    LostReferences,
    Preprocessing,
    ReferenceFingerprints,
    preprocessing_of,
    reference_fingerprints_of,
)
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.saliency.trust import MethodTrial, TrustReport
from focus_viewer.core.saliency.volume import Mode, SaliencyVolume
from focus_viewer.core.typing import ByteArray
from focus_viewer.session.state.history import History
from focus_viewer.session.state.measurements import Measures
from focus_viewer.session.state.pin import Pin as Pin

Outcome = Literal["none", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Document:
    """Open cube with all that belongs to it.

    Attributes
    ----------
    id : int
        Never used again in a session.
    composite : Composite or None
        None until its bands have been read.
    outcome : {"none", "done", "failed", "cancelled"}
        Outcome of the last attempt to explain it.
    problem : str
        Reason of a failure, for the user.
    class_name : str or None
        Class to explain.
    reference_class : str or None
        Class of the contrast; None stands for the mean of all others.
    history : History
        Of its regions, its pins, its mask and its preprocessing.
    selected : tuple of int
        Ids of the selected regions.
    measures : Measures or None
        Of its regions; they may lag behind.
    extent : Extent or None
        Visible part of the image; None for all of it.
    references : FoundReferences or None
        White and dark references beside its file; None until the search is done.
    lost : LostReferences or None
        References of its project that cannot be used now.
    choice : ArrayChoice or None
        Array and axes that the user or the project has chosen.
    detail : Detail or None
        Visible part in full resolution, where the picture leaves pixels out.
    bands_ready : bool
        Whether its bands are cached, or need no cache.
    heatmap_asked : bool
        Whether its heatmap was asked for although the model does not apply.
    decisions : mapping of Shape to RegionDecision
        Of its regions, by outline, where they were asked for.
    trust : TrustReport or None
        What testing its explanation found so far, for the class that was tested; see `tested`.
    rival : str or None
        Method whose saliency the views show in place of FOCUS'.
    labels : CubeLabels
        Of the whole cube, as the user gave them.
    stretch : Stretch
        Of its picture.
    mask_recipe : MaskRecipe
        Rules of its mask, as the user gave them.
    mask : Mask or None
        Its pixels by these rules; None until they are computed. It may lag behind.
    layered : Layered or None
        Its picture with the layers over it; None without layers. It may lag behind.
    """

    id: int
    cube: Cube
    composite: Composite | None = None
    explanation: Explanation | None = None
    outcome: Outcome = "none"
    problem: str = ""
    class_name: str | None = None
    reference_class: str | None = None
    pins: tuple[Pin, ...] = ()
    history: History = field(default_factory=History)
    selected: tuple[int, ...] = ()
    measures: Measures | None = None
    extent: Extent | None = None
    references: FoundReferences | None = None
    lost: LostReferences | None = None
    choice: ArrayChoice | None = None
    detail: Detail | None = None
    bands_ready: bool = False
    heatmap_asked: bool = False
    decisions: Mapping[Shape, RegionDecision] = field(default_factory=dict)
    trust: TrustReport | None = None
    rival: str | None = None
    labels: CubeLabels = NO_LABELS
    stretch: Stretch = USUAL_STRETCH
    mask_recipe: MaskRecipe = NO_MASK
    mask: Mask | None = None
    layered: Layered | None = None

    @property
    def known_mask(self) -> Mask | None:
        """Its mask, unless rules or values have changed since it was computed."""
        steps = self.mask_recipe.steps
        return self.mask if steps and self.mask and self.mask.fits(self.cube, steps) else None

    @property
    def inside(self) -> Mask | None:
        """Mask that statistics are limited to; None where they are of all pixels."""
        return self.known_mask if self.mask_recipe.used else None

    @property
    def mask_pending(self) -> bool:
        """Whether statistics wait for the mask that they are limited to."""
        wanted = bool(self.mask_recipe.steps) and self.mask_recipe.used
        return wanted and self.known_mask is None

    @property
    def shown_image_source(self) -> tuple[object, ...]:
        """All that its shown image depends on."""
        return self.composite, self.layered

    @property
    def shown_image(self) -> ByteArray | None:
        """Its picture with the layers over it, as far as they are composed."""
        if self.composite is None:
            return None
        done = self.layered
        return done.image if done and done.base is self.composite else self.composite.image

    @property
    def shown_map(self) -> Composite | None:
        """Its highest index map, whose colours need a key: a layer, or the picture itself."""
        done = self.layered
        above = done.highest_map if done and done.base is self.composite else None
        return above or self.composite

    @property
    def foreign(self) -> bool:
        """Whether the model does not apply to what it shows."""
        found = self.explanation
        return found is not None and found.applicability.verdict == "does not apply"

    @property
    def withheld(self) -> bool:
        """Whether its evidence is kept back: the model does not apply, and nobody asked for it."""
        return self.foreign and not self.heatmap_asked

    @property
    def preprocessing(self) -> Preprocessing:
        """Preprocessing that the user wants, including references that cannot be used now."""
        done = preprocessing_of(self.cube)
        return done if self.lost is None else replace(done, references=self.lost.references)

    @property
    def reference_fingerprints(self) -> ReferenceFingerprints:
        """Fingerprints of the references of its preprocessing."""
        if self.lost is None:
            return reference_fingerprints_of(self.cube)
        return self.lost.reference_fingerprints

    @property
    def annotations(self) -> Annotations:
        """Present regions."""
        return self.history.present

    @property
    def tested(self) -> TrustReport | None:
        """What testing the explanation of the chosen class found so far."""
        return self.trust if self.trust and self.trust.class_name == self.class_name else None

    @property
    def viewed_rival(self) -> MethodTrial | None:
        """The method whose saliency the views show in place of FOCUS'."""
        return self.tested.rival(self.rival) if self.tested else None

    @property
    def saliency_source(self) -> tuple[object, ...]:
        """All that its saliency volumes depend on."""
        return self.explanation, self.class_name, self.reference_class, self.viewed_rival

    def volume(self, mode: Mode) -> SaliencyVolume | None:
        """Return the volume that the views show: of FOCUS, or of another method."""
        rival = self.viewed_rival
        return self.own_volume(mode) if rival is None else rival.volume

    def measured_volume(self, mode: Mode) -> SaliencyVolume | None:
        """Return the volume that regions are measured in: none where it is kept back."""
        return None if self.withheld else self.own_volume(mode)

    def own_volume(self, mode: Mode) -> SaliencyVolume | None:
        """Return FOCUS' saliency volume of the chosen class, or None without an explanation."""
        if self.explanation is None or self.class_name is None:
            return None
        return self.explanation.volume(self.class_name, mode, self.reference_class)


@dataclass(frozen=True)
class Documents:
    """Open documents in the order in which they were opened, and the id of the active one."""

    items: tuple[Document, ...] = ()
    active: int | None = None

    def find(self, document_id: int | None) -> Document | None:
        """Return the open document with this id, or None."""
        return next((document for document in self.items if document.id == document_id), None)


PinPlace = tuple[int, int, str]
"""Row, column and colour."""


def pin_places(document: Document) -> tuple[PinPlace, ...]:
    """Return row, column and colour of each pin."""
    return tuple((pin.row, pin.col, pin.colour) for pin in document.pins)


def is_worked_on(document: Document) -> bool:
    """Return whether closing a cube would lose regions, pins, a mask, labels or preprocessing."""
    drawn = document.annotations.regions or document.pins or document.mask_recipe.steps
    return bool(drawn) or document.labels != NO_LABELS or document.preprocessing != NO_PREPROCESSING
