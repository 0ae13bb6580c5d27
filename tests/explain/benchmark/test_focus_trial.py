"""What only FOCUS has is tried: prompts are exchanged, the sink is taken out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import CLASSES, EDGES_NM, make_small

from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.explain.benchmark.focus_trial import FocusTrial
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.benchmark.methods import Focus
from focus_viewer.explain.metrics.coalitions import cosine
from focus_viewer.explain.metrics.localisation import volume_ap
from focus_viewer.explain.metrics.truth import Truth

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)


@pytest.fixture
def trial() -> FocusTrial:
    setup = BenchmarkSetup(make_small(), EDGES, CLASSES)
    rng = np.random.default_rng(0)
    data = rng.uniform(0.2, 0.6, (16, 16, 10)).astype(np.float32)
    lesion = np.zeros((4, 4), dtype=np.bool_)
    lesion[1, 2] = True
    truth = Truth(lesion, np.eye(10)[3])
    window = setup.window(BenchmarkScene(data, np.arange(10), 1, truth))
    return FocusTrial(Focus(setup.model, "evidence"), window, 1, truth, 0)


def test_the_parts_sum_to_the_frozen_logit(trial: FocusTrial) -> None:
    found = trial.accounts()
    assert found["sum_error"] < 1e-4
    parts = trial.method.read(trial.window)
    left = parts.unattributed[0, 1].sum() / (parts.logits[0, 1] - parts.baseline[0, 1])
    assert found["sink_remainder"] == pytest.approx(abs(float(left)), rel=1e-4)


def test_swapped_prompts_are_those_of_another_class(trial: FocusTrial) -> None:
    whole = trial.method.answers(trial.window, [1])[0].volume
    found = trial.without_prompts(whole)
    own = importance_curve(whole)
    against = trial.prompts_against(own)
    assert against["swap_curve"] < 0.99
    assert against["shuffle_curve"] < 0.99
    assert set(found) == {"swap_ap_drop", "shuffle_ap_drop"}
    assert volume_ap(whole, trial.truth) - found["swap_ap_drop"] >= 0


def test_without_prompts_of_its_own_nothing_is_lost(trial: FocusTrial) -> None:
    with torch.no_grad():
        for values in trial.method.model.prompts.parameters():
            if values.ndim and len(values) == 3:
                values.copy_(values[:1].expand_as(values))
    whole = trial.method.answers(trial.window, [1])[0].volume
    assert trial.prompts_against(importance_curve(whole))["swap_curve"] == pytest.approx(1.0)
    assert trial.without_prompts(whole)["swap_ap_drop"] == pytest.approx(0.0)


def test_a_sink_that_takes_nothing_is_not_missed(trial: FocusTrial) -> None:
    own = np.random.default_rng(1).normal(size=10)
    with torch.no_grad():
        trial.method.model.prompts.sink_bias.fill_(-1e4)
    found = trial.without_sink(own)
    assert found["sink_out_drop"] == pytest.approx(0.0, abs=1e-2)
    assert found["sink_on_noise"] == pytest.approx(0.0, abs=1e-2)


def test_the_sink_out_is_measured_in_noise(trial: FocusTrial) -> None:
    own = np.random.default_rng(1).normal(size=10)
    found = trial.without_sink(own)
    assert 0 < found["sink_on_noise"] < 1
    assert 0 < found["sink_on_clean"] < 1
    clean = cosine(importance_curve(trial.method.answers(trial.window, [1])[0].volume), own)
    assert found["noisy_curve"] != pytest.approx(clean)
