"""Preloading of heavy libraries in a worker thread, without blocking the window."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path


def preload() -> None:
    """Load torch, timm and the colour maps.

    Python holds its global lock while it loads an extension's shared libraries, and torch's take a
    quarter of a second: they are loaded before, by a call that lets the lock go.
    """
    if sys.platform == "linux":
        _load_torch_libraries()
    import matplotlib  # noqa: F401 - what the heatmap's colours come from
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
