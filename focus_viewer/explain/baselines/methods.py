"""Baselines that need no training."""

from __future__ import annotations

from focus_viewer.explain.baselines.chance import Chance
from focus_viewer.explain.baselines.cls_attention import ClsAttention
from focus_viewer.explain.baselines.grad_cam import GradCam
from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
from focus_viewer.explain.baselines.method import Baseline
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.baselines.rollout import Rollout


def untrained_baselines(seed: int = 0, block_cells: int = 2) -> tuple[Baseline, ...]:
    """Return the baselines that need no training; see `prompt_training` for Prompt-CAM.

    Parameters
    ----------
    seed : int
        Of chance.
    block_cells : int
        Side of occlusion's block in patches.
    """
    return (
        ClsAttention(),
        Rollout(),
        GradCam(),
        IntegratedGradients(),
        Occlusion(cells=block_cells),
        Chance(seed),
    )
