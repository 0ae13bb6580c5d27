"""What the explorer shows, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.cube import Spectrum
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.project import Curve, ProjectCube, RecoveredWork, Spread
from focus_viewer.core.preprocessing.settings import Preprocessing
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.saliency.difference import VolumePair
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.state.comparison import Comparison, Contrast
from focus_viewer.session.state.display import Display
from focus_viewer.session.state.document import Document, PinPlace, is_worked_on, pin_places
from focus_viewer.session.state.job import Job
from focus_viewer.session.state.pair import MeasuredDifference, Pair
from focus_viewer.session.state.requests import ArrayQuestion, FileChoice, MissingCubes
from focus_viewer.session.state.wand import Wand

Tool = Literal[
    "look", "edit", "rectangle", "ellipse", "polygon", "freehand", "brush", "wand", "point"
]


Work = tuple[tuple[Path | None, tuple[Annotation, ...], tuple[PinPlace, ...], Preprocessing], ...]
"""For each cube its path, regions, pins and treatment."""


@dataclass(frozen=True)
class Cursor:
    """The pixel under the mouse.

    Attributes
    ----------
    row, col : int
    """

    row: int
    col: int


@dataclass(frozen=True)
class Problem:
    """Something that went wrong, to be shown until it is dismissed.

    Attributes
    ----------
    title : str
    text : str
        What was expected, what was found, what to do.
    """

    title: str
    text: str


@dataclass(frozen=True)
class Kept:
    """What the project file holds.

    Attributes
    ----------
    path : Path or None
        None as long as nothing was saved.
    work : tuple
        The user's work in it, as `State.work` tells it.
    absent : tuple of ProjectCube
        Cubes of it that were not found, and that the user wants to keep.
    """

    path: Path | None = None
    work: Work = ()
    absent: tuple[ProjectCube, ...] = ()


@dataclass(frozen=True)
class State:
    """All that the views show.

    Attributes
    ----------
    documents : tuple of Document
        In the order in which they were opened.
    active : int or None
        Id of the document on the screen.
    window_nm : BandWindow
        What the heatmap is taken over; in band numbers for a cube without wavelengths.
    contrast : Contrast
        The groups of regions that are compared where `display.curve` asks for it.
    comparison : Comparison or None
        Of the groups as they are; None until it is there.
    wand : Wand
    cursor : Cursor or None
    spectrum : Spectrum or None
        Of the pixel last hovered over; it may lag behind the cursor.
    other_spectrum : Spectrum or None
        Of the same place in the other cube of a pair.
    display : Display
    tool : Tool
        What the mouse does on the image: "look" points and pins, "edit" selects, moves and reshapes
        regions, the others draw them.
    figure : FigureSpec
        The publication figure as it was last chosen.
    pair : Pair or None
        None shows the active document alone.
    measured_difference : MeasuredDifference or None
        Of the pair and the band window as they are; None until it is there.
    layout : str
        Of the panels, as a project wants it; empty once the window has taken it.
    kept : Kept
    unsettled : MissingCubes or None
    offer : Offer or None
    choice : ArrayQuestion or None
        Of the file that the user is asked about.
    lost : tuple of RecoveredWork
        What earlier runs did not live to save.
    job : Job
    export : Job
        The file that is being written for other programs, or was last.
    banding : Job
        The cube whose bands are being kept together, or were last.
    problem : Problem or None
    """

    documents: tuple[Document, ...] = ()
    active: int | None = None
    window_nm: BandWindow = field(default_factory=lambda: BandWindow(680.0, 50.0))
    contrast: Contrast = field(default_factory=Contrast)
    comparison: Comparison | None = None
    wand: Wand = field(default_factory=Wand)
    cursor: Cursor | None = None
    spectrum: Spectrum | None = None
    other_spectrum: Spectrum | None = None
    display: Display = field(default_factory=Display)
    tool: Tool = "look"
    figure: FigureSpec = field(default_factory=FigureSpec)
    pair: Pair | None = None
    measured_difference: MeasuredDifference | None = None
    layout: str = ""
    kept: Kept = field(default_factory=Kept)
    unsettled: MissingCubes | None = None
    offer: FileChoice | None = None
    choice: ArrayQuestion | None = None
    lost: tuple[RecoveredWork, ...] = ()
    job: Job = field(default_factory=Job)
    export: Job = field(default_factory=Job)
    banding: Job = field(default_factory=Job)
    problem: Problem | None = None

    @property
    def document(self) -> Document | None:
        """The document on the screen."""
        return self.find(self.active)

    @property
    def volume(self) -> SaliencyVolume | None:
        """The saliency volume on the screen: the same object until something about it changes."""
        return self.document.volume(self.display.mode) if self.document else None

    @property
    def looks(self) -> tuple[SpectralView, Spread, Curve, bool]:
        """How curves and table are looked at: they need not follow the rest of the display."""
        display = self.display
        return display.spectral_view, display.spread, display.curve, display.regions_by_class

    @property
    def other(self) -> Document | None:
        """Of a pair the document that is not the active one."""
        return self.find(self.pair.other(self.active)) if self.pair else None

    @property
    def overlaid(self) -> Document | None:
        """The second document of a pair that lies over the first, where their images are alike."""
        pair = self.pair
        if pair is None or pair.how == "beside":
            return None
        first, second = self.find(pair.first), self.find(pair.second)
        if first is None or second is None or first.cube.shape[:2] != second.cube.shape[:2]:
            return None
        return second

    @property
    def shown_volume(self) -> SaliencyVolume | None:
        """What the map shows: the volume in limits that a pair shares, or a pair's difference."""
        volume, pair = self.volume, self.pair
        if pair is not None and pair.how == "measured":
            found = self.measured_difference
            return found.values if found and found.holds_for(pair, self.window_nm) else None
        if volume is None or pair is None:
            return volume
        first, second = (self.seen_from(one).volume for one in (pair.first, pair.second))
        if first is None or second is None:
            return None if pair.how == "difference" else volume
        if pair.how == "difference":
            return VolumePair.of(first, second).difference
        if not pair.linked:
            return volume
        both = VolumePair.of(first, second)
        return both.first_limited if volume is first else both.second_limited

    def seen_from(self, document_id: int | None) -> State:
        """The state as if this document were the active one."""
        return self if document_id == self.active else replace(self, active=document_id)

    @property
    def work(self) -> Work:
        """What the user has made: of a project all its cubes, else those that were worked on.

        Nothing is done to a cube unless the user asks for it: a treatment is work too.
        """
        return tuple(
            (one.cube.path, one.annotations.regions, pin_places(one), one.preprocessing)
            for one in self.documents
            if self.kept.path is not None or is_worked_on(one)
        )

    @property
    def unsaved(self) -> bool:
        """Whether work would be lost if the window closed now."""
        return self.work != self.kept.work

    def find(self, document_id: int | None) -> Document | None:
        """The open document with this id, if it is still open."""
        return next((one for one in self.documents if one.id == document_id), None)


@dataclass(frozen=True)
class Change:
    """What a signal tells: the state before and after.

    Attributes
    ----------
    before, after : State
    """

    before: State
    after: State

    def touched(self, *names: str) -> bool:
        """Whether any of these attributes of the state differs."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in names)

    def touched_document(self, *names: str) -> bool:
        """Whether another document is on the screen, or any of these attributes of it differs."""
        before, after = self.before.document, self.after.document
        if before is None or after is None or before.id != after.id:
            return before is not after
        return any(getattr(before, name) != getattr(after, name) for name in names)
