"""Number that somebody typed, with a point or a comma before its decimals."""

from __future__ import annotations

import re

_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # a decimal comma, or one between thousands


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
    if _EITHER.fullmatch(plain):
        whole, decimal = plain.replace(",", ""), plain.replace(",", ".")
        raise ValueError(f"{plain} can be {whole} or {decimal}: type one of them")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        raise ValueError(f"expected a number, found {plain[:20]!r}") from None
