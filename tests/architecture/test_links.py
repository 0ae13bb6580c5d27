"""Links of all pages lead somewhere: to a file of the repository, and to a heading in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from focus_viewer.ui.help.pages import heading_anchor

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#+\s+(.+?)\s*$", re.MULTILINE)


def _anchors(path: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {heading_anchor(heading) for heading in HEADING.findall(text)}


def _problem(page: Path, target: str) -> str:
    """Why a link leads nowhere; empty where it leads somewhere. The net is not asked."""
    if re.match(r"[a-z]+:", target):
        return "" if target.startswith(("https://", "http://", "mailto:")) else "unknown scheme"
    name, _, anchor = target.partition("#")
    there = (page.parent / name).resolve() if name else page
    if not there.exists():
        return "no such file"
    if anchor and anchor not in _anchors(there):
        return "no such heading"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    problems = {target: _problem(page, target) for target in LINK.findall(text)}
    assert {target: problem for target, problem in problems.items() if problem} == {}


def test_links_that_lead_nowhere_are_found() -> None:
    page = ROOT / "README.md"
    assert _problem(page, "docs/none.md") == "no such file"
    assert _problem(page, "docs/glossary.md#nothing") == "no such heading"
    assert _problem(page, "docs/glossary.md#explanation") == ""


def test_files_and_names_of_the_rules_for_contributors_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    roots = (ROOT, ROOT / "focus_viewer")
    paths = set(re.findall(r"`([a-z_]+(?:/[\w.]+)+\.py)`", text))
    assert len(paths) > 30
    assert [path for path in paths if not any((root / path).is_file() for root in roots)] == []
    code = "\n".join(path.read_text(encoding="utf-8") for path in roots[1].rglob("*.py"))
    named = set(re.findall(r"`(_?[A-Z][A-Za-z_]+|\w+_\w+)`", text)) - {"window_nm", "width_px"}
    lacking = [name for name in named if not re.search(rf"(?:^|\s){name}\b\s*[=:(]", code)]
    assert lacking == []
