"""A project that is written and read is the same one."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from annotation_cases import all_kinds
from envi_bytes import ramp, write_envi
from hypothesis import given, settings
from hypothesis import strategies as st
from project_cases import any_project, read_back, same_project
from project_states import explanation

from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.regions.shapes import PointMark
from focus_viewer.core.saliency.region_decision import RegionDecision, undecided
from focus_viewer.io import read_cube
from focus_viewer.io.project import fingerprint, write_project


def small_project(data: Path) -> Project:
    cube = read_cube(data)
    kept = ProjectCube(
        path=data,
        fingerprint=fingerprint(cube),
        shape=cube.shape,
        annotations=all_kinds(),
        pins=((3, 4, "#ff0000"),),
        class_name="rust",
        extent=Extent((0.0, 0.5), (10.0, 12.25)),
        explanation=explanation(),
    )
    return Project((kept,))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_envi(tmp_path, ramp((20, 30, 4))).with_suffix(".img")


@given(st.data())
@settings(max_examples=120)
def test_any_project_comes_back(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "work.focus.json"
        project = data.draw(any_project(Path(folder)))
        write_project(path, project)
        content = path.read_bytes()

        assert same_project(read_back(path), project)

        write_project(path, project)
        assert path.read_bytes() == content
        content.decode("utf-8")


def test_all_kinds_of_regions_keep_their_ids(tmp_path: Path, data: Path) -> None:
    (cube,) = small_project(data).cubes
    kept = cube.annotations.remove(2).remove(4)
    write_project(tmp_path / "a.focus.json", Project((replace(cube, annotations=kept),)))

    (found,) = read_back(tmp_path / "a.focus.json").cubes

    assert found.annotations == kept
    assert [one.id for one in found.annotations] == [1, 3, 5]
    assert found.annotations.next_id == 6


def test_decisions_on_regions_alone_come_back(tmp_path: Path, data: Path) -> None:
    (cube,) = small_project(data).cubes
    first, second, third = (each.outline for each in cube.annotations.regions[:3])
    decision = RegionDecision("rust", 0.75, "doubtful", "Doubtful: few patches", 0.2, 762.5)
    decisions = {first: decision, second: undecided("a: too little"), PointMark((1, 1)): decision}
    kept = replace(cube, decisions=decisions)
    write_project(tmp_path / "a.focus.json", Project((kept,)))

    (found,) = read_back(tmp_path / "a.focus.json").cubes

    assert set(found.decisions) == {first, second}  # of regions that are there
    assert found.decisions[first] == decision and third not in found.decisions
    refused = found.decisions[second]
    assert (refused.diagnosis, refused.why) == ("", "a: too little")
    assert math.isnan(refused.probability) and math.isnan(refused.peak_nm)


def test_a_folder_can_be_moved_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "old" / "cubes").mkdir(parents=True)
    data = write_envi(tmp_path / "old" / "cubes", ramp((20, 30, 4))).with_suffix(".img")
    project = small_project(data)
    write_project(tmp_path / "old" / "a.focus.json", project)
    shutil.move(tmp_path / "old", tmp_path / "new")

    (found,) = read_back(tmp_path / "new" / "a.focus.json").cubes

    assert found.path == tmp_path / "new" / "cubes" / "cube.img"
    assert found.explanation is not None
    told = json.loads((tmp_path / "new" / "a.focus.json").read_bytes())
    assert told["cubes"][0]["path"] == "cubes/cube.img"


def test_a_model_beside_the_project_moves_along(tmp_path: Path, data: Path) -> None:
    (tmp_path / "old").mkdir()
    path = tmp_path / "old" / "a.focus.json"
    for model, stored in (
        (str(tmp_path / "old" / "rusty"), "./rusty"),
        (str(tmp_path / "rusty"), "../rusty"),
        ("focus-leaf", "focus-leaf"),
    ):
        write_project(path, replace(small_project(data), model=model))
        assert json.loads(path.read_bytes())["model"] == stored
        assert read_back(path).model == model
    write_project(path, replace(small_project(data), model=str(tmp_path / "old" / "rusty")))
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert read_back(tmp_path / "new" / "a.focus.json").model == str(tmp_path / "new" / "rusty")


def test_labels_are_written_where_there_are_some(tmp_path: Path, data: Path) -> None:
    (cube,) = small_project(data).cubes
    path = tmp_path / "a.focus.json"
    write_project(path, Project((cube,)))
    assert "labels" not in json.loads(path.read_bytes())["cubes"][0]
    labels = CubeLabels(("rust", "drought"), {"plant": "7"})
    write_project(path, Project((replace(cube, labels=labels),)))
    (found,) = read_back(path).cubes
    assert found.labels == labels


def test_a_folder_behind_a_link_can_be_moved_too(tmp_path: Path) -> None:
    (tmp_path / "disk" / "work").mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "disk", target_is_directory=True)
    write_envi(tmp_path / "disk" / "work", ramp((20, 30, 4)))
    for seen_as, project_seen_as in (("home", "disk"), ("disk", "home")):
        project = small_project(tmp_path / seen_as / "work" / "cube.img")
        write_project(tmp_path / project_seen_as / "work" / "a.focus.json", project)
        told = json.loads((tmp_path / "disk" / "work" / "a.focus.json").read_bytes())
        assert told["cubes"][0]["path"] == "cube.img"


def test_a_link_to_a_project_stays_one(tmp_path: Path, data: Path) -> None:
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real.focus.json", tmp_path / "link.focus.json"
    real.write_bytes(b"older")
    link.symlink_to(real)

    write_project(link, small_project(data))

    assert link.is_symlink()
    assert same_project(read_back(link), small_project(data))
    assert real.read_bytes() != b"older"


def test_what_is_not_told_is_as_usual(tmp_path: Path) -> None:
    path = tmp_path / "a.focus.json"
    cube = {"path": "c.img", "shape": [2, 3, 4]}
    told = {"format": "focus-viewer project", "version": 1, "cubes": [cube], "view": {"active": 0}}
    path.write_text(json.dumps(told), encoding="utf-8-sig")  # as Notepad writes it

    found = read_back(path)

    assert found.view == replace(Project().view, active=0)
    assert found.figure == Project().figure
    assert found.cubes[0].annotations.next_id == 1
    assert found.cubes[0].path == tmp_path / "c.img"


def test_permissions_are_handed_on(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "a.focus.json"
    write_project(path, small_project(data))
    path.chmod(0o640)

    write_project(path, small_project(data))

    assert path.stat().st_mode & 0o777 == 0o640
