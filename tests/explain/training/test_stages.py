"""Which of a batch's groups a step of the prompts sees."""

from __future__ import annotations

import numpy as np
from explain_models import make_small
from focus_viewer.explain.training.feature_cache import FeatureCache, read_features
from planted import make_batch

from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.stages import PromptSteps


def test_every_other_step_sees_all_groups() -> None:
    model, rng = make_small(), np.random.default_rng(0)
    stage = Stage("prompts", 1, rate=1e-3, least_groups=3, most_groups=4)
    steps = PromptSteps(model, FeatureCache(model, [], 0), stage, LossWeights())
    read = read_features(model, make_batch(0), rng)
    drawn = [steps._draw(read, rng).tolist() for _ in range(200)]
    whole = list(range(len(read.groups)))
    assert 70 < drawn.count(whole) < 130
    assert {len(kept) for kept in drawn if kept != whole} == {3, 4}
