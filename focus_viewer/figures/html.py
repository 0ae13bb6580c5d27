"""HTML pages that need no other file, no network and no scripts: one look for all reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Final

from matplotlib.axes import Axes

from focus_viewer.figures import style
from focus_viewer.figures.figure_file import rendered
from focus_viewer.figures.page import Page

NAMES_MM: Final = 26.0
"""Room for the names at the left of a chart."""

_PX_PER_PT: Final = 1.9  # the page's letters are small for a screen

_STYLE: Final = f"""
:root {{ color-scheme: light; }}
body {{ font: 15px/1.5 "DejaVu Sans", system-ui, sans-serif; color: {style.INK};
  background: white; max-width: 1180px; margin: 2rem auto; padding: 0 1.5rem; }}
h1 {{ font-size: 1.7rem; margin: 0; }} h2 {{ font-size: 1.1rem; margin: 2.2rem 0 .6rem; }}
.muted, th {{ color: {style.MUTED}; }} .small {{ font-size: .82rem; }}
.head {{ display: flex; gap: 2rem; border-top: 1px solid {style.HAIRLINE}; padding-top: 1rem;
  margin-top: .8rem; flex-wrap: wrap; }} .head > div:last-child {{ flex: 1 1 26rem; }}
.score {{ font-size: 3.4rem; font-weight: bold; color: {style.OWN}; line-height: 1.1; }}
p {{ margin: .25rem 0; }} .warning {{ color: {style.WARNING}; }}
table {{ border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }}
th {{ text-align: left; font-weight: normal; border-bottom: 1px solid {style.HAIRLINE}; }}
th, td {{ padding: .22rem .9rem .22rem 0; vertical-align: top; }}
svg {{ max-width: 100%; height: auto; }} .scroll {{ overflow-x: auto; }}
.pairs {{ display: grid; gap: 0 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); }}
.curves {{ display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; }} figure {{ margin: 0; }}
details {{ margin-top: .6rem; }} td {{ white-space: nowrap; }}
figcaption {{ font-size: .82rem; }} footer {{ border-top: 1px solid {style.HAIRLINE};
  margin-top: 2rem; padding-top: .6rem; }}
@media print {{ body {{ margin: 0; font-size: 11px; }} h2 {{ break-after: avoid; }} }}
"""


def document(title: str, body: str) -> str:
    """Return a whole page."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def section(title: str, content: str) -> str:
    """Return a part of a page with its title."""
    return f'<section><h2>{escape(title)}</h2><div class="scroll">{content}</div></section>'


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text; `kind` names classes of the style sheet."""
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(text)}</p>"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with a title row."""
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def chart(
    draw: Callable[[Axes], None],
    width_mm: float,
    height_mm: float,
    names_mm: float = NAMES_MM,
    top_mm: float = 6.0,
) -> str:
    """Draw a chart and return it as SVG without links, metadata and namespaces."""
    with style.house_style():
        page = Page(height_mm + top_mm + 6, names_mm + width_mm + 12)
        draw(page.axes(names_mm, top_mm, width_mm, height_mm))
        svg = rendered(page.figure, "svg").decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    return re.sub(r'(width|height)="([\d.]+)pt"', _larger, svg, count=2)


def _larger(found: re.Match[str]) -> str:
    return f'{found[1]}="{float(found[2]) * _PX_PER_PT:.0f}"'
