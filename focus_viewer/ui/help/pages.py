"""Pages of the guide: Markdown files, their titles in order, and a search over all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from focus_viewer.assets import folder

INDEX = "index.md"
_LINK = re.compile(r"^[-*\d.]+ +\[([^]]+)\]\(((?:\.\./)?[\w-]+\.md)\)", re.MULTILINE)
_MARKUP = re.compile(r"!?\[([^]]*)\]\([^)]*\)|[*`#|]|<[^>]+>")
_AROUND = 60


@dataclass(frozen=True)
class Page:
    """Page of the guide, with its title in the table of contents."""

    title: str
    path: Path


@dataclass(frozen=True)
class Found:
    """Place in a page where all words of a search stand, with the text around the first."""

    page: Page
    excerpt: str


def guide_folder() -> Path:
    """Return the folder of the guide."""
    return folder("docs") / "guide"


def pages() -> tuple[Page, ...]:
    """Return the index and the pages that it lists, in its order."""
    index = guide_folder() / INDEX
    listed = _LINK.findall(index.read_text(encoding="utf-8"))
    places = [(title, Path(normpath(index.parent / name))) for title, name in listed]
    return Page("Guide", index), *(Page(title, place) for title, place in places)


def find(words: str) -> list[Found]:
    """Find the pages that hold all words, those first that name them in their title."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    hits = []
    for page in pages():
        text = plain(page.path.read_text(encoding="utf-8"))
        if all(word in text.casefold() for word in wanted):
            hits.append(Found(page, _excerpt(text, wanted[0])))
    return sorted(
        hits, key=lambda hit: not any(word in hit.page.title.casefold() for word in wanted)
    )


def plain(markdown: str) -> str:
    """Return the words of a page without its markup, on one line."""
    return " ".join(_MARKUP.sub(r"\1", markdown).split())


def heading_anchor(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().casefold())
    return kept.replace(" ", "-")


def _excerpt(text: str, word: str) -> str:
    at = text.casefold().find(word)
    start, end = max(0, at - _AROUND), at + len(word) + _AROUND
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
