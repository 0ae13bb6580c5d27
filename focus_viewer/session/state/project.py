"""Project slice: the project file, and the work that it contains."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.documents.project import ProjectCube
from focus_viewer.core.preprocessing.settings import Preprocessing
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.session.state.document import PinPlace

CubeWork = tuple[
    Path | None, tuple[Annotation, ...], tuple[PinPlace, ...], Preprocessing, CubeLabels
]
"""Path, regions, pins, preprocessing and labels of a cube."""

Work = tuple[CubeWork, ...]


@dataclass(frozen=True)
class SavedProject:
    """Content of the project file: its path, the user's work, and cubes that are not open.

    The path is None until something is saved; the work is that of `State.work`.
    """

    path: Path | None = None
    work: Work = ()
    absent: tuple[ProjectCube, ...] = ()
