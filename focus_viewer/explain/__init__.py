"""FOCUS: a frozen ViT read by spectral prompts; decisions with their saliency in one pass.

The package is the function `focus_viewer.explain` too.
"""

from __future__ import annotations

from focus_viewer.callable_package import make_callable

make_callable(__name__)
