"""SpecTf: its own decision, and what an explanation of cirrus shows."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from spectf_cases import CIRRUS_NM, emit_cube, emit_nm, spectra, weights_path, with_cirrus
from torch import Tensor

from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.explain.attaching.attach import Attached, Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts
from focus_viewer.explain.foreign.spectf import trained_bands
from focus_viewer.explain.inference.attached import explain_attached
from focus_viewer.explain.inference.band_images import read_band_images
from focus_viewer.io.reader import read_cube

CLASSES = ("clear", "cloud")
PLAN = AttachPlan(groups=16, windows=10, pairs=1, epochs=10, held_out=1, evaluations=20)


def plain_spectf(state: dict[str, Tensor], values: Tensor, bands_nm: Tensor) -> Tensor:
    """Return SpecTf's logits of spectra, (n, bands), written out step by step."""

    def norm(x: Tensor, name: str) -> Tensor:
        scaled = (x - x.mean(-1, keepdim=True)) / (
            x.var(-1, correction=0, keepdim=True) + 1e-5
        ) ** 0.5
        return scaled * state[f"layers.0.{name}.weight"] + state[f"layers.0.{name}.bias"]

    def linear(x: Tensor, name: str) -> Tensor:
        return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    both = torch.stack([values, ((bands_nm - 1440) / 600).expand_as(values)], dim=-1)
    tokens = norm(torch.tanh(linear(both, "spectral_embed.linear")), "norm1")
    own = "layers.0.attention.attention."
    made = tokens @ state[own + "in_proj_weight"].T + state[own + "in_proj_bias"]
    heads = []
    for queries, keys, shown in zip(
        *(part.split(8, -1) for part in made.split(64, -1)), strict=True
    ):
        heads.append((queries @ keys.mT / 8**0.5).softmax(-1) @ shown)
    mixed = norm(linear(torch.cat(heads, -1), own + "out_proj"), "norm2")
    hidden = linear(mixed, "layers.0.ff.linear1")
    hidden = hidden * (1 + torch.erf(hidden / 2**0.5)) / 2
    return linear(linear(hidden, "layers.0.ff.linear2").max(1).values, "head")


@pytest.fixture(scope="module")
def attached() -> Attached:
    """SpecTf attached with little training."""
    facts = FrozenModelFacts("spectf", CLASSES)
    cubes = [partial(emit_cube, seed, 4) for seed in range(4)]
    return attach(Order(weights_path(), facts, cubes, PLAN, "spectf"), silent)


def explained(attached: Attached, cube: object) -> Explanation:
    request = ExplainRequest(0, cube, "spectf")  # type: ignore[arg-type]
    return explain_attached(request, attached.card, attached.model, torch.device("cpu"), silent)


def test_it_reads_the_bands_of_emit_that_it_was_trained_with() -> None:
    bands = trained_bands()
    assert bands.size == 268
    assert set(bands) <= set(emit_nm())


def test_the_decision_is_its_own_on_all_spectra(attached: Attached) -> None:
    state, bands = load_file(weights_path()), trained_bands()
    chosen = np.isin(emit_nm(), bands)
    values = torch.from_numpy(spectra(60, 99, emit_nm()))[:, chosen]
    expected = plain_spectf(state, values, torch.from_numpy(bands).float())
    adapter = attached.model.adapter
    with torch.inference_mode():
        found = adapter.decide(adapter.parts(values[:, :, None, None])).logits
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-3)
    assert torch.equal(found.argmax(1), expected.argmax(1))
    assert 6 < int(found.argmax(1).sum()) < 54  # both classes are there
    kept = adapter.frozen.state_dict()
    assert all(torch.equal(kept[name], state[name]) for name in state)
    assert kept.keys() == state.keys()


def test_an_image_is_the_mean_over_its_pixels_and_sums_exactly(attached: Attached) -> None:
    cube = emit_cube(50, 6)
    found = explained(attached, cube)
    chosen = np.isin(emit_nm(), trained_bands())
    values = torch.from_numpy(cube.block(slice(None), slice(None))[..., chosen].reshape(36, -1))
    adapter = attached.model.adapter
    with torch.inference_mode():
        own = adapter.decide(adapter.parts(values[:, :, None, None])).logits.mean(0)
    assert np.allclose(found.logits, own, atol=1e-3)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert np.allclose(total, found.logits, atol=0.01)
    assert found.evidence.shape[1:3] == (6, 6)


def test_reflectance_added_in_the_vapour_band_moves_the_curve_there(attached: Attached) -> None:
    cube = emit_cube(50, 6)
    before, after = explained(attached, cube), explained(attached, with_cirrus(cube))
    assert after.logits[1] - after.logits[0] > before.logits[1] - before.logits[0] + 1
    curves = [importance_curve(each.volume("cloud", "evidence")) for each in (before, after)]
    moved = curves[1] - curves[0]
    edges = before.edges_nm
    vapour = (edges[:, 1] > CIRRUS_NM[0]) & (edges[:, 0] < CIRRUS_NM[1])
    assert vapour[np.argmax(moved)]
    assert moved[vapour].sum() > 0.5 * np.abs(moved).sum()


def test_measured_spectra_are_decided_as_it_decides(attached: Attached) -> None:
    data = Path(os.environ["FOCUS_REAL_DATA"])
    tiles = sorted((data / "scenes" / "enmap_potsdam" / "images").glob("*.tif"))
    if not tiles:
        pytest.skip("no tiles of EnMAP among the real data")
    cube = read_cube(tiles[0])
    images = read_band_images(cube, attached.model)
    windows, shown = images.windows(images.occupied[:60])
    assert shown.all()
    adapter = attached.model.adapter
    with torch.inference_mode():
        found = adapter.decide(adapter.parts(windows)).logits
    bands = torch.from_numpy(trained_bands()).float()
    expected = plain_spectf(load_file(weights_path()), windows.flatten(1), bands)
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-3)
    assert torch.equal(found.argmax(1), expected.argmax(1))
