"""Grad-CAM against values worked out on paper and against its definition."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from baseline_questions import any_images, ask, make_see_through

from focus_viewer.explain.baselines.grad_cam import GradCam
from focus_viewer.explain.model.backbone import BandPureBackbone


def test_a_linear_decision_on_paper() -> None:
    backbone = make_see_through(depth=1, tap=0, class_token=False)
    backbone.vit.head.weight[0] = torch.tensor([2.0, 1, 0, 0])
    backbone.vit.head.weight[1] = torch.tensor([-1.0, 0, 0, 0])
    images = torch.zeros(1, 3, 4, 4)
    images[0, 1, :2, :2] = 1.0
    images[0, 2, 2:, :2] = 0.5
    # Gradients are the head's weights over 12 tokens: 2 x brightness + 1, scaled to 0 ... 1.
    expected = torch.zeros(4, 3)
    expected[0, 1], expected[2, 2] = 1.0, 0.5
    found = GradCam().attribute(backbone, ask(images)).values
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-6)
    # Class 1 wants dark patches: nothing is left of it above zero.
    assert GradCam().attribute(backbone, ask(images, target=1)).values.abs().max() == 0


@pytest.mark.parametrize("target", [0, 2])
def test_it_is_its_own_definition(lively: BandPureBackbone, target: int) -> None:
    question = ask(any_images(), target)
    tokens = lively.tokens(question.images, question.groups).requires_grad_()
    logit = lively.decide(tokens)[0, target]
    gradient = torch.autograd.grad(logit, tokens)[0][0, :, 1:]  # (groups, patches, dim)
    cam = (tokens.detach()[0, :, 1:] @ gradient.mean((0, 1))).relu().T
    expected = (cam - cam.min()) / (cam - cam.min()).max()
    found = GradCam().attribute(lively, question).values
    assert expected.std() > 0.01
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_the_graph_goes_with_the_answer(lively: BandPureBackbone) -> None:
    seen: list[weakref.ref[torch.Tensor]] = []
    handle = lively.feature_block.register_forward_hook(
        lambda module, inputs, output: seen.append(weakref.ref(output))
    )
    GradCam().attribute(lively, ask(any_images()))  # once beforehand: the library loads
    gc.collect()
    automatic = gc.isenabled()
    gc.disable()
    try:
        GradCam().attribute(lively, ask(any_images()))
        assert seen[-1]() is None
    finally:
        if automatic:
            gc.enable()
        handle.remove()


def test_gradients_may_be_switched_off_around_it(lively: BandPureBackbone) -> None:
    with torch.no_grad():
        inside = GradCam().attribute(lively, ask(any_images())).values
    torch.testing.assert_close(inside, GradCam().attribute(lively, ask(any_images())).values)
