"""One open cube with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.pictures.composite import Composite, Detail
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
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import Mode, SaliencyVolume
from focus_viewer.session.state.history import History
from focus_viewer.session.state.measurements import Measures

Outcome = Literal["none", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Pin:
    """A pixel whose spectrum stays on the plot.

    Attributes
    ----------
    id : int
        Never used again in a session.
    row, col : int
    colour : str
        "#rrggbb", the same for marker and curve.
    spectrum : Spectrum or None
        None until it has been read.
    """

    id: int
    row: int
    col: int
    colour: str
    spectrum: Spectrum | None = None


@dataclass(frozen=True)
class Document:
    """One open cube with all that belongs to it.

    Attributes
    ----------
    id : int
        Never used again in a session.
    cube : Cube
    composite : Composite or None
        None until its bands have been read.
    explanation : Explanation or None
    outcome : {"none", "done", "failed", "cancelled"}
        How the last attempt to explain it ended.
    problem : str
        Why it failed, for the user.
    class_name : str or None
        The class to explain.
    against : str or None
        The one class that it is told apart from; None stands for the mean of all others.
    pins : tuple of Pin
    history : History
        Of its regions.
    selected : tuple of int
        Ids of the regions that are worked on.
    measures : Measures or None
        Of its regions; they may lag behind.
    extent : Extent or None
        The part of the image that is shown; None for all of it.
    references : FoundReferences or None
        White and dark references that lie beside it; None until they were looked for.
    lost : LostReferences or None
        References that its project asks for and that cannot be used now.
    choice : ArrayChoice or None
        What the user has said of its file, as its project or the user told it.
    detail : Detail or None
        A part of the picture nearer, where the picture leaves pixels out.
    bands_settled : bool
        Whether its bands are read as quickly as they will ever be.
    """

    id: int
    cube: Cube
    composite: Composite | None = None
    explanation: Explanation | None = None
    outcome: Outcome = "none"
    problem: str = ""
    class_name: str | None = None
    against: str | None = None
    pins: tuple[Pin, ...] = ()
    history: History = field(default_factory=History)
    selected: tuple[int, ...] = ()
    measures: Measures | None = None
    extent: Extent | None = None
    references: FoundReferences | None = None
    lost: LostReferences | None = None
    choice: ArrayChoice | None = None
    detail: Detail | None = None
    bands_settled: bool = False

    @property
    def preprocessing(self) -> Preprocessing:
        """What the user wants done to it, with references that cannot be used now among that."""
        done = preprocessing_of(self.cube)
        return done if self.lost is None else replace(done, references=self.lost.references)

    @property
    def reference_fingerprints(self) -> ReferenceFingerprints:
        """Fingerprints of the references of its treatment."""
        return (
            reference_fingerprints_of(self.cube)
            if self.lost is None
            else self.lost.reference_fingerprints
        )

    @property
    def annotations(self) -> Annotations:
        """Its regions as they are now."""
        return self.history.present

    def volume(self, mode: Mode) -> SaliencyVolume | None:
        """Saliency volume of the chosen class, or None before there is one."""
        if self.explanation is None or self.class_name is None:
            return None
        return self.explanation.volume(self.class_name, mode, self.against)


PinPlace = tuple[int, int, str]
"""Row, column and colour."""


def pin_places(document: Document) -> tuple[PinPlace, ...]:
    """Row, column and colour of each pin."""
    return tuple((pin.row, pin.col, pin.colour) for pin in document.pins)


def is_worked_on(document: Document) -> bool:
    """Whether closing a cube would lose regions, pins or what was done to it."""
    marked = document.annotations.regions or document.pins
    return bool(marked) or document.preprocessing != NO_PREPROCESSING
