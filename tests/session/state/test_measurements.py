"""Regions are measured once: what has not changed is not read again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Ellipse, Rectangle
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.measurements import Measures, measure
from focus_viewer.session.tasks.lane_names import EXPLAIN, PICTURE, REGIONS
from focus_viewer.session.tasks.workbench import Workbench

UPPER, LOWER, ROUND = (
    Rectangle((2, 1), (9, 6)),
    Rectangle((20, 30), (28, 36)),
    Ellipse((50, 20), (6, 4)),
)


class Counted:
    """A source that knows which rows were read."""

    def __init__(self, cube: Cube) -> None:
        self._source = cube.source
        self.rows: list[tuple[int, int]] = []

    @property
    def shape(self) -> tuple[int, int, int]:
        return self._source.shape

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        self.rows.append((rows.start, rows.stop))
        return self._source.read(rows, cols, bands)


@pytest.fixture
def source() -> Counted:
    return Counted(make_cube())


@pytest.fixture
def cube(source: Counted) -> Cube:
    return replace(make_cube(), source=source)


def drawn() -> Annotations:
    regions = Annotations()
    for number, outline in enumerate((UPPER, LOWER, ROUND)):
        regions = regions.add(outline, f"r{number}", "#ff0000", "rust")
    return regions


def volume(cube: Cube, class_name: str = "chlorosis") -> SaliencyVolume:
    found = make_explanation(cube).volume(class_name, "evidence", None)
    assert found is not None
    return found


def measured(
    cube: Cube,
    regions: Annotations,
    before: Measures | None = None,
    seen: SaliencyVolume | None = None,
    view: SpectralView = "values",
) -> Measures:
    return measure(cube, regions, (), seen, before, silent, view)


def assert_alike(one: Measures, other: Measures) -> None:
    assert one.rows == other.rows
    assert one.regions == other.regions
    for mine, its in ((one.spectra, other.spectra), (one.viewed, other.viewed)):
        assert mine.keys() == its.keys()
        for key in mine:
            np.testing.assert_array_equal(mine[key].mean, its[key].mean)
    assert one.importance.keys() == other.importance.keys()
    for key in one.importance:
        np.testing.assert_array_equal(one.importance[key], other.importance[key])


def test_a_moved_region_is_read_alone(cube: Cube, source: Counted) -> None:
    seen = volume(cube)
    before = measured(cube, drawn(), seen=seen)
    source.rows.clear()
    after = drawn().move((2,), 3, 1)
    again = measured(cube, after, before, seen)
    assert source.rows == [(31, 37), (31, 37)]  # its row, its spectrum
    assert_alike(again, measured(cube, after, seen=seen))


def test_names_and_colours_are_not_measured(cube: Cube, source: Counted) -> None:
    seen = volume(cube)
    before = measured(cube, drawn(), seen=seen)
    source.rows.clear()
    after = drawn().change(1, name="spot", class_name="mildew").change(3, colour="#00ff00")
    again = measured(cube, after, before, seen)
    assert source.rows == []
    assert (again.rows[0].name, again.rows[0].class_name) == ("spot", "mildew")
    assert again.spectra[1] is before.spectra[1]
    assert_alike(again, measured(cube, after, seen=seen))


def test_what_is_removed_goes_and_what_is_drawn_comes(cube: Cube, source: Counted) -> None:
    before = measured(cube, drawn())
    source.rows.clear()
    after = drawn().remove(1).add(Rectangle((0, 10), (4, 14)), "new", "#0000ff")
    again = measured(cube, after, before)
    assert source.rows == [(10, 14), (10, 14)]
    assert_alike(again, measured(cube, after))
    assert UPPER not in again.known.rows


def test_another_volume_is_summed_without_reading(cube: Cube, source: Counted) -> None:
    before = measured(cube, drawn(), seen=volume(cube))
    source.rows.clear()
    other = volume(cube, "healthy")
    again = measured(cube, drawn(), before, other)
    assert source.rows == []
    assert again.rows[0].positive_share != before.rows[0].positive_share
    assert_alike(again, measured(cube, drawn(), seen=other))
    gone = measured(cube, drawn(), again, None)
    assert np.isnan(gone.rows[0].positive_share)


def test_a_view_seen_before_is_not_read_again(cube: Cube, source: Counted) -> None:
    first = measured(cube, drawn())
    slopes = measured(cube, drawn(), first, view="derivative")
    assert slopes.spectra[1] is first.spectra[1]
    assert np.abs(slopes.viewed[1].mean).max() < 0.01 < first.viewed[1].mean.min()
    source.rows.clear()
    assert measured(cube, drawn(), slopes).viewed[1] is first.viewed[1]
    assert measured(cube, drawn(), slopes, view="derivative").viewed[2] is slopes.viewed[2]
    assert source.rows == []


def test_regions_cleared_while_they_are_measured_leave_nothing(cube: Cube) -> None:
    session, runner = Session(), HeldRunner()
    bench = Workbench(session, runner, FakeServices())
    session.documents.open(cube)
    session.regions.draw(UPPER)
    late = runner.held[REGIONS]
    session.history.undo()
    assert REGIONS not in runner.held
    late.done(late.work(silent))  # it had not heard that it was cancelled
    assert session.state.document is not None
    assert session.state.document.measures is None
    session.history.redo()
    runner.release(REGIONS)
    assert session.state.document.measures is not None
    session.regions.remove([1])
    assert session.state.document.measures is None
    for lane in (EXPLAIN, PICTURE):
        runner.cancel(lane)
    bench.close()
