"""Curves of removal, and what the sentences on them say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trust_cases import curve, make_report, removal, trial
from ui.fakes import make_cube, make_explanation

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.trust import RandomWeights, RemovalCurve, Sink, sink_of
from focus_viewer.core.trust_wording import (
    random_weights_text,
    sink_text,
    summary,
    where_tested,
)


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return make_explanation(make_cube())


def test_a_curve_is_read_between_its_points() -> None:
    one = RemovalCurve(np.array([0.0, 0.5, 1.0]), np.array([0.8, 0.2, 0.0]))
    assert one.at(0.25) == pytest.approx(0.5)
    assert one.mean == pytest.approx(0.5 * 0.5 + 0.1 * 0.5)


def test_what_is_added_strongest_first_was_removed_weakest_first() -> None:
    one = removal()
    assert one.removed("strongest") is one.strongest
    assert one.added("strongest").at(0.2) == pytest.approx(one.weakest.at(0.8))
    assert one.added("weakest").at(0.2) == pytest.approx(one.strongest.at(0.8))
    for order in ("strongest", "random", "weakest"):
        assert (np.diff(one.added(order).shares) > 0).all()
        assert one.added(order).at(0) == one.removed(order).at(1)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_sentence_has_the_numbers(explanation: Explanation) -> None:
    report = make_report(explanation)
    text = plain(summary(replace(report, finished=True)))
    assert text.startswith(
        "Removing the 20 % of places with the strongest evidence takes the probability of "
        "chlorosis from 54 % (as tested; 50 % in the decision) to 12 %; in random order, to 49 %."
    )
    assert "By wavelength, 20 % take it to 12 %" in text
    assert "None of the other methods tried (2) does clearly better." in text
    running = plain(summary(replace(report, finished=False)))
    assert "None of the other methods tried so far (2) does clearly better." in running
    assert "chance" not in text


def test_a_rival_that_does_better_is_named_with_its_number(explanation: Explanation) -> None:
    rivals = (
        trial(explanation, "Integrated gradients", place=0.09),
        trial(explanation, "Occlusion", place=0.11, wavelength=0.03),
    )
    text = plain(summary(make_report(explanation, rivals=rivals)))
    assert "Integrated gradients does better by place: 9.0 %." in text
    assert "Occlusion does better by wavelength: 3.0 %." in text
    assert "None" not in text


def test_evidence_no_better_than_chance_is_called_so(explanation: Explanation) -> None:
    removals = (removal("place", 0.5, 0.49), removal("wavelength"), removal("both", 0.6, 0.49))
    text = summary(make_report(explanation, removals=removals))
    assert "The evidence does no better than chance by place and both together." in text


def test_a_class_that_is_hardly_there_has_little_to_lose(explanation: Explanation) -> None:
    text = plain(summary(make_report(explanation, whole=0.03)))
    assert (
        "The model gives chlorosis only 3.0 % (as tested; 50 % in the decision), "
        "so that there is little to remove" in text
    )
    place = removal()
    ordered = 100 * place.added("strongest").at(0.2)
    assert f"take it from 2.0 % to {ordered:.0f} %; in random order, to" in text
    assert "does better" not in text and "clearly better" not in text
    assert "chance" not in text


def test_there_is_no_sentence_before_the_first_curve(explanation: Explanation) -> None:
    assert summary(make_report(explanation, removals=())) == ""
    half = make_report(explanation, removals=(removal(),), rivals=(), finished=False)
    assert "wavelength" not in summary(half)


def test_the_size_of_the_tested_image_is_said(explanation: Explanation) -> None:
    report = make_report(explanation)
    text = where_tested(report, (40, 60))
    assert "20 × 30 pixels, in one window" in text
    assert "54 % (50 % in the decision), and 2.0 %" in text
    assert "These differ" not in text
    assert "These differ" in where_tested(replace(report, shown=0.9), (40, 60))
    assert "in one window" not in where_tested(replace(report, tested=(40, 60)), (40, 60))


def test_the_sink_is_measured_where_it_took_most(explanation: Explanation) -> None:
    name = explanation.predicted
    found = sink_of(explanation, name)
    size = np.abs(explanation.volume(name, "unattributed").values).sum(axis=(0, 1))
    assert found.low_nm == explanation.edges_nm[int(np.argmax(size)), 0]
    assert found.group_share == pytest.approx(size.max() / size.sum(), rel=1e-4)
    assert 0.1 < found.place_share <= 1
    assert found.doubt == pytest.approx(explanation.doubt(name))
    text = sink_text(Sink(0.31, found.curve, 1400.0, 1450.0, 0.2, 0.5))
    assert text.startswith("The sink took 31 % of the evidence: most at 1400–1450 nm (20 % of it)")


@pytest.mark.parametrize(
    ("left", "meaning"),
    [
        (0.05, "it explains what the model has learned"),
        (-0.4, "a part of it does not depend"),
        (0.8, "much of it does not depend"),
    ],
)
def test_randomised_weights_are_read(left: float, meaning: str) -> None:
    text = random_weights_text(RandomWeights(left, 0.0, 3, 40))
    assert f"{left:.2f}" in text
    assert meaning in text


def test_a_map_of_few_cells_is_not_compared() -> None:
    text = random_weights_text(RandomWeights(1.0, 0.2, 3, 2))
    assert "only 2 cells have evidence" in text
    assert "1.00" not in text


def test_a_part_of_the_image_is_called_one(explanation: Explanation) -> None:
    report = make_report(explanation, cropped=True, tested=(72, 68))
    assert "the 72 × 68 pixels of the image with the strongest evidence" in where_tested(
        report, (451, 329)
    )


def test_curves_of_the_fixture_end_where_they_should() -> None:
    assert curve(0.12).at(1) == pytest.approx(0.02)
