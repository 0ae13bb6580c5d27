"""Verdicts: what an image must show for a result to count, each measure by itself."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from explain_models import make_card, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.georeference import Georeference, PixelArea
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.explain.inference.applicability import judge
from focus_viewer.explain.inference.group_images import GroupImages, LeafFound

LEAF = LeafFound(share=0.4, patches=200, strangeness=0.2, likeness=0.95)
CUBE = replace(make_cube(), units="reflectance")
CARD = replace(make_card(), measured={"accuracy (VNIR)": 0.9, "accuracy (other)": 0.4})


def verdict_on(
    leaf: LeafFound = LEAF, cube: Cube | None = None, low: float = 400, high: float = 1000
) -> Applicability:
    edges = np.stack([np.arange(low, high, 50), np.arange(low, high, 50) + 50], axis=1)
    images: Any = SimpleNamespace(leaf=leaf, grouping=SimpleNamespace(edges_nm=edges))
    return judge(cube or CUBE, cast(GroupImages, images), CARD)


def test_a_leaf_passes_with_all_its_numbers() -> None:
    found = verdict_on()
    assert (found.verdict, found.against, found.tissue_share) == ("applies", (), 0.4)
    codes = [reason.code for reason in found.reasons]
    assert codes == ["tissue", "spectra", "other materials", "units", "wavelengths", "accuracy"]
    assert found.sentence == "Applies"


@pytest.mark.parametrize(
    ("leaf", "code", "verdict"),
    [
        (LeafFound(0.0, 0, None, None), "tissue", "does not apply"),
        (LEAF._replace(patches=15), "tissue", "doubtful"),
        (LEAF._replace(strangeness=1.2), "spectra", "doubtful"),
        (LEAF._replace(strangeness=1.7), "spectra", "does not apply"),
        (LEAF._replace(likeness=0.6), "other materials", "doubtful"),
        (LEAF._replace(likeness=0.3), "other materials", "does not apply"),
    ],
)
def test_tissue_speaks_against_a_result(leaf: LeafFound, code: str, verdict: str) -> None:
    found = verdict_on(leaf)
    assert [reason.code for reason in found.against] == [code]
    assert found.verdict == verdict
    assert found.sentence.startswith(f"{verdict.capitalize()}: ")


@pytest.mark.parametrize(
    ("side_m", "verdict"), [(0.0005, "applies"), (0.03, "doubtful"), (30.0, "does not apply")]
)
def test_pixels_as_wide_as_a_leaf_show_none(side_m: float, verdict: str) -> None:
    cube = replace(CUBE, georeference=Georeference(pixel_area=PixelArea(side_m**2)))
    found = verdict_on(cube=cube)
    assert found.verdict == verdict
    assert found.reasons[-1].value == pytest.approx(side_m)


def test_units_and_sensor_are_doubted() -> None:
    assert verdict_on(cube=replace(CUBE, units="counts")).verdict == "doubtful"
    other = verdict_on(low=900, high=1700)
    assert [reason.code for reason in other.against] == ["accuracy"]
    assert "sensors of other ranges the model decided 40 %" in other.sentence
    assert [reason.code for reason in verdict_on(high=700).against] == ["wavelengths", "accuracy"]


def test_the_gravest_reason_is_the_first() -> None:
    found = verdict_on(LEAF._replace(likeness=0.3), replace(CUBE, units="counts"))
    assert [reason.code for reason in found.against] == ["other materials", "units"]


def test_what_the_sink_took_counts() -> None:
    assert verdict_on().with_doubt(0.1).verdict == "applies"
    found = verdict_on().with_doubt(0.5)
    assert (found.verdict, found.against[0].code) == ("doubtful", "sink")
    assert "50 % of the evidence could not be attributed" in found.sentence
