"""Validation report for people: one page on which nothing overlaps, and HTML on its own."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from data_set_cases import region, sample
from matplotlib.figure import Figure
from matplotlib.text import Text
from validation_cases import QUICK, Rule, hidden_number, planted_regions, report_of

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.validation.report import Rival, ValidationReport
from focus_viewer.core.validation.run import validate
from focus_viewer.figures.style import house_style
from focus_viewer.figures.validation.charts import draw_matrix, rival_rows
from focus_viewer.figures.validation.files import write_validation_report
from focus_viewer.figures.validation.html import validation_html
from focus_viewer.figures.validation.page import validation_page
from focus_viewer.figures.validation.tables import class_table, presence_table

LABELS = ["healthy", "rust"] * 8
RIVALS = tuple(
    Rival(name, Interval(0.5, 0.4, 0.6), Interval(0.1, -0.1, 0.2))
    for name in ("lda", "pls-da", "random-forest")
)


def by_chance(counts: dict[str, int], example: object) -> str:
    return sorted(counts)[hidden_number(example) % len(counts)]  # type: ignore[arg-type]


def several() -> ValidationReport:
    boxes = [(9 * (n % 4), 9 * (n // 4), 9 * (n % 4) + 5, 9 * (n // 4) + 5) for n in range(12)]
    names = [("a", "b"), ("a",), ("b",), ("c", "a")] * 3
    regions = [region(box, *own) for box, own in zip(boxes, names, strict=True)]
    return validate(Rule(by_chance, "ViT"), DataSet((sample("s", regions=regions),)), QUICK)


def crowded() -> ValidationReport:
    """Many classes with long names, many warnings and notes."""
    names = [f"a disease with a very long name, number {n}" for n in range(20)]
    data_set = planted_regions(names[:8] * 5).data_set
    report = validate(Rule(by_chance, "ViT of a name that is long as well"), data_set, QUICK)
    rows = tuple(replace(report.classes[n % 8], name=name) for n, name in enumerate(names))
    table = np.kron(np.ones((3, 3)), report.table)[:20, :20]
    words = tuple(
        f"Sentence number {n} that is rather long, {'and goes on ' * 5}." for n in range(9)
    )
    return replace(report, classes=rows, table=table, warnings=words, notes=words, rivals=RIVALS)


CASES = {
    "plain": lambda: replace(report_of(LABELS, by_chance), rivals=RIVALS),
    "one class not validated": lambda: report_of([*LABELS, "virus"]),
    "nothing validated": lambda: report_of(["a", "b"]),
    "several at once": several,
    "crowded": crowded,
    "hardly anything": lambda: replace(
        report_of(["a", "a", "b", "b"]), curve=None, places=(), shuffled=None, rivals=()
    ),
}


@cache
def built(case: str) -> ValidationReport:
    return CASES[case]()


def boxes(figure: Figure) -> list[tuple[str, object]]:
    with house_style():
        figure.set_dpi(150)
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        figure.draw(renderer)
        texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        return [(t.get_text(), t.get_window_extent(renderer)) for t in texts]


@pytest.mark.parametrize("case", CASES)
def test_the_page_is_a4_and_no_text_leaves_it_or_overlaps_another(case: str) -> None:
    figure = validation_page(built(case))
    assert figure.get_size_inches() * 25.4 == pytest.approx([210, 297])
    found = boxes(figure)
    width, height = figure.bbox.width, figure.bbox.height
    outside = [text for text, box in found if box.x0 < 0 or box.x1 > width or box.y0 < 0]
    assert outside == []
    assert [text for text, box in found if box.y1 > height] == []
    low, high = (np.array([getattr(box, name) for _, box in found]) for name in ("min", "max"))
    touching = (low[:, None] < high - 1).all(axis=2)
    pairs = np.argwhere(np.triu(touching & touching.T, 1))
    assert [(found[a][0], found[b][0]) for a, b in pairs] == []


class Names(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("href", "src", "xlink:href", "data")]


@pytest.mark.parametrize("case", CASES)
def test_the_html_needs_nothing_else(case: str) -> None:
    text = validation_html(built(case))
    page = Names()
    page.feed(text)
    assert not {"script", "link", "iframe", "object", "img"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert "http" not in text and "@import" not in text and "url(h" not in text
    assert page.tags.count("svg") >= 1
    assert re.search(r"\bon\w+=", text) is None


def test_names_of_the_user_are_text_and_never_markup() -> None:
    report = replace(report_of(LABELS), name="<script>alert(1)</script>")
    assert "<script" not in validation_html(report)
    assert "&lt;script&gt;" in validation_html(report)


def test_the_html_says_what_the_report_says() -> None:
    report = replace(report_of([*LABELS, "virus"], by_chance), rivals=RIVALS)
    text = validation_html(report)
    for words in (
        "adds nothing that can be seen beyond LDA on mean spectra",
        "Training accuracy",
        "Not validated: virus.",
        "With labels shuffled between cubes",
        f"focus-viewer {report.versions['focus-viewer']}",
        report.data.fingerprint,
        "cubes in 5 folds",
    ):
        assert words in text


def test_each_fold_has_its_own_confusion() -> None:
    text = validation_html(report_of(LABELS))
    assert len(re.findall(r"<figcaption[^>]*>Fold \d</figcaption><table>", text)) == 5


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    report = report_of(LABELS)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths = write_validation_report(report, tmp_path / name)
    assert [path.name for path in paths] == ["report.json", "report.html", "report.pdf"]
    for path in paths:
        assert path.read_bytes() == (tmp_path / "a" / path.name).read_bytes()
    assert len(re.findall(rb"/Type /Page\b", paths[2].read_bytes())) == 1


def test_the_matrix_shows_counts_and_leaves_an_unvalidated_row_empty() -> None:
    report = report_of([*LABELS, "virus"])
    axes = Figure().add_subplot()
    draw_matrix(axes, report, 20)
    words = [text.get_text() for text in axes.texts]
    assert words.count("8") == 2
    assert "not validated" in words


def test_the_model_stands_first_and_the_best_baseline_next() -> None:
    worse = Rival("pls-da", Interval(0.2, 0.1, 0.3), Interval(0, 0, 0))
    report = replace(report_of(LABELS), rivals=(Rival("lda"), worse, RIVALS[2]))
    names = [name for name, *_ in rival_rows(report)]
    assert names == ["ViT", "random forest", "PLS-DA", "LDA", "labels shuffled"]


def test_tables_have_a_row_a_class() -> None:
    assert [row[0] for row in class_table(report_of(LABELS))[1]] == ["1  healthy", "2  rust"]
    found = several()
    assert len(presence_table(found)[1]) == 3
