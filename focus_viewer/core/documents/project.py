"""A piece of work as it is kept: cubes, what was marked on them, and how they were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.composite import CompositeRecipe
from focus_viewer.core.cubes.viewpoint import Camera, Extent
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    Preprocessing,
    ReferenceFingerprints,
)
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.spectra.band_window import BandWindow

METHOD_VERSION = 1
"""Raised whenever the same cube and weights are explained otherwise: results kept before then no
longer hold."""


Spread = Literal["sd", "quartiles"]
Curve = Literal["importance", "effect", "difference"]
PairView = Literal["beside", "swipe", "difference", "measured"]


@dataclass(frozen=True, eq=False)
class ProjectCube:
    """A cube of a project.

    Attributes
    ----------
    path : Path
        The data file; relative to the project on the disk, absolute here.
    fingerprint : str
        Of the content of header and data when the project was saved.
    shape : tuple of int
        (rows, cols, bands) as it was read.
    annotations : Annotations
    pins : tuple of (int, int, str)
        Row, column and colour of pinned pixels.
    class_name, against : str or None
        As in `focus_viewer.session.state.state.Document`.
    extent : Extent or None
        None shows the whole image.
    explanation : Explanation or None
        A result that still fits cube and model; None where it must be computed.
    treatment : Preprocessing
        What was done to the cube after it was read.
    marks : ReferenceFingerprints
        Fingerprints of the references of the treatment.
    choice : ArrayChoice or None
        What the user has said of a file that does not tell itself which of its arrays is the cube.
    """

    path: Path
    fingerprint: str
    shape: tuple[int, int, int]
    annotations: Annotations = field(default_factory=Annotations)
    pins: tuple[tuple[int, int, str], ...] = ()
    class_name: str | None = None
    against: str | None = None
    extent: Extent | None = None
    explanation: Explanation | None = None
    preprocessing: Preprocessing = NO_PREPROCESSING
    reference_fingerprints: ReferenceFingerprints = field(default_factory=ReferenceFingerprints)
    choice: ArrayChoice | None = None


def told_changed(cube_name: str, changed: Sequence[Path]) -> str:
    """That references of a cube are not what they were when the project was saved."""
    names = " and ".join(map(str, changed))
    has, it_is = ("has", "it is") if len(changed) == 1 else ("have", "they are")
    return (
        f"{names} {has} changed since the project was saved: {cube_name} is calibrated with what "
        f"{it_is} now, and explained anew. Save the project to keep that."
    )


@dataclass(frozen=True)
class ProjectPair:
    """Two cubes of a project that are compared, as in `focus_viewer.session.state.state.Pair`.

    Attributes
    ----------
    first, second : int
        Their places among the project's.
    how : {"beside", "swipe", "difference", "measured"}
    linked : bool
    split : float
        0 to 1.
    """

    first: int
    second: int
    how: PairView = "beside"
    linked: bool = True
    split: float = 0.5


@dataclass(frozen=True)
class ProjectView:
    """How a project was looked at.

    Attributes
    ----------
    active : int
        Place of the cube on the screen among the project's; -1 for none.
    window_nm : BandWindow
    recipe : CompositeRecipe
    mode : {"evidence", "attention"}
    heatmap : bool
    opacity : float
        0 to 1.
    colourmap : str
    volume_method : str
    camera : Camera or None
        None looks at the volume as at first.
    layout : str
        Of the panels, as the window tells it; empty for the usual one.
    spectral_view, spread, curve : str
        As in `focus_viewer.session.state.state.Display`.
    regions_by_class : bool
    indices : tuple of str or None
        Of the table of regions; None for the usual ones.
    pair : ProjectPair or None
    """

    active: int = -1
    window_nm: BandWindow = field(default_factory=lambda: BandWindow(680.0, 50.0))
    recipe: CompositeRecipe = field(default_factory=CompositeRecipe)
    mode: Mode = "evidence"
    heatmap: bool = True
    opacity: float = 0.65
    colourmap: str = "auto"
    volume_method: str = "translucent"
    camera: Camera | None = None
    layout: str = ""
    spectral_view: SpectralView = "values"
    spread: Spread = "sd"
    curve: Curve = "importance"
    regions_by_class: bool = False
    indices: tuple[str, ...] | None = None
    pair: ProjectPair | None = None


@dataclass(frozen=True, eq=False)
class Project:
    """All that a project file keeps.

    Attributes
    ----------
    cubes : tuple of ProjectCube
    model : str
        Name of a bundled model, or folder of one.
    view : ProjectView
    figure : FigureSpec
        The figure as it was last chosen.
    """

    cubes: tuple[ProjectCube, ...] = ()
    model: str = "focus-leaf"
    view: ProjectView = field(default_factory=ProjectView)
    figure: FigureSpec = field(default_factory=FigureSpec)


@dataclass(frozen=True, eq=False)
class ProjectReading:
    """A project as it was found on the disk.

    Attributes
    ----------
    project : Project
    missing, changed : tuple of int
        Places among its cubes whose file is not there, or no longer what it was.
    notes : tuple of str
        What the user should know: results that must be computed again.
    recalibrated : tuple of int
        Places of cubes whose references are not there, or no longer what they were: what was made
        of them does not hold.
    """

    project: Project
    missing: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    recalibrated: tuple[int, ...] = ()


@dataclass(frozen=True)
class RecoveredWork:
    """Work that a program kept for itself and did not live to save.

    Attributes
    ----------
    path : Path
        Where it is kept.
    of : Path or None
        The project that it belongs to; None if it was never saved.
    seconds : float
        When it was kept, since the epoch.
    cubes, regions : int
        How much it holds.
    """

    path: Path
    of: Path | None
    seconds: float
    cubes: int
    regions: int
