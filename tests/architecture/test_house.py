"""The house rules that no linter knows of."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "focus_viewer",
    "resources",
    "models",
    "tests",
    "docs",
    "main.py",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "findings",
}
MODULES = sorted((ROOT / "focus_viewer").rglob("*.py"))
HOME_FOLDER = re.compile(rb"(/(home|Users)/\w+/|/root/\w|[A-Z]:\\Users\\\w)")


def _ignored(path: Path) -> bool:
    patterns = (ROOT / ".gitignore").read_text().split()
    return any(fnmatch(path.name, pattern.rstrip("/")) for pattern in patterns)


def _entries() -> list[Path]:
    """What lies at the top and belongs to the project; hidden folders are others' affair."""
    return [path for path in ROOT.iterdir() if path.name != ".git" and not _ignored(path)]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif not _ignored(path):
        for below in path.iterdir():
            yield from _files(below)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_the_top_level_holds_only_what_was_agreed() -> None:
    names = {path.name for path in _entries() if not path.name.startswith(".")}
    assert names - TOP_LEVEL == set()


def test_there_are_modules_to_check() -> None:
    assert len(MODULES) > 10


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(_tree(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_never_prints(path: Path) -> None:
    calls = (node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call))
    assert [
        name.lineno for name in calls if isinstance(name, ast.Name) and name.id == "print"
    ] == []


def test_no_file_tells_whose_machine_it_was_made_on() -> None:
    files = (file for entry in _entries() for file in _files(entry))
    found = [str(file.relative_to(ROOT)) for file in files if HOME_FOLDER.search(file.read_bytes())]
    assert found == []
