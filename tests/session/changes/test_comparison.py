"""Two groups of regions compared: whom the groups hold, and what the answer is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from region_masks import mask_of
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.effect_size import compare
from focus_viewer.core.regions.shapes import PointMark, Rectangle
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import (
    GroupComparison,
    Listed,
    NthSelected,
    OfClass,
    same_axis,
)
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.groups import members, question
from focus_viewer.session.tasks.lane_names import COMPARE
from focus_viewer.session.tasks.workbench import Workbench

LEFT, RIGHT = Rectangle((5, 10), (12, 20)), Rectangle((30, 10), (40, 25))
GOOD = np.ones(50, dtype=np.bool_)
GOOD[[3, 40]] = False

Held = tuple[Session, HeldRunner]


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    bench = Workbench(session, ImmediateRunner(), FakeServices())
    session.documents.open(make_cube(good_bands=GOOD))
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    yield session
    bench.close()


@pytest.fixture
def held() -> Iterator[Held]:
    """A session whose work is done when its runner is told."""
    session, runner = Session(), HeldRunner()
    bench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube())
    yield session, runner
    bench.close()


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def comparison(session: Session) -> GroupComparison:
    assert session.state.comparison.groups is not None
    return session.state.comparison.groups


def draw(session: Session, *outlines: Rectangle | PointMark, class_name: str | None = None) -> None:
    for outline in outlines:
        assert session.regions.draw(outline, class_name) is not None


def pixels(cube: Cube, *outlines: Rectangle) -> FloatArray | DoubleArray:
    """Spectra in the order of the image, NaN for bands that are not good."""
    inside = np.logical_or.reduce([mask_of(one, (cube.rows, cube.cols)) for one in outlines])
    spectra = cube.block(slice(None), slice(None))[inside]
    return np.where(GOOD, spectra, np.nan)


def assert_as_core_says(
    found: GroupComparison, first: FloatArray | DoubleArray, second: FloatArray | DoubleArray
) -> None:
    expected = compare(first, second)
    assert found.effect is not None
    np.testing.assert_allclose(found.effect.d, expected.d, rtol=1e-5)
    np.testing.assert_array_equal(found.effect.p_values, expected.p_values)
    assert found.effect.threshold == pytest.approx(expected.threshold, rel=1e-5)
    np.testing.assert_allclose(
        found.difference,
        first.mean(axis=0, dtype=np.float64) - second.mean(axis=0, dtype=np.float64),
        atol=1e-6,
    )
    assert found.spectra == (len(first), len(second))


def test_the_two_selected_regions_are_compared_pixel_by_pixel(session: Session) -> None:
    draw(session, LEFT, RIGHT)
    assert session.state.comparison.groups is None  # one is selected
    session.regions.select([1, 2])
    found = comparison(session)
    cube = document(session).cube
    assert_as_core_says(found, pixels(cube, LEFT), pixels(cube, RIGHT))
    assert np.isnan(found.difference[~GOOD]).all()
    assert (found.compared == GOOD).all()


def test_a_class_against_listed_regions_each_pixel_once(session: Session) -> None:
    overlapping = Rectangle((10, 12), (18, 18))
    draw(session, LEFT, overlapping, class_name="rust")
    draw(session, RIGHT)
    session.groups.set(
        replace(
            session.state.comparison.contrast,
            first=OfClass("rust"),
            second=Listed(((document(session).id, 3),)),
        )
    )
    cube = document(session).cube
    assert_as_core_says(comparison(session), pixels(cube, LEFT, overlapping), pixels(cube, RIGHT))


def test_each_regions_mean_counts_once(session: Session) -> None:
    outlines = [Rectangle((5 * n, 10), (5 * n + 4, 20)) for n in range(1, 9)]
    draw(session, *outlines[:4], class_name="rust")
    draw(session, *outlines[4:], class_name="mildew")
    session.groups.set(
        replace(
            session.state.comparison.contrast,
            first=OfClass("rust"),
            second=OfClass("mildew"),
            unit="region",
        )
    )
    cube = document(session).cube
    means = np.array([pixels(cube, one).mean(axis=0, dtype=np.float64) for one in outlines])
    assert_as_core_says(comparison(session), means[:4], means[4:])


def test_single_regions_are_compared_by_pixels_whatever_the_unit(session: Session) -> None:
    draw(session, LEFT, RIGHT)
    session.regions.select([1, 2])
    session.groups.set(replace(session.state.comparison.contrast, unit="region"))
    assert comparison(session).question.unit == "pixel"
    assert comparison(session).spectra[0] > 2


def test_too_few_spectra_give_no_test(session: Session) -> None:
    draw(session, PointMark((3, 3)), RIGHT)
    session.regions.select([1, 2])
    assert comparison(session).effect is None
    assert comparison(session).spectra == (1, 150)


def test_regions_of_a_second_cube_with_the_same_axis(session: Session) -> None:
    draw(session, LEFT, class_name="rust")
    first = document(session)
    session.documents.open(replace(make_cube(rows=50, good_bands=GOOD), name="other"))
    draw(session, RIGHT, class_name="rust")
    second = document(session)
    parts = members(session.state, OfClass("rust"))
    assert {one.document_id for one in parts} == {first.id, second.id}
    session.groups.set(
        replace(
            session.state.comparison.contrast,
            first=Listed(((first.id, 1),)),
            second=Listed(((second.id, 1),)),
        )
    )
    assert_as_core_says(comparison(session), pixels(first.cube, LEFT), pixels(second.cube, RIGHT))
    session.documents.close(first.id)
    assert session.state.comparison.groups is None


def test_cubes_of_other_axes_or_units_are_left_out() -> None:
    cube = make_cube()
    assert same_axis(cube, make_cube(rows=10))
    assert not same_axis(cube, make_cube(bands=40))
    assert not same_axis(cube, make_cube(wavelengths_nm=np.linspace(401, 1001, 50)))
    assert not same_axis(cube, make_cube(units="counts"))
    bare = replace(cube, wavelengths_nm=None)
    assert same_axis(bare, bare)
    assert not same_axis(bare, replace(bare, name="other"))


def test_an_answer_goes_when_its_regions_change_and_stays_when_they_are_renamed(held: Held) -> None:
    session, runner = held
    draw(session, LEFT, RIGHT)
    session.regions.select([1, 2])
    assert COMPARE not in runner.held  # nobody asks
    session.view.set_display(replace(session.state.view.display, curve="difference"))
    runner.release(COMPARE)
    found = comparison(session)
    session.regions.rename(1, "spot")
    session.regions.set_colour([1], "#000000")
    session.view.set_display(replace(session.state.view.display, opacity=0.2))
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    assert session.state.comparison.groups is found
    assert COMPARE not in runner.held
    session.regions.move([1], 1, 0)
    assert session.state.comparison.groups is None
    late = runner.held[COMPARE]
    session.view.set_display(replace(session.state.view.display, curve="importance"))
    assert COMPARE not in runner.held
    late.done(late.work(lambda fraction, text: None))
    assert session.state.comparison.groups is None


def test_equal_or_empty_groups_ask_nothing(session: Session) -> None:
    draw(session, LEFT, RIGHT)
    here = document(session).id
    for first, second in (
        (NthSelected(0), NthSelected(0)),
        (OfClass("rust"), NthSelected(0)),
        (Listed(((here, 1),)), Listed(((here, 1), (here, 99)))),
    ):
        session.groups.set(replace(session.state.comparison.contrast, first=first, second=second))
        assert question(session.state) is None
