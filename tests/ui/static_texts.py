"""Texts that the window's code shows as they are, and the file that lists them for translators."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import focus_viewer

_UI = Path(focus_viewer.__file__).parent / "ui"
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" sourcelanguage="en">
<context>
<name>focus_viewer</name>
"""
_MESSAGE = '<message><source>{}</source><translation type="unfinished"></translation></message>\n'
_TAIL = "</context>\n</TS>\n"
# A sentence or a name: not a key, a path, a type, or a rule of a style sheet.
_SHOWN = re.compile(r"[A-Z][a-z]+[^{};_|\[\]]*|[A-Za-z][^{};_|\[\]]* [^{};_|\[\]]*")


def static_texts() -> list[str]:
    """Return all texts, sorted."""
    found: set[str] = set()
    for file in sorted(_UI.rglob("*.py")):
        found.update(_of(ast.parse(file.read_text(encoding="utf-8"))))
    return sorted(found)


def _of(module: ast.Module) -> Iterator[str]:
    """Yield what stands in calls, tables and constants; neither docstrings nor parts of others."""
    within = [
        part
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr | ast.Expr | ast.Subscript)
        and not isinstance(getattr(node, "value", None), ast.Call)
        for part in ast.walk(node)
    ]
    apart = {id(part) for part in within}
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant) or id(node) in apart:
            continue
        if isinstance(node.value, str) and _SHOWN.fullmatch(node.value):
            yield node.value


def listing(texts: list[str]) -> str:
    """Return the file of texts, none translated, as Qt's tools read it."""
    return _HEAD + "".join(_MESSAGE.format(escape(text)) for text in texts) + _TAIL


def listed(file: Path) -> set[str]:
    """Read the texts of a file for translators."""
    tree = ElementTree.parse(file)  # noqa: S314 - our own file
    return {source.text or "" for source in tree.iter("source")}
