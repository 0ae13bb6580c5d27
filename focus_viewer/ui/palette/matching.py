"""Matching of what is typed with the names of commands."""

from __future__ import annotations

from typing import Final

_BEGINS, _WITHIN, _SCATTERED = 100, 60, 20
_SPREAD_COST: Final = 20  # of letters that are far apart; never as much as a better kind of match


def score(query: str, text: str) -> int:
    """Return how well a text matches all words of a query, in any order; 0 if one is missing.

    A word at the beginning of a word counts more than one within it, and that more than its letters
    one after the other with others between them.
    """
    found = [_word_score(word, text.casefold()) for word in query.casefold().split()]
    return 0 if 0 in found else sum(found) + 1


def begins_all(query: str, text: str) -> bool:
    """Return whether each word of a query begins a word of a text."""
    words = text.casefold().split()
    return all(any(word.startswith(each) for word in words) for each in query.casefold().split())


def _word_score(word: str, text: str) -> int:
    place = text.find(word)
    if place < 0:
        return _scattered_score(word, text)
    begins = f" {text}".find(f" {word}") >= 0
    return (_BEGINS if begins else _WITHIN) + (1 if place == 0 else 0)


def _scattered_score(word: str, text: str) -> int:
    """Score letters that follow one another with others between them."""
    first = place = text.find(word[:1])
    for letter in word[1:]:
        if place < 0:
            return 0
        place = text.find(letter, place + 1)
    if place < 0:
        return 0
    spread = place - first + 1 - len(word)
    return max(_SCATTERED - min(spread, _SPREAD_COST), 1)
