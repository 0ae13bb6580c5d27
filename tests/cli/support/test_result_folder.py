"""Results are replaced whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from focus_viewer.cli.support.result_folder import Record, replaced_results
from focus_viewer.core.errors import FocusError

OURS = {"explained": "a", "model": {}}
RECORD = json.dumps({**OURS, "files": {"curve": "curve.csv", "volume": "volume_a.hdr"}})
SCENES = Record("list.json", ("scenes",), r"\w\.img")


def write(folder: Path, *names: str, text: str = "new") -> None:
    for name in names:
        (folder / name).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A folder with results and a file of the user's own."""
    write(tmp_path, "curve.csv", "volume_a.hdr", "mine.txt", text="old")
    (tmp_path / "result.json").write_text(RECORD)
    return tmp_path


def test_results_appear_when_the_block_ends_and_not_before(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with replaced_results(out) as drafts:
        write(drafts, "curve.csv", "result.json")
        assert contents(out) == {}
    assert contents(out) == {"curve.csv": "new", "result.json": "new"}
    assert [path.name for path in out.iterdir() if path.is_dir()] == []


def test_earlier_results_go_and_the_users_files_stay(earlier: Path) -> None:
    with replaced_results(earlier) as drafts:
        write(drafts, "curve.csv", "volume_b.hdr", "result.json")
    assert contents(earlier) == {
        "curve.csv": "new", "volume_b.hdr": "new", "result.json": "new", "mine.txt": "old",
    }  # fmt: skip


def test_what_each_scene_of_a_record_lists_goes_too(tmp_path: Path) -> None:
    write(tmp_path, "a.img", "b.img", "mine.img", "result.json", text="old")
    scenes = [{"files": {"cube": "a.img"}}, {"files": 3}, "none", {"files": {"cube": "b.img"}}]
    (tmp_path / "list.json").write_text(json.dumps({"files": {}, "scenes": scenes}))
    with replaced_results(tmp_path, SCENES) as drafts:
        write(drafts, "b.img", "list.json")
    assert contents(tmp_path) == {
        "b.img": "new", "list.json": "new", "mine.img": "old", "result.json": "old",
    }  # fmt: skip


def test_an_error_leaves_everything_as_it_was(earlier: Path) -> None:
    before = contents(earlier)
    with pytest.raises(KeyboardInterrupt), replaced_results(earlier) as drafts:
        write(drafts, "curve.csv")
        raise KeyboardInterrupt
    assert contents(earlier) == before
    assert [path for path in earlier.iterdir() if path.is_dir()] == []


def test_folders_made_in_vain_are_removed(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match="enough"), replaced_results(tmp_path / "a" / "b" / "c"):
        raise FocusError("enough")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_placed_brings_the_earlier_ones_back(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(earlier)
    rename = Path.rename

    def fail_at_the_record(source: Path, target: Path) -> Path:
        if target == earlier / "result.json" and source.read_text() == "new":
            raise OSError(28, "No space left on device", str(target))
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_record)
    with (
        pytest.raises(
            FocusError, match=r"cannot be written: No space left on device \(.*result.json\).*--out"
        ),
        replaced_results(earlier) as drafts,
    ):
        write(drafts, "curve.csv", "volume_b.hdr", "result.json")
    assert contents(earlier) == before


@pytest.mark.parametrize(
    "record",
    [
        "no JSON",
        "[]",
        '{"files": 3}',
        '{"files": {"a": 5, "b": "../outside.txt", "c": "..", "d": "sub"}}',
        '{"files": {"a": "/etc/hostname"}}',
        "\ufeff{}",
    ],
)
def test_a_strange_record_costs_no_other_file(record: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    write(tmp_path, "outside.txt", text="old")
    write(out, "mine.txt", text="old")
    (out / "result.json").write_text(record, encoding="utf-8")
    with replaced_results(out) as drafts:
        write(drafts, "result.json")
    assert contents(out) == {"mine.txt": "old", "result.json": "new"}
    assert (out / "sub").is_dir()
    assert contents(tmp_path) == {"outside.txt": "old"}


@pytest.mark.parametrize("own", [True, False])
def test_no_record_lists_a_file_of_another_kind(own: bool, tmp_path: Path) -> None:
    write(tmp_path, "precious.txt", "curve.csv", text="old")
    files = {"a": "precious.txt", "curve": "curve.csv"}
    (tmp_path / "result.json").write_text(json.dumps({**(OURS if own else {}), "files": files}))
    with replaced_results(tmp_path) as drafts:
        write(drafts, "result.json")
    kept = {"precious.txt": "old", "result.json": "new"}
    assert contents(tmp_path) == (kept if own else {**kept, "curve.csv": "old"})


@pytest.mark.parametrize("name", ["curve.csv", "result.json", "volume_a.hdr"])
def test_a_folder_in_the_way_is_refused_ahead_of_the_work(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    write(tmp_path / name, "precious.txt", text="old")
    with (
        pytest.raises(FocusError, match=rf"{name}: a folder stands where a file .*--out"),
        replaced_results(tmp_path),
    ):
        pytest.fail("it was begun")
    assert contents(tmp_path / name) == {"precious.txt": "old"}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_made_meanwhile_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "result.json", text="old")
    with (
        pytest.raises(FocusError, match="a folder stands where"),
        replaced_results(tmp_path) as drafts,
    ):
        (tmp_path / "other.txt").mkdir()
        write(tmp_path / "other.txt", "precious.txt", text="old")
        write(drafts, "other.txt", "result.json")
    assert contents(tmp_path / "other.txt") == {"precious.txt": "old"}
    assert contents(tmp_path) == {"result.json": "old"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    write(tmp_path, "file")
    with pytest.raises(FocusError, match=r"file.*cannot be written.*--out"):
        replaced_results(tmp_path / "file" / "out").__enter__()
