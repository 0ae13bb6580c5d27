"""Mask of a cube as values of a project file."""

from __future__ import annotations

from dataclasses import asdict

from focus_viewer.core.masks.rules import (
    Inverse,
    MaskRecipe,
    Rule,
    Unsaturated,
    WithData,
    WithinLimits,
    WithinOutline,
)
from focus_viewer.io.annotations.regions import described


def mask_values(recipe: MaskRecipe) -> dict[str, object]:
    """Return the rules of a mask as JSON takes them."""
    steps = [{"how": each.how, **_values(each.rule)} for each in recipe.steps]
    return {"used": recipe.used, "steps": steps}


def _values(rule: Rule) -> dict[str, object]:
    match rule:
        case WithinLimits():
            return {"kind": "limits", **asdict(rule)}
        case WithinOutline(outline, name, shape):
            plain = {"kind": "outline", "name": name, "image_shape": [int(side) for side in shape]}
            return {**plain, "outline": described(outline)}
        case Unsaturated(level):
            return {"kind": "unsaturated", "level": level}
        case WithData():
            return {"kind": "data"}
        case Inverse():
            return {"kind": "inverse"}
