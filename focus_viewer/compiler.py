"""Compiler of torch, left out while libraries are imported that only mention it.

`import timm` brings `torch._dynamo`, two thirds of its time, for two decorations: torchvision asks
whether a device can be compiled for, and timm takes functions out of compilation. Both ask again
when they are called, and get the same answers.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_DYNAMO, _UTILS = "torch._dynamo", "torch._dynamo.utils"


@contextmanager
def compiler_left_out() -> Iterator[None]:
    """Leave the compiler out of the imports in the block, unless it is loaded already."""
    import torch

    if _DYNAMO in sys.modules or not hasattr(torch.compiler, "disable"):
        yield
        return
    stand_in, disable = _Utils(_UTILS), torch.compiler.disable
    sys.modules[_UTILS] = stand_in
    torch.compiler.disable = _disable_later  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.compiler.disable = disable
        _remove(stand_in)


class _Utils(ModuleType):
    """Stand-in of `torch._dynamo.utils`: loads it for any other name than those it defines."""

    @staticmethod
    def is_compile_supported(device_type: object) -> object:
        """Ask the module that is stood in for."""
        return import_module(_UTILS).is_compile_supported(device_type)

    def __getattr__(self, name: str) -> Any:
        """Return a name of the module that is stood in for."""
        if name.startswith("__"):  # the import system asks for these
            raise AttributeError(name)
        _remove(self)
        return getattr(import_module(_UTILS), name)


def _remove(stand_in: ModuleType) -> None:
    if sys.modules.get(_UTILS) is stand_in:
        del sys.modules[_UTILS]


def _disable_later(
    function: Callable[..., Any] | None = None, *options: Any, **more: Any
) -> Callable[..., Any]:
    """Take a function out of compilation once there can be one: when the compiler is loaded."""
    if function is None:
        return functools.partial(_disable_later, **more)

    @functools.cache
    def disabled() -> Callable[..., Any]:
        disable = import_module("torch.compiler").disable
        found: Callable[..., Any] = disable(function, *options, **more)
        return found

    @functools.wraps(function)
    def called(*words: Any, **named: Any) -> Any:
        return (disabled() if _DYNAMO in sys.modules else function)(*words, **named)

    return called
