"""What holds for every baseline: the same form, honest counts, a backbone left as it was."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from baseline_questions import any_images, ask

from focus_viewer.core.errors import FocusError
from focus_viewer.explain.baselines.grad_cam import GradCam
from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
from focus_viewer.explain.baselines.libraries import load_library
from focus_viewer.explain.baselines.method import Baseline, explain
from focus_viewer.explain.baselines.methods import untrained_baselines
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.baselines.prompt_cam import ClassPrompts, PromptCam
from focus_viewer.explain.inference.hooks import count_passes
from focus_viewer.explain.model.backbone import BandPureBackbone

PASSES = {
    "cls-attention": (1, 0),
    "rollout": (1, 0),
    "grad-cam": (1, 1),
    "prompt-cam": (1, 0),
    "integrated-gradients": (32, 32),
    "occlusion": (1 + 2 * 2 * 4, 0),  # blocks of 2 x 2 patches and 3 groups on 4 x 4 x 10
    "random": (0, 0),
}
BASELINES: list[Baseline] = [
    *untrained_baselines(),
    PromptCam(ClassPrompts(3, 16, torch.Generator().manual_seed(0)).requires_grad_(False)),
]
each_baseline = pytest.mark.parametrize("baseline", BASELINES, ids=lambda baseline: baseline.name)


def hooks(backbone: BandPureBackbone) -> int:
    return sum(
        len(m._forward_hooks)
        + len(m._forward_pre_hooks)
        + len(m._backward_hooks)
        + len(m._backward_pre_hooks)
        for m in backbone.modules()
    )


def test_every_baseline_has_a_name_of_its_own() -> None:
    assert {baseline.name for baseline in BASELINES} == set(PASSES)


@each_baseline
def test_the_form_of_the_answer(lively: BandPureBackbone, baseline: Baseline) -> None:
    question = ask(any_images(), target=1)
    found = explain(baseline, lively, question)
    volume = found.volume
    assert volume.values.shape == (4, 4, 10)
    assert volume.values.dtype == np.float32
    assert np.isfinite(volume.values).all()
    assert volume.values.std() > 0
    assert volume.signed == (volume.values.min() < 0)
    assert (volume.class_name, volume.image_shape) == ("planted", (16, 16))
    np.testing.assert_array_equal(volume.edges_nm, question.edges_nm)
    assert (found.off_patches is None) == (
        baseline.name not in {"cls-attention", "rollout", "prompt-cam"}
    )


@each_baseline
def test_passes_are_counted(lively: BandPureBackbone, baseline: Baseline) -> None:
    found = explain(baseline, lively, ask(any_images()))
    assert (found.forward_passes, found.backward_passes) == PASSES[baseline.name]


@each_baseline
def test_the_backbone_is_left_as_it_was(lively: BandPureBackbone, baseline: Baseline) -> None:
    before = {name: value.clone() for name, value in lively.state_dict().items()}
    images = any_images()
    explain(baseline, lively, ask(images))
    for name, value in lively.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(p.grad is None and not p.requires_grad for p in lively.parameters())
    assert hooks(lively) == 0
    assert torch.equal(images, any_images())
    assert not images.requires_grad


@pytest.mark.parametrize("baseline", [GradCam(), IntegratedGradients(), Occlusion()])
def test_hooks_go_after_an_error(lively: BandPureBackbone, baseline: Baseline) -> None:
    with pytest.raises((IndexError, AssertionError, RuntimeError)):
        explain(baseline, lively, ask(any_images(), target=99))
    assert hooks(lively) == 0
    assert all(p.grad is None for p in lively.parameters())


@pytest.mark.parametrize(
    "baseline", [r for r in BASELINES if r.name in {"integrated-gradients", "occlusion"}]
)
def test_batches_change_the_time_alone(lively: BandPureBackbone, baseline: Baseline) -> None:
    one = explain(replace(baseline, at_once=1), lively, ask(any_images()))  # type: ignore[type-var]
    many = explain(replace(baseline, at_once=5), lively, ask(any_images()))  # type: ignore[type-var]
    np.testing.assert_allclose(one.volume.values, many.volume.values, atol=1e-5)
    assert one.forward_passes == many.forward_passes
    assert one.backward_passes == many.backward_passes


@pytest.mark.parametrize("change", ["train", "thaw"])
def test_a_backbone_that_is_not_frozen_is_refused(lively: BandPureBackbone, change: str) -> None:
    if change == "train":
        lively.train()
    else:
        lively.requires_grad_(True)
    with pytest.raises(ValueError, match="frozen"):
        explain(GradCam(), lively, ask(any_images()))


def test_passes_of_a_reading_are_counted_too(lively: BandPureBackbone) -> None:
    with count_passes(lively, groups=10) as passes:
        lively(any_images(), torch.arange(10))
        lively.logits(any_images().repeat(4, 1, 1, 1), torch.arange(10))
    assert (passes.forward, passes.backward) == (5, 0)


def test_a_question_must_fit_together() -> None:
    question = ask(any_images())
    with pytest.raises(ValueError, match=r"expected \(1, 10, height, width\)"):
        replace(question, images=question.images.repeat(2, 1, 1, 1))
    with pytest.raises(ValueError, match=r"edges \(3, 2\)"):
        replace(question, edges_nm=question.edges_nm[:3])


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(FocusError, match=r"'no_such_library'.*focus-viewer\[benchmark\]"):
        load_library("no_such_library", "grad-cam")


def test_the_libraries_load_when_they_are_needed_alone() -> None:
    code = (
        "import sys, focus_viewer.explain.baselines.methods;"
        "sys.exit(bool({'captum', 'pytorch_grad_cam', 'cv2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
