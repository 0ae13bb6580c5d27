"""Imports of the benches: no other test runs them, and a moved function would break them unseen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield module and name of each import from the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("focus_viewer"):
            yield from ((str(node.module), alias.name) for alias in node.names)


def has(module: str, name: str) -> bool:
    """Whether a module's top level has a name, or its folder such a file."""
    place = ROOT.joinpath(*module.split("."))
    if (place / f"{name}.py").is_file() or (place / name).is_dir():
        return True
    source = place.with_suffix(".py") if not place.is_dir() else place / "__init__.py"
    if not source.is_file():
        return False
    tree = ast.parse(source.read_text(encoding="utf-8"))
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    found = {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found |= {alias.asname or alias.name for alias in node.names}
    return name in found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "bench").glob("*.py")), ids=lambda path: path.stem
)
def test_what_a_bench_imports_is_there(path: Path) -> None:
    assert [pair for pair in imports(path) if not has(*pair)] == []
