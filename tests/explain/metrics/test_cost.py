"""Costs of work of which the cost is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from explain_models import make_small
from torch import nn

from focus_viewer.explain.metrics import cost as module
from focus_viewer.explain.metrics.cost import (
    cost,
    extra_parameters_percent,
    peak_memory_bytes,
    time_ratio,
)
from focus_viewer.explain.model.focus_model import FocusModel

CPU = torch.device("cpu")
KILO = 1000


def _hold(*kilobytes: int) -> list[torch.Tensor]:
    return [torch.empty(size * KILO, dtype=torch.uint8) for size in kilobytes]


def test_peak_is_the_most_that_is_held_at_once() -> None:
    def work() -> None:
        first = _hold(300, 200)
        del first
        _hold(400)

    assert peak_memory_bytes(work, CPU) == 500 * KILO


def test_what_is_held_beforehand_or_returned() -> None:
    held = _hold(900)
    assert peak_memory_bytes(lambda: _hold(70), CPU) == 70 * KILO
    assert peak_memory_bytes(held.clear, CPU) == 0


def test_memory_inside_of_operations_counts() -> None:
    values = torch.ones(100, 100)
    # The product in the middle is 100 x 100 floats; only its sum is left.
    peak = peak_memory_bytes(lambda: (values @ values).sum(), CPU)
    assert 4 * 10_000 <= peak < 4 * 10_000 * 3


def test_a_device_that_tells_no_peak_is_refused() -> None:
    with pytest.raises(ValueError, match="meta"):
        peak_memory_bytes(lambda: None, torch.device("meta"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_peak_on_cuda() -> None:
    device = torch.device("cuda")
    held = torch.empty(1 << 24, dtype=torch.uint8, device=device)
    peak = peak_memory_bytes(
        lambda: [torch.empty(1 << 22, dtype=torch.uint8, device=device) for _ in range(3)], device
    )
    assert peak == 3 << 22
    assert held.numel() == 1 << 24


class Clock:
    """A clock that work moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def work(self, *seconds: float) -> Callable[[], None]:
        """Work that takes so long, time after time."""
        left = iter(seconds)

        def run() -> None:
            self.now += next(left)

        return run


def test_time_ratio_is_of_medians_after_a_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "perf_counter", lambda: clock.now)
    explain = clock.work(99, 3, 90, 3)
    plain = clock.work(99, 2, 2, 50)
    assert time_ratio(explain, plain, CPU, rounds=3, seconds=0) == pytest.approx(1.5)


def test_short_work_is_timed_for_as_long_as_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "perf_counter", lambda: clock.now)
    work = clock.work(*[0.25] * 100)
    assert time_ratio(work, work, CPU, rounds=1, seconds=8) == pytest.approx(1)
    assert clock.now == pytest.approx(8 + 2 * 0.25)


@pytest.fixture
def asked() -> tuple[FocusModel, torch.Tensor, torch.Tensor]:
    return make_small(), torch.randn(1, 4, 16, 16), torch.arange(4)


def test_cost_counts_passes(asked: tuple[FocusModel, torch.Tensor, torch.Tensor]) -> None:
    model, images, groups = asked

    def explain() -> None:
        model.backbone(images.repeat(2, 1, 1, 1), groups)
        looked_at = images.clone().requires_grad_()
        model.backbone.logits(looked_at, groups)[0, 1].backward()

    def plain() -> None:
        with torch.inference_mode():
            model.backbone.logits(images, groups)

    found = cost(model.backbone, 4, explain, plain, seconds=0)
    assert (found["forward_passes"], found["backward_passes"]) == (3, 1)
    assert found["memory_ratio"] > 1.5  # gradients keep every layer's activations
    assert found["time_ratio"] > 1


def test_plain_work_costs_what_it_costs(
    asked: tuple[FocusModel, torch.Tensor, torch.Tensor],
) -> None:
    model, images, groups = asked

    @torch.inference_mode()
    def plain() -> torch.Tensor:
        return model.backbone.logits(images, groups)

    found = cost(model.backbone, 4, plain, plain, seconds=0)
    assert found["memory_ratio"] == pytest.approx(1, abs=0.01)
    assert (found["forward_passes"], found["backward_passes"]) == (1, 0)


def test_extra_parameters() -> None:
    backbone = nn.Linear(9, 10)  # 100 parameters
    assert extra_parameters_percent(nn.Linear(2, 1), backbone) == pytest.approx(3)
    assert extra_parameters_percent(None, backbone) == 0
