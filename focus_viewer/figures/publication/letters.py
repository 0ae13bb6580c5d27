"""Letters on the page: the fonts that draw them, their widths, line breaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

from focus_viewer.figures import style

SMALLEST_PT: Final = 6.0
_STAND_IN: Final = "DejaVu Sans"  # comes with matplotlib
_LEADING: Final = 1.25  # from baseline to baseline, in font sizes
_MISSING: Final = "\ufffd"


@dataclass(frozen=True)
class Letters:
    """Type of a figure in the chosen font."""

    font: str
    body_pt: float

    @property
    def families(self) -> tuple[str, ...]:
        """Families in the order in which they are looked through for a letter."""
        own = (self.font,) if is_installed(self.font) else ()
        return tuple(dict.fromkeys((*own, _STAND_IN)))

    @property
    def small_pt(self) -> float:
        """Size of ticks, keys, labels and caption."""
        return max(SMALLEST_PT, self.body_pt - 0.7)

    @property
    def letter_pt(self) -> float:
        """Size of the letters of panels."""
        return self.body_pt + 2

    def line_mm(self, pt: float) -> float:
        """Return the distance from baseline to baseline."""
        return pt * _LEADING * style.MM_PER_PT

    def width_mm(self, text: str, pt: float, bold: bool = False) -> float:
        """Return the width of a line of text."""
        return _width_pt(self.drawable(text), self.families, pt, bold) * style.MM_PER_PT

    def drawable(self, text: str) -> str:
        """Return the text on one line, a replacement character for each letter that no font has."""
        known = _known_letters(self.families)
        kept = (letter if ord(letter) in known else _MISSING for letter in _one_line(text))
        return "".join(kept)

    def missing(self, texts: Iterable[str]) -> str:
        """Return letters that no font has, each once."""
        known = _known_letters(self.families)
        every = dict.fromkeys("".join(_one_line(text) for text in texts))
        return "".join(letter for letter in every if ord(letter) not in known)

    def shortened(self, text: str, room_mm: float, pt: float, bold: bool = False) -> str:
        """Return a line that fits, cut in its middle: names differ at their ends."""
        whole = self.drawable(text)
        kept = len(whole)
        short = whole
        while kept > 2 and self.width_mm(short, pt, bold) > room_mm:
            kept -= 1
            short = f"{whole[: kept - kept // 2]}…{whole[len(whole) - kept // 2 :]}"
        return short

    def wrapped(self, text: str, room_mm: float, pt: float) -> tuple[str, ...]:
        """Return lines that fit, broken at spaces; a word too long is cut in its middle."""
        lines: list[str] = []
        for word in self.drawable(text).split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_mm(longer, pt) <= room_mm:
                lines[-1] = longer
            else:
                lines.append(self.shortened(word, room_mm, pt))
        return tuple(lines)


@cache
def is_installed(font: str) -> bool:
    """Return whether a font of this family is installed."""
    try:
        findfont(FontProperties(family=font), fallback_to_default=False)
    except ValueError:
        return False
    return True


@cache
def _known_letters(families: tuple[str, ...]) -> frozenset[int]:
    paths = (findfont(FontProperties(family=family)) for family in families)
    return frozenset(code for path in paths for code in get_font(path).get_charmap())


@cache
def _width_pt(text: str, families: tuple[str, ...], pt: float, bold: bool) -> float:
    weight = "bold" if bold else "normal"
    kind = FontProperties(family=list(families), size=pt, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, kind, False)
    return float(width)


def _one_line(text: str) -> str:
    """Replace controls, which no file format takes, by spaces; keep no-break spaces."""
    return "".join(letter if letter.isprintable() or letter == "\u00a0" else " " for letter in text)
