"""Plain technical English: how docstrings begin, and words that stay out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "focus_viewer").rglob("*.py"))
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Verbs that functions begin with. A new verb is welcome here: that it is one is the point.
VERBS = frozenset((Path(__file__).parent / "verbs.txt").read_text().split())
# Verbs above that are nouns as well, with which a module may begin.
NOUNS_TOO = frozenset((Path(__file__).parent / "nouns_too.txt").read_text().split())
QUESTIONS = frozenset(["what", "how", "where", "which", "who", "whose", "when", "why", "whether"])

DIALECT = {
    "told": r"\btold\b",
    "tell": r"\btells?\b",
    "whereabouts": r"\bwhereabouts\b",
    "hang together": r"\bhangs? together\b",
    "at hand": r"\bat hand\b",
    "asked of": r"\basked of\b",
    "lies": r"\blies?\b",
    "gone": r"\bgone\b",
    "alike": r"\balike\b",
    "is no": r"(?<!there )(?<!There )\b(?:is|are) no\b(?! longer\b)",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _first_word(text: str) -> str:
    return re.split(r"[\s,.:;]", text.strip(), maxsplit=1)[0].lower()


def _is_property(function: Function) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in function.decorator_list)


def _documented(path: Path) -> Iterator[tuple[Function, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, Function) and not _is_property(node) and ast.get_docstring(node):
            yield node, ast.get_docstring(node) or ""


# Keys of the project file, which keep their names, and the method of files.
ALLOWED = {'"told"', "tell"}


def _words(path: Path) -> Iterator[tuple[int, str]]:
    """Comments, texts and the words of names, with their lines."""
    source = path.read_text(encoding="utf-8")
    kinds = (tokenize.COMMENT, tokenize.STRING)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.string in ALLOWED:
            continue
        if token.type in kinds:
            yield token.start[0], " ".join(token.string.split())
        elif token.type == tokenize.NAME:
            yield token.start[0], token.string.replace("_", " ").strip()


def _dialect(line: int, text: str) -> list[str]:
    return [
        f"{line}: {name!r} in {text[:80]!r}"
        for name, pattern in DIALECT.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]


def test_a_module_begins_with_the_noun_that_it_is() -> None:
    firsts = {_name(path): _first_word(ast.get_docstring(_tree(path)) or "") for path in MODULES}
    barred = QUESTIONS | (VERBS - NOUNS_TOO)
    assert {name: word for name, word in firsts.items() if word in barred} == {}


def test_a_function_begins_with_the_verb_that_it_does() -> None:
    assert [
        f"{_name(path)}:{function.lineno}: {text.splitlines()[0]}"
        for path in MODULES
        for function, text in _documented(path)
        if _first_word(text) not in VERBS
    ] == []


def test_dialect_stays_out_of_the_code() -> None:
    hits = (
        f"{_name(path)}:{hit}"
        for path in MODULES
        for line, text in _words(path)
        for hit in _dialect(line, text)
    )
    assert list(hits) == []


def test_dialect_stays_out_of_the_documents() -> None:
    hits = (
        f"{_name(path)}:{hit}"
        for path in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for hit in _dialect(number, line)
    )
    assert list(hits) == []


def test_a_loop_names_the_thing() -> None:
    assert [
        f"{_name(path)}:{loop.target.lineno}: {ast.unparse(loop.target)}"
        for path in MODULES
        for loop in ast.walk(_tree(path))
        if isinstance(loop, ast.For | ast.comprehension) and "one" in _targets(loop)
    ] == []


def _targets(loop: ast.For | ast.comprehension) -> set[str]:
    return {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
