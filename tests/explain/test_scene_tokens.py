"""Scenes of several windows: each window alone, patches in the scene's own order."""

from __future__ import annotations

import pytest
import torch

from focus_viewer.explain.focus_model import FocusModel
from focus_viewer.explain.scene_tokens import scene_tokens

GROUPS = torch.tensor([1, 4, 6])


def test_one_window_is_what_the_backbone_makes_of_it(small: FocusModel) -> None:
    images = torch.randn(2, 3, 16, 16)
    expected = small.backbone.tokens(images, GROUPS)
    torch.testing.assert_close(scene_tokens(small.backbone, images, GROUPS), expected)


def test_patches_of_windows_lie_where_they_lie_in_the_scene(small: FocusModel) -> None:
    images = torch.randn(2, 3, 32, 48)  # 2 x 3 windows of 16 px, each of 4 x 4 patches
    tokens = scene_tokens(small.backbone, images, GROUPS)
    window = small.backbone.tokens(images[:, :, 16:, 16:32], GROUPS)
    assert tokens.shape == (2, 3, 1 + 8 * 12, 16)
    grid = tokens[:, :, 1:].reshape(2, 3, 8, 12, 16)
    inside = grid[:, :, 4:, 4:8].flatten(2, 3)
    torch.testing.assert_close(inside, window[:, :, 1:], rtol=1e-4, atol=1e-5)


def test_scenes_of_broken_windows_are_refused(small: FocusModel) -> None:
    with pytest.raises(ValueError, match="16 x 24 px: expected whole windows of 16 px"):
        scene_tokens(small.backbone, torch.randn(1, 3, 16, 24), GROUPS)
