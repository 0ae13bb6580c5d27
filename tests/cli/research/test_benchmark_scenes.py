"""Scenes of the size that a model takes."""

from __future__ import annotations

import numpy as np
import pytest
from explain_models import CLASSES, EDGES_NM, RECIPE

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.benchmark_scenes import (
    check_groups,
    fitting_size_px,
    simulate_scenes,
)
from focus_viewer.cli.research.simulated_samples import EDGES_NM as TRAINED_NM
from focus_viewer.core.errors import FocusError
from focus_viewer.explain.baselines.methods import untrained_baselines
from focus_viewer.explain.benchmark.measure import BenchmarkSetup, Effort
from focus_viewer.explain.benchmark.methods import BaselineMethod, Focus
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.checkpoint import build_model
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.simulate.scene import CLASSES as SIMULATED

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)


def model_of(**options: int | str | bool) -> FocusModel:
    recipe = Recipe(RECIPE.architecture, RECIPE.tap, {**RECIPE.options, **options})
    return build_model(recipe, EDGES, len(CLASSES)).requires_grad_(False).eval()


@pytest.fixture
def any_size() -> FocusModel:
    """A model without position embedding, built for 16 px."""
    return model_of(pos_embed="none", dynamic_img_size=True)


@pytest.fixture
def one_size() -> BandPureBackbone:
    """A backbone whose position embedding was learned for 16 px."""
    return model_of().backbone


def test_a_model_of_one_size_gets_its_own(one_size: BandPureBackbone) -> None:
    assert fitting_size_px(one_size, None, 64) == 16
    assert fitting_size_px(one_size, 16, 64) == 16
    with pytest.raises(FocusError, match="--size-px 64: this model takes windows of 16 px only"):
        fitting_size_px(one_size, 64, 64)


def test_a_model_of_any_size_gets_what_is_wanted(any_size: FocusModel) -> None:
    assert fitting_size_px(any_size.backbone, None, 64) == 64
    assert fitting_size_px(any_size.backbone, 20, 64) == 20
    with pytest.raises(FocusError, match="multiples of its 4 px patches"):
        fitting_size_px(any_size.backbone, 30, 64)


def test_a_model_of_other_groups_is_refused() -> None:
    check_groups(TRAINED_NM)
    with pytest.raises(FocusError, match="this model has 10 spectral groups"):
        check_groups(EDGES)


def test_every_method_explains_scenes_larger_than_the_backbones_window(
    any_size: FocusModel,
) -> None:
    pytest.importorskip("prosail", reason="the scenes are simulated by prosail")
    setup = BenchmarkSetup(any_size, EDGES, SIMULATED[: len(CLASSES)])
    order = Order("m", "vnir", 1, 1, 24, 1, 1, Effort())
    scene = simulate_scenes(order, setup, 0)[1]
    assert scene.data.shape[:2] == (24, 24)
    assert scene.truth.lesion_cells.shape == (6, 6)
    kept = scene.groups < len(EDGES)
    small = type(scene)(scene.data[..., kept], scene.groups[kept], scene.label, scene.truth)
    methods = [
        Focus(any_size, "evidence"),
        *(BaselineMethod(r, any_size) for r in untrained_baselines()),
    ]
    for method in methods:
        volume = method.answers(setup.window(small), [1])[0].volume
        assert volume.values.shape == (6, 6, int(kept.sum()))
        assert volume.image_shape == (24, 24)
