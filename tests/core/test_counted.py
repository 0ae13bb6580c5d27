"""Counts with their nouns."""

from __future__ import annotations

import pytest

from focus_viewer.core.counted import counted


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "band", "1 band"),
        (0, "band", "0 bands"),
        (2, "class", "2 classes"),
        (2, "mean spectrum", "2 mean spectra"),
        (204_800, "labelled pixel", "204,800 labelled pixels"),
    ],
)
def test_a_count_is_in_the_singular_only_for_one(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text
