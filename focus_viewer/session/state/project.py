"""Project slice: the project file, and the work that it contains."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.documents.project import ProjectCube, ProjectLibrary
from focus_viewer.core.masks.rules import MaskRecipe
from focus_viewer.core.preprocessing.settings import Preprocessing
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.session.state.document import PinPlace

CubeWork = tuple[
    Path | None, tuple[Annotation, ...], tuple[PinPlace, ...], Preprocessing, CubeLabels, MaskRecipe
]
"""Path, regions, pins, preprocessing, labels and mask of a cube."""

Work = tuple[CubeWork, ...]


@dataclass(frozen=True)
class SavedProject:
    """Content of the project file: its path, the user's work, and what of it is not open.

    The path is None until something is saved; the work is that of `State.work`.
    """

    path: Path | None = None
    work: Work = ()
    absent: tuple[ProjectCube, ...] = ()
    absent_libraries: tuple[ProjectLibrary, ...] = ()
