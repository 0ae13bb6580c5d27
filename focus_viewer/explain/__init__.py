"""FOCUS: a frozen ViT read by spectral prompts; decisions with their saliency in one pass.

The package is callable: importing any of its modules binds it to the name of the public function
`focus_viewer.explain`, which must go on working.
"""

from __future__ import annotations

import sys
from inspect import Signature, signature
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    """Module type whose call is the public function; the package does not import its front."""

    def __call__(self, *args: Any, **options: Any) -> object:
        """Explain a cube: see `focus_viewer.api.explain`."""
        return sys.modules["focus_viewer.api"].explain(*args, **options)

    @property
    def __signature__(self) -> Signature:
        """Signature of the public function, for `help` and completion."""
        return signature(sys.modules["focus_viewer.api"].explain)


sys.modules[__name__].__class__ = _CallablePackage
