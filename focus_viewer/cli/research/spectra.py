"""Spectra as pre-training sees them: simulate's library at the spectral groups of models."""

from __future__ import annotations

import numpy as np

from focus_viewer.cli.research.simulated_samples import EDGES_NM
from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.library import LibrarySize, spectral_library
from focus_viewer.simulate.sensors import GRID_NM


def grouped_library(seed: int, testing: bool, size: LibrarySize | None = None) -> FloatArray:
    """Draw a library of spectra, averaged to the models' groups, (n, groups).

    Errors are those of `spectral_library`.
    """
    spectra = spectral_library(seed, testing, size)
    parts = [(low <= GRID_NM) & (high > GRID_NM) for low, high in EDGES_NM]
    return np.stack([spectra[:, part].mean(axis=1) for part in parts], axis=1)
