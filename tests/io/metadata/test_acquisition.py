"""Acquisition settings in the entries of a header."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.header import Header


def of(**entries: str) -> Acquisition:
    named = {name.replace("_", " "): text for name, text in entries.items()}
    return read_acquisition(Header(Path(), named), np.array([2, 1, 0]))


def test_a_header_without_any_gives_none() -> None:
    bare = of()
    assert bare.integration_times is None
    assert (bare.sensor.strip(), bare.binning) == ("", "")
    assert (bare.saturation_limit, bare.highest_value) == (None, None)


def test_the_times_of_two_detectors_follow_the_order_of_the_cube() -> None:
    both = of(tint1="10", vimg1="{1, 2}", tint2="20", vimg2="{3, 3}")
    assert both.integration_time_entry == "tint1, tint2"
    np.testing.assert_array_equal(both.integration_times, [20, 10, 10])
    assert of(tint1="10", vimg1="{1, 2}").integration_times is None


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "{1, 2}", "soon"])
def test_a_time_that_is_not_one_positive_number_is_left_out(text: str) -> None:
    assert of(tint=text).integration_times is None


def test_each_setting_is_read_from_its_entry() -> None:
    read = of(
        exposure_time="5",
        ceiling="4000",
        saturation_value="none",
        data_type="12",
        binning="{ 1,\n 2 }",
        sensor_type="FX10",
        description="{leaf}",
    )
    assert read.integration_time_entry == "exposure time"
    np.testing.assert_array_equal(read.integration_times, [5, 5, 5])
    assert (read.saturation_limit, read.highest_value) == (4000, 65535)
    assert read.binning == "1, 2"
    assert "FX10" in read.sensor
    assert "leaf" in read.sensor
