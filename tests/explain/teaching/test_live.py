"""Live preview of teaching: what is read once, what is fitted anew, and where classes are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from teaching_cases import AXIS_NM, SQUARE, cube_with, squares
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.class_map import ClassMap, LabelledCube, MapRequest
from focus_viewer.core.datasets.data_set import LabelledRegion, Sample
from focus_viewer.core.errors import Cancelled, IncompatibleCube
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.cards import available_backbones
from focus_viewer.explain.teaching.head import pooled_vectors
from focus_viewer.explain.teaching.live import LivePreview
from focus_viewer.explain.teaching.vit_classifier import frozen_of

CLASSES = ("rust", "healthy") * 3


def request_of(cube: Cube, *labelled: LabelledCube, **entries: object) -> MapRequest:
    return MapRequest(cube, labelled, **entries)  # type: ignore[arg-type]


def labelled(cube: Cube, count: int = 6, name: str = "first") -> LabelledCube:
    sample = Sample(Path(f"{name}.hdr"), f"document:{name}", cube.shape)
    return LabelledCube(cube, replace(sample, regions=squares(CLASSES)[:count]))


def read_all(live: LivePreview, request: MapRequest) -> ClassMap:
    while not (found := live.advance(request, silent)).finished:
        pass
    return found


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Windows in each pass of a backbone."""
    counted: list[int] = []
    forward = BandPureBackbone.forward

    def count(self: BandPureBackbone, images: Tensor, *rest: Any) -> Tensor:
        counted.append(len(images))
        return forward(self, images, *rest)

    monkeypatch.setattr(BandPureBackbone, "forward", count)
    return counted


def test_classes_are_found_where_they_are() -> None:
    cube = cube_with(CLASSES)
    found = read_all(LivePreview(), request_of(cube, labelled(cube, 2)))
    assert found.classes == ("rust", "healthy")
    assert found.examples == 2
    np.testing.assert_allclose(found.probabilities.sum(axis=-1), 1, atol=1e-5)
    for region in squares(CLASSES)[2:]:
        crop = region.outline.crop((cube.rows, cube.cols))
        assert crop is not None
        best = found.at(crop.row + SQUARE // 2, crop.col + SQUARE // 2)
        assert best is not None and (best[0],) == region.classes


def test_a_cube_is_read_once_and_a_head_fitted_for_each_change(passes: list[int]) -> None:
    cube, live = cube_with(CLASSES), LivePreview()
    first = read_all(live, request_of(cube, labelled(cube, 2)))
    assert passes
    passes.clear()
    second = live.advance(request_of(cube, labelled(cube, 6)), silent)
    assert not passes
    assert second.examples == 6
    assert np.abs(second.probabilities - first.probabilities).max() > 0.01


def test_what_is_visible_is_read_first_and_the_rest_is_not_known_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("focus_viewer.explain.teaching.live._BATCH", 120)
    cube, live = cube_with(CLASSES * 8), LivePreview()
    corner = Extent((cube.cols - 20.0, 0.0), (float(cube.cols), 20.0))
    request = request_of(cube, labelled(cube), visible=corner)
    found = live.advance(request, silent, seconds=0.0)
    assert 0 < found.read < 1
    known = np.isfinite(live._readings[cube].patches.numpy()).all(axis=-1)
    assert known[:, -2:].all()
    assert not known[:, :2].any()
    assert found.classes == ()  # no labelled region was read so far


def test_fewer_than_two_classes_have_no_map() -> None:
    cube, live = cube_with(CLASSES), LivePreview()
    found = read_all(live, request_of(cube, labelled(cube, 1)))
    assert found.classes == ()
    assert found.at(3, 3) is None


def test_regions_of_another_cube_that_was_read_teach_too() -> None:
    first, second, live = cube_with(CLASSES), cube_with(CLASSES, seed=3), LivePreview()
    both = (labelled(first, 1), replace(labelled(second, 2, "second")))
    assert read_all(live, request_of(first, *both)).classes == ()
    found = read_all(live, request_of(second, *both))
    assert (found.classes, found.examples) == (("rust", "healthy"), 3)
    assert live._readings[first].statistics is live._readings[second].statistics


def test_a_cube_that_was_processed_anew_teaches_what_it_is_now() -> None:
    shown, live = cube_with(CLASSES), LivePreview()
    own = labelled(cube_with(CLASSES, 1), 2, "second")
    for request in (request_of(shown), request_of(own.cube, own)):
        read_all(live, request)
    first = live.advance(request_of(shown, own), silent)
    swapped = replace(own, cube=cube_with(CLASSES[::-1], 1))
    read_all(live, request_of(swapped.cube, swapped))
    second = live.advance(request_of(shown, swapped), silent)
    middle = (8 + SQUARE // 2, 2 + SQUARE // 2)
    assert (first.at(*middle) or ("",))[0] == "rust"
    assert (second.at(*middle) or ("",))[0] == "healthy"


def test_cancelled_reading_goes_on_where_it_was(
    passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("focus_viewer.explain.teaching.live._BATCH", 120)
    cube, live = cube_with(CLASSES * 8), LivePreview()
    request = request_of(cube, labelled(cube))

    def stop(fraction: float, text: str) -> None:
        if passes:
            raise Cancelled

    with pytest.raises(Cancelled):
        live.advance(request, stop, seconds=99)
    done = sum(passes)
    passes.clear()
    found = read_all(live, request)
    total = len(live._readings[cube].layout.origins)
    assert found.finished
    assert done + sum(passes) == total


def test_other_bands_are_another_reading_and_too_few_are_refused(passes: list[int]) -> None:
    cube, live = cube_with(CLASSES), LivePreview()
    read_all(live, request_of(cube, labelled(cube)))
    passes.clear()
    with pytest.raises(IncompatibleCube, match="Allow more bands"):
        live.advance(request_of(cube, labelled(cube), bands_nm=((500.0, 520.0),)), silent)
    read_all(live, request_of(cube, labelled(cube), bands_nm=((420.0, 800.0),)))
    assert passes
    edges = live._readings[cube].grouping.edges_nm
    assert edges.max() <= 820 < AXIS_NM.max()


def test_several_classes_may_hold_at_once() -> None:
    cube = cube_with(CLASSES)
    own = labelled(cube)
    both = replace(own.sample.regions[0], classes=("rust", "dry"))
    sample = replace(own.sample, regions=(both, *own.sample.regions[1:]))
    found = read_all(LivePreview(), request_of(cube, LabelledCube(cube, sample), several=True))
    assert found.several
    assert found.classes == ("rust", "dry", "healthy")
    sums = found.probabilities.sum(axis=-1)
    assert sums.max() > 1.2


def test_a_region_outside_the_image_teaches_nothing() -> None:
    cube = cube_with(CLASSES)
    own = labelled(cube, 2)
    away = replace(own.sample.regions[0], outline=Rectangle((900.0, 900.0), (910.0, 910.0)))
    sample = replace(own.sample, regions=(*own.sample.regions, away))
    assert read_all(LivePreview(), request_of(cube, LabelledCube(cube, sample))).examples == 2


GROUND = 0.1 + 0.3 * (AXIS_NM - 400) / 600
TOP, LEFT = 24, 52  # of the ground below the squares, and of that beside the last three


def on_ground(seed: int = 0) -> Cube:
    """Squares on a leaf that lies on soil: four rows below it, and half of it beside."""
    cube = cube_with(CLASSES, seed)
    values = cube.block(slice(None), slice(None)).copy()
    noise = 1 + 0.02 * np.random.default_rng(seed).standard_normal(values.shape)
    soil = (GROUND * noise).astype(np.float32)
    values[TOP:], values[:, LEFT:] = soil[TOP:], soil[:, LEFT:]
    return replace(cube, source=type(cube.source)(values))  # type: ignore[call-arg]


def test_nothing_shown_is_of_no_class() -> None:
    cube, live = cube_with(CLASSES), LivePreview()
    read_all(live, request_of(cube, labelled(cube)))
    assert live._fitted is not None
    assert live._backbone is not None
    head = live._fitted[1]
    frozen = frozen_of(live._backbone[1].model, live._readings[cube].grouping.groups)
    blank = head.logits(pooled_vectors([frozen.blank], head.pool, frozen.norm))
    own = head.logits(frozen.norm(live._readings[cube].patches.flatten(0, 1).double()))
    assert float(blank.abs().max()) < 0.1 * float(own.abs().max())


@pytest.mark.parametrize("count", [2, 3])
def test_what_is_unlike_all_labels_is_left_out(count: int) -> None:
    cube = on_ground()
    found = read_all(LivePreview(), request_of(cube, labelled(cube, count)))
    assert found.unlike is not None
    rows, cols = np.indices(found.unlike.shape) * 4
    soil = (rows >= TOP) | (cols >= LEFT)
    assert found.unlike[soil].all()
    assert found.unlike[~soil].mean() < 0.1  # but for the seam
    assert np.isnan(found.probabilities[found.unlike]).all()
    assert np.isfinite(found.probabilities[~found.unlike]).all()
    assert found.is_unlike(TOP + 1, 10)
    assert found.at(TOP + 1, 10) is None
    assert not found.is_unlike(10, 6)
    assert not found.is_unlike(-1, 6)


def test_a_pixel_of_each_class_is_like_what_it_is_of() -> None:
    cube = cube_with(CLASSES)
    points = tuple(
        replace(region, outline=Rectangle((low + 6.0, 14.0), (low + 7.0, 15.0)))
        for region, low in zip(squares(CLASSES)[:2], (2, 2 + SQUARE + 4), strict=True)
    )
    sample = replace(labelled(cube).sample, regions=points)
    found = read_all(LivePreview(), request_of(cube, LabelledCube(cube, sample)))
    for region in squares(CLASSES):
        crop = region.outline.crop((cube.rows, cube.cols))
        assert crop is not None
        best = found.at(crop.row + SQUARE // 2, crop.col + SQUARE // 2)
        assert best is not None and (best[0],) == region.classes


def test_ground_that_is_labelled_is_mapped() -> None:
    cube = on_ground()
    own = labelled(cube, 2)
    ground = LabelledRegion(Rectangle((60.0, 4.0), (76.0, 16.0)), ("ground",), "ground")
    sample = replace(own.sample, regions=(*own.sample.regions, ground))
    found = read_all(LivePreview(), request_of(cube, LabelledCube(cube, sample)))
    assert found.unlike is not None
    assert found.unlike.mean() < 0.1
    assert (found.at(10, 90) or ("",))[0] == "ground"


def test_spectra_of_a_region_of_one_pixel_are_found() -> None:
    cube = on_ground()
    own = labelled(cube, 2)
    tiny = LabelledRegion(Rectangle((61.0, 5.0), (62.0, 6.0)), ("ground",), "tiny")
    sample = replace(own.sample, regions=(*own.sample.regions, tiny))
    found = read_all(LivePreview(), request_of(cube, LabelledCube(cube, sample)))
    assert "ground" in found.classes
    assert not found.is_unlike(5, 61)


@pytest.mark.parametrize("backbone", available_backbones())
def test_each_bundled_backbone_can_be_previewed(backbone: str) -> None:
    cube = cube_with(CLASSES)
    found = read_all(LivePreview(), request_of(cube, labelled(cube), backbone=backbone))
    assert found.classes == ("rust", "healthy")
