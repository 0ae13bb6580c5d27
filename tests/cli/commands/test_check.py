"""`focus-viewer check`: what it prints, and that no file can hold it up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli.hostile_work import dies, waits
from envi_bytes import write_envi
from typer.testing import CliRunner

from focus_viewer.assets import folder
from focus_viewer.cli.commands.check import (
    IsolatedReader,
    NoAnswer,
    check,
    inspected,
    listed,
    table,
)
from focus_viewer.cli.main import app
from focus_viewer.core.cubes.report import CubeReport, error_report
from focus_viewer.core.errors import CubeError, ModelError

KEYS = {
    "path", "ok", "kind", "shape", "wavelength_nm", "units", "good_bands", "assumed", "ignored",
    "error", "applicability", "contradictions",
}  # fmt: skip


@pytest.fixture
def cube(tmp_path: Path) -> Path:
    entries = {
        "wavelength": "{450, 550, 650, 750, 850}",
        "bbl": "{1, 1, 0, 1, 1}",
        "himg": "2",
        "default bands": "{9}",
    }
    return write_envi(tmp_path, None, entries)


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check", *map(str, arguments)])
    return done.exit_code, done.stdout


def as_entries(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
    status, text = run(*arguments, "--json")
    return status, json.loads(text)


def test_json_tells_all_that_is_known(cube: Path) -> None:
    status, (told,) = as_entries(cube)
    assert status == 0
    assert set(told) == KEYS
    assert told["path"] == str(cube)
    assert (told["ok"], told["kind"], told["error"]) == (True, "cube", None)
    assert (told["shape"][2], told["good_bands"]) == (5, 4)
    assert told["wavelength_nm"] == [450.0, 850.0]
    assert any("nm was guessed" in note for note in told["assumed"])
    assert any("default bands" in note for note in told["ignored"])
    assert told["ignored"][-1] == "Entries of the header that are not used: himg."


def test_what_is_said_holds_for_each_file(cube: Path, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("0.5\n0.6\n0.7\n0.8\n0.9\n", encoding="utf-8")
    said = ("--wavelengths", tmp_path / "w.csv", "--units", "counts", "--no-data", "7")
    status, (told,) = as_entries(cube, *said)
    assert status == 0
    assert (told["wavelength_nm"], told["units"]) == ([500.0, 900.0], "counts")
    assert any("no-data value 7" in note for note in told["assumed"])
    status, (told,) = as_entries(cube, "--axes", "rows,cols,bands")
    assert status == 1 and "--axes cannot apply" in told["error"]


def test_a_folder_is_searched_but_not_folders_in_it(cube: Path, tmp_path: Path) -> None:
    (tmp_path / "second.hdr").write_text("ENVI\nfile type = ENVI Spectral Library\n")
    (tmp_path / "notes.txt").write_text("nothing")
    deep = tmp_path / "deep"
    deep.mkdir()
    (deep / "third.hdr").write_text("ENVI\n")
    status, told = as_entries(tmp_path)
    assert status == 1
    assert [Path(one["path"]).name for one in told] == sorted([cube.name, "second.hdr"])
    assert {one["kind"] for one in told} == {"cube", "spectral library"}


def test_what_is_no_image_ends_with_one(cube: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    status, told = as_entries(cube, tmp_path / "gone.hdr", empty)
    assert status == 1
    assert [one["ok"] for one in told] == [True, False, False]
    assert "no such file" in told[1]["error"]
    assert "without images" in told[2]["error"]


def test_a_model_tells_ahead_whether_it_applies(tmp_path: Path) -> None:
    leaf = folder("resources") / "leaf.hdr"
    entries = {"wavelength": f"{{{', '.join(f'{400 + 12 * band}' for band in range(50))}}}"}
    card = write_envi(tmp_path, np.full((40, 40, 50), 0.4, dtype=np.float32), entries)
    status, text = run(leaf, card, "--model", "focus-leaf")
    first, second = text.splitlines()
    assert status == 0 and first.endswith("Applies")
    assert "Does not apply: nothing in the image" in second
    _, (told,) = as_entries(leaf, "--model", "focus-leaf")
    assert told["applicability"] == "Applies"


def test_contradictions_fail_only_where_strict(tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(0.1, 0.5, (6, 7, 5)).astype("f4")
    entries = {"wavelength": "{450, 550, 650, 750, 850}", "description": "{radiance}"}
    path = write_envi(tmp_path, values, entries)
    status, text = run(path)
    assert status == 0
    assert "1 contradictory" in text
    assert run(path, "--strict")[0] == 1
    _, (told,) = as_entries(path)
    assert "mentions radiance" in told["contradictions"][0]


def test_explain_refuses_contradictions_where_strict(tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(0.1, 0.5, (6, 7, 5)).astype("f4")
    entries = {"wavelength": "{450, 550, 650, 750, 850}", "description": "{radiance}"}
    path = write_envi(tmp_path, values, entries)
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["explain", str(path), "--out", str(out), "--strict"])
    assert done.exit_code == 1
    assert "mentions radiance" in done.stderr
    assert "Settle it with --units" in done.stderr
    assert not out.exists()


def test_a_model_that_is_missing_is_an_error(cube: Path) -> None:
    with pytest.raises(ModelError, match="no model 'nothing'"):
        check([cube], model="nothing")


def test_no_file_is_a_usage_error() -> None:
    assert run()[0] == 2
    assert run("a.hdr", "--limit", "never")[0] == 2


def test_a_pipe_and_a_device_are_no_images(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.hdr")
    status, told = as_entries(tmp_path / "pipe.hdr", "/dev/zero")
    assert status == 1
    assert [one["ok"] for one in told] == [False, False]


def test_lines_are_in_columns_and_refusals_do_not_widen_them(cube: Path, tmp_path: Path) -> None:
    (tmp_path / "a_file_with_a_long_name.hdr").write_text("nothing of ENVI's")
    _, text = run(tmp_path)
    bad, good = text.splitlines()
    assert bad.startswith("✗")
    assert "a_file_with_a_long_name.hdr is not an ENVI header" in bad
    assert str(tmp_path) not in bad.partition("  unknown  ")[2]
    assert good.startswith("✓")
    assert "450–850 nm" in good
    assert "4 of 5 bands good" in good
    assert bad.index("unknown") == good.index("cube  ")
    assert len(good) < 250


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "✓"), ("ascii", "ok"), ("cp1252", "ok")])
def test_marks_fit_the_terminal(encoding: str, mark: str) -> None:
    report = CubeReport(Path("größe.hdr"), True, "cube", (1, 1, 1))
    (line,) = table([report], encoding)
    assert line.startswith(f"{mark}  ")
    line.encode(encoding)


def test_a_hostile_name_stays_in_its_line() -> None:
    name = Path(os.fsdecode(b"two\nlines\x1b[31m\xff.hdr"))
    (line,) = table([error_report(name, CubeError(f"{name} is empty"))], "utf-8")
    assert line.isprintable()
    assert r"two\nlines" in line


def test_an_error_that_nobody_foresaw_is_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, path: Path, choice: object = None) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("focus_viewer.services.files.BundledCubeFiles.read_cube", broken)
    told = inspected(Path("a.hdr"))
    assert not told.ok
    assert told.error == "a.hdr could not be read: ZeroDivisionError: by zero"


def test_a_folder_that_may_not_be_read_is_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    told = listed(Path.cwd())
    assert isinstance(told, CubeReport)
    assert "Permission denied" in str(told.error)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_file_that_gives_no_answer_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with IsolatedReader(0.2) as reader:
        with pytest.raises(NoAnswer, match=r"pipe gave no answer within 0\.2 s"):
            reader.read(waits, tmp_path / "pipe")
        reader._limit_s = 60.0  # for a machine that is busy with other things
        assert reader.read(waits, tmp_path / "next") == "next"


def test_a_file_that_ends_its_reader_is_told_and_the_next_is_read() -> None:
    with IsolatedReader(60.0) as reader:
        with pytest.raises(NoAnswer, match="deadly ended the process"):
            reader.read(dies, Path("deadly"))
        assert reader.read(dies, Path("next")) == "next"


def test_the_command_tells_of_a_file_that_hangs(
    cube: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(self: IsolatedReader, work: object, path: Path) -> list[Path]:
        if work is listed:
            return [path]
        raise NoAnswer(f"{path} gave no answer")

    monkeypatch.setattr(IsolatedReader, "read", hangs)
    status, (told,) = as_entries(cube)
    assert (status, told["ok"]) == (1, False)
    assert told["error"] == f"{cube} gave no answer"


LOADED = """
import sys
from pathlib import Path
from focus_viewer.cli.commands.check import inspected, listed
listed(Path({folder!r}))
assert inspected(Path({cube!r})).ok
heavy = {{"torch", "timm", "PySide6", "pyqtgraph", "vispy"}} & set(sys.modules)
assert not heavy, heavy
from focus_viewer.cli.main import run
sys.argv = ["focus-viewer", "check", {cube!r}]
try:
    run()
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"torch", "timm", "PySide6", "pyqtgraph", "vispy"}} & set(sys.modules)
assert not heavy, heavy
"""


def test_neither_qt_nor_torch_is_loaded(cube: Path) -> None:
    code = LOADED.format(cube=str(cube), folder=str(cube.parent))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
