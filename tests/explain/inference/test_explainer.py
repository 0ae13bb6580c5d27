"""The whole way of a cube, for every size, sensor and accident."""

from __future__ import annotations

import re
import threading
import tracemalloc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import AVERAGED, RECIPE, cube_of, make_card, make_cube, make_small

from focus_viewer.core.cubes.cube import ArraySource, Cube, Units
from focus_viewer.core.errors import Cancelled, IncompatibleCube, ModelError
from focus_viewer.core.preprocessing import spatial_binning as binning
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.explain.inference import sliding_window as sliding_window_module
from focus_viewer.explain.inference.band_groups import group_bands, read_groups
from focus_viewer.explain.inference.cut_windows import cut_windows
from focus_viewer.explain.inference.explainer import (
    Explainer,
    explain,
    most_pixels,
)
from focus_viewer.explain.inference.group_images import (
    GroupImages,
    measure_tissue,
    read_group_images,
)
from focus_viewer.explain.inference.prepared import _contrast
from focus_viewer.explain.inference.sliding_window import SlidingWindow
from focus_viewer.explain.inference.tiles import PaddedImage, TileLayout
from focus_viewer.explain.model.backbone import BandPureBackbone, Listener, UsualLeaf
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.checkpoint import build_model, save_model
from focus_viewer.explain.model.focus_model import FocusModel, WindowReading, contrast
from focus_viewer.explain.model.prompts import Attention
from focus_viewer.explain.model.tissue import tissue_logs
from focus_viewer.io.reader import read_cube

RESOURCES = Path(__file__).resolve().parents[3] / "resources"


def run(cube: Cube, folder: Path, device: str = "cpu") -> Explanation:
    return explain(ExplainRequest(1, cube, str(folder), device), silent)


def test_nothing_is_left_for_the_window_to_sum(small_folder: Path) -> None:
    found = run(make_cube(16, 16), small_folder)
    assert {"unattributed_curve", "_doubts"} <= set(vars(found))


def assert_adds_up(found: Explanation) -> None:
    parts = found.evidence.sum(axis=(1, 2, 3), dtype=np.float64) + found.unattributed
    np.testing.assert_allclose(found.baseline + parts, found.logits, atol=1e-4)
    mass = found.attention.sum(axis=(1, 2, 3), dtype=np.float64)
    np.testing.assert_allclose(mass + found.sink, 1, atol=1e-5)
    assert found.attention.min() >= 0
    assert np.isfinite(found.saliency).all()


@pytest.mark.parametrize("size", [(1, 1), (5, 9), (16, 16), (21, 40), (64, 48)])
def test_any_size_adds_up(small_folder: Path, size: tuple[int, int]) -> None:
    found = run(make_cube(*size), small_folder)
    assert found.evidence.shape == (3, -(-size[0] // 4), -(-size[1] // 4), 10)
    assert found.image_shape == size
    assert_adds_up(found)


@pytest.mark.parametrize("span", [(405, 595), (655, 895), (505, 700)])
def test_any_sensor_adds_up(small_folder: Path, span: tuple[float, float]) -> None:
    found = run(make_cube(20, 20, *span), small_folder)
    assert found.edges_nm[0, 0] <= span[0] < found.edges_nm[0, 1]
    assert len(found.edges_nm) == found.evidence.shape[3] < 10
    assert any(note.startswith("left out: ") for note in found.notes)
    assert_adds_up(found)


def test_a_window_is_decided_as_the_frozen_backbone_does(small_folder: Path) -> None:
    cube = make_cube(16, 16)
    model = make_small()
    images = read_group_images(cube, model, make_card().edges_nm)
    window, groups = images.tiles(((0, 0),)), torch.arange(10)
    found = run(cube, small_folder)
    own = model.backbone.logits(window, groups)
    np.testing.assert_allclose(found.logits, own[0], atol=1e-6)
    usual = model.backbone.logits(torch.zeros_like(window), groups)
    np.testing.assert_allclose(found.baseline, usual[0], atol=1e-6)
    expected = model(window, groups)
    np.testing.assert_allclose(found.evidence.reshape(3, 16, 10), expected.evidence[0], atol=1e-5)
    left = expected.unattributed[0]
    np.testing.assert_allclose(found.unattributed_curve, left.sum(1), atol=1e-5)
    shown = found.volume("left", "unattributed").values.reshape(16, 10)
    np.testing.assert_allclose(shown, left[0] - (left[1] + left[2]) / 2, atol=1e-5)
    contrasts = model.own_contrasts(window, groups)[0]
    np.testing.assert_allclose(found.contrasts.reshape(16, 10), contrasts, atol=1e-5)
    np.testing.assert_array_equal(found.anchors, model.anchor)


@pytest.mark.parametrize("recipe", [RECIPE, AVERAGED], ids=["max", "avg"])
def test_several_windows_have_one_decision_of_all_their_patches(
    recipe: Recipe, tmp_path: Path
) -> None:
    model, cube = make_small(recipe=recipe), make_cube(40, 28)
    save_model(tmp_path / "m", model, make_card(), recipe)
    found = run(cube, tmp_path / "m")
    images = read_group_images(cube, model, make_card().edges_nm)
    layout, groups = images.layout, torch.arange(10)
    assert len(layout.origins) > 4
    total, weight = torch.zeros(16, *layout.padded), torch.zeros(layout.padded)
    share = torch.from_numpy(np.outer(*2 * [np.sin(np.pi * (np.arange(4) + 0.5) / 4) ** 2])).float()
    for row, col in layout.origins:
        patches = model.backbone(images.tiles(((row, col),)), groups)[0]
        total[:, row : row + 4, col : col + 4] += patches.T.reshape(16, 4, 4) * share
        weight[row : row + 4, col : col + 4] += share
    whole = model.backbone.vit.forward_head((total / weight).flatten(1).T[None])[0]
    np.testing.assert_allclose(found.logits, whole, atol=1e-5)
    assert_adds_up(found)


def test_probabilities_are_the_frozen_model_s_over_the_card_s_temperature(
    small: FocusModel, tmp_path: Path
) -> None:
    for name, temperatures in (("plain", {}), ("warm", {"VNIR": 4.0, "full range": 0.1})):
        save_model(tmp_path / name, small, replace(make_card(), temperatures=temperatures), RECIPE)
    plain, warm = (run(make_cube(16, 16), tmp_path / name) for name in ("plain", "warm"))
    np.testing.assert_array_equal(warm.logits, plain.logits)
    for found, temperature in ((plain, 1), (warm, 4)):  # groups of 400 to 900 nm
        raw = np.exp(plain.logits.astype(np.float64) / temperature)
        np.testing.assert_allclose(found.probabilities, raw / raw.sum(), rtol=1e-6)


def leaf_and_card(model: FocusModel, leaf: float = 0.5) -> Cube:
    """A leaf, dark at 675 nm, left of a grey card; the model is given such leaves as tissue."""
    wavelengths = np.arange(405.0, 896, 10)
    dip = 1 - 0.8 * np.exp(-(((wavelengths - 675) / 60) ** 2))
    model.mean.copy_(torch.from_numpy(leaf * dip.reshape(10, 5).mean(1)))
    rng = np.random.default_rng(0)
    leaves = leaf * (1 - rng.uniform(0.7, 1.0, (len(model.tissue), 1)) * (1 - dip))
    leaves *= 1 + rng.normal(0, 0.05, leaves.shape)
    statistics = model.statistics(np.arange(10))
    logs = tissue_logs(leaves.reshape(-1, 10, 5).mean(2).astype(np.float32), statistics)
    model.tissue.copy_(torch.from_numpy(logs))
    values = np.full((24, 32, 50), 0.4, np.float32)
    depth_here = rng.uniform(0.7, 1.0, (24, 16, 1))
    values[:, :16] = leaf * (1 - depth_here * (1 - dip))
    noise = 1 + rng.normal(0, 0.005, values.shape)
    return cube_of((values * noise).astype(np.float32), wavelengths)


def test_backgrounds_are_blanked_and_have_no_evidence(small: FocusModel, tmp_path: Path) -> None:
    cube = leaf_and_card(small)
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    found = run(cube, tmp_path / "m")
    for part in (found.evidence, found.attention):
        assert not part[:, :, 5:].any()
        assert part[:, :, :3].any(axis=(0, 3)).all()
    blanked = r"(4|5)\d % of the image does not look like plant tissue and was blanked"
    assert any(re.fullmatch(blanked, note) for note in found.notes)
    assert found.met[:, :16].mean() > 0.45 and not found.met[:, 18:].any()
    assert_adds_up(found)
    # What stands in the background's place says nothing.
    values = cube.block(slice(None), slice(None))
    values[:, 18:] = 0.1 + 0.3 * np.arange(50) / 50
    np.testing.assert_allclose(
        run(cube_of(values, cube.wavelengths_nm), tmp_path / "m").logits, found.logits, atol=1e-5
    )


def test_what_is_outside_of_a_region_is_never_evidence(small: FocusModel, tmp_path: Path) -> None:
    cube = leaf_and_card(small)
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    inside = np.ones((16, 16), dtype=np.bool_)
    within = Within("Leaf 1", slice(8, 24), slice(0, 16), inside)
    request = ExplainRequest(1, cube, str(tmp_path / "m"), "cpu", within)
    found = explain(request, silent)
    for each in (found.evidence, found.attention):
        assert not each[:, :2].any() and not each[:, :, 5:].any()
        assert each[:, 2:, :3].any()
    assert not found.met[:8].any() and found.met[8:, :14].all()
    assert_adds_up(found)
    assert found.within == "Leaf 1"
    assert "the question was restricted to Leaf 1" in found.notes
    assert found.applicability.reasons[0].text.endswith("of Leaf 1 is plant tissue")
    # What is outside says nothing.
    values = cube.block(slice(None), slice(None))
    values[:8] *= 0.3
    other = explain(replace(request, cube=replace(cube, source=ArraySource(values))), silent)
    np.testing.assert_allclose(other.logits, found.logits, rtol=1e-4, atol=1e-5)


def test_blank_patches_of_the_sample_are_read_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    request = ExplainRequest(1, read_cube(RESOURCES / "leaf.hdr"), "focus-leaf", "cpu")
    found = explain(request, silent)
    monkeypatch.setattr(BandPureBackbone, "counts_patches", False)
    plain = explain(request, silent)
    np.testing.assert_allclose(found.logits, plain.logits, atol=1e-5)
    for name in ("evidence", "attention", "absorbed", "contrasts"):
        own, expected = getattr(found, name), getattr(plain, name)
        np.testing.assert_allclose(own, expected, atol=1e-5 * np.abs(expected).max(), err_msg=name)


@pytest.mark.parametrize("counts_patches", [True, False])
def test_windows_are_cut_without_blank_patches(small: FocusModel, counts_patches: bool) -> None:
    images = read_group_images(make_cube(64, 48), small, make_card().edges_nm)
    pixels = np.zeros((64, 48), np.float32)
    pixels[10:30, 5:23] = 1
    images = replace(images, tissue=PaddedImage.of(pixels[..., None], images.layout))
    origins = images.occupied
    assert 1 < len(origins) < len(images.layout.origins)
    cut, kept = cut_windows([(images, origin) for origin in origins], counts_patches)
    assert (kept.counts is not None) == counts_patches
    for number, tile in enumerate(images.tiles(origins)):
        patches = cut[number].unfold(1, 4, 4).unfold(2, 4, 4).flatten(1, 2)
        whole = patches[:, kept.places[number]]
        expected = tile.unfold(1, 4, 4).unfold(2, 4, 4).flatten(1, 2)
        torch.testing.assert_close(whole, expected, atol=0, rtol=0)


def test_the_fullest_windows_come_first(small: FocusModel) -> None:
    images = read_group_images(make_cube(64, 48), small, make_card().edges_nm)
    pixels = np.zeros((64, 48), np.float32)
    pixels[30:50, 20:] = 1
    images = replace(images, tissue=PaddedImage.of(pixels[..., None], images.layout))
    sizes = [int(images.occupied_patches(origin).sum()) for origin in images.occupied]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] > 0


def test_a_decision_is_taken_apart_at_some_patches_as_at_all(small: FocusModel) -> None:
    images = torch.randn(1, 10, 16, 16, generator=torch.Generator().manual_seed(2))
    groups, places = torch.arange(10), torch.tensor([1, 4, 15])
    shown = torch.zeros(1, 16, dtype=torch.bool)
    shown[0, places] = True
    usual = small.usual(groups, 16)
    reading = small.read(images, groups, usual)
    whole = small.decide(reading, usual, shown)
    shares, absorbed = reading.attention
    some = WindowReading(reading.patches, Attention(shares[:, :, :, places], absorbed))
    found = small.decide(some, usual, shown, places=places)
    torch.testing.assert_close(found.logits, whole.logits)
    torch.testing.assert_close(found.sink, whole.sink)
    for name in ("evidence", "unattributed", "attention"):
        expected = getattr(whole, name)
        torch.testing.assert_close(getattr(found, name), expected[:, :, places])
        assert expected.abs().sum() == pytest.approx(float(expected[:, :, places].abs().sum()))


def test_windows_that_are_blanked_throughout_need_no_pass(
    small: FocusModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.tile(leaf_and_card(small).block(slice(None), slice(None)), (1, 4, 1))
    values[:, 16:] = 0.4  # a leaf, then a card over several windows
    cube = cube_of(values, np.linspace(400, 1000, 50))
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    found = run(cube, tmp_path / "m")
    read: list[int] = []
    monkeypatch.setattr(GroupImages, "occupied", property(lambda self: self.layout.origins))
    monkeypatch.setattr(
        FocusModel,
        "read",
        lambda self, tiles, *rest, _read=FocusModel.read: (
            read.append(len(tiles)) or _read(self, tiles, *rest)
        ),
    )
    every = run(cube, tmp_path / "m")
    assert sum(read) > 2
    for name in ("logits", "evidence", "attention", "sink"):
        np.testing.assert_allclose(getattr(found, name), getattr(every, name), atol=1e-5)


def test_a_region_smaller_than_a_patch_is_refused(small_folder: Path) -> None:
    cube = cube_of(np.full((24, 32, 50), 0.4, np.float32), np.linspace(400, 1000, 50))
    within = Within("Dot", slice(5, 6), slice(5, 6), np.ones((1, 1), dtype=np.bool_))
    request = ExplainRequest(1, cube, str(small_folder), "cpu", within)
    with pytest.raises(IncompatibleCube, match="Draw a larger one"):
        explain(request, silent)


def test_bands_without_signal_are_not_read(small_folder: Path) -> None:
    values = np.random.default_rng(0).uniform(0.2, 0.6, (24, 32, 50)).astype(np.float32)
    axis = np.linspace(400, 1000, 50)
    values[..., (axis >= 700) & (axis < 760)] = 0
    found = run(cube_of(values, axis), small_folder)
    assert "not read: 5 bands between 706 and 755 nm: without signal" in " ".join(found.notes)
    assert not ((found.edges_nm[:, 0] >= 700) & (found.edges_nm[:, 1] <= 750)).any()


def test_a_coarser_image_has_the_groups_of_the_original(small: FocusModel) -> None:
    axis = np.linspace(400, 1000, 50)
    values = np.random.default_rng(0).uniform(0.2, 0.6, (48, 64, 50)).astype(np.float32)
    coarse = binning.binned(cube_of(values, axis), 24 * 32)
    values = values.copy()
    values[..., (axis >= 700) & (axis < 760)] = 0
    original = cube_of(values, axis)
    edges = make_card().edges_nm
    alone = read_group_images(coarse, small, edges).grouping.edges_nm
    found = read_group_images(coarse, small, edges, original=original).grouping.edges_nm
    assert len(found) < len(alone)
    whole = read_group_images(original, small, edges).grouping.edges_nm
    np.testing.assert_array_equal(found, whole)


def test_little_leaf_is_explained_with_the_doubt_that_it_deserves(
    small: FocusModel, tmp_path: Path
) -> None:
    leaf = leaf_and_card(small)
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    for rows, doubted in ((4, True), (24, False)):
        values = leaf.block(slice(0, rows), slice(0, 16))
        found = run(cube_of(values, leaf.wavelengths_nm), tmp_path / "m").applicability
        texts = [reason.text for reason in found.against if reason.code == "tissue"]
        assert [text.startswith("plant tissue fills only") for text in texts] == [True] * doubted


def test_an_image_without_tissue_is_explained_whole_and_says_so(
    small: FocusModel, tmp_path: Path
) -> None:
    cube = leaf_and_card(small)
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    card = cube.block(slice(None), slice(None))[:, 18:]
    found = run(cube_of(card, cube.wavelengths_nm), tmp_path / "m")
    assert found.applicability.verdict == "does not apply"
    assert found.applicability.tissue_share == 0
    assert "nothing in the image has a spectrum" in found.applicability.sentence
    assert "nothing was blanked, since no plant tissue was found" in found.notes
    assert found.evidence.any(axis=(0, 3)).all()
    assert_adds_up(found)


def test_an_image_of_tissue_alone_says_nothing_of_it(small: FocusModel, tmp_path: Path) -> None:
    cube = leaf_and_card(small)
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    leaf = cube.block(slice(None), slice(None))[:, :14]
    notes = run(cube_of(leaf, cube.wavelengths_nm), tmp_path / "m").notes
    assert not any("tissue" in note or "nothing in" in note for note in notes)


def test_tissue_is_tested_in_strips_as_in_one(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    cube = leaf_and_card(small)
    grouping = group_bands(cube, make_card().edges_nm)
    images, test = read_groups(cube, grouping), small.tissue_test(grouping.groups)
    whole = measure_tissue(images, test).passed
    assert 0.3 < whole.mean() < 0.7
    monkeypatch.setattr("focus_viewer.explain.inference.group_images._STRIP_VALUES", 1700)
    np.testing.assert_array_equal(measure_tissue(images, test).passed, whole)


def test_missing_pixels_get_no_weight(small_folder: Path) -> None:
    cube = make_cube(24, 24)
    values = cube.block(slice(None), slice(None))
    values[:9, :9] = np.nan
    values[12, 12, 3] = np.nan
    assert cube.wavelengths_nm is not None
    found = run(cube_of(values, cube.wavelengths_nm), small_folder)
    assert not found.attention[:, :2, :2].any()
    assert not found.evidence[:, :2, :2].any()
    assert found.attention[:, 3, 3].all()
    assert_adds_up(found)


def test_a_group_without_any_data_is_left_out(small_folder: Path) -> None:
    cube = make_cube()
    values = cube.block(slice(None), slice(None))
    assert cube.wavelengths_nm is not None
    values[:, :, (cube.wavelengths_nm > 500) & (cube.wavelengths_nm < 550)] = np.nan
    found = run(cube_of(values, cube.wavelengths_nm), small_folder)
    assert found.evidence.shape[3] == 9
    assert "left out: 500-550 nm: no data" in found.notes
    assert_adds_up(found)


@pytest.mark.parametrize("fill", [0.0, -0.005, np.nan])
def test_a_cube_without_light_is_refused(small_folder: Path, fill: float) -> None:
    cube = make_cube(8, 8)
    dark = np.full(cube.shape, fill, dtype=np.float32)
    with pytest.raises(IncompatibleCube, match=r"made: .*--no-data"):
        run(cube_of(dark, cube.wavelengths_nm), small_folder)


def test_raw_counts_are_read_like_reflectance(small_folder: Path) -> None:
    cube = make_cube()
    counts = cube.block(slice(None), slice(None)) * np.float32(255)
    found, expected = (
        run(cube_of(counts, cube.wavelengths_nm), small_folder),
        run(cube, small_folder),
    )
    np.testing.assert_allclose(found.logits, expected.logits, atol=1e-3)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ("reflectance", None),
        ("counts", "contains counts"),
        ("unknown", "contains values of unknown units"),
    ],
)
def test_what_is_not_reflectance_is_doubted(
    small_folder: Path, units: Units, said: str | None
) -> None:
    doubts = [
        reason.text
        for reason in run(replace(make_cube(), units=units), small_folder).applicability.against
        if "trained on reflectance" in reason.text
    ]
    assert len(doubts) == (said is not None)
    assert said is None or said in doubts[0]


def test_an_image_of_equal_patches_is_seamless(small: FocusModel) -> None:
    torch.nn.init.zeros_(small.backbone.vit.pos_embed)
    cube = make_cube(4, 4)  # a patch
    tiles = np.tile(cube.block(slice(None), slice(None)), (15, 13, 1))
    images = read_group_images(cube_of(tiles, cube.wavelengths_nm), small, make_card().edges_nm)
    with torch.inference_mode():
        reading = SlidingWindow(small, [images], torch.device("cpu")).read(silent)[0]
    attention = reading.reading.attention
    parts = (reading.reading.patches, attention.shares, attention.absorbed, reading.contrasts)
    for part in parts:
        assert part.shape[-2] == 15 * 13
        assert part.std(dim=-2).max() < 1e-5
        assert part.abs().max() > 0.01


def test_passes_are_counted(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cube = make_cube(64, 48)
    cost = run(cube, small_folder).cost
    assert (cost.forward_passes, cost.backward_passes, cost.device) == (1, 0, "cpu")
    assert cost.seconds > 0
    assert cost.peak_memory_bytes > 10_000_000
    monkeypatch.setattr(sliding_window_module, "_SEQUENCES", 40)  # four windows of ten groups
    windows = 5 * 4
    assert run(cube, small_folder).cost.forward_passes == windows // 4


def test_batches_do_not_change_the_result(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(make_cube(64, 48), small_folder)
    monkeypatch.setattr(sliding_window_module, "_SEQUENCES", 30)
    np.testing.assert_allclose(
        run(make_cube(64, 48), small_folder).evidence, whole.evidence, atol=1e-5
    )


def test_nothing_is_left_to_differentiate(small_folder: Path) -> None:
    explainer = Explainer()
    explainer.explain(ExplainRequest(1, make_cube(), str(small_folder), "cpu"), silent)
    model = explainer._models[str(small_folder)].model
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_progress_climbs_through_the_stages(small_folder: Path) -> None:
    said: list[tuple[float, str]] = []
    cube = make_cube(64, 48)
    explain(
        ExplainRequest(1, cube, str(small_folder), "cpu"),
        lambda fraction, text: said.append((fraction, text)),
    )
    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1
    assert len({fraction for fraction, text in said if text == "explaining"}) > 2  # within a pass
    stages = list(dict.fromkeys(text for _, text in said))
    assert stages == ["loading model", "reading cube", "explaining", "taking the decision apart"]


def hooks_of(model: FocusModel) -> int:
    return sum(
        len(module._forward_pre_hooks)
        + len(module._forward_hooks)
        + len(module._backward_pre_hooks)
        for module in model.modules()
    )


@pytest.mark.parametrize("accident", [Cancelled, RuntimeError])
def test_hooks_are_gone_after_an_accident_inside_a_pass(
    small_folder: Path, accident: type[Exception]
) -> None:
    explainer = Explainer()
    request = ExplainRequest(1, make_cube(), str(small_folder), "cpu")
    expected = explainer.explain(request, silent)
    model = explainer._models[str(small_folder)].model
    calls = 0

    def step(fraction: float, text: str) -> None:
        nonlocal calls
        calls += text == "explaining"
        if calls == 5:
            raise accident

    with pytest.raises(accident):
        explainer.explain(request, step)
    assert calls == 5
    assert hooks_of(model) == 0
    np.testing.assert_array_equal(explainer.explain(request, silent).evidence, expected.evidence)


def test_a_model_is_loaded_once(small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    explainer = Explainer()
    request = ExplainRequest(1, make_cube(), str(small_folder), "cpu")
    explainer.explain(request, silent)
    (small_folder / "weights.safetensors").unlink()
    explainer.explain(replace(request, ticket=2), silent)


def test_one_explanation_at_a_time(small_folder: Path) -> None:
    explainer = Explainer()
    request = ExplainRequest(1, make_cube(), str(small_folder), "cpu")
    inside, leave = threading.Event(), threading.Event()

    def first(fraction: float, text: str) -> None:
        if text == "explaining":
            inside.set()
            leave.wait(20)

    def second(fraction: float, text: str) -> None:
        if text.startswith("waiting"):
            leave.set()
            raise Cancelled

    thread = threading.Thread(target=explainer.explain, args=(request, first))
    thread.start()
    assert inside.wait(20)
    with pytest.raises(Cancelled):
        explainer.explain(request, second)
    thread.join(20)
    assert not thread.is_alive()


def window_on_gpu(model: FocusModel, monkeypatch: pytest.MonkeyPatch, fits: int) -> SlidingWindow:
    """SlidingWindow on what passes for a GPU: reading more windows than fit raises as CUDA does."""
    sliding = SlidingWindow(
        model,
        [read_group_images(make_cube(64, 48), model, make_card().edges_nm)],
        torch.device("cuda:0"),
    )
    forward = BandPureBackbone.forward

    def limited(
        backbone: BandPureBackbone,
        images: torch.Tensor,
        groups: torch.Tensor,
        listen: Listener,
        counts: torch.Tensor | None,
    ) -> torch.Tensor:
        if sliding.device.type != "cpu" and len(images) > fits:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(backbone, images, groups, listen, counts)

    monkeypatch.setattr(BandPureBackbone, "forward", limited)
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, *_: tensor)
    monkeypatch.setattr(FocusModel, "to", lambda model, *_: model)
    with torch.inference_mode():
        (reading,) = sliding.read(silent)
    assert reading.reading.patches.shape == (1, 16 * 12, 16)
    return sliding


def test_out_of_gpu_memory_halves_the_batch(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sliding_window_module, "_SEQUENCES", 80)
    sliding = window_on_gpu(small, monkeypatch, fits=4)
    assert sliding.notes == ["cuda:0 ran out of memory: 4 window(s) in a pass"]
    assert sliding.device.type == "cuda"
    assert sliding.forward_passes == [20 // 4]


def test_out_of_gpu_memory_ends_on_the_cpu(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sliding_window_module, "_SEQUENCES", 20)
    sliding = window_on_gpu(small, monkeypatch, fits=0)
    assert sliding.notes == [
        "cuda:0 ran out of memory: 1 window(s) in a pass",
        "cuda:0 ran out of memory with one window: on the CPU instead",
    ]
    assert sliding.device == torch.device("cpu")
    assert sliding.forward_passes == [20]


def test_too_little_memory_anywhere_is_said(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broke(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(BandPureBackbone, "forward", broke)
    with pytest.raises(ModelError, match="does not fit in memory"):
        run(make_cube(), small_folder)


def test_a_missing_device_is_refused(small_folder: Path) -> None:
    with pytest.raises(ModelError, match="not available"):
        run(make_cube(), small_folder, device="cuda:99")


def test_an_image_that_is_too_large_is_explained_coarsely_and_says_so(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("focus_viewer.explain.inference.prepared._MOST_PIXELS", 32 * 32)
    result = explain(ExplainRequest(1, make_cube(64, 64), str(small_folder), "cpu"), silent)
    assert result.image_shape == (64, 64)
    small = explain(ExplainRequest(1, make_cube(32, 32), str(small_folder), "cpu"), silent)
    assert result.evidence.shape == small.evidence.shape
    assert any("64 x 64 pixels: it was explained at 32 x 32" in note for note in result.notes)
    assert not any("explained at" in note for note in small.notes)
    assert_adds_up(result)


def test_a_volume_of_the_result_needs_no_copy(small_folder: Path) -> None:
    result = explain(ExplainRequest(1, make_cube(40, 24), str(small_folder), "cpu"), silent)
    for name in result.classes:
        volume = result.volume(name, "evidence")
        assert np.shares_memory(volume.values, result.saliency)
        assert volume.planes.flags.c_contiguous


def test_images_are_held_once(small: FocusModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The peak is that of the padded images and a part, with empty groups to be left out too."""
    cube = make_cube(402, 390)  # to be padded by a pixel on either side
    source = cube.source
    assert isinstance(source, ArraySource)
    source.array[:, :, 10:15] = np.nan  # 500-550 nm
    monkeypatch.setattr(binning, "BLOCK_VALUES", 20_000)
    monkeypatch.setattr("focus_viewer.explain.model.preprocessing._MOST_PIXELS", 1000)
    monkeypatch.setattr("focus_viewer.explain.inference.group_images._STRIP_VALUES", 20_000)
    monkeypatch.setattr("focus_viewer.explain.model.tissue._MOST_PIXELS", 50)
    read_group_images(make_cube(8, 8), small, make_card().edges_nm)  # imports take memory too
    test = small.tissue_test(np.array([0, 1, 3, 4, 5, 6, 7, 8, 9]))  # of a size of its own
    monkeypatch.setattr(FocusModel, "tissue_test", lambda *_: test)
    tracemalloc.start()
    images = read_group_images(cube, small, make_card().edges_nm)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.4 * (404 * 392 * 10 * 4)
    groups = read_groups(cube, group_bands(cube, make_card().edges_nm))
    filled = [0, 1, 3, 4, 5, 6, 7, 8, 9]
    np.testing.assert_array_equal(
        images.padded.pixels, PaddedImage.of(groups[..., filled], images.layout).pixels
    )


def test_an_image_is_padded_by_its_mirrored_pixels(small: FocusModel) -> None:
    cube = make_cube(21, 38)
    images = read_group_images(cube, small, make_card().edges_nm)
    groups = read_groups(cube, group_bands(cube, make_card().edges_nm))
    np.testing.assert_array_equal(
        images.padded.pixels, PaddedImage.of(groups, images.layout).pixels
    )


def test_contrasts_of_classes_are_taken_group_by_group() -> None:
    evidence = torch.randn(1, 3, 20, 10)
    torch.testing.assert_close(_contrast(evidence), contrast(evidence))


def test_what_is_kept_of_a_large_image_is_bounded() -> None:
    """2 GB for group images (10 groups) and seven volumes of many classes; 4 Mpx at the most."""
    edges = make_card().edges_nm
    for classes in (3, 200, 5000):
        model = build_model(RECIPE, edges, classes)
        pixels = most_pixels(model)
        kept = 4 * 10 * pixels + 7 * 4 * 10 * classes * pixels / 16
        assert kept <= 2e9
        assert pixels == 4_000_000 or kept > 1.9e9
    assert most_pixels(build_model(RECIPE, edges, 3)) == 4_000_000


def test_a_cancelled_reading_leaves_nothing_behind(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("focus_viewer.explain.inference.prepared._MOST_PIXELS", 32 * 32)
    monkeypatch.setattr(binning, "BLOCK_VALUES", 20_000)
    explainer = Explainer()
    request = ExplainRequest(1, make_cube(64, 64), str(small_folder), "cpu")
    expected = explainer.explain(request, silent)
    frames: list[weakref.ref[np.ndarray]] = []
    empty = PaddedImage.empty

    def watched(layout: TileLayout, groups: int) -> PaddedImage:
        made = empty(layout, groups)
        frames.append(weakref.ref(made.pixels))
        return made

    said: list[str] = []

    def step(fraction: float, text: str) -> None:
        said.append(text)
        if said.count("reading cube") == 3:
            raise Cancelled

    monkeypatch.setattr(PaddedImage, "empty", watched)
    with pytest.raises(Cancelled):
        explainer.explain(request, step)
    assert said[-1] == "reading cube"
    assert len(frames) == 1 and frames[0]() is None
    assert hooks_of(explainer._models[str(small_folder)].model) == 0
    np.testing.assert_array_equal(explainer.explain(request, silent).evidence, expected.evidence)


def test_progress_is_told_around_every_batch(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forward(
        _: BandPureBackbone,
        images: torch.Tensor,
        groups: torch.Tensor,
        listen: Listener,
        counts: torch.Tensor | None,
    ) -> torch.Tensor:
        keys = torch.zeros(len(images), len(groups), 16, 16)
        listen(keys, keys)
        return keys[:, 0]

    nothing = UsualLeaf(torch.zeros(10, 1, 16), torch.zeros(1, 16))
    monkeypatch.setattr(BandPureBackbone, "forward", forward)
    monkeypatch.setattr(BandPureBackbone, "usual", lambda *_: nothing)
    monkeypatch.setattr(sliding_window_module, "_SEQUENCES", 40)  # four of twenty windows
    images = read_group_images(make_cube(64, 48), small, make_card().edges_nm)
    said: list[float] = []
    SlidingWindow(small, [images], torch.device("cpu")).read(
        lambda fraction, _: said.append(fraction)
    )
    assert said == sorted(said)
    assert {round(share, 6) for share in said} >= {0, 0.2, 0.4, 0.6, 0.8, 1}
