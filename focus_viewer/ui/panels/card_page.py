"""Page of a model card in plain words, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from focus_viewer.core.card_limits import RANGE_WORDS, bands_text, limits_of
from focus_viewer.core.saliency.model_card import SENSOR_RANGES, ModelCard
from focus_viewer.core.wording import percent
from focus_viewer.ui.widgets import theme

_FIGURES: Final = (
    ("accuracy", "decides rightly"),
    ("pointing", "strongest place is on the lesion"),
    ("sink_remainder", "left unattributed"),
)
_OVERLAP: Final = "band_iou_half_max"
_ABOUT_OVERLAP: Final = (
    "Overlap of the strongest wavelengths with those that a lesion changes, 0 to 1: 1 is all of "
    "them and nothing else."
)
_AGREEMENT: Final = {
    "cosine with brute force": "explanation with brute force",
    "brute force with itself": "brute force with itself",
}
_ABOUT_AGREEMENT: Final = (
    "Brute force asks the model about many images with wavelengths and places left out. 1 is "
    "perfect; where brute force hardly agrees with itself, nothing can be said."
)


def card_page(card: ModelCard) -> str:
    """Return what a model is for, how good it is, and what it must not be trusted for."""
    return "".join(
        (
            f"<h3>{escape(card.name)} {escape(card.version)}</h3>",
            f"<p>{_subject(card)} <b>{escape(', '.join(card.classes))}</b>, from its "
            f"spectra at {bands_text(card)}. {escape(_origin(card))}.</p>",
            _heading("Before you trust it"),
            _list(limits_of(card)),
            _measured_table(card),
            _overlap_table(card),
            _agreement_table(card),
        )
    )


def _subject(card: ModelCard) -> str:
    shown = "an image" if card.teaching or card.attached else "a leaf"
    return f"Decides whether {shown} shows"


def _origin(card: ModelCard) -> str:
    start = "Trained elsewhere, and" if card.attached else "Trained on:"
    return f"{start} {card.training_data}"


def _heading(text: str) -> str:
    return f'<h4 style="color: {theme.WARNING}">{escape(text)}</h4>'


def _list(sentences: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in sentences) + "</ul>"


def _known_ranges(card: ModelCard) -> list[str]:
    return [each for each in SENSOR_RANGES if f"accuracy ({each})" in card.measured]


def _measured_table(card: ModelCard) -> str:
    ranges = _known_ranges(card)
    if not ranges:
        return ""
    rows = [
        [
            RANGE_WORDS[sensors],
            *(_share(card.measured.get(f"{name} ({sensors})")) for name, _ in _FIGURES),
        ]
        for sensors in ranges
    ]
    titles = ["In its test scenes", *(title for _, title in _FIGURES)]
    return "<h4>How good it is</h4>" + _table(titles, rows)


def _overlap_table(card: ModelCard) -> str:
    ranges = _known_ranges(card)
    rows = [
        [name, *values]
        for name in card.classes
        if any(
            values := [
                _number(card.measured.get(f"{_OVERLAP}, {name} ({each})")) for each in ranges
            ]
        )
    ]
    if not rows:
        return ""
    titles = ["", *(RANGE_WORDS[each] for each in ranges)]
    head = f"<h4>How good its wavelengths are</h4><p>{escape(_ABOUT_OVERLAP)}</p>"
    return head + _table(titles, rows)


def _agreement_table(card: ModelCard) -> str:
    """Return how a model of another origin is explained, beside brute force; else nothing."""
    if not card.attached:
        return ""
    rows = [
        [title, *(_number(card.measured.get(f"{kind}, {figure}")) for figure in _AGREEMENT)]
        for kind, title in (("curve", "wavelengths"), ("map", "places"))
    ]
    titles = ["Cosine, on what was held out", *_AGREEMENT.values()]
    head = f"<h4>How good its explanations are</h4><p>{escape(_ABOUT_AGREEMENT)}</p>"
    return head + _table(titles, rows)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th align='left'>{escape(title)}</th>" for title in titles)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table cellpadding='4'><tr>{head}</tr>{body}</table>"


def _share(value: float | None) -> str:
    return "" if value is None else percent(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
