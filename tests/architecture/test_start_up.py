"""What a part of the program must not load: it decides how fast it starts and where it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QT = {"PySide6", "shiboken6", "pyqtgraph", "vispy", "OpenGL"}
TORCH = {"torch", "torchvision", "timm"}

WHOLE_PACKAGE = """
import importlib, pkgutil
package = importlib.import_module({name!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""

EXPLAIN_HELP = """
import sys
from focus_viewer.cli.main import run
sys.argv = ["focus-viewer", "explain", "--help"]
try:
    run()
except SystemExit as end:
    assert not end.code, f"ended with {end.code}"
"""


def loaded_by(code: str, tmp_path: Path) -> set[str]:
    """Top-level names of the modules that are loaded after the code ran in a fresh interpreter."""
    out = tmp_path / "modules.txt"
    ending = (
        f"\nimport sys, pathlib\npathlib.Path({str(out)!r}).write_text('\\n'.join(sys.modules))"
    )
    displays = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environ = {name: text for name, text in os.environ.items() if name not in displays}
    done = subprocess.run(
        [sys.executable, "-c", code + ending],
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {name.partition(".")[0] for name in out.read_text().splitlines()}


@pytest.mark.parametrize("room", ["core", "session", "io", "figures", "simulate"])
def test_a_room_loads_neither_qt_nor_torch(room: str, tmp_path: Path) -> None:
    loaded = loaded_by(WHOLE_PACKAGE.format(name=f"focus_viewer.{room}"), tmp_path)
    assert "focus_viewer" in loaded
    assert not loaded & (QT | TORCH)


RUN_MODULE = """
import runpy, sys
sys.argv = ["focus_viewer", *{words}]
try:
    runpy.run_module("focus_viewer", run_name="__main__")
except SystemExit as end:
    assert not end.code, f"ended with {{end.code}}"
"""


def test_the_module_runs_commands_without_qt(tmp_path: Path) -> None:
    loaded = loaded_by(RUN_MODULE.format(words=["models"]), tmp_path)
    assert "typer" in loaded
    assert not loaded & QT


def test_the_module_opens_the_window_without_commands(tmp_path: Path) -> None:
    loaded = loaded_by(RUN_MODULE.format(words=["leaf.hdr", "--help"]), tmp_path)
    assert "argparse" in loaded
    assert not loaded & {"typer"}


def test_the_window_opens_before_torch_is_loaded(tmp_path: Path) -> None:
    assert not loaded_by("import focus_viewer.app", tmp_path) & TORCH


def test_the_command_line_loads_no_qt(tmp_path: Path) -> None:
    assert not loaded_by("import focus_viewer.cli.main", tmp_path) & QT


def test_batch_runs_without_qt(tmp_path: Path) -> None:
    loaded = loaded_by(WHOLE_PACKAGE.format(name="focus_viewer.batch"), tmp_path)
    assert "torch" in loaded
    assert not loaded & (QT | {"dask", "pyarrow", "xarray"})


def test_explain_runs_without_qt_and_without_a_display(tmp_path: Path) -> None:
    loaded = loaded_by(EXPLAIN_HELP, tmp_path)
    assert "typer" in loaded
    assert not loaded & QT


@pytest.mark.parametrize(
    ("started", "named"), [("main.py", "main.py"), ("__main__.py", "python -m focus_viewer")]
)
def test_help_names_the_program_as_it_was_started(
    started: str, named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from focus_viewer.app import main

    monkeypatch.setattr(sys, "argv", [str(ROOT / started), "--help"])
    with pytest.raises(SystemExit):
        main(["--help"])
    assert capsys.readouterr().out.startswith(f"usage: {named} [-h]")
