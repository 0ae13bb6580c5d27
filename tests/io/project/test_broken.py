"""What is no project, or none any more, is refused in the user's terms and never otherwise."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from annotation_cases import all_kinds
from hypothesis import given, settings
from hypothesis import strategies as st
from project_cases import read_back, same_explanation
from project_states import explanation

from focus_viewer.core.cubes.viewpoint import Camera, Extent
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.regions.shapes import PointMark
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.project import ProjectError, write_project
from focus_viewer.io.project.results import check_explanation

CUBE = ProjectCube(
    Path("nowhere/c.img").absolute(),
    f"sha256:{'0' * 64}",
    (20, 30, 4),
    all_kinds(),
    ((1, 2, "#ff0000"),),
    extent=Extent((0.0, 0.0), (1.0, 2.0)),
    explanation=explanation(grid=(2, 2)),
)
PROJECT = Project((CUBE,), view=replace(Project().view, camera=Camera(1.0, 2.0, 3.0, (0, 0, 0))))
PIECES = [
    b"0", b"-1", b"1e999", b"9" * 30, b"9" * 5000, b"NaN", b"null", b"[]", b"{}", b'"x"', b"true",
    b"[[[[" * 500, b"\xff", b"\0", b"1.5", b'"\\ud800"', b"-Infinity", b",", b'"', b"}",
]  # fmt: skip


def written() -> tuple[bytes, str, bytes]:
    """Content of a project, and name and content of its result."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.focus.json"
        write_project(path, PROJECT)
        (result,) = (Path(folder) / "a.focus-data").iterdir()
        return path.read_bytes(), result.name, result.read_bytes()


CONTENT, RESULT_NAME, RESULT = written()


def changed(*place: str | int, value: Any) -> bytes:
    """The project with another value at a place."""
    told = json.loads(CONTENT)
    inner = told
    for one in place[:-1]:
        inner = inner[one]
    inner[place[-1]] = value
    return json.dumps(told).encode()


REGION = ("cubes", 0, "annotations", "regions", 1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xff{}", "byte 0 is not text in UTF-8"),
        (b"hello", "line 1 is not JSON"),
        (CONTENT[:500], "is not JSON"),
        (b"[1]", "expected 'format': 'focus-viewer project', found a list of 1"),
        (changed("format", value="x"), "expected 'format': 'focus-viewer project', found 'x'"),
        (changed("version", value=2), r"later version .* \(format 2, .* up to 1\).* Update"),
        (changed("version", value="1"), "at version, input should be 1, found '1'"),
        (changed("cubes", value={}), "at cubes, input should be a valid array, found an object"),
        (changed("cubes", 0, "shape", 1, value=0), r"at cubes\[0\]\.shape\[1\], .*found 0"),
        (changed("cubes", 0, "shape", 1, value=2.5), r"at cubes\[0\]\.shape\[1\], .*found 2\.5"),
        (
            changed("cubes", 0, "new", value=1),
            r"at cubes\[0\]\.new, no such entry .* later version",
        ),
        (changed("view", "new", value=1), r"at view\.new, no such entry is known"),
        (changed("view", "camera", "scale", value=-1.0), "scale of the camera above 0, found -1"),
        (
            changed("view", "opacity", value=1.5),
            "at view, expected an opacity from 0 to 1, found 1.5",
        ),
        (changed("view", "opacity", value=float("nan")), r"at view\.opacity, .*finite.*found nan"),
        (
            changed("view", "mode", value="x"),
            r"at view\.mode, .*'evidence', 'attention', 'signature' or 'unattributed', found 'x'",
        ),
        (changed("view", "active", value=1), r"expected view\.active from -1 to 0, found 1"),
        (changed("figure", "dpi", value=0), "at figure, expected a dpi above 0, found 0"),
        (changed(*REGION, "id", value=1), "different id for each region"),
        (changed(*REGION, "id", value=9), "expected a next_id above 9, found 6"),
        (changed(*REGION, "colour", value="red"), r"regions\[1\]\.colour, .*found 'red'"),
        (changed(*REGION, "outline", "center", value=[1]), r"regions\[1\]\.outline, expected two"),
        (changed(*REGION, "locked", value=1), r"regions\[1\]\.locked, .*found 1"),
        (changed("cubes", 0, "pins", value=[[99, 0, "#ffffff"]]), r"within 20 x 30 .*\(99, 0\)"),
        (changed("cubes", 0, "result", value="../../x.npz"), r"at cubes\[0\]\.result, "),
        (changed("cubes", 0, "path", value="a\0b"), "expected a path of a cube"),
        (changed("model", value="\ud800"), "is no|surrogate|not JSON"),
    ],
)
def test_place_and_value_are_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.focus.json"
    path.write_bytes(content)

    with pytest.raises(ProjectError, match=told) as caught:
        read_back(path)

    assert str(caught.value).startswith(f"{path} cannot be read as a project: ")


def test_missing_value(tmp_path: Path) -> None:
    told = json.loads(CONTENT)
    del told["cubes"][0]["shape"]
    (tmp_path / "a.focus.json").write_text(json.dumps(told))

    with pytest.raises(
        ProjectError, match=r"at cubes\[0\]\.shape, it is missing\. Take an earlier"
    ):
        read_back(tmp_path / "a.focus.json")


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.focus.json", tmp_path):
        with pytest.raises(ProjectError, match="there is no such file"):
            read_back(path)


@given(st.data())
@settings(max_examples=150)
def test_a_broken_file_is_a_project_or_refused(data: st.DataObject) -> None:
    content = CONTENT
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        stop = start + data.draw(st.integers(0, 12))
        piece = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)))
        content = content[:start] + piece + content[stop:]
    content = content[: data.draw(st.sampled_from((len(content), len(content) // 2)))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "broken.focus.json"
        path.write_bytes(content)
        try:
            found = read_back(path)
        except ProjectError as error:
            assert "broken.focus.json" in str(error)
        else:
            write_project(path, found)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
places = st.sampled_from(
    [("model",), ("version",), ("cubes",), ("view",), ("figure",), ("view", "camera"),
     ("view", "recipe", "bands"), ("view", "window_nm", "width_nm"), ("figure", "panels"),
     ("figure", "width_mm"), *[("cubes", 0, name) for name in json.loads(CONTENT)["cubes"][0]],
     *[(*REGION, name) for name in ("id", "name", "outline", "class_name", "locked")]]
)  # fmt: skip


@given(places, values)
@settings(max_examples=150)
def test_any_value_anywhere(place: tuple[str | int, ...], value: Any) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.focus.json"
        path.write_bytes(changed(*place, value=value))
        try:
            found = read_back(path)
        except ProjectError as error:
            assert "any.focus.json" in str(error)
        else:
            write_project(path, found)


@given(st.data())
@settings(max_examples=100)
def test_a_damaged_result_is_not_taken(data: st.DataObject) -> None:
    content = bytearray(RESULT)
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(RESULT) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[data.draw(st.integers(0, len(RESULT) - 1)) :]
    with TemporaryDirectory() as folder:
        path, side = Path(folder) / "a.focus.json", Path(folder) / "a.focus-data"
        side.mkdir()
        path.write_bytes(CONTENT)
        (side / RESULT_NAME).write_bytes(bytes(content))

        assert read_back(path).cubes[0].explanation is None

        # The next save with the result heals it.
        write_project(path, PROJECT)
        assert same_explanation(read_back(path).cubes[0].explanation, CUBE.explanation)


def test_values_that_cannot_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.focus.json"
    path.write_bytes(CONTENT)
    nan, far = PointMark((float("nan"), 0.0)), PointMark((1e12, 0.0))
    for outline, told in ((nan, "not finite"), (far, "found 1000000000000.0")):
        annotations = CUBE.annotations.change(1, outline=outline)
        with pytest.raises(ProjectError, match=told):
            write_project(path, Project((replace(CUBE, annotations=annotations),)))

    assert path.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.json", ".focus.json", "a"])
def test_a_name_that_is_no_project(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectError, match=r"NAME\.focus\.json"):
        write_project(tmp_path / name, PROJECT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["fsync", "replace"])
@pytest.mark.parametrize("place", [0, 1])
def test_an_older_project_stays_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: int
) -> None:
    path = tmp_path / "a.focus.json"
    write_project(path, Project())
    older = path.read_bytes()
    monkeypatch.setattr(os, name, failing(getattr(os, name), place))

    with pytest.raises(ProjectError, match="cannot be written: No space left"):
        write_project(path, PROJECT)

    assert path.read_bytes() == older
    assert not list(tmp_path.rglob(".unfinished-*"))


def failing(real: Callable[..., Any], place: int) -> Callable[..., Any]:
    """A function of the system that finds the disk full for the result, or for the project."""
    left = [place]

    def function(subject: Any, *rest: Any) -> Any:
        if not isinstance(subject, int) or stat.S_ISREG(os.fstat(subject).st_mode):
            left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return real(subject, *rest)

    return function


@pytest.mark.parametrize("calls", [1, 5, 12, 15])
def test_a_save_that_is_cancelled_leaves_the_older_project(tmp_path: Path, calls: int) -> None:
    path = tmp_path / "a.focus.json"
    write_project(path, Project())
    older, left = path.read_bytes(), [calls]

    def step(fraction: float, text: str) -> None:
        left[0] -= 1
        if not left[0]:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_project(path, PROJECT, step)

    assert path.read_bytes() == older
    assert not list(tmp_path.rglob(".unfinished-*"))


@pytest.mark.parametrize("name", ["evidence", "logits", "absorbed", "edges_nm"])
def test_an_unsound_result_is_left_out(tmp_path: Path, name: str) -> None:
    assert CUBE.explanation is not None
    array = getattr(CUBE.explanation, name).copy()
    array.flat[0] = np.nan if name == "edges_nm" else array.flat[0] + 1
    unsound = replace(CUBE.explanation, **{name: array})

    write_project(tmp_path / "a.focus.json", Project((replace(CUBE, explanation=unsound),)))

    (found,) = read_back(tmp_path / "a.focus.json").cubes
    assert found.explanation is None
    assert found.annotations == CUBE.annotations


def wrong_parts() -> dict[str, list[dict[str, Any]]]:
    """Parts of an explanation that are wrong, by what is said of them."""
    sound = explanation()
    attention, evidence = sound.attention.copy(), sound.evidence
    attention.flat[:2] = -0.01, attention.flat[:2].sum() + 0.01
    crossed, shared = sound.edges_nm[::-1].copy(), sound.edges_nm.copy()
    shared[1, 0] -= 10  # nm into the group before
    shares = [replace(sound.suitability, tissue_share=share) for share in (-0.1, 1.1, np.nan)]
    cards = [replace(sound.card, temperatures={"other": value}) for value in (0, -1.0, np.nan)]
    return {
        "saliency is not": [{"saliency": evidence}, {"saliency": sound.saliency + 0.01}],
        "is negative": [{"attention": attention}, {"sink": sound.sink - 1}],
        "do not sum to 1": [{"attention": sound.attention * 2}, {"sink": sound.sink + 0.01}],
        "do not ascend": [{"edges_nm": crossed}, {"edges_nm": shared}, {"edges_nm": 0 * shared}],
        "not a share": [{"suitability": share} for share in shares],
        "not above 0": [{"card": card} for card in cards],
    }


@pytest.mark.parametrize(
    ("reason", "parts"), [(reason, each) for reason, some in wrong_parts().items() for each in some]
)
def test_parts_that_do_not_belong_together_are_refused(reason: str, parts: dict[str, Any]) -> None:
    check_explanation(explanation())
    with pytest.raises(Unreadable, match=reason):
        check_explanation(replace(explanation(), **parts))
