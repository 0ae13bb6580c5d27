"""Masks, layers and spectral libraries that a project keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from focus_viewer.core.documents.project import Project, ProjectCube, ProjectLibrary, ProjectView
from focus_viewer.core.masks.rules import (
    NO_MASK,
    Inverse,
    MaskRecipe,
    MaskStep,
    Unsaturated,
    WithData,
    WithinLimits,
    WithinOutline,
)
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.layers import MASK_LAYER, Layer
from focus_viewer.core.regions.shapes import MaskShape
from focus_viewer.io.project.reading import ProjectError, parsed_project
from focus_viewer.io.project.serialising import project_bytes

HERE = Path("/data")
CUBE = ProjectCube(HERE / "leaf.hdr", "", (3, 4, 5))
NDVI = CompositeRecipe("formula", formula="(r800 - r670) / (r800 + r670)")
RULES = (
    WithinLimits(NDVI, low=0.4),
    WithinOutline(MaskShape(0, 1, (2, 2), b"\xa0"), "Leaf 1", (3, 4)),
    WithData(),
    Unsaturated(4095.0),
    Unsaturated(),
    Inverse(),
)


def there_and_back(project: Project) -> tuple[bytes, Project]:
    content = project_bytes(project, HERE, {})
    return content, parsed_project(content, HERE / "p.focus.json").project


def test_every_rule_of_a_mask_comes_back_and_no_mask_is_not_written() -> None:
    mask = MaskRecipe(tuple(MaskStep(rule, "and not") for rule in RULES), used=False)
    for kept in (mask, NO_MASK):
        content, found = there_and_back(Project((replace(CUBE, mask=kept),)))
        assert found.cubes[0].mask == kept
        assert (b'"mask"' in content) == (kept != NO_MASK)


def test_limits_that_do_not_ascend_are_refused_with_their_place() -> None:
    mask = MaskRecipe((MaskStep(WithinLimits(NDVI, 0.25, 0.75)),))
    content = project_bytes(Project((replace(CUBE, mask=mask),)), HERE, {})
    with pytest.raises(ProjectError, match=r"cubes\[0\].mask.steps\[0\].*ascend"):
        parsed_project(content.replace(b"0.75", b"0.05"), HERE / "p.focus.json")


def test_layers_come_back_in_their_order() -> None:
    layers = (Layer(NDVI, visible=False, opacity=0.25), replace(MASK_LAYER, colour="#00ff00"))
    content, found = there_and_back(Project((CUBE,), view=ProjectView(layers=layers)))
    assert found.view.layers == layers
    with pytest.raises(ProjectError, match="opacity from 0 to 1"):
        parsed_project(content.replace(b"0.25", b"2.5"), HERE / "p.focus.json")
    assert b'"layers"' not in there_and_back(Project((CUBE,)))[0]


def test_libraries_come_back_beside_the_project_and_are_not_written_without_any() -> None:
    library = ProjectLibrary(HERE / "specs" / "leaf.sli", "ab" * 32, (0, 2))
    content, found = there_and_back(Project((CUBE,), libraries=(library,)))
    assert found.libraries == (library,)
    assert b"specs/leaf.sli" in content and b"/data/specs" not in content
    assert b'"libraries"' not in there_and_back(Project((CUBE,)))[0]
