"""Result of the Python interface, on an explanation that is known."""

from __future__ import annotations

import numpy as np
import pytest
from ui.fakes import make_cube, make_explanation

from focus_viewer.result import Result


@pytest.fixture
def result() -> Result:
    cube = make_cube()
    return Result(cube, make_explanation(cube))


def test_the_waterfall_ends_at_the_logit(result: Result) -> None:
    found = result.waterfall("chlorosis")
    assert found.logit == result.logits["chlorosis"] == pytest.approx(1.9)
    assert found.baseline + found.evidence + found.unattributed == pytest.approx(1.9)
    assert found.unattributed == pytest.approx(found.evidence / 8, rel=1e-4)


def test_doubt_is_the_share_that_was_left(result: Result) -> None:
    assert result.doubt("chlorosis") == result.explanation.doubt("chlorosis")
    assert result.doubt("chlorosis") == pytest.approx(1 / 9)
    with pytest.raises(ValueError, match="no class 'rust'"):
        result.doubt("rust")


def test_the_signature_is_a_mode_of_its_own(result: Result) -> None:
    volume = result.volume("chlorosis", mode="signature")
    np.testing.assert_array_equal(
        result.importance_curve("chlorosis", mode="signature"),
        [plane.sum(dtype=np.float64) for plane in volume.planes],
    )
    assert volume is result.volume("chlorosis", mode="signature", reference_class="healthy")


def test_a_notebook_reads_the_sum(result: Result) -> None:
    html = result._repr_html_()
    told = "mean 1.95 = nothing shown 2.19 + evidence -0.22 + not attributed -0.03"
    assert f"Logit less the other classes&#x27; {told}" in html
    assert "11 % of the evidence could not be attributed" in html
