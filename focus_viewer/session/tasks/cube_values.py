"""Wavelengths, units, scale and no-data value of an open cube: preview and correction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    as_read,
    preprocessing_of,
)
from focus_viewer.core.progress import Step
from focus_viewer.core.spectra.sample_spectra import SampleSpectra, sample_spectra
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import OPEN_ARRAY, PREPROCESS, TRY_VALUES
from focus_viewer.session.tasks.service_protocols import CubeFiles, PreprocessingFiles

Failed = Callable[[str], None]
"""Takes the reason, for the user."""


class CubeValues:
    """Corrections of what a file says of its values; the document stays the same."""

    def __init__(
        self,
        session: Session,
        background: Background,
        cubes: CubeFiles,
        preprocessing: PreprocessingFiles,
    ) -> None:
        self._session = session
        self._background = background
        self._cubes = cubes
        self._preprocessing = preprocessing

    def preview(
        self,
        document: Document,
        values: ArrayChoice,
        done: Callable[[SampleSpectra], None],
        failed: Failed,
    ) -> None:
        """Load spectra of the cube as it would be read; an earlier preview is cancelled."""
        path = document.cube.path
        if path is None:
            return
        choice = _with_layout(document, values)

        def work(step: Step) -> SampleSpectra:
            step(0.0, "reading")
            return sample_spectra(self._cubes.read_cube(path, choice), step)

        self._background.submit(TRY_VALUES, work, done, reads=path, refused=failed)

    def drop_preview(self) -> None:
        """Cancel the preview."""
        self._background.cancel(TRY_VALUES)

    def read_wavelengths(self, path: Path, done: Callable[[tuple[float, ...] | str], None]) -> None:
        """Read wavelengths in nm from a table; `done` takes them, or the reason of a failure."""
        self._background.submit(
            OPEN_ARRAY,
            lambda step: self._cubes.read_wavelength_list(path),
            done,
            reads=path,
            refused=done,
        )

    def apply(
        self, document: Document, values: ArrayChoice, done: Callable[[], None], failed: Failed
    ) -> None:
        """Read the file of a document again, remember what was said of it, and call `done`.

        Regions, pins and preprocessing stay, but not a sensor that was chosen for lack of
        wavelengths, nor bad bands by their numbers where there are wavelengths now.
        """
        path = document.cube.path
        if path is None:
            return
        choice = _with_layout(document, values)
        preprocessing = replace(preprocessing_of(document.cube), sensor="")

        def work(step: Step) -> Cube:
            step(0.0, f"reading {path.name}")
            cube = self._cubes.read_cube(path, choice)
            same_axis = (cube.wavelengths_nm is None) == (document.cube.wavelengths_nm is None)
            kept = preprocessing if same_axis else replace(preprocessing, bad_ranges=None)
            if kept != NO_PREPROCESSING:
                cube = self._preprocessing.preprocess(cube, kept, step)
            self._cubes.remember_choice(path, choice)
            return cube

        def put(cube: Cube) -> None:
            self._session.preprocessing.replace_cube(document.id, cube, choice)
            done()

        self._background.submit(PREPROCESS, work, put, reads=path, refused=failed)

    def apply_all(
        self,
        documents: Sequence[Document],
        values: ArrayChoice,
        done: Callable[[], None],
        failed: Failed,
    ) -> None:
        """Read the files of documents again, one after the other; the first failure ends it."""
        first, *others = documents
        then = (lambda: self.apply_all(others, values, done, failed)) if others else done
        self.apply(first, values, then, failed)

    def settle(self, document: Document, units: Units) -> None:
        """Settle what a file contradicts: its units are the user's from now on."""
        said = as_read(document.cube).choice or ArrayChoice()
        name = document.cube.name

        def failed(reason: str) -> None:
            self._session.requests.report(Problem(f"Could not settle the units of {name}", reason))

        values = replace(said.values, units=units)
        self.apply(document, values, lambda: None, failed)


def with_same_bands(state: State, document: Document) -> tuple[Document, ...]:
    """Return the other open cubes of files that have the same bands as a document's file has."""
    own = as_read(document.cube)
    others = (each for each in state.documents.items if each.id != document.id)
    return tuple(each for each in others if each.cube.path and _same_bands(own, as_read(each.cube)))


def _same_bands(first: Cube, second: Cube) -> bool:
    axes = first.wavelengths_nm, second.wavelengths_nm
    if axes[0] is None or axes[1] is None:
        return first.bands == second.bands and axes[0] is axes[1]
    return np.array_equal(axes[0], axes[1])


def _with_layout(document: Document, values: ArrayChoice) -> ArrayChoice:
    """Return values with the array and axes that the document's file is read with."""
    said = as_read(document.cube).choice or ArrayChoice()
    return replace(values, array=said.array, axes=said.axes, image_shape=said.image_shape)
