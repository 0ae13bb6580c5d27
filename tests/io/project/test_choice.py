"""What the user said of a file that does not tell its array: kept with the project."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.io import read_cube
from focus_viewer.io import remembered_choices as choices
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.project import Autosave, fingerprint, read_project, write_project
from focus_viewer.io.project.parsing import parse_document
from focus_viewer.io.project.reading import read_document
from focus_viewer.io.project.serialising import project_bytes

CHOICE = ArrayChoice(
    "second", ("bands", "rows", "cols"), None, (450.0, 550.0, 650.0), "counts", 2.0
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two arrays, neither of which tells that it is the cube."""
    path = tmp_path / "two.npz"
    values = np.arange(3 * 12 * 11, dtype="u2").reshape(3, 12, 11)
    np.savez(path, first=values, second=values + 1)
    return path


def kept(data: Path, choice: ArrayChoice | None = CHOICE) -> ProjectCube:
    cube = read_cube(data, CHOICE)
    return ProjectCube(data, fingerprint(cube), cube.shape, choice=choice)


def test_a_choice_comes_back(tmp_path: Path, data: Path) -> None:
    write_project(tmp_path / "a.focus.json", Project((kept(data),)))
    reading = read_project(tmp_path / "a.focus.json", lambda model: "")
    assert reading.project.cubes[0].choice == CHOICE
    assert reading.changed == reading.missing == ()
    with pytest.raises(NeedsChoice):
        read_cube(data)
    assert read_cube(data, reading.project.cubes[0].choice).shape == (12, 11, 3)


def test_what_this_machine_remembers_goes_into_the_project(tmp_path: Path, data: Path) -> None:
    choices.remember(data, CHOICE)
    write_project(tmp_path / "a.focus.json", Project((kept(data, None),)))
    autosave = Autosave(tmp_path / "autosave")
    autosave.write(Project((kept(data, None),)), None)
    choices.forget(data)
    for path in (tmp_path / "a.focus.json", autosave.path):
        assert read_document(path).project.cubes[0].choice == CHOICE
    autosave.discard()


def test_a_project_that_does_not_tell_it_is_asked_about_and_not_called_changed(
    tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "a.focus.json"
    write_project(path, Project((kept(data),)))
    told = json.loads(path.read_text())
    del told["cubes"][0]["choice"]
    path.write_text(json.dumps(told))
    reading = read_project(path, lambda model: "")
    assert reading.project.cubes[0].choice is None
    assert reading.changed == reading.missing == reading.notes == ()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"axes": ["rows", "rows", "bands"]}, "once each"),
        ({"scale": -1.0}, "scale above 0"),
        ({"image_shape": [0, 5]}, "image_shape"),
        ({"units": "apples"}, "units"),
        ({"unheard": 1}, "no such entry"),
    ],
)
def test_a_broken_choice_is_told(tmp_path: Path, broken: object, told: str) -> None:
    project = Project((ProjectCube(tmp_path / "a.npz", "", (4, 5, 6)),))
    document = json.loads(project_bytes(project, tmp_path, {}))
    document["cubes"][0]["choice"] = broken
    with pytest.raises(Unreadable) as caught:
        parse_document(json.dumps(document).encode(), tmp_path)
    assert told in caught.value.problem
