"""Values of an open cube are corrected in the same document, with a runner resolved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import Preprocessing, preprocessing_of
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.spectra.sample_spectra import SampleSpectra
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.cube_values import with_same_bands
from focus_viewer.session.tasks.lane_names import OPEN_ARRAY, PREPROCESS, TRY_VALUES
from focus_viewer.session.tasks.workbench import Workbench

PATH = Path("leaf.hdr")
BARE = replace(make_cube(), path=PATH, wavelengths_nm=None)
GIVEN = ArrayChoice(wavelengths_nm=tuple(float(nm) for nm in range(400, 900, 10)), origin="w.csv")


class Files(FakeServices):
    """Reads the cube with the wavelengths of the choice."""

    def read_cube(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        cube = super().read_cube(path)
        given = None if choice is None else choice.wavelengths_nm
        if given is not None and len(given) != cube.bands:
            raise FocusError(f"expected {cube.bands} wavelengths")
        axis = None if given is None else np.array(given)
        return replace(cube, wavelengths_nm=axis, choice=choice)


class Bench:
    """A cube without wavelengths, with a region and a pin."""

    def __init__(self, cube: Cube = BARE) -> None:
        self.services, self.runner = Files({"leaf.hdr": cube}), HeldRunner()
        self.session = Session()
        self.workbench = Workbench(self.session, self.runner, self.services)
        self.values = self.workbench.cube_values
        self.session.documents.open(cube)
        self.session.regions.draw(Rectangle((1, 1), (3, 3)))
        self.session.pins.toggle(4, 5)
        self.reasons: list[str] = []
        self.applied: list[bool] = []
        self.seen: list[SampleSpectra] = []

    @property
    def document(self) -> Document:
        (only,) = self.session.state.documents.items
        return only

    def apply(self, values: ArrayChoice) -> None:
        self.values.apply(
            self.document, values, lambda: self.applied.append(True), self.reasons.append
        )
        self.runner.release(PREPROCESS)

    def preview(self, values: ArrayChoice) -> None:
        self.values.preview(self.document, values, self.seen.append, self.reasons.append)
        self.runner.release(TRY_VALUES)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.workbench.close()


def test_a_preview_changes_nothing(bench: Bench) -> None:
    bench.preview(GIVEN)
    assert bench.seen[0].has_wavelengths and bench.seen[0].axis[0] == 400
    bench.preview(replace(GIVEN, wavelengths_nm=(1.0,)))
    assert bench.reasons == ["expected 50 wavelengths"]
    assert bench.document.cube is BARE and bench.services.choices == {}


def test_a_dropped_preview_says_nothing(bench: Bench) -> None:
    bench.values.preview(bench.document, GIVEN, bench.seen.append, bench.reasons.append)
    bench.values.drop_preview()
    assert bench.runner.held.get(TRY_VALUES) is None
    assert bench.seen == [] and bench.reasons == []


def test_applied_values_keep_document_regions_and_pins(bench: Bench) -> None:
    before = bench.document
    bench.apply(GIVEN)
    after = bench.document
    assert bench.applied == [True] and bench.reasons == []
    assert (after.id, after.choice, after.cube.choice) == (before.id, GIVEN, GIVEN)
    assert after.annotations == before.annotations and len(after.annotations.regions) == 1
    assert [(pin.row, pin.col) for pin in after.pins] == [(4, 5)]
    assert after.cube.wavelengths_nm is not None
    assert bench.services.choices == {PATH: GIVEN}


def test_cubes_with_the_same_bands_are_given_the_same_one_after_the_other(bench: Bench) -> None:
    own = bench.document
    other = Path("other.hdr")
    bench.services._cubes[other.name] = replace(BARE, path=other)
    for cube in (
        replace(BARE, path=other),
        replace(make_cube(bands=40), path=Path("fewer.hdr"), wavelengths_nm=None),
        replace(make_cube(), path=Path("known.hdr")),
        replace(BARE, path=None),
    ):
        bench.session.documents.open(cube)
    documents = (own, *with_same_bands(bench.session.state, own))
    assert [each.cube.path for each in documents] == [PATH, other]
    bench.values.apply_all(
        documents, GIVEN, lambda: bench.applied.append(True), bench.reasons.append
    )
    bench.runner.release(PREPROCESS)
    assert bench.applied == []
    bench.runner.release(PREPROCESS)
    assert bench.applied == [True] and bench.reasons == []
    assert bench.services.choices == {PATH: GIVEN, other: GIVEN}
    given = [bench.session.state.find(each.id) for each in documents]
    assert all(each and each.cube.wavelengths_nm is not None for each in given)


def test_they_are_corrected_again_and_the_array_stays(bench: Bench) -> None:
    layout = ArrayChoice(array="a", axes=("rows", "cols", "bands"))
    bench.session.preprocessing.replace_cube(
        bench.document.id, replace(BARE, choice=layout), layout
    )
    bench.apply(GIVEN)
    bench.apply(ArrayChoice(units="counts"))
    assert bench.document.choice == replace(layout, units="counts")
    assert bench.document.cube.wavelengths_nm is None


def test_what_cannot_be_is_reported_and_not_remembered(bench: Bench) -> None:
    bench.apply(replace(GIVEN, wavelengths_nm=(1.0,)))
    assert bench.reasons == ["expected 50 wavelengths"] and bench.applied == []
    assert bench.document.cube is BARE and bench.services.choices == {}


def test_preprocessing_stays_but_not_a_sensor() -> None:
    bare = replace(make_cube(4, 5, 224), path=PATH, wavelengths_nm=None)
    bench = Bench(bare)
    treatment = Preprocessing(sensor="FX10", bin_bands=2)
    treated = bench.services.preprocess(bare, treatment, lambda fraction, text: None)
    bench.session.preprocessing.replace_cube(bench.document.id, treated)
    bench.apply(ArrayChoice(wavelengths_nm=tuple(float(nm) for nm in range(400, 624))))
    assert bench.reasons == []
    assert preprocessing_of(bench.document.cube) == replace(treatment, sensor="")
    assert bench.document.cube.bands == 112
    bench.workbench.close()


def test_bad_bands_by_number_do_not_become_wavelengths(bench: Bench) -> None:
    treatment = Preprocessing(bad_ranges=((2.0, 5.0),))
    treated = bench.services.preprocess(BARE, treatment, lambda fraction, text: None)
    bench.session.preprocessing.replace_cube(bench.document.id, treated)
    bench.apply(ArrayChoice(units="counts"))
    assert preprocessing_of(bench.document.cube) == treatment
    bench.apply(GIVEN)
    assert preprocessing_of(bench.document.cube) == Preprocessing()
    assert bench.document.cube.good_bands.all()


def test_a_table_is_read(bench: Bench) -> None:
    found: list[tuple[float, ...] | str] = []
    bench.values.read_wavelengths(Path("a.csv"), found.append)
    bench.runner.release(OPEN_ARRAY)
    bench.values.read_wavelengths(Path("a.pdf"), found.append)
    bench.runner.release(OPEN_ARRAY)
    assert found == [(450.0, 550.0, 650.0), "a.pdf holds no numbers: choose another file"]


def test_undone_values_are_forgotten_for_the_file_too(bench: Bench) -> None:
    bench.apply(GIVEN)
    assert bench.document.history.past[-1].name == "values of the file"
    bench.workbench.undoing.undo()
    bench.runner.release(PREPROCESS)
    assert bench.document.cube is BARE
    assert bench.services.choices == {PATH: ArrayChoice()}
    bench.workbench.undoing.redo()
    bench.runner.release(PREPROCESS)
    assert bench.document.cube.choice == GIVEN
    assert bench.services.choices == {PATH: GIVEN}
