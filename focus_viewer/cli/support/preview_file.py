"""Preview of simulated scenes, drawn from their files and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError
from focus_viewer.core.pictures.composite import CompositeRecipe, choose_bands
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import BoolArray, ByteArray, FloatArray
from focus_viewer.simulate.scene_files import LABELS

if TYPE_CHECKING:
    from focus_viewer.figures.scene_preview import ScenePreview

_WHITE_PERCENT = 99.5
_DARKEST_WHITE = 0.01  # of a reflectance: noise is not stretched into a picture
_GAMMA = 2.2
_KINDS: dict[str, Literal["png", "pdf"]] = {".png": "png", ".pdf": "pdf"}


class PreviewFile:
    """Preview file: its path, and its bytes once drawn.

    Parameters
    ----------
    out : Path
        Folder of the scenes. A preview in it appears, and is replaced, with them.

    Raises
    ------
    FocusError
        If it is not a PNG or PDF or cannot be written: before the work, not after it.
    """

    def __init__(self, path: Path, out: Path) -> None:
        if path.suffix.lower() not in _KINDS:
            raise FocusError(f"--preview: {path}: expected a name that ends in .png or .pdf.")
        self._path = path
        self._with_scenes = path.resolve().parent == out.resolve()
        if not (self._with_scenes or os.access(path.parent, os.W_OK)) or path.is_dir():
            raise FocusError(
                f"--preview: {path} cannot be written. Choose an existing folder with write access."
            )
        self._data = b""

    def draw(self, folder: Path, scenes: Sequence[dict[str, Any]], step: Step) -> None:
        """Draw scenes, as their record lists them, from their files in a folder."""
        step(0.0, "drawing the preview")
        # Matplotlib is not needed to learn that an option is wrong.
        from focus_viewer.figures.figure_file import rendered
        from focus_viewer.figures.scene_preview import preview_figure

        figure = preview_figure([_read(folder, scene) for scene in scenes])
        step(0.5, "writing the preview")
        self._data = rendered(figure, _KINDS[self._path.suffix.lower()])
        step(1.0, "writing the preview")

    def place(self, drafts: Path) -> dict[str, str]:
        """Write the preview among the scenes' drafts, if it belongs there; return its names."""
        if not self._with_scenes:
            return {}
        (drafts / self._path.name).write_bytes(self._data)
        return {"preview": self._path.name}

    def publish(self) -> None:
        """Write the preview, unless it belongs to the scenes."""
        if self._with_scenes:
            return
        with write_errors(self._path, "--preview"):
            write_atomically(self._path, self._data)


def _read(folder: Path, scene: dict[str, Any]) -> ScenePreview:
    """Read the written files of a scene."""
    from focus_viewer.figures.scene_preview import ScenePreview
    from focus_viewer.io import read_cube

    cube = read_cube(folder / scene["files"]["cube"])
    labels = np.fromfile(folder / scene["files"]["truth_data"], dtype=np.uint8)
    labels = labels.reshape(cube.rows, cube.cols)
    lesion = labels == LABELS.index("lesion")
    rest = ~lesion & (labels != LABELS.index("background"))
    pixels = cube.block(slice(None), slice(None))
    shown = choose_bands(cube, CompositeRecipe())
    importance = np.array(scene["importance"], dtype=np.float64)
    return ScenePreview(
        class_name=scene["class"],
        picture=picture_of_leaf(pixels[:, :, list(shown.bands)], lesion | rest),
        picture_is=f"picture in {shown.how.removesuffix(' (header)')}, exposed for the leaf",
        lesion=lesion,
        wavelengths_nm=cube.axis,
        lesion_mean=_mean(pixels, lesion),
        rest_mean=_mean(pixels, rest),
        importance=importance,
        true_bands=np.isin(np.arange(cube.bands), scene["true_bands"]),
    )


def picture_of_leaf(colours: FloatArray, leaf: BoolArray) -> ByteArray:
    """Return an image exposed for the leaf, whatever the background's brightness.

    Shape (rows, cols, 3). All channels have the same scale, so that the leaf keeps its hue, and are
    encoded for screens.

    Parameters
    ----------
    colours : FloatArray, shape (rows, cols, 3)
        Reflectance of red, green and blue.
    leaf : BoolArray, shape (rows, cols)
    """
    white = float(np.percentile(colours[leaf], _WHITE_PERCENT))
    light = np.clip(colours / max(white, _DARKEST_WHITE), 0, 1) ** (1 / _GAMMA)
    return np.asarray(np.round(255 * light), dtype=np.uint8)


def _mean(pixels: FloatArray, chosen: BoolArray) -> FloatArray:
    """Return the mean spectrum of the chosen pixels, NaN if there is none, shape (bands,)."""
    if not chosen.any():
        return np.full(pixels.shape[2], np.nan, dtype=np.float32)
    return np.asarray(pixels[chosen].mean(axis=0), dtype=np.float32)
