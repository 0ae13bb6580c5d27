"""Cost of an explanation, as a ratio to a plain forward pass measured in the same run."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch import nn

from focus_viewer.explain.inference.hooks import count_passes
from focus_viewer.explain.metrics.memory import peak_memory_bytes
from focus_viewer.explain.model.backbone import BandPureBackbone

Work = Callable[[], object]


def cost(
    backbone: BandPureBackbone, groups: int, explain: Work, plain: Work, seconds: float = 2.0
) -> dict[str, float]:
    """Measure passes, time and memory of an explanation.

    Parameters
    ----------
    backbone : BandPureBackbone
        On the device that the work runs on.
    groups : int
        Spectral groups of an image.
    explain : callable
        The explanation; what it returns counts among its memory.
    plain : callable
        The backbone's own decision on the same images.
    seconds : float
        For which the two take turns at being timed.

    Returns
    -------
    dict of str to float
        `forward_passes` and `backward_passes`, of one image each, in whatever batches they are
        taken; `time_ratio`, `memory_ratio`.
    """
    device = next(backbone.parameters()).device
    with count_passes(backbone, groups) as passes:
        explain()
    return {
        "forward_passes": float(passes.forward),
        "backward_passes": float(passes.backward),
        "time_ratio": time_ratio(explain, plain, device, seconds=seconds),
        "memory_ratio": peak_memory_bytes(explain, device) / peak_memory_bytes(plain, device),
    }


def time_ratio(
    explain: Work, plain: Work, device: torch.device, rounds: int = 5, seconds: float = 2.0
) -> float:
    """Return the ratio of the median times of two kinds of work, each run once to warm up.

    They take turns, and turns at going first, so that a machine that slows down slows down both.

    Parameters
    ----------
    rounds : int
        At least so many.
    seconds : float
        Rounds go on for so long: a median of a few passes of milliseconds is mostly noise.
    """
    explain()
    plain()
    first: list[float] = []
    second: list[float] = []
    while len(first) < rounds or sum(first) + sum(second) < seconds:
        turns = [(explain, first), (plain, second)]
        for work, taken in turns if len(first) % 2 else reversed(turns):
            taken.append(_seconds(work, device))
    return median(first) / median(second)


def long_time_ratio(explain: Work, plain: Work, device: torch.device, runs: int = 5) -> float:
    """Return `time_ratio` for work of hundreds of passes, which needs no warm-up and no repeats.

    Parameters
    ----------
    explain : callable
        Run once.
    plain : callable
        Run so often before and so often after, the first run not counted.
    """
    plain()
    second = [_seconds(plain, device) for _ in range(runs)]
    first = _seconds(explain, device)
    second += [_seconds(plain, device) for _ in range(runs)]
    return first / median(second)


def extra_parameters_percent(extra: nn.Module | None, backbone: nn.Module) -> float:
    """Return the parameters that a method adds, as a percentage of the backbone's own."""
    added = sum(weight.numel() for weight in extra.parameters()) if extra is not None else 0
    return 100 * added / sum(weight.numel() for weight in backbone.parameters())


def _seconds(work: Work, device: torch.device) -> float:
    _finish(device)
    start = perf_counter()
    work()
    _finish(device)
    return perf_counter() - start


def _finish(device: torch.device) -> None:
    """Wait for a GPU, which runs asynchronously."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
