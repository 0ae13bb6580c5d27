"""Bands of large cubes are kept together in the background, and pictures follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.errors import FocusError
from focus_viewer.core.pictures import composite as pictures
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.lane_names import BANDS, DETAIL, OPEN, PICTURE, other
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.status.job_status import band_caching_text


class Bench:
    """A session, a workbench and a runner that does nothing by itself."""

    def __init__(self, *names: str) -> None:
        cubes = {f"{name}.hdr": replace(make_cube(), name=name) for name in names}
        self.session = Session()
        self.runner = HeldRunner()
        self.workbench = Workbench(self.session, self.runner, FakeServices(cubes))
        self.workbench.open([Path(name) for name in cubes])
        for _ in cubes:
            self.runner.release(OPEN)

    def document(self, name: str) -> Document:
        return next(one for one in self.session.state.documents.items if one.cube.name == name)


@pytest.fixture(autouse=True)
def hasty_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cube of a test is large enough for a picture of few rows."""
    monkeypatch.setattr(pictures, "_COARSE_VALUES", 500)


def test_a_slow_cube_has_a_hasty_picture_until_its_bands_are_kept() -> None:
    bench = Bench("slow")
    bench.runner.release(PICTURE)
    coarse = bench.document("slow").composite
    assert coarse is not None and coarse.coarse
    assert PICTURE not in bench.runner.held

    bench.runner.held[BANDS].progress(0.5, "keeping bands together")
    banding = bench.session.state.jobs.band_caching
    assert (banding.title, banding.status) == ("Caching the bands of slow", "running")
    assert banding.fraction == 0.5
    bench.runner.release(BANDS)
    bench.runner.release(PICTURE)

    assert bench.session.state.jobs.band_caching.status == "done"
    sharp = bench.document("slow").composite
    assert sharp is not None and not sharp.coarse
    assert sharp.image.shape[0] > coarse.image.shape[0]
    assert PICTURE not in bench.runner.held


def test_of_a_quick_cube_nothing_is_told() -> None:
    bench = Bench("quick")
    bench.runner.release(PICTURE)
    bench.runner.release(BANDS)
    assert bench.session.state.jobs.band_caching.status == "idle"
    assert PICTURE not in bench.runner.held
    assert bench.document("quick").bands_ready


def test_one_cube_after_the_other_the_one_on_the_screen_first() -> None:
    bench = Bench("slow a", "slow b", "slow c")
    assert not any(one.bands_ready for one in bench.session.state.documents.items)
    bench.runner.release(BANDS)
    assert bench.document("slow a").bands_ready
    bench.runner.release(BANDS)
    assert [one.bands_ready for one in bench.session.state.documents.items] == [True, False, True]
    bench.runner.release(BANDS)
    assert BANDS not in bench.runner.held


def test_a_cube_that_finds_no_room_is_told_and_read_from_its_file() -> None:
    bench = Bench("huge")
    bench.runner.release(BANDS)
    banding = bench.session.state.jobs.band_caching
    assert banding.status == "failed"
    assert "huge finds no room" in banding.message
    assert bench.session.state.requests.problem is None
    assert bench.document("huge").bands_ready


def test_a_cube_that_fails_half_way_does_not_seem_to_go_on() -> None:
    bench = Bench("slow")
    task = bench.runner.held[BANDS]
    task.progress(0.3, "")
    task.failed(FocusError("the disk is full: make room"))
    banding = bench.session.state.jobs.band_caching
    assert (banding.status, banding.message) == ("failed", "the disk is full: make room")
    assert band_caching_text(banding) == "Caching the bands of slow: failed (hover for details)"


def test_stopped_by_the_user_the_picture_is_read_from_the_file() -> None:
    bench = Bench("slow")
    bench.runner.release(PICTURE)
    bench.runner.held[BANDS].progress(0.3, "")

    bench.workbench.band_caching.cancel()

    assert bench.session.state.jobs.band_caching.status == "cancelled"
    bench.runner.release(PICTURE)
    sharp = bench.document("slow").composite
    assert sharp is not None and not sharp.coarse
    assert BANDS not in bench.runner.held


def test_a_cube_that_is_closed_is_left_and_the_next_begins() -> None:
    bench = Bench("slow a", "slow b")
    first = bench.runner.held[BANDS]
    bench.session.documents.close(bench.document("slow a").id)
    assert bench.runner.held[BANDS] is not first
    bench.session.documents.close(bench.document("slow b").id)
    assert BANDS not in bench.runner.held
    assert bench.session.state.jobs.band_caching.status == "idle"


# Details


def large() -> Cube:
    """More pixels than a picture shows."""
    values = np.random.default_rng(1).random((40, 30, 3), dtype=np.float32)
    good, axis = np.ones(3, dtype=np.bool_), np.array([460.0, 550.0, 640.0])
    return Cube(ArraySource(values), "large", good, axis)


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A picture of every second pixel is on the screen."""
    monkeypatch.setattr(pictures, "_MOST_PIXELS", 300)
    monkeypatch.setattr(pictures, "_SCREEN_PIXELS", 300)
    bench = Bench()
    bench.session.documents.open(large())
    bench.runner.release(BANDS)
    bench.runner.release(PICTURE)
    assert bench.document("large").composite is not None
    assert DETAIL not in bench.runner.held
    return bench


def test_a_nearer_look_brings_every_pixel(looking: Bench) -> None:
    looking.session.documents.set_extent(Extent((3.2, 5.5), (12.0, 20.0)))
    looking.runner.release(DETAIL)
    found = looking.document("large").detail
    assert found is not None
    assert found.image.shape == (15, 9, 3)
    assert found.extent == Extent((3, 5), (12, 20))

    looking.session.documents.set_extent(None)
    assert looking.document("large").detail is None


def test_a_detail_of_another_picture_is_dropped(looking: Bench) -> None:
    looking.session.documents.set_extent(Extent((3, 5), (12, 20)))
    late = looking.runner.held[DETAIL]
    looking.session.view.set_recipe(pictures.CompositeRecipe("band", (1,)))
    looking.runner.release(PICTURE)
    known = np.ones((15, 9), np.bool_)
    late.done(pictures.Detail(np.zeros((15, 9, 3), np.uint8), Extent((3, 5), (12, 20)), known))
    assert looking.document("large").detail is None
    looking.runner.release(DETAIL)
    found = looking.document("large").detail
    assert found is not None
    assert (found.image[..., 0] == found.image[..., 1]).all()


def test_the_other_cube_of_a_pair_has_its_own_detail(looking: Bench) -> None:
    first = looking.document("large").id
    second = looking.session.documents.open(large())
    looking.runner.release(BANDS)
    looking.runner.release(PICTURE)
    looking.session.pair.show_with(first)
    looking.session.documents.set_extent(Extent((3, 5), (12, 20)))
    looking.runner.release(DETAIL)
    looking.runner.release(other(DETAIL))
    details = [looking.session.state.find(one) for one in (first, second)]
    assert all(one is not None and one.detail is not None for one in details)
