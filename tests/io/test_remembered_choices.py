"""What was said of a file is kept for it, and for nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, NeedsChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io import remembered_choices as choices
from focus_viewer.io.reader import arrays_of
from focus_viewer.io.remembered_choices import forget, recall, remember

AXES: Axes = ("bands", "rows", "cols")
CHOICE = ArrayChoice("second", AXES, None, (400.0, 500.5, 1e3 / 3), "reflectance", 10000.0)
choice = st.builds(
    ArrayChoice,
    st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([None, AXES]),
    st.none() | st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)),
    st.none() | st.lists(st.floats(1e-3, 1e6), max_size=5).map(tuple),
    st.sampled_from([None, "reflectance", "radiance", "counts", "unknown"]),
    st.none() | st.floats(1e-3, 1e6),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    values = np.arange(60.0).reshape(3, 4, 5)
    np.savez(tmp_path / "two.npz", first=values, second=values)
    return tmp_path / "two.npz"


def kept(path: Path) -> Path:
    return choices._choice_path(path)


@given(said=choice)
def test_all_that_can_be_said_comes_back(
    tmp_path_factory: pytest.TempPathFactory, said: ArrayChoice
) -> None:
    path = tmp_path_factory.getbasetemp() / "said.npz"
    path.write_bytes(b"x")
    remember(path, said)
    assert recall(path) == said


def test_used_silently_until_it_is_forgotten(path: Path) -> None:
    with pytest.raises(NeedsChoice):
        read_cube(path)
    remember(path, CHOICE)
    cube = read_cube(path)
    assert cube.array_name == "second"
    assert cube.units == "reflectance"
    assert cube.shape == (4, 5, 3)
    assert any("you said of this file before" in note for note in cube.notes)
    other = read_cube(path, ArrayChoice("first", AXES))
    assert other.array_name == "first"
    assert not any("before" in note for note in other.notes)
    forget(path)
    forget(path)
    with pytest.raises(NeedsChoice):
        read_cube(path)


def test_all_arrays_can_be_chosen_from_again(path: Path) -> None:
    remember(path, CHOICE)
    assert [one.name for one in arrays_of(path).candidates] == ["first", "second"]


def test_there_is_nothing_to_choose_in_an_envi_cube(tmp_path: Path) -> None:
    (tmp_path / "x.hdr").write_text("ENVI\n", encoding="utf-8")
    with pytest.raises(CubeError, match=r"x\.hdr contains a single image.*no array to choose"):
        arrays_of(tmp_path / "x.hdr")


@pytest.mark.parametrize("how", ["content", "time", "size", "name", "gone"])
def test_it_does_not_hold_for_another_file(path: Path, how: str) -> None:
    remember(path, CHOICE)
    assert recall(path) == CHOICE
    stat = path.stat()
    content = bytearray(path.read_bytes())
    if how == "content":
        content[200] ^= 1
        path.write_bytes(content)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif how == "time":
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))
    elif how == "size":
        path.write_bytes(content + b"x")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif how == "name":
        path = path.rename(path.with_name("three.npz"))
    else:
        path.unlink()
    assert recall(path) is None


def test_of_a_folder_what_describes_it_counts(tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path / "x.zarr", mode="w")
    group.create_array("a", data=np.zeros((2, 3, 4)))
    remember(tmp_path / "x.zarr", CHOICE)
    assert recall(tmp_path / "x.zarr") == CHOICE
    group.attrs["title"] = "another"
    assert recall(tmp_path / "x.zarr") is None


@pytest.mark.parametrize(
    "change",
    [
        {"axes": ["rows", "rows", "cols"]}, {"axes": 5}, {"units": "miles"}, {"array": 3},
        {"image_shape": [1]}, {"image_shape": "ab"}, {"wavelengths_nm": "x"}, {"scale": "much"},
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_not_used(path: Path, change: dict[str, object]) -> None:
    remember(path, CHOICE)
    told = json.loads(kept(path).read_bytes())
    told["choice"] |= change
    kept(path).write_text(json.dumps(told), encoding="utf-8")
    assert recall(path) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_broken_is_not_used(path: Path, content: bytes) -> None:
    remember(path, CHOICE)
    kept(path).write_bytes(content)
    assert recall(path) is None


def test_a_disk_that_refuses(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(choices, "user_config_path", lambda *names, **more: tmp_path / "file")
    with pytest.raises(CubeError, match="cannot be written"):
        remember(path, CHOICE)
