"""Tests that docs/formats.md names for its cases: they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
FEWEST = 60


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_exists() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    named = NAMED.findall(page)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / "tests" / path).is_file() or name not in _functions(ROOT / "tests" / path)
    ]
    assert missing == []
    assert len(named) >= FEWEST


def test_every_case_names_a_test() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    cases = page.split("\n## Cases\n")[1]
    rows = [line for line in cases.splitlines() if line.startswith("| ")]
    assert [row for row in rows if not row.startswith("| case") and not NAMED.search(row)] == []
