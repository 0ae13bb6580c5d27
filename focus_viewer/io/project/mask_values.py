"""Mask of a cube as values of a project file, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from focus_viewer.core.masks.rules import (
    Inverse,
    MaskRecipe,
    MaskStep,
    Rule,
    Unsaturated,
    WithData,
    WithinLimits,
    WithinOutline,
)
from focus_viewer.io.annotations.regions import described

if TYPE_CHECKING:
    from focus_viewer.io.project.schema import MaskEntry, RuleEntry


def mask_values(recipe: MaskRecipe) -> dict[str, object]:
    """Return the rules of a mask as JSON takes them."""
    steps = [{"how": each.how, **_values(each.rule)} for each in recipe.steps]
    return {"used": recipe.used, "steps": steps}


def mask_recipe(entry: MaskEntry) -> MaskRecipe:
    """Return the rules of an entry of a project file."""
    return MaskRecipe(tuple(MaskStep(_rule(each), each.how) for each in entry.steps), entry.used)


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


def _rule(entry: RuleEntry) -> Rule:
    match entry.kind:
        case "limits":
            return WithinLimits(entry.recipe, entry.low, entry.high)
        case "outline":
            return WithinOutline(entry.outline, entry.name, entry.image_shape)
        case "unsaturated":
            return Unsaturated(entry.level)
        case "data":
            return WithData()
        case "inverse":
            return Inverse()
