"""Random saliency is random, and the same again."""

from __future__ import annotations

import torch
from baseline_questions import any_images, ask

from focus_viewer.explain.baselines.methods import Chance
from focus_viewer.explain.model.backbone import BandPureBackbone


def test_it_depends_on_seed_window_and_class_alone(lively: BandPureBackbone) -> None:
    def draw(seed: int = 0, window: int = 0, target: int = 0) -> torch.Tensor:
        return Chance(seed).attribute(lively, ask(any_images(window), target)).values

    first = draw()
    assert torch.equal(first, draw())
    for other in (draw(seed=1), draw(window=1), draw(target=1)):
        assert not torch.equal(first, other)


def test_it_favours_nothing(lively: BandPureBackbone) -> None:
    drawn = [Chance().attribute(lively, ask(any_images(seed))).values for seed in range(200)]
    mean = torch.stack(drawn).mean(dim=0)
    assert (mean - 0.5).abs().max() < 0.12  # six standard errors
    assert torch.stack(drawn).min() >= 0
