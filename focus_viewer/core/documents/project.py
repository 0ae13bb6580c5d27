"""Project document: cubes, what was marked on them, and how they were viewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.viewpoint import Camera, Extent
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.masks.rules import NO_MASK, MaskRecipe
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.layers import Layer
from focus_viewer.core.pictures.stretch import USUAL_STRETCH, Stretch
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    Preprocessing,
    ReferenceFingerprints,
)
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.saliency.trust import TrustReport
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.spectra.band_window import BandWindow

METHOD_VERSION = 3
"""Raised whenever the same cube and weights give another explanation: stored results of earlier
versions are no longer valid."""


Spread = Literal["sd", "quartiles"]
Curve = Literal["importance", "effect", "difference"]
PairView = Literal["beside", "swipe", "difference", "measured"]


@dataclass(frozen=True, eq=False)
class ProjectCube:
    """Cube of a project.

    Attributes
    ----------
    path : Path
        The data file; relative to the project on the disk, absolute here.
    fingerprint : str
        Of the content of header and data when the project was saved.
    shape : tuple of int
        (rows, cols, bands) as it was read.
    pins : tuple of (int, int, str)
        Row, column and colour of pinned pixels.
    class_name, against : str or None
        As in `focus_viewer.session.state.document.Document`.
    extent : Extent or None
        None shows the whole image.
    explanation : Explanation or None
        Stored result that is valid for cube and model; None where it must be computed.
    preprocessing : Preprocessing
        Processing of the cube after it was read.
    reference_fingerprints : ReferenceFingerprints
        Fingerprints of the references of the preprocessing.
    choice : ArrayChoice or None
        Choice of the user for a file that does not declare which of its arrays is the cube.
    trust : TrustReport or None
        What testing the explanation found.
    decisions : mapping of Shape to RegionDecision
        On its regions alone, by outline; valid as long as the explanation is.
    labels : CubeLabels
        Of the whole cube.
    stretch : Stretch
        Of its picture.
    mask : MaskRecipe
        Rules of its mask.
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
    trust: TrustReport | None = None
    decisions: Mapping[Shape, RegionDecision] = field(default_factory=dict)
    labels: CubeLabels = NO_LABELS
    stretch: Stretch = USUAL_STRETCH
    mask: MaskRecipe = NO_MASK


def changed_references_note(cube_name: str, changed: Sequence[Path]) -> str:
    """Return the note that references of a cube changed since the project was saved."""
    names = " and ".join(map(str, changed))
    has = "has" if len(changed) == 1 else "have"
    return (
        f"{names} {has} changed since the project was saved: {cube_name} is calibrated with the "
        "current version, and explained again. Save the project to store that."
    )


@dataclass(frozen=True)
class ProjectLibrary:
    """Spectral library of a project.

    Attributes
    ----------
    sha256 : str
        Of its content, in hexadecimal; empty where not known.
    drawn : tuple of int
        Places of its spectra that are drawn.
    """

    path: Path
    sha256: str = ""
    drawn: tuple[int, ...] = ()


@dataclass(frozen=True)
class ProjectPair:
    """Two cubes of a project that are compared, as in `focus_viewer.session.state.pair.Pair`.

    Attributes
    ----------
    first, second : int
        Their positions among the project's cubes.
    how : {"beside", "swipe", "difference", "measured"}
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
    """View settings of a project.

    Attributes
    ----------
    active : int
        Position of the active cube among the project's cubes; -1 for none.
    mode : {"evidence", "attention", "signature", "unattributed"}
    opacity : float
        0 to 1.
    camera : Camera or None
        None is the first view of the volume.
    layout : str
        Layout of the panels, as the window reports it; empty for the default.
    spectral_view, spread, curve : str
        As in `focus_viewer.session.state.slices.display.Display`.
    indices : tuple of str or None
        Of the table of regions; None for the usual ones.
    layers : tuple of Layer
        Over the picture, the lowest first.
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
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, eq=False)
class Project:
    """Content of a project file.

    Attributes
    ----------
    model : str
        Name of a bundled model, or folder of one.
    figure : FigureSpec
        The figure as it was last chosen.
    libraries : tuple of ProjectLibrary
        Open spectral libraries, in their order.
    """

    cubes: tuple[ProjectCube, ...] = ()
    model: str = "focus-leaf"
    view: ProjectView = field(default_factory=ProjectView)
    figure: FigureSpec = field(default_factory=FigureSpec)
    libraries: tuple[ProjectLibrary, ...] = ()


@dataclass(frozen=True, eq=False)
class ProjectReading:
    """Project as it was read from disk.

    Attributes
    ----------
    missing, changed : tuple of int
        Positions of cubes whose file is missing, or changed.
    notes : tuple of str
        What the user should know: results that must be computed again.
    recalibrated : tuple of int
        Positions of cubes whose references are missing or changed: results from them are
        invalid.
    anew : tuple of str
        Those of the notes on results that could not be taken, and why.
    """

    project: Project
    missing: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    recalibrated: tuple[int, ...] = ()
    anew: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecoveredWork:
    """Work that a program autosaved before it ended without saving.

    Attributes
    ----------
    path : Path
        Autosaved file.
    of : Path or None
        Project file; None if it was never saved.
    seconds : float
        Time of the autosave, since the epoch.
    cubes, regions : int
        Their numbers.
    """

    path: Path
    of: Path | None
    seconds: float
    cubes: int
    regions: int
