"""`focus-viewer figure` draws what a project keeps, and explains what it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cli.conftest import Bench
from PIL import Image
from typer.testing import CliRunner, Result

from focus_viewer.cli.main import app
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectPair, ProjectView
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io import read_cube
from focus_viewer.io.project import fingerprint, write_project

MARKED = Annotations().add(Rectangle((2, 2), (9, 9)), "blotch", "#77aadd")
SPEC = FigureSpec(panels=("composite", "heatmap"), width_mm=85.0)


@pytest.fixture
def project(bench: Bench, tmp_path: Path) -> Path:
    """A project with one cube, without a result."""
    cube = read_cube(bench.cube)
    assert cube.path is not None
    kept = ProjectCube(cube.path, fingerprint(cube), cube.shape, MARKED, class_name="chlorosis")
    path = tmp_path / "work.focus.json"
    write_project(path, Project((kept,), str(bench.model), figure=SPEC))
    return path


def draw(project: Path, out: Path, *options: str) -> Result:
    arguments = ["figure", str(project), "--out", str(out), "--device", "cpu", *options]
    return CliRunner().invoke(app, arguments)


def test_it_draws_the_figure_as_the_project_has_it(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "figure.svg"
    done = draw(project, out)
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    for told in ("blotch", "Evidence for chlorosis", "Model toy 7", "sha256"):
        assert told in text
    assert done.stderr.splitlines()[0].startswith(f"{out}: 85 x ")
    assert draw(project, tmp_path / "again.svg").exit_code == 0
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == text


def test_the_command_line_comes_before_the_project(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "figure.png"
    options = ["--panels", "table,curve", "--width-mm", "120", "--dpi", "400"]
    assert draw(project, out, *options, "--class", "healthy", "--no-caption").exit_code == 0
    with Image.open(out) as picture:
        assert picture.width == int(120 / 25.4 * 400)
        assert "Evidence for healthy" in picture.text["Title"]


def test_pictures_alone_need_no_model(project: Path, tmp_path: Path, bench: Bench) -> None:
    for file in bench.model.iterdir():
        assert file.exists()
    text = project.read_text(encoding="utf-8").replace(bench.model.name, "no-such-model")
    project.write_text(text, encoding="utf-8")
    assert draw(project, tmp_path / "a.png", "--panels", "composite,table").exit_code == 0
    failed = draw(project, tmp_path / "b.png")
    assert failed.exit_code == 1
    assert "no-such-model" in failed.stderr
    assert not (tmp_path / "b.png").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--panels", "composite,poster"], "--panels: poster. Choose from composite, heatmap"),
        (["--panels", ""], "--panels: none"),
        (["--class", "rust"], "has no class 'rust'"),
    ],
)
def test_wrong_options_are_told(
    project: Path, tmp_path: Path, options: list[str], told: str
) -> None:
    done = draw(project, tmp_path / "figure.pdf", *options)
    assert done.exit_code == 1
    assert told in done.stderr
    assert not (tmp_path / "figure.pdf").exists()


def test_a_wrong_ending_is_told_before_the_work(tmp_path: Path) -> None:
    done = draw(tmp_path / "missing.focus.json", tmp_path / "figure.bmp")
    assert done.exit_code == 1
    assert "figure.bmp: expected a name that ends in .pdf, .svg, .tif, .tiff, .png" in done.stderr


def test_a_cube_that_is_gone_is_told(project: Path, tmp_path: Path, bench: Bench) -> None:
    bench.cube.with_suffix(".img").unlink()
    done = draw(project, tmp_path / "figure.pdf")
    assert done.exit_code == 1
    assert "plant.img is missing" in done.stderr


def test_a_cube_of_another_shape_is_told(project: Path, tmp_path: Path, bench: Bench) -> None:
    cube = read_cube(bench.cube)
    assert cube.path is not None
    kept = ProjectCube(cube.path, fingerprint(cube), (1, 1, 1), MARKED)
    write_project(project, Project((kept,), str(bench.model), figure=SPEC))
    done = draw(project, tmp_path / "figure.pdf")
    assert done.exit_code == 1
    assert "expected 1 x 1 px and 1 band, found 24 x 32 px and 61 bands" in done.stderr


@pytest.mark.parametrize("all_cubes", [False, True])
def test_of_two_cubes_the_one_on_the_screen_is_drawn_or_both(
    project: Path, tmp_path: Path, bench: Bench, all_cubes: bool
) -> None:
    for suffix in (".hdr", ".img"):
        data = bench.cube.with_suffix(suffix).read_bytes()
        (tmp_path / f"other{suffix}").write_bytes(data)
    cubes = [read_cube(path) for path in (bench.cube, tmp_path / "other.hdr")]
    kept = tuple(
        ProjectCube(cube.path, fingerprint(cube), cube.shape) for cube in cubes if cube.path
    )
    view = ProjectView(active=1, pair=ProjectPair(0, 1))
    spec = replace(SPEC, all_cubes=all_cubes)
    write_project(project, Project(kept, str(bench.model), view, spec))
    done = draw(project, tmp_path / "figure.svg")
    assert done.exit_code == 0, done.output
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "other.img: 24" in text
    assert ("plant.img: 24" in text) == all_cubes


def test_an_empty_project_is_told(project: Path, tmp_path: Path) -> None:
    write_project(project, replace(Project(), figure=SPEC))
    done = draw(project, tmp_path / "figure.pdf")
    assert done.exit_code == 1
    assert "contains no cube" in done.stderr


def test_a_folder_that_is_not_there_is_told(project: Path, tmp_path: Path) -> None:
    done = draw(project, tmp_path / "nowhere" / "figure.pdf")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
