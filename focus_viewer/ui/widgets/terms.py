"""Terms of the window and their meanings, as the glossary has them; tooltips show both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape

from focus_viewer.assets import folder

_ROW = re.compile(r"^\| (\*\*.+?\*\*) \| (.+?) \|$", re.MULTILINE)
_TERM = re.compile(r"\*\*(.+?)\*\*")
_MARKUP = re.compile(r"\[([^]]*)\]\([^)]*\)|[*`]")


@cache
def meanings() -> Mapping[str, str]:
    """Return the meaning of each term of the glossary; terms of one row share theirs."""
    page = (folder("docs") / "glossary.md").read_text(encoding="utf-8")
    return {
        term: _MARKUP.sub(r"\1", meaning)
        for terms, meaning in _ROW.findall(page)
        for term in _TERM.findall(terms)
    }


def with_terms(tip: str, *terms: str) -> str:
    """Return a tooltip in HTML that ends with the meanings of terms.

    Raises
    ------
    KeyError
        If the glossary has no such term.
    """
    explained = "".join(
        f"<p><b>{escape(term.capitalize())}</b>: {escape(meanings()[term])}.</p>" for term in terms
    )
    return f"{tip}{explained}"
