"""The table of regions: rows held against plain numpy, and text that a csv reader gives back."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from region_masks import mask_of

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.regions import masked_pixels as strips
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.saliency import region_saliencies
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Rectangle
from focus_viewer.core.regions.table import RegionRow, region_rows, to_csv_text
from focus_viewer.core.saliency.volume import SaliencyVolume

SHAPE = (40, 50)
WAVELENGTHS_NM = np.array([550.0, 670, 700, 740, 780, 800])
GOOD = np.array([True, True, True, True, False, True])


def cube(missing: float = 0.0) -> Cube:
    rng = np.random.default_rng(8)
    values = rng.uniform(0.1, 0.6, (*SHAPE, 6)).astype(np.float32)
    values[:, :, 4] = 9  # a bad band
    values[rng.random(values.shape) < missing] = np.nan
    return Cube(ArraySource(values), "c", GOOD, WAVELENGTHS_NM, units="reflectance")


def regions() -> Annotations:
    drawn = Annotations()
    drawn = drawn.add(Rectangle((2, 3), (20, 30)), "leaf, left", "#ff0000", "healthy")
    drawn = drawn.add(Ellipse((30, 20), (12, 8), 30), 'the "spot"', "#00ff00")
    drawn = drawn.add(Rectangle((10, 10), (40, 25)), "overlap\nof both", "#0000ff")
    drawn = drawn.add(Rectangle((60, 60), (70, 70)), "outside", "#0000ff")
    return drawn.add(PointMark((7.5, 9.2)), "dot", "#0000ff", "rust")


def volume() -> SaliencyVolume:
    values = np.random.default_rng(2).normal(size=(6, 7, 5)).astype(np.float32)
    lower = 400 + 100.0 * np.arange(5)
    edges = np.stack([lower, lower + 100], axis=1)
    return SaliencyVolume(values, edges, SHAPE, "rust", "evidence")


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("strip_rows", [3, 1000])
def test_rows_are_those_of_plain_numpy(
    missing: float, strip_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strips, "STRIP_VALUES", strip_rows * 50 * 6)
    one = cube(missing)
    for region, row in zip(regions(), region_rows(one, regions()), strict=True):
        mask = mask_of(region.outline, SHAPE)
        pixels = one.block(slice(None), slice(None))[mask].astype(np.float64)
        assert (row.id, row.name, row.class_name) == (region.id, region.name, region.class_name)
        assert row.pixels == mask.sum()
        if row.pixels < 2:
            continue
        levels = np.nanmean(pixels[np.isfinite(pixels[:, GOOD]).any(axis=1)][:, GOOD], axis=1)
        assert row.mean == pytest.approx(np.nanmean(levels), rel=1e-12)
        assert row.sd == pytest.approx(np.nanstd(levels, ddof=1), rel=1e-9)
        green, red, edge, _, _, infrared = np.nanmean(pixels, axis=0)
        assert row.indices.keys() == {"NDVI", "MCARI", "ARI1"}  # 780 nm is bad: no red edge
        assert row.indices["NDVI"] == pytest.approx((infrared - red) / (infrared + red))
        assert row.indices["ARI1"] == pytest.approx(1 / green - 1 / edge)


def test_no_pixel_and_one_pixel() -> None:
    outside, dot = region_rows(cube(), regions(), volume())[3:]
    assert (outside.pixels, outside.area, outside.positive_share) == (0, 0, 0)
    assert math.isnan(outside.mean)
    assert math.isnan(outside.indices["NDVI"])
    assert outside.peaks_nm == ()
    assert (dot.pixels, dot.class_name) == (1, "rust")
    assert dot.mean == pytest.approx(cube().pixel(9, 7)[GOOD].mean(), rel=1e-6)
    assert math.isnan(dot.sd)


def test_saliency_is_that_of_each_region() -> None:
    for region, row in zip(regions(), region_rows(cube(), regions(), volume()), strict=True):
        (alone,) = region_saliencies(volume(), [region.outline.crop(SHAPE)])
        assert row.positive_share == alone.positive_share
        assert row.negative_share == alone.negative_share
        assert row.peaks_nm == alone.peaks_nm


def test_without_saliency_nothing_is_told_of_it() -> None:
    row = region_rows(cube(), regions())[0]
    assert math.isnan(row.positive_share)
    assert row.peaks_nm == ()


def test_area_is_in_the_unit_asked_for() -> None:
    rows = region_rows(cube(), regions(), pixel_area=0.25)
    assert rows[0].pixels == 18 * 27
    assert rows[0].area == 18 * 27 / 4


def test_no_region_and_no_good_band() -> None:
    assert region_rows(cube(), Annotations(), volume()) == []
    one = cube()
    bad = Cube(one.source, "c", np.zeros(6, dtype=np.bool_), WAVELENGTHS_NM, units="reflectance")
    row = region_rows(bad, regions())[0]
    assert math.isnan(row.mean)
    assert row.indices == {}


def test_saliency_of_another_image_is_refused() -> None:
    other = SaliencyVolume(volume().values, volume().edges_nm, (50, 40), "rust", "evidence")
    with pytest.raises(ValueError, match=r"an image \(50, 40\) does not fit one \(40, 50\)"):
        region_rows(cube(), regions(), other)


def test_csv_by_hand() -> None:
    rows = [
        RegionRow(
            1, 'a, "b"', None, 4, 1.0, 0.25, math.nan, 0.5, 0.125, (675, 550.5), {"REP": 720}
        ),
        RegionRow(3, "two\nlines", "é", 0, 0.0, math.nan, math.nan, math.nan, math.nan, (), {}),
    ]
    assert to_csv_text(rows, area_unit="mm2") == (
        "id,name,class,pixels,area_mm2,mean_reflectance,sd_reflectance,"
        "positive_saliency_share,negative_saliency_share,peaks_nm,REP_nm\r\n"
        '1,"a, ""b""",,4,1,0.25,,0.5,0.125,675 550.5,720\r\n'
        '3,"two\nlines",é,0,0,,,,,,\r\n'
    )


def test_csv_is_read_back() -> None:
    rows = region_rows(cube(), regions(), volume())
    text = to_csv_text(rows, units="unknown")
    read = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [one["name"] for one in read] == [one.name for one in regions()]
    for row, line in zip(rows, read, strict=True):
        assert None not in line
        assert int(line["pixels"]) == row.pixels
        assert float(line["mean_value"] or "nan") == pytest.approx(row.mean, rel=1e-6, nan_ok=True)
        assert float(line["NDVI"] or "nan") == pytest.approx(
            row.indices["NDVI"], rel=1e-6, nan_ok=True
        )
        assert tuple(map(float, line["peaks_nm"].split())) == row.peaks_nm


def test_a_table_without_rows_is_its_header() -> None:
    assert to_csv_text([]).startswith("id,name,class,pixels,area_px,mean_reflectance,")
    assert to_csv_text([]).count("\r\n") == 1
