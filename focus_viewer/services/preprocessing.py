"""Adapter of `focus_viewer.session.tasks.services.PreprocessingFiles`."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.settings import FoundReferences, Preprocessing
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import DoubleArray


class BundledPreprocessingFiles:
    """Preprocessing with reference files, read by `focus_viewer.io`."""

    def find_references(self, cube: Cube) -> FoundReferences:
        """See `PreprocessingFiles.find_references`."""
        from focus_viewer.io.references.discovery import find_references

        return find_references(cube)

    def preprocess(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """See `PreprocessingFiles.preprocess`."""
        from focus_viewer.io.references.calibration import apply_preprocessing

        return apply_preprocessing(cube, preprocessing, step)

    def read_spectrum(self, path: Path, cube: Cube) -> DoubleArray:
        """See `PreprocessingFiles.read_spectrum`."""
        from focus_viewer.io.references.spectrum_table import spectrum_at_bands

        return spectrum_at_bands(path, cube)
