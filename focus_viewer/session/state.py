"""What the explorer shows, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from focus_viewer.core.annotations import Annotations
from focus_viewer.core.composite import Composite, CompositeRecipe
from focus_viewer.core.cube import Cube
from focus_viewer.core.explanation import Explanation
from focus_viewer.core.figure_spec import FigureSpec
from focus_viewer.core.saliency import Mode, SaliencyVolume
from focus_viewer.core.spectrum import Spectrum
from focus_viewer.core.viewpoint import Camera, Extent
from focus_viewer.core.window import BandWindow
from focus_viewer.session.history import History
from focus_viewer.session.measures import Measures

Outcome = Literal["none", "done", "failed", "cancelled"]
JobStatus = Literal["idle", "running", "done", "failed", "cancelled"]
VolumeMethod = Literal["translucent", "mip"]
Tool = Literal[
    "look", "edit", "rectangle", "ellipse", "polygon", "freehand", "brush", "wand", "point"
]


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

    @property
    def annotations(self) -> Annotations:
        """Its regions as they are now."""
        return self.history.present

    def volume(self, mode: Mode) -> SaliencyVolume | None:
        """Saliency volume of the chosen class, or None before there is one."""
        if self.explanation is None or self.class_name is None:
            return None
        return self.explanation.volume(self.class_name, mode, self.against)


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
class Display:
    """How things are drawn.

    Attributes
    ----------
    recipe : CompositeRecipe
    mode : {"evidence", "attention"}
    heatmap : bool
        Whether the saliency lies over the picture.
    opacity : float
        Of the heatmap, 0 to 1.
    colourmap : str
        A name of `focus_viewer.ui.colourmaps`; "auto" fits the mode.
    volume_method : {"translucent", "mip"}
    camera : Camera or None
        Before the volume; None looks at it as at first.
    """

    recipe: CompositeRecipe = field(default_factory=CompositeRecipe)
    mode: Mode = "evidence"
    heatmap: bool = True
    opacity: float = 0.65
    colourmap: str = "auto"
    volume_method: VolumeMethod = "translucent"
    camera: Camera | None = None


@dataclass(frozen=True)
class Job:
    """The work that the user waits for.

    Attributes
    ----------
    ticket : int
        A result counts only if it carries the ticket of the current job.
    document_id : int or None
        The document that it is done for.
    status : {"idle", "running", "done", "failed", "cancelled"}
    title : str
        What is being done, such as "Explaining leaf".
    stage : str
        What is being done just now.
    fraction : float
        0 to 1.
    message : str
        How it ended.
    """

    ticket: int = 0
    document_id: int | None = None
    status: JobStatus = "idle"
    title: str = ""
    stage: str = ""
    fraction: float = 0.0
    message: str = ""


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
    cursor : Cursor or None
    spectrum : Spectrum or None
        Of the pixel last hovered over; it may lag behind the cursor.
    display : Display
    tool : Tool
        What the mouse does on the image: "look" points and pins, "edit" selects, moves and reshapes
        regions, the others draw them.
    figure : FigureSpec
        The publication figure as it was last chosen.
    job : Job
    problem : Problem or None
    """

    documents: tuple[Document, ...] = ()
    active: int | None = None
    window_nm: BandWindow = field(default_factory=lambda: BandWindow(680.0, 50.0))
    cursor: Cursor | None = None
    spectrum: Spectrum | None = None
    display: Display = field(default_factory=Display)
    tool: Tool = "look"
    figure: FigureSpec = field(default_factory=FigureSpec)
    job: Job = field(default_factory=Job)
    problem: Problem | None = None

    @property
    def document(self) -> Document | None:
        """The document on the screen."""
        return self.find(self.active)

    @property
    def volume(self) -> SaliencyVolume | None:
        """The saliency volume on the screen: the same object until something about it changes."""
        return self.document.volume(self.display.mode) if self.document else None

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
