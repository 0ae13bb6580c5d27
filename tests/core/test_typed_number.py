"""Numbers that are typed."""

import pytest

from focus_viewer.core.typed_number import parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("  ", None),
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("0,125", 0.125),
        ("-9999", -9999.0),
        ("1e-3", 1e-3),
        ("4095", 4095.0),
        ("12,3456", 12.3456),
    ],
)
def test_point_and_comma_are_read(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["4,095", " 65,535 ", "-1,000"])
def test_a_comma_that_can_be_two_things_is_asked_about(text: str) -> None:
    plain = text.strip()
    with pytest.raises(ValueError, match=f"{plain} can be .*{plain.replace(',', '')} or"):
        parse_number(text)


@pytest.mark.parametrize("text", ["much", "1,000,000", "1.000,5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        parse_number(text)
