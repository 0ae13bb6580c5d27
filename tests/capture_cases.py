"""A capture folder as Specim's cameras write it, with the reflectance that is true of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from envi_bytes import write_envi
from numpy.typing import NDArray

ROWS, COLS, BANDS = 24, 32, 30
TIME_MS, WHITE_TIME_MS = 20.0, 10.0
PANEL = 0.5
DEAD_COL, DEAD_BAND = 20, 11
SATURATED = (3, 4, 5)
"""Row, column and band."""
MOST_COUNTS = 4095

WAVELENGTHS_NM = np.linspace(400.0, 980.0, BANDS)


@dataclass(frozen=True, eq=False)
class Capture:
    """Files and the truth.

    Attributes
    ----------
    raw, white, dark : Path
        Headers.
    reflectance : NDArray, shape (rows, cols, bands)
    dark_counts : NDArray, shape (cols, bands)
    lamp_counts : NDArray, shape (cols, bands)
        Of a perfect panel, by millisecond.
    """

    raw: Path
    white: Path
    dark: Path
    reflectance: NDArray[np.float64]
    dark_counts: NDArray[np.float64]
    lamp_counts: NDArray[np.float64]


def leaf_reflectance() -> NDArray[np.float64]:
    """Leaves on a dark ground, shape (rows, cols, bands)."""
    edge = 0.45 / (1 + np.exp(-(WAVELENGTHS_NM - 715) / 15))
    green = 0.08 * np.exp(-(((WAVELENGTHS_NM - 550) / 35) ** 2))
    leaf, ground = 0.05 + green + edge, np.full(BANDS, 0.12)
    row, col = np.mgrid[:ROWS, :COLS]
    share = (np.hypot(row - 12, col - 16) < 9).astype(float)[..., None]
    return np.asarray(share * leaf + (1 - share) * ground)


def make_capture(
    folder: Path, name: str = "plant", white_time_ms: float = WHITE_TIME_MS
) -> Capture:
    """Write `capture/NAME.raw`, `WHITEREF_NAME.raw` and `DARKREF_NAME.raw` with their headers.

    One place of the sensor is dead and one number of the image is saturated. The panel reflects
    `PANEL`.
    """
    capture = folder / "capture"
    capture.mkdir(parents=True)
    col = np.arange(COLS)[:, None]
    bell = np.exp(-(((WAVELENGTHS_NM - 700) / 250) ** 2))
    lamp = 150.0 * (1 - 0.3 * ((col - COLS / 2) / (COLS / 2)) ** 2) * bell
    dark = 80.0 + (col * 7 + np.arange(BANDS)) % 5
    truth = leaf_reflectance()
    raw = dark + lamp * TIME_MS * truth
    white = np.broadcast_to(dark + lamp * white_time_ms * PANEL, (8, COLS, BANDS)).copy()
    white[:, DEAD_COL, DEAD_BAND] = dark[DEAD_COL, DEAD_BAND]
    raw[SATURATED] = MOST_COUNTS
    paths = [
        _write(capture, name, raw, TIME_MS),
        _write(capture, f"WHITEREF_{name}", white, white_time_ms),
        _write(capture, f"DARKREF_{name}", np.broadcast_to(dark, (6, COLS, BANDS)), TIME_MS),
    ]
    return Capture(paths[0], paths[1], paths[2], truth, dark, lamp)


def _write(folder: Path, name: str, counts: NDArray[np.float64], time_ms: float) -> Path:
    listed = ", ".join(f"{one:.2f}" for one in WAVELENGTHS_NM)
    return write_envi(
        folder,
        np.round(counts).clip(0, MOST_COUNTS).astype("u2"),
        {
            "sensor type": "FX10 , Lumo - Recorder v2020-444",
            "wavelength": f"{{{listed}}}",
            "wavelength units": "nm",
            "tint": f"{time_ms:g}",
            "binning": "{1, 1}",
        },
        interleave="bil",
        data_name=f"{name}.raw",
        header_name=f"{name}.hdr",
    )
