"""What was done to a cube, through a project file and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.preprocessing.settings import (
    FlatField,
    Preprocessing,
    Smoothing,
    WhiteAndDark,
)
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.project.parsing import parse_document
from focus_viewer.io.project.serialising import project_bytes


def kept(folder: Path, preprocessing: Preprocessing) -> bytes:
    cube = ProjectCube(folder / "cubes" / "plant.raw", "", (4, 5, 6), preprocessing=preprocessing)
    return project_bytes(Project((cube,)), folder, {})


@pytest.mark.parametrize("which", ["nothing", "references", "flat field", "the rest"])
def test_a_treatment_comes_back(tmp_path: Path, which: str) -> None:
    files = [tmp_path / "cubes" / name for name in ("w.raw", "d.raw", "wd.raw", "panel.csv")]
    preprocessing = {
        "nothing": Preprocessing(),
        "references": Preprocessing(
            references=WhiteAndDark(files[0], files[1], files[2], 0.25, files[3], "median")
        ),
        "flat field": Preprocessing(flat_field=FlatField((1.5, 0.0, 2.5), "the mean of panel")),
        "the rest": Preprocessing(
            "FX10", ((400.0, 410.5), (1.0, 2.0)), None, None, Smoothing(9, 3), 4
        ),
    }[which]
    content = kept(tmp_path, preprocessing)
    assert parse_document(content, tmp_path).project.cubes[0].preprocessing == preprocessing
    assert content == kept(tmp_path, preprocessing)


def test_references_move_with_the_project(tmp_path: Path) -> None:
    preprocessing = Preprocessing(references=WhiteAndDark(tmp_path / "cubes" / "w.raw"))
    content = kept(tmp_path, preprocessing)
    assert json.loads(content)["cubes"][0]["treatment"]["references"]["white"] == "cubes/w.raw"
    moved = (
        parse_document(content, tmp_path / "elsewhere").project.cubes[0].preprocessing.references
    )
    assert moved is not None
    assert moved.white == tmp_path / "elsewhere" / "cubes" / "w.raw"


def test_a_project_of_before_has_no_treatment(tmp_path: Path) -> None:
    told = json.loads(kept(tmp_path, Preprocessing()))
    del told["cubes"][0]["treatment"]
    found = parse_document(json.dumps(told).encode(), tmp_path)
    assert found.project.cubes[0].preprocessing == Preprocessing()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"bin_bands": 0}, "bin_bands"),
        ({"smoothing": {"window_bands": 4, "order": 2}}, "odd window"),
        ({"references": {"white": ""}}, "white"),
        ({"references": {"white": "w", "panel": -1.0}}, "panel"),
        ({"unheard": 1}, "no such entry"),
        (
            {"references": {"white": "w"}, "flat_field": {"spectrum": [1.0], "told": "x"}},
            "found both",
        ),
    ],
)
def test_a_broken_treatment_is_told(tmp_path: Path, broken: object, told: str) -> None:
    document = json.loads(kept(tmp_path, Preprocessing()))
    document["cubes"][0]["treatment"] = broken
    with pytest.raises(Unreadable) as caught:
        parse_document(json.dumps(document).encode(), tmp_path)
    assert told in caught.value.problem
