"""Masks in the session: what they limit, what they survive, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, change_preprocessing, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.rules import WithData, WithinLimits, WithinOutline
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.preprocessing.settings import Smoothing
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.session.outputs.project import project_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import answer
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.groups import question
from focus_viewer.session.tasks.workbench import Workbench

GREEN = WithinLimits(CompositeRecipe("formula", formula="(r800 - r670) / (r800 + r670)"), low=0.5)
WHOLE = Rectangle((0, 0), (30, 20))
PATH = Path("work.focus.json")


class Desk:
    """A session with a leaf, one region over all of it, and its workbench."""

    def __init__(self, services: FakeServices | None = None) -> None:
        self.session = Session()
        self.bench = Workbench(self.session, ImmediateRunner(), services or FakeServices())
        self.session.documents.open(make_cube(20, 30, path=Path("leaf.img")))
        self.session.regions.draw(WHOLE)

    @property
    def document(self) -> Document:
        assert self.session.state.document is not None
        return self.session.state.document

    @property
    def measured(self) -> tuple[int, float]:
        assert self.document.measures is not None
        row = self.document.measures.rows[0]
        return row.pixels, row.mean

    @property
    def problem(self) -> str:
        problem = self.session.state.requests.problem
        return "" if problem is None else f"{problem.title}: {problem.text}"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def green_pixels(cube: Cube) -> np.ndarray:
    values = cube.block(slice(None), slice(None))
    red, infrared = (values[..., cube.nearest_band(nm)] for nm in (670, 800))
    return np.asarray((infrared - red) / (infrared + red) >= 0.5)


def test_measurements_are_of_the_pixels_inside_while_the_mask_is_used(desk: Desk) -> None:
    everywhere = desk.measured
    desk.session.masks.start(GREEN)
    green = green_pixels(desk.document.cube)
    values = desk.document.cube.block(slice(None), slice(None))[green]
    assert desk.measured == (int(green.sum()), pytest.approx(float(values.mean()), rel=1e-5))
    spectrum = desk.document.measures.spectra[1]  # type: ignore[union-attr]
    assert spectrum.mean == pytest.approx(values.mean(axis=0), rel=1e-5)
    desk.session.masks.use(False)
    assert desk.measured == everywhere
    assert desk.document.measures.mask is None  # type: ignore[union-attr]
    desk.session.masks.use(True)
    assert desk.measured[0] == int(green.sum())


def test_the_contrast_is_that_of_the_pixels_inside(desk: Desk) -> None:
    before = desk.document.composite
    desk.session.masks.start(GREEN)
    after = desk.document.composite
    assert before is not None and after is not None
    green = green_pixels(desk.document.cube)
    band = desk.document.cube.band(after.choice.bands[0])
    assert after.limits[0] == pytest.approx(np.percentile(band[green], [2, 98]), rel=1e-4)
    assert after.limits != before.limits
    desk.session.masks.clear()
    assert desk.document.composite.limits == before.limits  # type: ignore[union-attr]


def test_masks_are_undone_with_regions_in_one_history(desk: Desk) -> None:
    desk.session.masks.start(GREEN)
    desk.session.masks.invert()
    inverted = desk.measured[0]
    desk.session.regions.draw(Rectangle((1, 1), (4, 4)))
    desk.bench.undoing.undo()
    desk.bench.undoing.undo()
    assert desk.measured[0] == 600 - inverted
    desk.bench.undoing.undo()
    assert (desk.document.inside, desk.measured[0]) == (None, 600)
    desk.bench.undoing.redo()
    desk.bench.undoing.redo()
    assert desk.measured[0] == inverted


def test_a_mask_follows_the_values_of_its_cube(desk: Desk) -> None:
    desk.session.masks.start(GREEN)
    change_preprocessing(desk.session, desk.bench.preprocessing, smoothing=Smoothing(9))
    mask = desk.document.inside
    assert mask is not None and mask.cube is desk.document.cube
    assert np.array_equal(mask.inside, green_pixels(desk.document.cube))


def test_a_mask_left_out_for_lack_of_bands_is_used_again_when_these_are_back(desk: Desk) -> None:
    desk.session.masks.start(GREEN)
    used = desk.measured[0]
    change_preprocessing(desk.session, desk.bench.preprocessing, bad_ranges=((600, 1000),))
    assert "nm. Make a mask by bands that it has" in desk.problem  # one full stop
    assert desk.document.inside is None
    desk.bench.undoing.undo()
    assert desk.document.inside is not None and desk.measured[0] == used
    desk.bench.undoing.redo()
    assert desk.document.inside is None and not desk.document.mask_pending


def test_nothing_is_measured_until_the_mask_is_there() -> None:
    session, runner = Session(), HeldRunner()
    bench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube(20, 30))
    session.regions.draw(WHOLE)
    session.masks.start(GREEN)
    runner.cancel("regions")
    session.regions.draw(Rectangle((1, 1), (4, 4)))
    assert "regions" not in runner.held
    runner.release("mask")
    runner.release("regions")
    document = session.state.document
    assert document is not None and document.measures is not None
    assert document.measures.mask is document.inside
    bench.close()


def test_an_empty_inside_is_said_and_measures_nothing(desk: Desk) -> None:
    desk.session.masks.start(replace(GREEN, low=2.0))
    assert "No pixel is inside the mask" in desk.problem
    assert desk.measured[0] == 0 and np.isnan(desk.measured[1])
    image = desk.document.composite.image  # type: ignore[union-attr]
    assert np.ptp(image) > 100  # the picture is stretched by all pixels then


def test_a_mask_that_cannot_be_computed_is_not_used_and_says_so(desk: Desk) -> None:
    desk.session.masks.start(WithinOutline(Rectangle((0, 0), (2, 2)), "Leaf", (99, 30)))
    assert "99 x 30" in desk.problem and "of all pixels" in desk.problem
    assert desk.measured[0] == 600
    assert desk.document.mask_recipe.steps and not desk.document.mask_recipe.used
    desk.session.masks.use(True)
    assert not desk.document.mask_recipe.used


def test_a_mask_of_a_file_of_regions(desk: Desk) -> None:
    desk.bench.masks.read(Path("leaves.geojson"), desk.session.masks.start)
    assert desk.measured[0] == 4
    assert desk.document.inside.words == "the regions of leaves.geojson"  # type: ignore[union-attr]
    desk.bench.masks.read(Path("leaves.txt"), desk.session.masks.start)
    assert "holds no regions" in desk.problem


def test_a_mask_is_repeated_on_cubes_that_it_fits_and_the_others_are_named(desk: Desk) -> None:
    desk.session.masks.start(GREEN)
    recipe = desk.document.mask_recipe
    twin = desk.session.documents.open(make_cube(10, 12, name="twin"))
    blind = desk.session.documents.open(
        replace(make_cube(10, 12, name="blind"), wavelengths_nm=None)
    )
    desk.bench.masks.repeat(recipe, (twin, blind))
    found = desk.session.state.find(twin)
    assert found is not None and found.inside is not None and found.inside.inside.shape == (10, 12)
    assert desk.session.state.find(blind).mask_recipe.steps == ()  # type: ignore[union-attr]
    assert "blind" in desk.problem and "twin" not in desk.problem


def test_groups_of_regions_are_compared_by_the_pixels_inside(desk: Desk) -> None:
    desk.session.regions.draw(Rectangle((0, 0), (15, 20)))
    desk.session.masks.start(GREEN)
    desk.session.regions.select((1, 2))
    display = desk.session.state.view.display
    desk.session.view.set_display(replace(display, curve="effect"))
    asked = question(desk.session.state)
    assert asked is not None
    green = green_pixels(desk.document.cube)
    counts = int(green.sum()), int(green[:, :15].sum())
    assert answer(asked, lambda fraction, text: None).spectra == counts


def test_a_mask_becomes_a_region(desk: Desk) -> None:
    desk.session.masks.start(GREEN)
    desk.bench.masks.draw_region()
    region = desk.document.annotations.regions[-1]
    assert np.array_equal(
        region.outline.crop((20, 30)).pixels, green_pixels(desk.document.cube).sum()
    )  # type: ignore[union-attr]


def test_masks_layers_and_libraries_come_back_with_the_project() -> None:
    services = FakeServices({"leaf.img": make_cube(20, 30, path=Path("leaf.img"))})
    spectrum = LibrarySpectrum("leaf", np.array([400.0, 900.0]), np.array([0.1, 0.5]))
    other_spectrum = LibrarySpectrum("soil", np.array([400.0, 900.0]), np.array([0.1, 0.2]))
    library = SpectralLibrary(
        "a.sli", (other_spectrum, spectrum), path=Path("a.sli"), sha256="ab" * 32
    )
    services.spectra["a.sli"] = library
    desk = Desk(services)
    desk.session.masks.start(GREEN)
    desk.session.layers.add(CompositeRecipe("formula", formula="r800 / r670"))
    desk.bench.libraries.open([Path("a.sli")])
    for each in (spectrum, other_spectrum):
        desk.session.libraries.draw(each, True)
    project = project_of(desk.session.state)
    assert desk.session.state.unsaved and services.kept is not None
    assert services.kept[0].cubes[0].mask == desk.document.mask_recipe  # against a crash
    desk.bench.projects.save(PATH)
    other = Desk(services)
    other.bench.projects.open(PATH)
    assert other.document.inside is not None
    assert other.measured == desk.measured
    assert other.session.state.view.display.layers == desk.session.state.view.display.layers
    assert other.session.state.libraries.items == (library,)
    assert other.session.state.libraries.drawn == (spectrum, other_spectrum)  # and their colours
    assert project_of(other.session.state).libraries == project.libraries


def test_a_library_that_is_gone_is_named_and_stays_in_the_project() -> None:
    services = FakeServices({"leaf.img": make_cube(20, 30, path=Path("leaf.img"))})
    spectrum = LibrarySpectrum("leaf", np.array([400.0, 900.0]), np.array([0.1, 0.5]))
    services.spectra["a.sli"] = SpectralLibrary("a.sli", (spectrum,), path=Path("a.sli"))
    desk = Desk(services)
    desk.bench.libraries.open([Path("a.sli")])
    desk.bench.projects.save(PATH)
    del services.spectra["a.sli"]
    other = Desk(services)
    other.bench.projects.open(PATH)
    assert "a.sli is not open" in other.problem
    assert other.session.state.libraries.items == ()
    assert [each.path for each in project_of(other.session.state).libraries] == [Path("a.sli")]


def test_layers_are_composed_over_the_picture_and_taken_away(desk: Desk) -> None:
    plain = desk.document.shown_image
    assert plain is not None
    desk.session.layers.add(CompositeRecipe("formula", formula="r800 / r670"))
    mixed = desk.document.shown_image
    assert mixed is not None and not np.array_equal(mixed, plain)
    desk.session.layers.set_opacity(0, 7.0)
    assert desk.session.state.view.display.layers[0].opacity == 1.0
    desk.session.masks.start(WithData())
    assert [layer.recipe is None for layer in desk.session.state.view.display.layers] == [0, 1]
    desk.session.layers.lift(0, 5)
    assert desk.session.state.view.display.layers[0].recipe is None
    desk.session.layers.remove(0)
    desk.session.layers.show(0, False)
    assert desk.document.shown_image is desk.document.composite.image  # type: ignore[union-attr]


def test_moving_along_the_bands_composes_nothing_anew(desk: Desk) -> None:
    desk.session.layers.add(CompositeRecipe("formula", formula="r800 / r670"))
    composed = desk.document.layered
    assert composed is not None
    desk.session.view.set_window(700.0, 30.0)
    assert desk.document.layered is composed
