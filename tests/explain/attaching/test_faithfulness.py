"""Agreement with brute force: windows count by how much there is to explain."""

from __future__ import annotations

import math

from focus_viewer.explain.attaching.faithfulness import _Agreement, _mean


def test_a_window_that_is_as_usual_hardly_counts() -> None:
    found = _mean([_Agreement(0.9, 1.0, 2.0), _Agreement(-0.8, 0.1, 0.001)])
    assert 0.899 < found.cosine < 0.9
    assert 0.999 < found.noise < 1


def test_where_nothing_can_be_compared_there_is_no_number() -> None:
    nothing = _Agreement(math.nan, math.nan, math.nan)
    assert math.isnan(_mean([nothing, nothing]).cosine)
    assert math.isnan(_mean([_Agreement(0.0, 0.0, 0.0)]).cosine)
