"""Sizes that keep the code readable: folders, files, functions."""

import ast
from collections import Counter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2] / "focus_viewer"
MODULES = sorted(ROOT.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _lengths(path: Path) -> dict[str, int]:
    """Return the lines of each function, without its docstring."""
    functions = (
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, Function)
    )
    return {f"{path.relative_to(ROOT)}:{node.name}": _length(node) for node in functions}


def _length(function: Function) -> int:
    documented = ast.get_docstring(function, clean=False)
    lines = (function.end_lineno or 0) - function.lineno + 1
    return lines - (documented.count("\n") + 1 if documented else 0)


def test_folders_are_small() -> None:
    files = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert median(files.values()) <= 8
    assert max(files.values()) <= 24


def test_files_are_short() -> None:
    lines = {path: path.read_text("utf-8").count("\n") for path in MODULES}
    assert {str(path) for path, count in lines.items() if count > 400} == set()


def test_functions_are_short() -> None:
    long = {name for path in MODULES for name, count in _lengths(path).items() if count > 50}
    assert long == set()
