"""Pre-training on spectra without classes: random data sets, linear heads, and their backbone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from focus_viewer.cli.research.simulated_samples import EDGES_NM
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.checkpoint import build_model
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.pretraining.data_sets import (
    DrawPlan,
    draw_data_set,
    patch_materials,
    patch_means,
)
from focus_viewer.explain.pretraining.lessons import Lesson, unread_detail, unread_materials
from focus_viewer.explain.pretraining.start import start_linear
from focus_viewer.explain.pretraining.steps import (
    PretrainingPlan,
    SpectraSteps,
    measure_reading,
)
from focus_viewer.explain.training.checkpoint import Checkpoint, Order
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.trainer import Trainer
from focus_viewer.simulate.library import smooth_spectra
from focus_viewer.simulate.sensors import GRID_NM

TINY = DrawPlan(windows=12, most_groups=12)


@pytest.fixture(scope="module")
def library() -> FloatArray:
    spectra = smooth_spectra(120, np.random.default_rng(0))
    parts = [(low <= GRID_NM) & (high > GRID_NM) for low, high in EDGES_NM]
    return np.stack([spectra[:, part].mean(axis=1) for part in parts], axis=1)


def model_of(started: bool = True) -> FocusModel:
    torch.manual_seed(3)
    options: dict[str, int | float | str | bool] = {
        "img_size": 16, "patch_size": 4, "embed_dim": 52, "depth": 2, "num_heads": 2,
        "mlp_ratio": 1.0, "num_classes": 1, "global_pool": "avg", "final_norm": False,
        "weight_init": "jax", "pos_embed": "none", "dynamic_img_size": True,
    }  # fmt: skip
    model = build_model(Recipe("vit_tiny_patch16_224", 0, options), EDGES_NM, 0)
    if started:
        start_linear(model.backbone)
    return model.eval()


def trained(library: FloatArray, epochs: int, checkpoint: Checkpoint | None = None) -> FocusModel:
    model = model_of()
    plan = PretrainingPlan(epochs=2, drawn=TINY)
    steps = SpectraSteps(model, library, plan, steps=2)
    trainer = Trainer(model, [], TrainingPlan(), checkpoint=checkpoint, step=_stop_after(epochs, 2))
    trainer.train_stage(steps)
    return model


class _Stopped(Exception):
    pass


def _stop_after(epochs: int, steps: int) -> Step:
    calls: list[str] = []

    def step(fraction: float, text: str) -> None:
        calls.append(text)
        if len(calls) > epochs * steps:
            raise _Stopped

    return step


def test_a_data_set_is_that_of_its_seed(library: FloatArray) -> None:
    first, again, other = (
        draw_data_set(library, np.random.default_rng(seed), TINY) for seed in (1, 1, 2)
    )
    assert torch.equal(first.images, again.images)
    assert first.images.shape != other.images.shape or not torch.equal(first.images, other.images)


def test_data_sets_are_as_a_taught_model_meets_them(library: FloatArray) -> None:
    rng = np.random.default_rng(5)
    for _ in range(5):
        drawn = draw_data_set(library, rng, TINY)
        assert drawn.images.shape == (12, len(drawn.groups), 16, 16)
        assert len(drawn.groups) <= 12
        assert (drawn.groups.diff() > 0).all()
        assert 0.7 < float(drawn.images.std()) < 1.3
        assert float((drawn.images - drawn.clean).abs().max()) > 0
        assert drawn.material.unique().numel() > 1


def lesson(features: torch.Tensor, spectra: torch.Tensor, shares: torch.Tensor) -> Lesson:
    return Lesson(features, spectra, shares)


def test_spectra_are_read_of_themselves_and_not_of_noise(library: FloatArray) -> None:
    drawn = draw_data_set(library, np.random.default_rng(4), DrawPlan(48, most_groups=12))
    spectra = patch_means(drawn.clean, 4)
    shares = patch_materials(drawn.material, int(drawn.material.max()) + 1, 4)
    noise = torch.from_numpy(np.random.default_rng(0).standard_normal(spectra.shape)).float()
    assert unread_detail(lesson(spectra, spectra, shares)) < 0.01
    assert unread_detail(lesson(noise, spectra, shares)) > 0.9
    missed, right = unread_materials(lesson(shares, spectra, shares))
    lost, by_chance = unread_materials(lesson(noise, spectra, shares))
    assert missed < 0.05
    assert right > 0.99
    assert lost > 0.9
    assert by_chance < 0.8


def test_a_started_backbone_passes_every_group_on(library: FloatArray) -> None:
    started = measure_reading(model_of(), library, 4, 0)
    random = measure_reading(model_of(started=False), library, 4, 0)
    assert started["unread detail"] < 0.15
    assert random["unread detail"] > 2 * started["unread detail"]
    assert started["accuracy"] > random["accuracy"]


def test_training_is_that_of_its_seed_however_often_it_was_broken_off(
    library: FloatArray, tmp_path: Path
) -> None:
    whole = trained(library, 2).state_dict()
    checkpoint = Checkpoint(tmp_path / "run.pt", Order("command", "settings"))
    with pytest.raises(_Stopped):
        trained(library, 1, checkpoint)
    resumed = trained(library, 2, checkpoint).state_dict()
    for name, values in whole.items():
        torch.testing.assert_close(values, resumed[name], rtol=0, atol=0)


def test_only_the_blocks_are_trained(library: FloatArray) -> None:
    start, end = model_of().state_dict(), trained(library, 2).state_dict()
    changed = {name for name, values in start.items() if not torch.equal(values, end[name])}
    assert changed
    assert all(name.startswith("backbone.vit.blocks.") for name in changed)
