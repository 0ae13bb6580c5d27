"""Number that somebody typed, with a point or a comma before its decimals."""

from __future__ import annotations

import math
import re

# A decimal comma, or one between thousands.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}([.,]\d*)+")


def parse_number(text: str) -> float | None:
    """Parse a number; None where nothing was typed.

    Raises
    ------
    ValueError
        If it is not a number, or could be two, such as 4,095.
    """
    plain = text.strip()
    if not plain:
        return None
    doubt = doubt_about(plain)
    if doubt:
        raise ValueError(doubt)
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        raise ValueError(f"expected a number, found {plain[:20]!r}") from None


def doubt_about(text: str, largest: float = math.inf) -> str | None:
    """Return why a number can be two, such as 4,095; None if it is one, or only one is allowed.

    Commas or points between thousands, as in 1,234,567 or 1,234.5, are doubtful too.
    """
    if _GROUPED.fullmatch(text):
        return f"expected a number, found {text[:20]}: type it without marks between thousands"
    if not _EITHER.fullmatch(text):
        return None
    whole, decimal = text.replace(",", ""), text.replace(",", ".")
    return (
        f"{text} can be {whole} or {decimal}: type one of them" if float(whole) <= largest else None
    )
