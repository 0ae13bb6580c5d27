"""Report of reading a file, for checks on the command line and for lists of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.errors import OtherKind

_SAMPLE_SIDE = 64
_NAMES_SHOWN = 12
_MOST_PICTURE_BANDS = 4


@dataclass(frozen=True)
class CubeReport:
    """Report of a file: what it contains, and what was assumed to read it.

    Attributes
    ----------
    ok : bool
        Whether it can be opened.
    kind : str
        "cube", "spectral library", "classification", "mask", "picture" or "unknown".
    shape : tuple of int or None
        (rows, cols, bands).
    wavelength_nm : tuple of float or None
        The lowest and the highest band centre.
    good_bands : int or None
        How many.
    contradictions : tuple of str
        What excludes one another in the file, and what was taken, a sentence each.
    assumed : tuple of str
        What was guessed or put right, a sentence each.
    ignored : tuple of str
        What the file says and was not used, a sentence each.
    error : str or None
        Why it cannot be opened.
    applicability : str or None
        Whether a model applies, where one was named.
    """

    path: Path
    ok: bool
    kind: str = "unknown"
    shape: tuple[int, int, int] | None = None
    wavelength_nm: tuple[float, float] | None = None
    units: Units | None = None
    good_bands: int | None = None
    assumed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    error: str | None = None
    applicability: str | None = None
    contradictions: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Reason why it cannot be opened, without the path of its folder; "" if it can."""
        return (self.error or "").replace(f"{self.path.absolute().parent}/", "")

    @property
    def entry(self) -> dict[str, Any]:
        """The report as JSON takes it; null where something is not known."""
        values = {**asdict(self), "path": str(self.path)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }


def report_of(path: Path, cube: Cube) -> CubeReport:
    """Return the report of an opened file; of an image with few bands, some pixels are read.

    Parameters
    ----------
    path : Path
        As the user named it.

    Raises
    ------
    CubeError
        If pixels cannot be read.
    """
    return CubeReport(
        path=path,
        ok=True,
        kind=_kind(cube),
        shape=cube.shape,
        wavelength_nm=_range_nm(cube),
        units=cube.units,
        good_bands=int(cube.good_bands.sum()),
        contradictions=cube.contradictions,
        assumed=cube.assumed,
        ignored=unused_content(cube),
    )


def error_report(path: Path, error: Exception) -> CubeReport:
    """Return the report of a file that cannot be opened."""
    kind = error.kind if isinstance(error, OtherKind) else "unknown"
    return CubeReport(path, ok=False, kind=kind, error=str(error) or type(error).__name__)


def unused_content(cube: Cube) -> tuple[str, ...]:
    """Return the unused content of a cube's file, unknown entries in one sentence."""
    return cube.ignored + ((_unknown_entries(cube.unused),) if cube.unused else ())


def _unknown_entries(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(name[:40] for name in names[:_NAMES_SHOWN])
    return f"Entries of the header that are not used: {shown}" + (
        f" and {more} more." if more > 0 else "."
    )


def _range_nm(cube: Cube) -> tuple[float, float] | None:
    if cube.wavelengths_nm is None:
        return None
    return float(cube.wavelengths_nm[0]), float(cube.wavelengths_nm[-1])


def _kind(cube: Cube) -> str:
    """Return "cube" for an image with spectra: wavelengths, or more bands than pictures have."""
    if cube.wavelengths_nm is not None or cube.bands > _MOST_PICTURE_BANDS:
        return "cube"
    return "mask" if cube.bands == 1 and _is_mask(cube) else "picture"


def _is_mask(cube: Cube) -> bool:
    """Return whether a sample of pixels has two values at most, as a drawn mask has."""
    rows, cols = (slice(None, None, -(-side // _SAMPLE_SIDE)) for side in cube.shape[:2])
    values = cube.block(rows, cols)
    return cube.units == "counts" and np.unique(values[np.isfinite(values)]).size <= 2
