"""Reading and writing projects costs nothing until it is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
from pathlib import Path
import focus_viewer.io.project as project
from focus_viewer.core.documents.project import Project
assert not {"pydantic", "filelock"} & sys.modules.keys(), "loaded too early"
project.write_project(Path(sys.argv[1]), Project())
assert "pydantic" in sys.modules
assert not {"torch", "PySide6"} & sys.modules.keys()
"""


def test_pydantic_is_loaded_with_the_first_project(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "a.focus.json")],
        cwd=Path(__file__).parents[3],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.focus.json").exists()
