"""Curves of a batch: importance curves and mean spectra by the row of its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.errors import FocusError
from focus_viewer.core.studies.study import Curve
from focus_viewer.core.typing import DoubleArray


@dataclass(frozen=True, eq=False)
class RowCurves:
    """Curves of a row: by class, and the mean spectrum."""

    importance: Mapping[str, Curve] = field(default_factory=dict)
    spectrum: Curve | None = None


NO_CURVES = RowCurves()


def read_curves(path: Path) -> dict[int, RowCurves]:
    """Read `curves.nc`, by row of the table.

    Raises
    ------
    FocusError
        If the file is damaged or is another one.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            rows = file["cube"][:].tolist()
            classes = [_text(name) for name in file["class"][:]]
            edges = np.stack([file["low_nm"][:], file["high_nm"][:]], axis=1).astype(np.float64)
            evidence, spectrum, nm = (
                file[name][:].astype(np.float64) for name in ("evidence", "spectrum", "spectrum_nm")
            )
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise FocusError(
            f"{path} cannot be read as the curves of a batch ({error}). Run the batch again, which "
            "computes only what is missing."
        ) from error
    return {
        int(row): RowCurves(
            _importance(classes, edges, evidence[place]), _spectrum(nm[place], spectrum[place])
        )
        for place, row in enumerate(rows)
    }


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _importance(classes: list[str], edges: DoubleArray, values: DoubleArray) -> dict[str, Curve]:
    known = np.isfinite(values).any(axis=0)
    if not known.any():
        return {}
    return {
        name: Curve(edges[known], own[known]) for name, own in zip(classes, values, strict=True)
    }


def _spectrum(nm: DoubleArray, values: DoubleArray) -> Curve | None:
    return Curve.of_bands(nm, values) if np.isfinite(nm).any() else None
