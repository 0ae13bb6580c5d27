"""What the explorer can do with files and models; their libraries load when first needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.annotations import Annotations
from focus_viewer.core.cube import Cube
from focus_viewer.core.explanation import Explanation
from focus_viewer.core.progress import Step
from focus_viewer.core.request import ExplainRequest
from focus_viewer.preload import preload

if TYPE_CHECKING:
    from focus_viewer.explain.explainer import Explainer
    from focus_viewer.io.annotations import MapGrid


class BundledServices:
    """`focus_viewer.session.jobs.Services` by the package's own readers and models.

    Parameters
    ----------
    paint_first_s : float
        How long a window may paint before torch is loaded: the system loads one library at a time,
        and OpenGL's driver is loaded when the panels are first shown.
    """

    def __init__(self, paint_first_s: float = 0.0) -> None:
        self._paint_first_s = paint_first_s

    @cached_property
    def _explainer(self) -> Explainer:
        time.sleep(self._paint_first_s)
        preload()
        from focus_viewer.explain.explainer import Explainer

        return Explainer()

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """Cubes at a path: itself for a file, those in it for a folder.

        Raises
        ------
        CubeError
            If a folder holds none.
        """
        from focus_viewer.io import find_cubes

        return find_cubes(path) if path.is_dir() else [path]

    def read_cube(self, path: Path) -> Cube:
        """Open a cube.

        Raises
        ------
        CubeError
            If it is none.
        """
        from focus_viewer.io import read_cube

        return read_cube(path)

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """Regions of a cube from a file of any known format.

        Raises
        ------
        FocusError
            If the file is none of them, broken, or of another image.
        """
        from focus_viewer.io.annotations import read_annotations

        return read_annotations(path, (cube.rows, cube.cols), _grid_of(cube))

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """Write regions in the format that the file's suffix names.

        Raises
        ------
        FocusError
            If the suffix is not known, or the disk refuses.
        """
        from focus_viewer.io.annotations import write_annotations

        write_annotations(path, annotations, (cube.rows, cube.cols), _grid_of(cube))

    def write_text(self, path: Path, text: str) -> None:
        """Write a text file, all of it or nothing.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        from focus_viewer.io.annotations.storage import write_whole

        write_whole(path, text.encode())

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain a cube.

        Raises
        ------
        IncompatibleCube, ModelError
            If the model cannot read it, or is none.
        Cancelled
            If it is no longer wanted.
        """
        step(0.0, "loading the model")
        return self._explainer.explain(request, step)

    def prepare(self, step: Step) -> None:
        """Load torch and timm ahead of time."""
        step(0.0, "loading the model")
        self._explainer  # noqa: B018 - the look-up imports


def _grid_of(cube: Cube) -> MapGrid | None:
    """Where a cube lies on the map, if its header tells."""
    from focus_viewer.io.annotations import map_grid

    words = [word.strip() for word in cube.header.get("map info", "").strip("{} ").split(",")]
    return map_grid(words, cube.header.get("coordinate system string", "").strip("{} "))
