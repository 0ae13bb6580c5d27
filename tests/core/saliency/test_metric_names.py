"""Names of metrics for people."""

import pytest

from focus_viewer.core.saliency.metric_names import in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sink_remainder", "not attributed"),
        ("sink_remainder (VNIR)", "not attributed (VNIR)"),
        ("accuracy (full range)", "right decisions, as a share (full range)"),
        ("accuracy_of_others", "accuracy_of_others"),
    ],
)
def test_figures_of_cards_are_in_words(name: str, words: str) -> None:
    assert in_words(name) == words
