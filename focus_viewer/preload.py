"""Preloading of heavy libraries in a thread of their own, without blocking the window."""

from __future__ import annotations

import ctypes
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from focus_viewer.compiler import compiler_left_out
from focus_viewer.core.progress import Step, silent

_TICK_S = 0.1


def preload(step: Step = silent) -> None:
    """Load torch, timm and the colour maps, and wait for it.

    An import cannot be stopped and reports nothing: whoever waits does, so that a task that is
    cancelled ends at once, and is not taken for one whose drive does not answer.
    """
    loading = _loading()
    while not loading.done():
        step(0.0, "loading PyTorch")
        wait([loading], _TICK_S)
    loading.result()


def is_loading() -> bool:
    """Return whether libraries are being loaded now."""
    return bool(_loading.cache_info().currsize) and not _loading().done()


@cache
def _loading() -> Future[None]:
    """Begin to load the libraries, once."""
    threads = ThreadPoolExecutor(1, "libraries")
    loading = threads.submit(_load)
    threads.shutdown(wait=False)
    return loading


def _load() -> None:
    """Load the libraries.

    Python holds its global lock while it loads an extension's shared libraries, and torch's take a
    quarter of a second: they are loaded before, by a call that lets the lock go.
    """
    if sys.platform == "linux":
        _load_torch_libraries()
    import matplotlib  # noqa: F401 - what the heatmap's colours come from

    with compiler_left_out():
        import timm  # noqa: F401


def _load_torch_libraries() -> None:
    """Load what `import torch` would; errors occur there again and are reported there."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return
    # `ctypes.CDLL` would hold the lock too; a foreign function is called without it.
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    folder = Path(spec.origin).parent / "lib"
    for name, scope in (("libtorch_global_deps.so", os.RTLD_GLOBAL), ("libtorch.so", 0)):
        dlopen(os.fsencode(folder / name), scope | os.RTLD_NOW)
