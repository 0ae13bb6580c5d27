"""Devices that a model runs on, the fallback to the CPU, and peak memory."""

from __future__ import annotations

import ctypes
import sys

import torch

from focus_viewer.core.errors import ModelError

if sys.platform != "win32":
    import resource


def available_devices() -> tuple[str, ...]:
    """Return the names of this machine's devices, the fastest first."""
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return (*cuda, *mps, "cpu")


def find_device(name: str) -> torch.device:
    """Turn "auto" or a torch device name into an available device.

    Raises
    ------
    ModelError
        If this machine has no such device.
    """
    devices = available_devices()
    if name == "auto":
        return torch.device(devices[0])
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in devices:
        raise ModelError(
            f"device {name!r} is not available; this machine has {', '.join(devices)}. "
            "Choose one of these, or auto."
        )
    return torch.device(wanted)


def fall_back(
    device: torch.device, batch: int, error: torch.OutOfMemoryError
) -> tuple[torch.device, int, str]:
    """Return device, batch size and note for another try after memory ran out.

    Raises
    ------
    ModelError
        If one window does not fit in the memory of the CPU.
    """
    if batch > 1:
        return device, batch // 2, f"{device} ran out of memory: {batch // 2} window(s) in a pass"
    if device.type != "cpu":
        note = f"{device} ran out of memory with one window: on the CPU instead"
        return torch.device("cpu"), batch, note
    raise ModelError(
        "one window of the image does not fit in memory. Close other programs or choose a smaller "
        "model."
    ) from error


def describe(device: torch.device) -> str:
    """Return a display name: "cpu", "cuda:0 (NVIDIA H200)"."""
    if device.type != "cuda":
        return str(device)
    return f"{device} ({torch.cuda.get_device_name(device)})"


def reset_peak_memory(device: torch.device) -> None:
    """Reset the allocator's high-water mark; the CPU's cannot be reset."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_bytes(device: torch.device) -> int:
    """Return the high-water mark: of torch's allocator on CUDA, of the whole process elsewhere."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if sys.platform == "win32":
        return _peak_working_set()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


class _MemoryCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of the Windows API (psapi.h)."""

    _fields_ = (
        ("size", ctypes.c_ulong),
        ("page_faults", ctypes.c_ulong),
        ("peak_working_set", ctypes.c_size_t),
        ("others", ctypes.c_size_t * 7),
    )


def _peak_working_set() -> int:
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - absent outside Windows
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    counters = _MemoryCounters(size=ctypes.sizeof(_MemoryCounters))
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.size)
    return int(counters.peak_working_set)
