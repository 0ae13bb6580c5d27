"""Work kept against a crash is offered when its program is gone, and not before."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from project_cases import plain, read_back, without_results
from project_states import explanation, regions

from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.io.project import (
    Autosave,
    ProjectError,
    autosave,
    discard_lost,
    find_lost_work,
    write_project,
)

KEEPER = """
import sys
from pathlib import Path
from project_states import regions
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.io.project import Autosave
keeper = Autosave(Path(sys.argv[1]))
cube = ProjectCube(Path(sys.argv[1]) / "cube.img", "", (20, 30, 4), regions(3))
keeper.write(Project((cube, cube)), Path(sys.argv[2]) if sys.argv[2] else None)
print("kept", flush=True)
sys.stdin.read()
"""


def keeper(folder: Path, of: Path | None = None) -> subprocess.Popen[str]:
    """A program that has kept its work and still runs."""
    child = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(folder), str(of or "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": f"{Path(__file__).parents[2]}"},
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "kept\n"
    return child


def end(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    cube = ProjectCube(
        tmp_path / "cubes" / "a.img",
        f"sha256:{'0' * 64}",
        (20, 30, 4),
        regions(2),
        explanation=explanation(),
    )
    return Project((cube,))


def test_work_is_lost_when_its_program_is_gone(tmp_path: Path) -> None:
    of = tmp_path / "work ü.focus.json"
    child = keeper(tmp_path, of)
    assert find_lost_work(tmp_path) == []

    end(child)

    (lost,) = find_lost_work(tmp_path)
    assert (lost.of, lost.cubes, lost.regions) == (of, 2, 6)
    assert lost.seconds == lost.path.stat().st_mtime
    assert read_back(lost.path).cubes[1].annotations == regions(3)
    discard_lost(lost)
    assert list(tmp_path.iterdir()) == []


def test_the_latest_comes_first(tmp_path: Path) -> None:
    children = [keeper(tmp_path), keeper(tmp_path), keeper(tmp_path)]
    for child in children:
        end(child)

    found = find_lost_work(tmp_path)

    assert len(found) == 3
    assert [one.of for one in found] == [None] * 3
    assert found == sorted(found, key=lambda one: -one.seconds)


def test_own_work_is_never_lost(tmp_path: Path, project: Project) -> None:
    own, other = Autosave(tmp_path), Autosave(tmp_path)
    own.write(project, None)
    own.write(project, None)
    other.write(project, None)

    assert find_lost_work(tmp_path) == []

    own.discard()
    other.discard()
    own.discard()
    assert list(tmp_path.iterdir()) == []


def test_work_goes_on_after_it_was_discarded(tmp_path: Path, project: Project) -> None:
    own = Autosave(tmp_path)
    own.write(project, None)
    own.discard()
    own.write(project, None)

    assert own.path.exists()
    assert find_lost_work(tmp_path) == []


def test_paths_are_absolute_and_results_are_left_out(tmp_path: Path, project: Project) -> None:
    own = Autosave(tmp_path / "made" / "anew")
    own.write(project, tmp_path / "a.focus.json")

    told = json.loads(own.path.read_bytes())

    assert told["cubes"][0]["path"] == (tmp_path / "cubes" / "a.img").as_posix()
    assert told["autosave_of"] == (tmp_path / "a.focus.json").as_posix()
    assert plain(read_back(own.path)) == plain(without_results(project))
    assert sorted(file.suffix for file in own.path.parent.iterdir()) == [".json", ".lock"]


def test_only_what_was_kept_so_is_offered(tmp_path: Path, project: Project) -> None:
    write_project(tmp_path / "a.focus.json", project)
    (tmp_path / "broken.focus.json").write_bytes(b"{")
    (tmp_path / "orphan.lock").touch()

    assert find_lost_work(tmp_path) == []
    assert find_lost_work(tmp_path / "none") == []

    assert (tmp_path / "a.focus.json").exists()
    assert (tmp_path / "broken.focus.json").exists()
    assert not (tmp_path / "orphan.lock").exists()


def test_older_work_stays_when_the_new_cannot_be_kept(tmp_path: Path, project: Project) -> None:
    own = Autosave(tmp_path)
    own.write(project, None)
    older = own.path.read_bytes()
    broken = replace(project, view=replace(project.view, opacity=float("nan")))

    with pytest.raises(ProjectError, match="not finite"):
        own.write(broken, None)

    assert own.path.read_bytes() == older


def test_a_folder_that_cannot_be_made(tmp_path: Path, project: Project) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ProjectError, match="cannot be written"):
        Autosave(tmp_path / "file").write(project, None)


def test_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "user_state_path", lambda name, appauthor: tmp_path / name)

    assert Autosave().path.parent == tmp_path / "focus-viewer" / "autosave"
    assert find_lost_work() == []
