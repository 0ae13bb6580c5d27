"""Cost of an explanation in passes, time and memory, as ratios to a plain forward pass."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from focus_viewer.explain.inference.hooks import count_passes
from focus_viewer.explain.model.backbone import BandPureBackbone

Work = Callable[[], object]

_CPU = 0
"""The CPU among torch's device types."""


def cost(
    backbone: BandPureBackbone, groups: int, explain: Work, plain: Work, seconds: float = 2.0
) -> dict[str, float]:
    """Measure passes (of one image, in whatever batches), time and memory of an explanation.

    Parameters
    ----------
    backbone : BandPureBackbone
        On the device that the work runs on.
    explain : callable
        The explanation; what it returns counts among its memory.
    plain : callable
        The backbone's own decision on the same images.
    seconds : float
        For which the two take turns at being timed.
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


def peak_memory_bytes(work: Callable[[], object], device: torch.device) -> int:
    """Return the peak memory that torch allocates for work, existing weights and inputs excluded.

    On CUDA the allocator's own peak. On the CPU every allocation and release that torch's profiler
    saw, temporary ones inside of operations included, added up in order of time. Arrays that numpy
    allocates are not seen; those that share a tensor's memory are.

    Parameters
    ----------
    work : callable
        Run once.
    device : torch.device
        Where it runs.

    Raises
    ------
    ValueError
        On other devices, for which torch reports no peak.
    """
    gc.collect()  # old garbage that goes during the work would count in its favour
    if device.type == "cuda":
        return _peak_on_cuda(work, device)
    if device.type != "cpu":
        raise ValueError(f"peak memory on {device} cannot be measured: run on cpu or cuda")
    return _peak_of_trace(work)


def _peak_on_cuda(work: Callable[[], object], device: torch.device) -> int:
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    work()
    torch.cuda.synchronize(device)
    return int(torch.cuda.max_memory_allocated(device)) - before


def _peak_of_trace(work: Callable[[], object]) -> int:
    # The profiler else complains on stderr of every GPU that it does not find.
    os.environ.setdefault("KINETO_LOG_LEVEL", "6")
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        work()
    with TemporaryDirectory() as folder:
        path = Path(folder, "trace.json")
        profiler.export_chrome_trace(str(path))
        events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    changes = [event for event in events if event.get("name") == "[memory]"]
    changes.sort(key=lambda event: float(event["ts"]))
    sizes = (int(e["args"]["Bytes"]) for e in changes if e["args"]["Device Type"] == _CPU)
    return max(accumulate(sizes, initial=0))
