"""Peak memory of work beyond the memory in use before it began."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch.profiler import ProfilerActivity, profile

_CPU = 0
"""The CPU among torch's device types."""


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
