"""Treatments in the session: what is kept, what is made anew, what comes late."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from region_masks import mask_of
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, change_preprocessing, make_cube

from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.preprocessing.settings import (
    FlatField,
    FoundReferences,
    Preprocessing,
    Smoothing,
    WhiteAndDark,
    as_read,
    preprocessing_of,
)
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.preprocessing import PreprocessingPreview
from focus_viewer.session.tasks.workbench import Workbench

FOUND = FoundReferences(Path("/data/white.raw"), Path("/data/dark.raw"))
CALIBRATED = Preprocessing(references=WhiteAndDark(Path("/data/white.raw")))
PLANT = replace(make_cube(), name="plant", units="counts", path=Path("/data/plant.raw"))


class Desk:
    def __init__(self, runner: ImmediateRunner | HeldRunner | None = None) -> None:
        self.services = FakeServices({"plant.raw": PLANT})
        self.services.references["plant"] = FOUND
        self.session = Session()
        self.workbench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        self.calibrating = self.workbench.preprocessing

    @property
    def document(self) -> Document:
        document = self.session.state.document
        assert document is not None
        return document


@pytest.fixture
def desk() -> Desk:
    one = Desk()
    one.workbench.open([Path("/data/plant.raw")])
    return one


def test_references_are_found_and_nothing_is_done_with_them(desk: Desk) -> None:
    assert desk.document.references == FOUND
    assert desk.document.cube is PLANT
    desk.calibrating.decline()
    assert desk.document.references == FoundReferences()


def test_a_cube_in_reflectance_is_not_looked_around() -> None:
    desk = Desk()
    desk.services.references["cube"] = FOUND
    desk.session.documents.open(replace(PLANT, name="cube", units="reflectance"))
    assert desk.document.references is None


def test_a_treated_cube_takes_the_place_and_work_stays(desk: Desk) -> None:
    desk.session.regions.draw(Rectangle((2, 2), (9, 9)))
    desk.session.pins.toggle(4, 5)
    before = desk.document
    desk.calibrating.apply(before.id, CALIBRATED)
    after = desk.document
    assert after.id == before.id
    assert after.cube.units == "reflectance"
    assert preprocessing_of(after.cube) == CALIBRATED
    assert after.annotations == before.annotations
    assert [(pin.row, pin.col) for pin in after.pins] == [(4, 5)]
    spectrum = after.pins[0].spectrum
    assert spectrum is not None
    np.testing.assert_allclose(spectrum.values, PLANT.pixel(4, 5) / 1000, rtol=1e-5)
    assert after.explanation is not None
    assert after.explanation is not before.explanation
    assert after.composite is not None
    assert after.composite is not before.composite
    assert after.measures is not None
    assert after.measures is not before.measures


def test_a_treatment_is_taken_back(desk: Desk) -> None:
    desk.calibrating.apply(desk.document.id, CALIBRATED)
    desk.calibrating.apply(desk.document.id, Preprocessing())
    assert desk.document.cube is PLANT


def test_a_change_keeps_the_rest_of_the_treatment(desk: Desk) -> None:
    desk.calibrating.apply(desk.document.id, CALIBRATED)
    change_preprocessing(desk.session, desk.calibrating, smoothing=Smoothing(5, 1))
    assert preprocessing_of(desk.document.cube) == replace(CALIBRATED, smoothing=Smoothing(5, 1))


def test_a_failure_is_shown_and_the_cube_stays(desk: Desk) -> None:
    gone = Preprocessing(references=WhiteAndDark(Path("/data/gone.raw")))
    desk.calibrating.apply(desk.document.id, gone)
    assert desk.document.cube is PLANT
    problem = desk.session.state.requests.problem
    assert problem is not None
    assert "gone.raw is not there" in problem.text


def test_a_cube_closed_meanwhile_is_left_closed() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    document_id = desk.session.documents.open(PLANT)
    desk.calibrating.apply(document_id, CALIBRATED)
    desk.session.documents.close(document_id)
    runner.release("preprocess")
    assert desk.session.state.documents.items == ()


def test_what_was_explained_of_other_numbers_is_dropped() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    document_id = desk.session.documents.open(PLANT)
    late = runner.held["explain"]
    desk.calibrating.apply(document_id, CALIBRATED)
    runner.release("preprocess")
    ImmediateRunner().submit("explain", late)
    assert desk.document.explanation is None
    runner.release("explain")
    assert desk.document.explanation is not None


def test_a_cube_that_is_not_on_the_screen_is_explained_when_it_is() -> None:
    desk = Desk()
    first = desk.session.documents.open(PLANT)
    second = desk.session.documents.open(make_cube())
    desk.calibrating.apply(first, CALIBRATED)
    assert desk.session.state.documents.active == second
    document = desk.session.state.find(first)
    assert document is not None
    assert document.outcome == "none"
    desk.session.documents.activate(first)
    assert desk.document.outcome == "done"


def test_the_picture_keeps_its_wavelengths_where_bands_are_binned(desk: Desk) -> None:
    desk.session.view.set_recipe(CompositeRecipe("custom", (30, 20, 10)))
    change_preprocessing(desk.session, desk.calibrating, bin_bands=2)
    assert desk.document.cube.bands == 25
    assert desk.document.composite is not None
    assert desk.document.composite.choice.bands == (15, 10, 5)


def test_another_image_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="pixels"):
        desk.session.preprocessing.replace_cube(desk.document.id, make_cube(rows=3))


def test_a_pixel_is_tried_before_anything_is_done(desk: Desk) -> None:
    told: list[PreprocessingPreview] = []
    desk.calibrating.preview(PLANT, Preprocessing(), CALIBRATED, (3, 4), told.append, pytest.fail)
    (preview,) = told
    np.testing.assert_allclose(preview.after, preview.before / 1000, rtol=1e-6)
    assert (preview.before_units, preview.after_units) == ("counts", "reflectance")
    assert preview.notes == ("by the lamp",)
    assert desk.document.cube is PLANT


def test_the_mean_of_a_region_divides(desk: Desk) -> None:
    desk.session.regions.draw(Rectangle((2, 3), (5, 6)))
    (region,) = desk.document.annotations.regions
    told: list[FlatField] = []
    desk.calibrating.flat_of_region(PLANT, region, told.append, pytest.fail)
    inside = mask_of(region.outline, (PLANT.rows, PLANT.cols))
    wanted = PLANT.block(slice(None), slice(None))[inside].mean(axis=0)
    np.testing.assert_allclose(told[0].spectrum, wanted, rtol=1e-5)
    assert told[0].text == f"the mean of the region {region.name}"


def test_a_spectrum_of_a_file_divides_and_a_failure_is_told(desk: Desk) -> None:
    told: list[FlatField] = []
    reasons: list[str] = []
    desk.calibrating.flat_of_file(PLANT, Path("lamp.csv"), told.append, reasons.append)
    desk.calibrating.flat_of_file(PLANT, Path("lamp.pdf"), told.append, reasons.append)
    assert told == [FlatField(tuple([4.0] * 50), "the spectrum of lamp.csv")]
    assert "lamp.pdf is no table" in reasons[0]


def test_a_project_opens_as_it_was_treated(desk: Desk) -> None:
    wanted = replace(CALIBRATED, smoothing=Smoothing(5, 2), bin_bands=2, bad_ranges=((400, 420),))
    desk.calibrating.apply(desk.document.id, wanted)
    assert desk.session.state.unsaved is True
    desk.workbench.projects.save(Path("/data/work.focus.json"))
    assert desk.session.state.unsaved is False
    again = Desk()
    again.services.saved = desk.services.saved
    again.workbench.open([Path("/data/work.focus.json")])
    cube = again.document.cube
    assert preprocessing_of(cube) == wanted
    assert (cube.bands, as_read(cube).bands) == (25, 50)
    assert again.document.explanation is not None
    assert again.session.state.unsaved is False
    change_preprocessing(again.session, again.calibrating, bin_bands=1)
    assert again.session.state.unsaved is True


def test_a_project_whose_reference_is_gone_opens_with_its_work(desk: Desk) -> None:
    desk.session.regions.draw(Rectangle((2, 3), (5, 6)))
    desk.workbench.projects.save(Path("/data/work.focus.json"))
    reading = desk.services.saved[Path("/data/work.focus.json")]
    gone = Preprocessing(references=WhiteAndDark(Path("/data/gone.raw")))
    cubes = tuple(replace(one, preprocessing=gone) for one in reading.project.cubes)
    project = replace(reading.project, cubes=cubes)
    desk.services.saved[Path("/data/work.focus.json")] = replace(reading, project=project)
    desk.workbench.open([Path("/data/work.focus.json")])
    assert desk.document.cube is PLANT
    assert len(desk.document.annotations.regions) == 1
    problem = desk.session.state.requests.problem
    assert problem is not None
    assert "plant is not calibrated, its values are in counts: " in problem.text
    assert "/data/gone.raw is not there" in problem.text
    assert "calibrated" in problem.text
