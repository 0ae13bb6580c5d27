"""FOCUS Viewer: why a frozen Vision Transformer decides what it decides on a hyperspectral cube.

>>> import focus_viewer as fv
>>> result = fv.explain(fv.open_cube("leaf.hdr"))
>>> curve = result.importance_curve("bacterial spot")
>>> heat = result.heatmap("bacterial spot", 760, width_nm=50)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from focus_viewer.api import batch, explain, load_model, open_cube, open_project
from focus_viewer.api_models import attach, fit
from focus_viewer.version import __version__

if TYPE_CHECKING:
    from focus_viewer.batch.run import BatchRun
    from focus_viewer.core.cubes.cube import Cube
    from focus_viewer.core.errors import FocusError
    from focus_viewer.core.saliency.model_card import ModelCard
    from focus_viewer.result import Result

__all__ = [
    "BatchRun",
    "Cube",
    "FocusError",
    "ModelCard",
    "Result",
    "__version__",
    "attach",
    "batch",
    "explain",
    "fit",
    "load_model",
    "open_cube",
    "open_project",
]

_TYPES = {
    "BatchRun": "focus_viewer.batch.run",
    "Cube": "focus_viewer.core.cubes.cube",
    "FocusError": "focus_viewer.core.errors",
    "ModelCard": "focus_viewer.core.saliency.model_card",
    "Result": "focus_viewer.result",
}


def __getattr__(name: str) -> object:
    """Import a type when it is first used: importing the package loads not even numpy."""
    if name in _TYPES:
        return getattr(import_module(_TYPES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
