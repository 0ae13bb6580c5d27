"""Two cubes on the screen: what they share, and what each keeps for itself."""

from __future__ import annotations

import gc
from dataclasses import replace
from weakref import ref

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube, make_explanation

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.documents.project import PairView
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.saliency.cube_difference import VolumePair, difference, share_limits
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.pair import Pair
from focus_viewer.session.state.pair_correspondence import other_extent, other_place, seen
from focus_viewer.session.state.slices.selection import Cursor
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import no_difference_text


class Desk:
    """A session with cubes of these sizes, all explained if asked for, the last one active."""

    def __init__(self, *shapes: tuple[int, int], explained: bool = True) -> None:
        self.session = Session()
        runner = ImmediateRunner() if explained else HeldRunner()
        self.runner = runner
        self.workbench = Workbench(self.session, runner, FakeServices())
        self.ids = [
            self.session.documents.open(replace(make_cube(rows, cols), name=str(number)))
            for number, (rows, cols) in enumerate(shapes)
        ]

    @property
    def state(self) -> State:
        return self.session.state

    def document(self, number: int) -> Document:
        document = self.state.find(self.ids[number])
        assert document is not None
        return document


@pytest.fixture
def desk() -> Desk:
    return Desk((40, 60), (20, 30))


def test_a_pair_stands_in_the_order_of_the_tabs_and_keeps_what_is_in_its_place() -> None:
    desk = Desk((40, 60), (40, 60), (40, 60))
    first, second, third = desk.ids
    desk.session.documents.activate(second)
    desk.session.pair.show_with(first)
    assert desk.state.comparison.pair == Pair(first, second)
    desk.session.pair.show_with(third)
    assert desk.state.comparison.pair == Pair(third, second)


def test_a_cube_is_not_paired_with_itself_nor_with_one_that_is_closed(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[1])
    desk.session.pair.show_with(99)
    assert desk.state.comparison.pair is None


def test_linked_cubes_show_the_same_part_whatever_their_size(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.session.documents.set_extent(Extent((3, 2), (18, 12)))
    assert desk.document(0).extent == Extent((6, 4), (36, 24))
    desk.session.pair.set_linked(False)
    desk.session.documents.set_extent(None)
    assert desk.document(0).extent == Extent((6, 4), (36, 24))
    desk.session.pair.set_linked(True)
    assert desk.document(0).extent is None


def test_linked_cubes_are_explained_as_the_same_class(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.session.explanation.choose_class("healthy")
    desk.session.explanation.set_reference_class("chlorosis")
    assert (desk.document(0).class_name, desk.document(0).reference_class) == (
        "healthy",
        "chlorosis",
    )
    desk.session.pair.set_linked(False)
    desk.session.explanation.choose_class("water stress")
    assert desk.document(0).class_name == "healthy"


def test_the_cursor_stands_at_the_same_place_in_both(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.session.selection.hover(5, 7)
    other = seen(desk.state, second=False)
    assert other.document is desk.document(0)
    assert other.selection.cursor == Cursor(11, 15)
    assert other.selection.spectrum is not None
    assert (other.selection.spectrum.row, other.selection.spectrum.col) == (11, 15)
    np.testing.assert_array_equal(
        other.selection.spectrum.values, desk.document(0).cube.pixel(11, 15)
    )
    desk.session.selection.hover_other(11, 15)
    assert desk.state.selection.cursor == Cursor(5, 7)
    desk.session.selection.leave()
    assert desk.state.selection.other_spectrum is None


@pytest.mark.parametrize(("rows", "other_rows"), [(5, 50), (50, 5), (7, 7), (3, 4)])
def test_places_never_leave_the_other_image(rows: int, other_rows: int) -> None:
    cube, other = make_cube(rows, rows), make_cube(other_rows, other_rows)
    for row in range(rows):
        place = other_place(Cursor(row, row), cube, other)
        assert other.contains(place.row, place.col)
    if rows == other_rows:
        assert other_place(Cursor(rows - 1, 0), cube, other) == Cursor(rows - 1, 0)


def test_without_an_extent_the_other_shows_all() -> None:
    assert other_extent(None, make_cube(), make_cube()) is None


def test_the_second_cube_gets_its_picture_and_is_explained_after_the_first() -> None:
    desk = Desk((40, 60), (40, 60), explained=False)
    runner = desk.runner
    assert isinstance(runner, HeldRunner)
    runner.release(EXPLAIN)
    assert desk.document(0).explanation is None
    desk.session.pair.show_with(desk.ids[0])
    assert desk.state.jobs.explaining.document_id == desk.ids[0]
    runner.release(EXPLAIN)
    assert desk.document(0).explanation is not None
    runner.release("other picture")
    assert desk.document(0).composite is not None
    assert desk.document(0).class_name == desk.document(1).class_name


def test_a_recipe_that_the_second_cube_lacks_gives_its_usual_picture() -> None:
    desk = Desk((40, 60))
    small = desk.session.documents.open(make_cube(bands=10))
    desk.session.documents.activate(desk.ids[0])
    desk.session.pair.show_with(small)
    desk.session.view.set_recipe(CompositeRecipe("custom", (40, 30, 20)))
    other = desk.state.find(small)
    assert other is not None
    assert other.composite is not None
    assert other.composite.recipe == CompositeRecipe()


def test_closing_either_ends_the_pair_and_a_third_takes_a_place() -> None:
    desk = Desk((40, 60), (40, 60), (40, 60))
    first, second, third = desk.ids
    desk.session.pair.show_with(second)
    assert desk.state.comparison.pair == Pair(second, third)
    desk.session.documents.activate(first)
    assert desk.state.comparison.pair == Pair(second, first)
    desk.session.documents.close(second)
    assert desk.state.comparison.pair is None


def test_the_split_is_held_within_the_image(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.session.pair.set_split(1.7)
    assert desk.state.comparison.pair is not None
    assert desk.state.comparison.pair.split == 1.0


def test_only_images_of_one_size_lie_over_one_another(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.session.pair.set_view("swipe")
    assert desk.state.overlaid is None
    alike = Desk((40, 60), (40, 60))
    alike.session.pair.show_with(alike.ids[0])
    assert alike.state.overlaid is None
    alike.session.pair.set_view("swipe")
    assert alike.state.overlaid is alike.document(1)


def _volume(cube: Cube, factor: float = 1.0) -> SaliencyVolume:
    explanation = make_explanation(cube)
    return replace(explanation, saliency=explanation.saliency * factor).volume(
        "chlorosis", "evidence"
    )


def test_the_difference_is_second_less_first() -> None:
    first, second = _volume(make_cube()), _volume(make_cube(), 3.0)
    both = difference(first, second)
    assert both is not None
    np.testing.assert_allclose(both.values, 2 * first.values, rtol=1e-5)
    assert difference(first, _volume(make_cube(20, 60))) is None


def test_shared_limits_hold_for_both() -> None:
    first, second = _volume(make_cube()), _volume(make_cube(), 3.0)
    assert share_limits(first, second).limits == second.limits
    assert share_limits(second, first).limits == second.limits


def test_a_pair_gives_the_same_results_each_time() -> None:
    first, second = _volume(make_cube()), _volume(make_cube(), 3.0)
    pair = VolumePair.of(first, second)
    assert VolumePair.of(first, second) is pair
    assert pair.difference is pair.difference
    assert pair.first_limited is pair.first_limited
    assert pair.first_limited.limits == pair.second_limited.limits == second.limits


def test_a_pair_keeps_neither_volumes_nor_results_alive() -> None:
    first, second = _volume(make_cube()), _volume(make_cube(), 3.0)
    pair = VolumePair.of(first, second)
    made = [pair.difference, pair.first_limited, pair.second_limited]
    alive = [ref(volume) for volume in (first, second, *made) if volume is not None]
    del second, made, pair
    assert [alive[0]() is None, *(volume() is None for volume in alive[1:])] == [False, *[True] * 4]
    del first
    assert alive[0]() is None


def test_the_map_of_a_pair_is_the_same_until_something_changes_and_dies_with_its_cubes() -> None:
    desk = Desk((40, 60), (40, 60))
    desk.session.pair.show_with(desk.ids[0])
    views: tuple[PairView, ...] = ("beside", "difference")
    for how in views:
        desk.session.pair.set_view(how)
        shown = desk.state.shown_volume
        desk.session.view.set_window(640.0)
        assert desk.state.shown_volume is shown
    own = desk.state.volume
    assert shown is not None
    assert own is not None
    alive = ref(shown), ref(own)
    del shown, own
    for document in desk.ids:
        desk.session.documents.close(document)
    del desk
    gc.collect()  # sessions and their signals refer to one another
    assert [volume() for volume in alive] == [None, None]


def test_the_map_of_a_pair_shows_shared_limits_or_the_difference() -> None:
    desk = Desk((40, 60), (40, 60))
    desk.session.pair.show_with(desk.ids[0])
    own = desk.state.volume
    assert own is not None
    shown = desk.state.shown_volume
    assert shown is not None
    np.testing.assert_array_equal(shown.values, own.values)
    desk.session.pair.set_view("difference")
    shown = desk.state.shown_volume
    assert shown is not None
    assert not shown.values.any()
    desk.session.pair.show_with(None)
    assert desk.state.shown_volume is own


def test_what_was_measured_is_compared_over_the_window_and_follows_it() -> None:
    desk = Desk((40, 60))
    cube = make_cube(40, 60)
    pixels = cube.block(slice(None), slice(None))
    brighter = replace(cube, source=ArraySource(pixels + np.float32(0.25)))
    desk.session.documents.open(brighter)
    desk.session.pair.show_with(desk.ids[0])
    desk.session.pair.set_view("measured")
    for center in (500.0, 800.0):
        desk.session.view.set_window(center)
        shown = desk.state.shown_volume
        assert shown is not None
        np.testing.assert_allclose(shown.values, 0.25, rtol=1e-5)
        assert shown.edges_nm[0].mean() == center
    late = desk.state.comparison.measured_difference
    assert late is not None
    desk.session.view.set_window(600.0)
    now = desk.state.comparison.measured_difference
    desk.session.pair.take_difference(late)
    assert desk.state.comparison.measured_difference is now


def test_values_of_unlike_units_are_not_subtracted() -> None:
    desk = Desk((40, 60))
    desk.session.documents.open(make_cube(40, 60, units="counts", name="late"))
    desk.session.pair.show_with(desk.ids[0])
    desk.session.pair.set_view("measured")
    assert desk.state.shown_volume is None
    text = no_difference_text(desk.state)
    assert text.startswith("no difference: ")
    assert "late: counts" in text


def test_cubes_of_different_sizes_have_no_difference(desk: Desk) -> None:
    desk.session.pair.show_with(desk.ids[0])
    desk.session.pair.set_view("measured")
    assert desk.state.shown_volume is None
