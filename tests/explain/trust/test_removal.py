"""Removal on a model whose logits are known on paper, and a run on a small random one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, RECIPE, make_card, make_small, make_toy

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import Cancelled, FocusError, ModelError
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.core.saliency.trust import UNITS, TrustReport, TrustRequest, Unit
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.inference.group_images import read_group_images
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.checkpoint import LoadedModel
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.model.preprocessing import standardise
from focus_viewer.explain.trust import rivals
from focus_viewer.explain.trust import run as run_module
from focus_viewer.explain.trust.removal import RemovalGame, stepping
from focus_viewer.explain.trust.run import TrustRun
from focus_viewer.explain.trust.trial_image import (
    TrialImage,
    read_part,
    read_whole,
    strongest_box,
)


def planted_image(model: FocusModel) -> TrialImage:
    """A scene of 4 x 4 patches: green in one corner, blue in another, something all over."""
    rng = np.random.default_rng(0)
    pixels = rng.uniform(0.01, 0.05, (1, 3, 8, 8)).astype(np.float32)
    pixels[0, 1:, :4, :4] += 1.0
    pixels[0, 0, 4:, 4:] += 1.0
    shown = np.ones((4, 4), dtype=np.bool_)
    return TrialImage(
        torch.from_numpy(pixels),
        np.ones((8, 8, 3), dtype=np.float32),
        torch.arange(3),
        np.array([[400.0, 450.0], [500.0, 550.0], [550.0, 600.0]]),
        shown,
        (slice(0, 4), slice(0, 4)),
        (4, 4),
        (slice(0, 4), slice(0, 4)),
        (8, 8),
        (8, 8),
        2,
    )


def evidence(model: FocusModel, image: TrialImage) -> DoubleArray:
    """Evidence of FOCUS for class 0, on the cells."""
    with torch.inference_mode():
        found = contrast(model(image.images, image.groups).evidence)[0, 0]
    return found.reshape(4, 4, 3).numpy().astype(np.float64)


@pytest.mark.parametrize("unit", UNITS)
def test_removal_by_evidence_falls_faster_than_by_chance_and_in_reverse(unit: Unit) -> None:
    model = make_toy(size=8)
    image = planted_image(model)
    game = RemovalGame(image, model.backbone, 0, 1.0)
    found = game.all_orders(evidence(model, image), unit)
    assert found.strongest.mean < found.random.mean - 0.02
    assert found.random.mean < found.weakest.mean - 0.02
    assert found.added("strongest").mean > found.added("weakest").mean + 0.05
    for order in ("strongest", "random", "weakest"):
        one = found.removed(order)
        assert one.probabilities[0] == pytest.approx(game.whole)
        assert one.probabilities[-1] == pytest.approx(game.nothing)
        assert one.shares[0] == 0
        assert one.shares[-1] == 1
        assert len(one.shares) == min(11, found.parts + 1)


def test_parts_that_show_nothing_are_never_removed() -> None:
    model = make_toy(size=8)
    image = planted_image(model)
    image.images[..., :4, 4:] = 0.0
    game = RemovalGame(image, model.backbone, 0, 1.0)
    found = game.all_orders(np.zeros((4, 4, 3)), "place")
    assert found.parts == 12
    assert game.all_orders(np.zeros((4, 4, 3)), "both").parts == 36


def test_a_temperature_makes_probabilities_less_sure() -> None:
    model = make_toy(size=8)
    image = planted_image(model)
    sure, less = (RemovalGame(image, model.backbone, 0, heat) for heat in (1.0, 4.0))
    assert 0.5 < less.whole < sure.whole


def test_every_pass_can_be_left() -> None:
    model = make_toy(size=8)
    game = RemovalGame(planted_image(model), model.backbone, 0, 1.0)
    calls = 0

    def step(fraction: float, text: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled

    with pytest.raises(Cancelled), stepping(model.backbone, step, "removing", 10):
        game.all_orders(np.zeros((4, 4, 3)), "place")
    assert calls == 3
    assert not model.backbone.vit.patch_embed._forward_pre_hooks


def make_cube(rows: int = 40, cols: int = 24) -> Cube:
    """A cube of noise from 400 to 900 nm, in which any spectrum may be tissue."""
    axis = np.arange(405.0, 900.0, 10.0)
    values = np.random.default_rng(1).uniform(0.2, 0.5, (rows, cols, axis.size))
    return Cube(
        source=ArraySource(values.astype(np.float32)),
        name="noise",
        good_bands=np.ones(axis.size, dtype=np.bool_),
        wavelengths_nm=axis,
        units="reflectance",
    )


class Prepared(Explainer):
    """Explainer that has a small model."""

    def __init__(self, model: FocusModel) -> None:
        super().__init__()
        self._small = LoadedModel(make_card(), model)

    def load(self, name: str) -> LoadedModel:
        return self._small


def make_run(model: FocusModel, cube: Cube | None = None) -> tuple[TrustRun, TrustRequest]:
    explainer, shown = Prepared(model), cube or make_cube()
    found = explainer.explain(ExplainRequest(1, shown, "small", "cpu"), silent)
    request = TrustRequest(shown, found, found.predicted, "small", "cpu")
    return TrustRun(explainer, request), request


def reports(run: TrustRun) -> list[TrustReport]:
    found = []
    while (report := run.advance(silent)) is not None:
        found.append(report)
    return found


def test_a_run_begins_with_removal_by_place_and_ends_with_everything() -> None:
    pytest.importorskip("captum")
    pytest.importorskip("pytorch_grad_cam")
    run, request = make_run(make_small())
    found = reports(run)
    assert [each.unit for each in found[0].removals] == ["place"]
    assert not found[0].finished
    last = found[-1]
    assert last.finished
    assert [each.unit for each in last.removals] == list(UNITS)
    assert [each.name for each in last.rivals] == [
        "Spectral angle",
        "CLS attention",
        "Grad-CAM",
        "Integrated gradients",
        "Occlusion",
    ]
    passes = {each.name: (each.forward_passes, each.backward_passes) for each in last.rivals}
    assert passes["Spectral angle"] == (0, 0)
    assert passes["CLS attention"] == (1, 0)
    assert passes["Integrated gradients"] == (16, 16)
    assert last.random_weights is not None
    assert abs(last.random_weights.place) <= 1
    for each in last.rivals:
        assert each.volume.method == each.name
        assert each.volume.image_shape == (40, 24)
        assert len(each.volume.edges_nm) == len(request.explanation.edges_nm)
        assert each.curve("place").at(0) == pytest.approx(last.whole, abs=1e-5)
    assert run.advance(silent) is None


def test_a_fixed_window_is_padded_blank_and_other_sizes_are_taken_whole() -> None:
    fixed, free = make_small(), make_small(recipe=ANY_SIZE)
    edges = np.array(make_card().group_edges_nm)
    image = read_whole(make_cube(), fixed, _pairs(edges), silent)
    assert image.images.shape[-2:] == (16, 16)
    assert image.size == (14, 8)
    assert not image.images[..., :, 12:].any()
    assert image.filled[image.inside].any()
    assert image.filled.sum() == image.filled[image.inside].sum()
    image = read_whole(make_cube(), free, _pairs(edges), silent)
    assert image.size == (20, 12)
    assert image.images.shape[-2:] == (20, 12)


def _pairs(edges: DoubleArray) -> DoubleArray:
    return edges if edges.ndim == 2 else np.stack([edges[:-1], edges[1:]], axis=1)


def test_the_evidence_of_a_finer_explanation_is_summed_over_coarser_cells() -> None:
    _run, request = make_run(make_small())
    volume = request.explanation.volume(request.class_name, "evidence")
    edges = _pairs(np.array(make_card().group_edges_nm))
    image = read_whole(request.cube, make_small(), edges, silent)
    cells = image.cells_of(volume)
    assert cells.sum() == pytest.approx(float(volume.values.sum(dtype=np.float64)), abs=1e-4)
    np.testing.assert_allclose(
        cells.sum(axis=(0, 1)), volume.values.sum(axis=(0, 1)), rtol=1e-3, atol=1e-5
    )


def test_a_method_whose_library_is_missing_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(module: str, package: str) -> None:
        raise FocusError(f"the package {package!r} is needed for this method")

    monkeypatch.setattr(rivals, "load_library", refuse)
    run, _ = make_run(make_small())
    last = reports(run)[-1]
    assert [each.name for each in last.rivals] == ["Spectral angle", "CLS attention"]
    assert len(last.left_out) == 3
    assert last.left_out[0].startswith("Grad-CAM was not run: the package 'grad-cam' is needed")
    assert last.random_weights is not None


def test_an_explanation_by_another_model_is_refused() -> None:
    _run, request = make_run(make_small())
    other = Prepared(make_small())
    loaded = other.load("small")
    card = type(loaded.card)(**{**vars(loaded.card), "sha256": "f" * 64})
    other._small = LoadedModel(card, loaded.model)
    with pytest.raises(ModelError, match="was explained by another model"):
        TrustRun(other, request).advance(silent)


def test_the_model_that_explains_is_left_alone() -> None:
    explainer = Prepared(make_small())
    copied = explainer.copy_of("small", silent)
    assert copied.model is not explainer.load("small").model
    for own, other in zip(
        copied.model.parameters(), explainer.load("small").model.parameters(), strict=True
    ):
        assert torch.equal(own, other)
        assert own.data_ptr() != other.data_ptr()


@pytest.mark.parametrize("recipe", [RECIPE, ANY_SIZE])
def test_a_part_is_taken_at_full_resolution_where_the_evidence_is(recipe: Recipe) -> None:
    model, cube = make_small(recipe=recipe), make_cube(64, 40)
    edges = _pairs(np.array(make_card().group_edges_nm))
    values = np.zeros((16, 10, 10), dtype=np.float32)
    values[13, 8, 4] = -2.0
    met = np.ones((64, 40), dtype=np.bool_)
    evidence = SaliencyVolume(values, edges, (64, 40), "left", "evidence", None, met)
    image = read_part(cube, model, edges, evidence, silent)
    assert image.cropped
    assert image.cells_of(evidence).sum() == pytest.approx(-2.0)
    rows, cols = image.filled.shape[:2]
    assert rows * cols <= 1.25 * 16
    whole = model_tile(cube, model, edges)
    top, left = image.place[0].start * 4, image.place[1].start * 4
    expected = whole[:, top : top + 4 * rows, left : left + 4 * cols]
    np.testing.assert_allclose(image.images[0].numpy(), expected, atol=1e-5)
    back = image.volume_of(image.cells_of(evidence).astype(np.float32), "left", "evidence", "X")
    np.testing.assert_allclose(back.values, values)
    assert not read_whole(cube, model, edges, silent).cropped


def model_tile(cube: Cube, model: FocusModel, edges_nm: DoubleArray) -> FloatArray:
    """The whole image as the model meets it, (groups, rows, cols)."""
    images = read_group_images(cube, model, edges_nm)
    pixels = standardise(images.padded.pixels[None], images.statistics, images.typical)
    if images.tissue is not None:
        pixels = pixels * images.tissue.pixels[None]
    return np.moveaxis(pixels[0], 2, 0)


def test_the_box_with_most_of_a_map() -> None:
    strength = np.zeros((6, 5))
    strength[4, 3] = strength[2, 2] = 1.0
    strength[0, 0] = 1.5
    top, left = strongest_box(strength, (3, 2))
    assert top in (2, 3)
    assert left == 2
    assert strongest_box(strength, (9, 9)) == (0, 0)


def test_a_coarse_image_that_is_not_what_was_explained_is_replaced_by_a_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_module, "_OFF", 0.0)
    run, _ = make_run(make_small(recipe=ANY_SIZE), make_cube(64, 40))
    first = run.advance(silent)
    assert first is not None
    monkeypatch.setattr(run_module, "_OFF", 1.0)
    coarse, _ = make_run(make_small(recipe=ANY_SIZE), make_cube(64, 40))
    other = coarse.advance(silent)
    assert other is not None
    assert not other.cropped
    assert abs(first.whole - first.shown) <= abs(other.whole - other.shown)
    if first.cropped:
        assert first.tested != other.tested


@pytest.mark.parametrize("recipe", [RECIPE, ANY_SIZE])
def test_an_explanation_of_a_region_is_tested_within_it(recipe: Recipe) -> None:
    cube, explainer = make_cube(32, 24), Prepared(make_small(recipe=recipe))
    inside = np.ones((12, 12), dtype=np.bool_)
    within = Within("spot", slice(16, 28), slice(8, 20), inside)
    found = explainer.explain(ExplainRequest(1, cube, "small", "cpu", within), silent)
    assert found.within == "spot"
    edges = _pairs(np.array(make_card().group_edges_nm))
    image = read_whole(cube, make_small(recipe=recipe), edges, silent, found.met)
    filled = image.volume_of(image.filled.astype(np.float32), "left", "evidence").values
    cell = 32 / filled.shape[0]
    rows = np.flatnonzero(filled.any(axis=(1, 2))) * cell
    assert rows.min() >= 16 - cell
    assert rows.max() < 28
    request = TrustRequest(cube, found, found.predicted, "small", "cpu")
    report = TrustRun(explainer, request).advance(silent)
    assert report is not None
    removal = report.removal("place")
    assert removal is not None
    assert 0 < removal.parts <= 16
