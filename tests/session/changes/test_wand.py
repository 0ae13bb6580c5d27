"""The magic wand: what it finds, what follows its tolerance, and what is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from region_masks import mask_of, painted
from scipy import ndimage
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.progress import silent
from focus_viewer.core.regions import region_growing
from focus_viewer.core.regions.shapes import MaskShape, Rectangle
from focus_viewer.core.saliency.volume import heatmap
from focus_viewer.core.spectra.spectral_angle import spectral_angles
from focus_viewer.core.typing import BoolArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.wand import Criterion
from focus_viewer.session.tasks.lane_names import WAND
from focus_viewer.session.tasks.workbench import Workbench

SPOT = (15, 19)  # in the dark spot
SHAPE = (40, 60)

Held = tuple[Session, HeldRunner]


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    bench = Workbench(session, ImmediateRunner(), FakeServices())
    session.documents.open(make_cube())
    session.selection.choose_tool("wand")
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


def masks(session: Session) -> list[BoolArray]:
    return [mask_of(one.outline, SHAPE) for one in document(session).annotations]


def patch(near: BoolArray) -> BoolArray:
    """What hangs together with the pixel touched."""
    labels, _ = ndimage.label(near)
    return np.asarray(near & (labels == labels[SPOT]))


def test_connected_pixels_of_about_the_same_shape_of_spectrum(session: Session) -> None:
    session.wand.set_seed(*SPOT)
    cube = document(session).cube
    angles = spectral_angles(cube, cube.pixel(*SPOT))
    (found,) = masks(session)
    assert (found == patch(angles <= session.state.selection.wand.angle_deg)).all()
    assert found.sum() > 10
    assert document(session).selected == (1,)


def test_connected_pixels_of_the_same_sign_of_saliency(session: Session) -> None:
    session.wand.set(
        replace(session.state.selection.wand, criterion="saliency", saliency_percent=40)
    )
    session.wand.set_seed(*SPOT)
    volume = session.state.volume
    assert volume is not None
    plane = heatmap(volume, session.state.view.window_nm)
    here = plane[SPOT]
    near = (np.abs(plane - here) <= 0.4 * volume.limits[1]) & (plane * here > 0)
    (found,) = masks(session)
    assert (found == patch(near)).all()


def test_the_region_follows_the_tolerance_as_one_step(session: Session) -> None:
    session.wand.set_seed(*SPOT)
    sizes = [masks(session)[0].sum()]
    for angle_deg in (8, 20, 1):
        session.wand.set(replace(session.state.selection.wand, angle_deg=angle_deg))
        sizes.append(masks(session)[0].sum())
    assert sizes[3] < sizes[0] < sizes[1] < sizes[2]
    assert len(document(session).history.past) == 1
    session.history.undo()
    assert not document(session).annotations.regions
    session.wand.set(
        replace(session.state.selection.wand, angle_deg=9)
    )  # of what was undone, nothing comes back
    assert not document(session).annotations.regions


def test_what_was_undone_is_found_again_by_another_click_there(session: Session) -> None:
    session.wand.set_seed(*SPOT)
    session.wand.set_seed(*SPOT)  # it is there already
    assert len(masks(session)) == 1
    session.history.undo()
    session.wand.set_seed(*SPOT)
    (found,) = masks(session)
    session.wand.set(replace(session.state.selection.wand, angle_deg=20))
    assert len(masks(session)) == 1
    assert masks(session)[0].sum() > found.sum()


def test_it_adds_to_the_painted_region_that_is_selected(session: Session) -> None:
    corner = np.zeros(SHAPE, dtype=np.bool_)
    corner[:2, :2] = True
    outline = painted(corner)
    assert outline is not None
    session.regions.draw(outline)
    session.wand.set_seed(*SPOT, adding=True)
    (found,) = masks(session)
    assert found[corner].all()
    assert found[SPOT]
    before = found.sum()
    session.wand.set(replace(session.state.selection.wand, angle_deg=20))
    assert masks(session)[0][corner].all()
    assert masks(session)[0].sum() > before
    session.history.undo()
    assert (masks(session)[0] == corner).all()


def test_without_a_painted_region_it_makes_its_own(session: Session) -> None:
    session.regions.draw(Rectangle((0, 0), (4, 4)))
    session.wand.set_seed(*SPOT, adding=True)
    assert [isinstance(one.outline, MaskShape) for one in document(session).annotations] == [
        False,
        True,
    ]


def test_another_tool_settles_it(session: Session) -> None:
    session.wand.set_seed(*SPOT)
    before = masks(session)[0]
    session.selection.choose_tool("edit")
    session.wand.set(replace(session.state.selection.wand, angle_deg=30))
    assert (masks(session)[0] == before).all()


def test_tolerances_are_clamped(session: Session) -> None:
    session.wand.set_tolerance(-3)
    assert session.state.selection.wand.angle_deg == 0.1
    session.wand.set(replace(session.state.selection.wand, criterion="saliency"))
    session.wand.set_tolerance(1e6)
    assert session.state.selection.wand.saliency_percent == 200
    assert session.state.selection.wand.angle_deg == 0.1


def test_a_late_find_of_another_cube_is_dropped(held: Held) -> None:
    session, runner = held
    session.wand.set_seed(*SPOT)
    late = runner.held[WAND]
    session.documents.open(replace(make_cube(), name="other"))
    late.done(late.work(lambda fraction, text: None))
    assert not any(one.annotations.regions for one in session.state.documents.items)


def test_without_saliency_it_says_so(held: Held) -> None:
    session, runner = held
    session.wand.set(replace(session.state.selection.wand, criterion="saliency"))
    session.wand.set_seed(*SPOT)
    assert session.state.requests.problem is not None
    assert "explain" in session.state.requests.problem.text
    assert WAND not in runner.held


def test_pixels_outside_are_not_touched(session: Session) -> None:
    session.wand.set_seed(99, 5)
    assert session.state.selection.wand.seed is None


@pytest.mark.parametrize("criterion", ["angle", "saliency"])
@pytest.mark.parametrize("tolerance", [2, 8, 40])
def test_a_window_that_grows_finds_the_same_pixels(
    session: Session, criterion: Criterion, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.wand.set(replace(session.state.selection.wand, criterion=criterion))
    session.wand.set_tolerance(tolerance)
    session.wand.set_seed(*SPOT)
    (expected,) = masks(session)
    session.history.undo()
    monkeypatch.setattr(region_growing, "_LEAST_GROWTH_PX", 1)
    cube, volume = document(session).cube, session.state.volume
    by_angle = criterion == "angle"
    sources = (None, None) if by_angle else (volume, session.state.view.window_nm)
    seed = region_growing.Distances(cube, *sources, SPOT)
    distances, pixels = region_growing.similar_connected(seed, tolerance, silent)
    assert pixels is not None
    assert (pixels.within(slice(0, SHAPE[0]), slice(0, SHAPE[1])) == expected).all()
    if expected.sum() < 100:
        assert distances.values.size < expected.size
