"""Pictures that a project keeps: stretch, expressions and components."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from focus_viewer.core.documents.project import Project, ProjectCube, ProjectView
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.stretch import USUAL_STRETCH, Stretch
from focus_viewer.io.project.reading import ProjectError, parsed_project
from focus_viewer.io.project.serialising import project_bytes

HERE = Path("/data")
CUBE = ProjectCube(HERE / "leaf.hdr", "", (3, 4, 5))


@pytest.mark.parametrize(
    "recipe",
    [
        CompositeRecipe("formula", formula="(r800 - r670) / (r800 + r670)"),
        CompositeRecipe("pca"),
        CompositeRecipe("mnf", components=(2,)),
    ],
)
def test_a_recipe_comes_back(recipe: CompositeRecipe) -> None:
    content = project_bytes(Project((CUBE,), view=ProjectView(recipe=recipe)), HERE, {})
    found = parsed_project(content, HERE / "p.focus.json").project
    assert found.view.recipe == recipe


def test_a_stretch_comes_back_and_the_usual_one_is_not_written() -> None:
    by_hand = Stretch(5, ((0.1, 0.2),), ("band",), True, 1.5)
    for stretch in (by_hand, USUAL_STRETCH):
        content = project_bytes(Project((replace(CUBE, stretch=stretch),)), HERE, {})
        (found,) = parsed_project(content, HERE / "p.focus.json").project.cubes
        assert found.stretch == stretch
        assert (b'"stretch"' in content) == (stretch != USUAL_STRETCH)


def test_a_stretch_out_of_range_is_refused_with_its_place() -> None:
    content = project_bytes(Project((replace(CUBE, stretch=Stretch(gamma=2.5)),)), HERE, {})
    with pytest.raises(ProjectError, match=r"cubes\[0\].stretch.*gamma from 0.2 to 5"):
        parsed_project(content.replace(b"2.5", b"99.5"), HERE / "p.focus.json")
