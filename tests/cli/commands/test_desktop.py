"""`focus-viewer desktop` adds the program to a desktop's menu, and takes it away."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from configparser import ConfigParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from focus_viewer.cli.commands import desktop
from focus_viewer.cli.main import app

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="for Linux desktops")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data of a user, in place of the real one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(desktop.shutil, "which", lambda tool: None)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["desktop", *words])
    return done.exit_code, done.output


def entry_of(home: Path) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(home / "applications" / "focus-viewer.desktop", encoding="utf-8")
    return dict(parser["Desktop Entry"])


def test_the_entry_starts_this_program_with_files(home: Path) -> None:
    assert run("--install")[0] == 0
    *program, files = shlex.split(entry_of(home)["Exec"])
    assert program == [sys.executable, "-m", "focus_viewer"]
    assert files == "%F"
    done = subprocess.run([*program, "--version"], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("FOCUS Viewer")


@pytest.mark.parametrize(
    "place", ["/opt/with space/100 %/run", '/opt/a"quote/run', "/opt/$HOME`x`/run", "/opt/a\\b/run"]
)
def test_a_program_whose_folder_has_a_name_of_any_kind_is_started(
    home: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "program", lambda: [place])
    run("--install")
    value = entry_of(home)["Exec"].replace("\\\\", "\\")  # as a text of the entry is read
    assert value.endswith('" %F')
    inside = value[1 : -len('" %F')]
    assert re.sub(r"\\(.)", r"\1", inside).replace("%%", "%") == place


def test_the_frozen_application_is_started_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/focus-viewer/focus-viewer")
    run("--install")
    assert entry_of(home)["Exec"] == "/opt/focus-viewer/focus-viewer %F"


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils")
def test_the_entry_keeps_to_the_specification(home: Path) -> None:
    run("--install")
    entry = home / "applications" / "focus-viewer.desktop"
    command = ["desktop-file-validate", str(entry)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_headers_and_projects_are_its_files(home: Path) -> None:
    run("--install")
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    root = ET.parse(home / "mime" / "packages" / "focus-viewer.xml").getroot()  # noqa: S314
    patterns = {
        kind.get("type"): [glob.get("pattern") for glob in kind.iter(f"{space}glob")]
        for kind in root.iter(f"{space}mime-type")
    }
    assert list(patterns.values()) == [["*.hdr"], ["*.focus.json"]]
    assert entry_of(home)["MimeType"].strip(";").split(";") == list(patterns)


def test_the_icon_of_the_entry_is_there(home: Path) -> None:
    run("--install")
    name = entry_of(home)["Icon"]
    icon = home / "icons" / "hicolor" / "scalable" / "apps" / f"{name}.svg"
    assert icon.read_text(encoding="utf-8").lstrip().startswith("<")


def test_removing_leaves_nothing_and_may_be_repeated(home: Path) -> None:
    run("--install")
    for _ in range(2):
        assert run("--remove")[0] == 0
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_files_of_others_stay(home: Path) -> None:
    other = home / "applications" / "other.desktop"
    other.parent.mkdir()
    other.write_text("mine")
    run("--install")
    run("--remove")
    assert other.read_text() == "mine"


@pytest.mark.parametrize("words", [[], ["--install", "--remove"]])
def test_it_must_be_told_what_to_do(home: Path, words: list[str]) -> None:
    status, text = run(*words)
    assert status == 1
    assert "--install, or --remove" in text


def test_without_a_folder_of_data_the_usual_one_is_taken(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    run("--install")
    assert (tmp_path / "me" / ".local/share/applications/focus-viewer.desktop").is_file()
