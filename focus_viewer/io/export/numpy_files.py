"""Volumes and heatmaps for numpy."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy

from focus_viewer.core.atomic_write import atomic_path
from focus_viewer.core.errors import translated_errors
from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.io.export.planes import heatmap_plane, image_planes


def write_volume(path: Path, volume: SaliencyVolume, step: Step, mask: Mask | None = None) -> None:
    """Write a volume as .npz, for `numpy.load`.

    It holds `values` (rows, cols, groups) at the resolution of the image, `cells` (grid_rows,
    grid_cols, groups) as the model gave them, `edges_nm` (groups, 2), `centers_nm` (groups,),
    `class`, `mode`, `image_shape` and `caution`, the verdict. Nothing is pickled. With a mask,
    `values` are NaN outside of it, and `mask` says which it is.

    Raises
    ------
    CubeError
        If the file cannot be written.
    """
    small = {
        "cells": volume.values,
        "edges_nm": volume.edges_nm,
        "centers_nm": volume.centers_nm,
        "class": np.array(volume.class_name),
        "mode": np.array(volume.mode),
        "image_shape": np.array(volume.image_shape),
        "caution": np.array(volume.caution),
        **({} if mask is None else {"mask": np.array(mask.text)}),
    }
    with (
        translated_errors(path, "written"),
        atomic_path(path) as draft,
        ZipFile(draft, "w") as archive,
    ):
        with archive.open("values.npy", "w", force_zip64=True) as member:
            _write_values(member, volume, step, mask)
        for name, array in small.items():
            with archive.open(f"{name}.npy", "w") as member:
                npy.write_array(member, np.asarray(array), allow_pickle=False)


def _write_values(member: IO[bytes], volume: SaliencyVolume, step: Step, mask: Mask | None) -> None:
    """Write plane after plane, columns of a plane one after another: numpy's Fortran order."""
    shape = (*volume.image_shape, len(volume.planes))
    header_entries: dict[str, Any] = {"descr": "<f4", "fortran_order": True, "shape": shape}
    npy.write_array_header_1_0(member, header_entries)
    for plane in image_planes(volume, step, mask):
        member.write(np.ascontiguousarray(plane.T, dtype="<f4").data)


def write_heatmap(
    path: Path, volume: SaliencyVolume, window: BandWindow, mask: Mask | None = None
) -> None:
    """Write the mean over a band window as .npy: float32, shape (rows, cols).

    Raises
    ------
    CubeError
        If the file cannot be written.
    """
    with translated_errors(path, "written"), atomic_path(path) as draft, draft.open("wb") as file:
        np.save(file, heatmap_plane(volume, window, mask), allow_pickle=False)
