"""Optimisation of a stage: optimiser, learning-rate schedule and random state."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.explain.training.config import Stage

_WEIGHT_DECAY = 0.02
_WARM_UP = 0.1
_GRADIENT_LIMIT = 1.0


class Optimisation:
    """Optimiser, schedule and random state of a stage.

    Parameters
    ----------
    steps : int
        In an epoch.

    Attributes
    ----------
    rng : numpy.random.Generator
        Decides the order of batches and their augmentation.
    """

    def __init__(self, stage: Stage, trained: nn.Module, steps: int, seed: int) -> None:
        self._parameters = list(trained.parameters())
        self._optimizer = torch.optim.AdamW(
            self._parameters, lr=stage.rate, weight_decay=_WEIGHT_DECAY
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer,
            max_lr=stage.rate,
            total_steps=_total(stage.epochs * steps),
            pct_start=_WARM_UP,
        )
        self.rng = np.random.default_rng([seed, len(stage.name)])

    def step(self, loss: Tensor) -> None:
        """Run one optimiser step."""
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self._parameters, _GRADIENT_LIMIT)
        self._optimizer.step()
        self._schedule.step()

    def state(self) -> dict[str, Any]:
        """Return the state of optimiser, schedule and random numbers."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "numpy": self.rng.bit_generator.state,
            "torch": _torch_state(self._parameters[0].device),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Restore a state."""
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.rng.bit_generator.state = state["numpy"]
        _set_torch_state(self._parameters[0].device, state["torch"])


def _total(steps: int) -> int:
    """Return a number of steps that the schedule can have: it divides by warm-up less one."""
    return max(steps, 2) + (steps * _WARM_UP == 1)


def _torch_state(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type != "cpu":
        states[device.type] = getattr(torch, device.type).get_rng_state()
    return states


def _set_torch_state(device: torch.device, states: dict[str, Tensor]) -> None:
    torch.set_rng_state(states["cpu"])
    if device.type != "cpu":
        getattr(torch, device.type).set_rng_state(states[device.type])
