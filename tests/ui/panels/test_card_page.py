"""Page of a model card: what it is for, how good it is, what it must not be trusted for."""

from __future__ import annotations

from dataclasses import replace

from ui.fakes import make_card

from focus_viewer.core.card_limits import HELD_OUT, accuracy_sentence, limits_of, summary
from focus_viewer.ui.panels.card_page import card_page

CARD = replace(
    make_card(("healthy", "rust"), (400.0, 500.0)),
    measured={
        "accuracy (full range)": 0.841,
        "pointing (full range)": 0.978,
        "sink_remainder (full range)": 0.063,
        "accuracy (other)": 0.426,
        "band_iou_half_max, rust (full range)": 0.6,
        "band_iou_half_max, rust (other)": 0.2,
    },
)


def test_limits_follow_from_what_was_measured() -> None:
    limits = limits_of(CARD)
    assert limits[0] == "It was never tested on measured plants of known state."
    assert limits[1].startswith("It knows nothing but healthy and rust")
    assert "Decisions at sensors of other ranges: right in 43 % alone." in limits
    assert any(each.startswith("Wavelengths of rust at sensors of other") for each in limits)
    assert not any("full-range" in each for each in limits)
    better = replace(CARD, validated=True, measured={"accuracy (other)": 0.9})
    assert len(limits_of(better)) == 2


def test_the_page_has_a_row_for_each_range_that_was_measured() -> None:
    page = card_page(CARD)
    assert "<td>full-range sensors (400-2500 nm)</td><td>84 %</td><td>98 %</td>" in page
    assert "VNIR sensors" not in page
    assert "<td>rust</td><td>0.60</td><td>0.20</td>" in page
    assert "<td>healthy</td>" not in page


def test_a_card_without_figures_has_no_tables() -> None:
    assert "<table" not in card_page(make_card(("healthy", "rust"), (400.0, 500.0)))


def test_accuracy_is_that_of_the_sensor_s_range() -> None:
    told = "right in 84 % of the test scenes at full-range sensors (400-2500 nm)"
    assert accuracy_sentence(CARD, "full range") == told
    assert accuracy_sentence(CARD, "VNIR") == ""


def test_an_attached_model_is_said_to_be_one_and_how_well_it_is_explained() -> None:
    measured = {"curve, cosine with brute force": 0.78, "curve, brute force with itself": 0.97}
    attached = replace(CARD, attached={"seed": 0}, measured=measured)
    assert limits_of(attached)[0] == "How good its decisions are was not checked here."
    page = card_page(attached)
    assert "Decides whether an image shows" in page
    assert "Trained elsewhere, and" in page
    assert "Trained on" not in page
    assert "<td>wavelengths</td><td>0.78</td><td>0.97</td>" in page


def test_a_taught_model_is_said_to_be_one() -> None:
    taught = replace(CARD, teaching={"group": "plant"}, several=True, measured={HELD_OUT: 0.814})
    limits = limits_of(taught)
    assert limits[0] == "Nobody has confirmed it on data of another source than it was taught from."
    assert "Several may hold at once: each has a probability of its own." in limits
    assert "Decides whether an image shows" in card_page(taught)
    narrow = replace(taught, teaching={"read_nm": [[410, 690]]})
    assert "from its spectra at 410–690 nm" in card_page(narrow)
    assert summary(taught) == "2 classes, held-out 0.81"
    assert summary(replace(CARD, classes=("rust",), measured={HELD_OUT: float("nan")})) == "1 class"
