"""Plants are the units, and what cannot be compared is left out and noted."""

from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import CUBE, Quantity, StudyPlan, usual_plan
from focus_viewer.core.studies.sentences import result_sentence
from focus_viewer.core.studies.study import Curve, Row, Study
from tests.core.studies.study_cases import NM, row, study, two_groups

PLAN = StudyPlan("treatment")
NDVI, SPECTRUM = Quantity("value", "NDVI"), Quantity("spectrum")
IMPORTANCE = Quantity("importance", "drought")


def test_images_of_a_plant_are_averaged_first() -> None:
    rows = [row("1", "control", v, image=str(v)) for v in (1, 2, 3, 4, 5)]
    rows += [row("2", "control", 10), row("3", "drought", 7), row("4", "drought", 9)]
    found = compare(study(*rows), PLAN, NDVI)
    control = found.summaries[0]
    assert (control.units, float(control.mean[0])) == (2, 6.5)
    assert float(control.sd[0]) == pytest.approx(np.std([3, 10], ddof=1))
    assert found.test.sample.sizes == (2, 2)


def test_cubes_as_units() -> None:
    rows = [row("1", "control", v, image=str(v)) for v in (1, 2)]
    rows += [row("2", "drought", v, image=str(v)) for v in (3, 4)]
    assert compare(study(*rows), StudyPlan("treatment", CUBE), NDVI).summaries[0].units == 2
    alone = compare(study(*rows), PLAN, NDVI)
    assert alone.test is None
    assert "too few units" in result_sentence(alone)


def test_rows_without_plant_are_units_of_their_own() -> None:
    rows = [row("", "control", v, image=str(v)) for v in (1, 2, 3)]
    rows += [row(f"b{v}", "drought", v) for v in (3, 4, 6)]
    found = compare(study(*rows), PLAN, NDVI)
    assert found.summaries[0].units == 3
    assert found.notes == ("3 rows without plant: each cube is a unit of its own",)


def test_plants_in_both_groups_are_paired() -> None:
    days = StudyPlan("day")
    rows = [row(str(n), "x", n + 0.1 * n * day, day=str(day)) for n in range(8) for day in (1, 2)]
    found = compare(study(*rows), days, NDVI)
    assert found.test.sample.design == "paired"
    assert found.test.arrangements == 2**8
    assert "(paired)" in result_sentence(found)
    apart = compare(study(*rows), StudyPlan("day", design="independent"), NDVI)
    assert apart.test.sample.design == "independent"
    assert apart.test.p > found.test.p


def test_a_plant_with_one_day_is_not_paired() -> None:
    rows = [row(str(n), "x", n + day * 0.5, day=str(day)) for n in range(5) for day in (1, 2)]
    found = compare(study(*rows, row("9", "x", 3, day="1")), StudyPlan("day"), NDVI)
    assert found.test.sample.units == 5
    assert "1 plant not in every group: not tested" in found.notes


def test_the_odd_plant_in_both_groups_is_left_out() -> None:
    rows = two_groups([1, 2, 3, 4], [2, 3, 5, 6]).rows
    both = (row("z", "control", 99), row("z", "drought", 98))
    found = compare(study(*rows, *both), PLAN, NDVI)
    assert found.test.sample.sizes == (4, 4)
    assert "1 plant in several groups: not tested" in found.notes


def test_few_plants_are_named() -> None:
    found = compare(two_groups([1.0, 1.1, 1.2], [7.0, 7.1, 7.2]), PLAN, NDVI)
    assert found.test.smallest_p == pytest.approx(0.1)  # 2 of 20
    assert found.test.p == pytest.approx(0.1)
    assert found.test.hopeless and found.band is None
    assert "so few units (plant) the smallest p that can come out is 0.1" in result_sentence(found)


@pytest.mark.parametrize(("column", "noted"), [("decided class", True), ("treatment", False)])
def test_groups_that_the_model_made_are_named(column: str, noted: bool) -> None:
    rows = [row(f"{n}", word, n, decided=word) for word in ("drought", "rust") for n in range(4)]
    plan = StudyPlan(column, "cube")
    found = compare(study(*rows), plan, IMPORTANCE)
    assert any("the model decided on the groups" in note for note in found.notes) == noted
    spectra = compare(study(*rows), plan, SPECTRUM)
    assert not any("the model decided on the groups" in note for note in spectra.notes)


def test_rows_to_which_the_model_does_not_apply() -> None:
    rows = [
        *two_groups([1, 2, 3], [2, 3, 4]).rows,
        row("f", "drought", 50, verdict="does not apply"),
    ]
    importance = compare(study(*rows), PLAN, IMPORTANCE)
    assert importance.summaries[1].units == 3
    assert "1 row left out: the model does not apply" in importance.notes
    assert compare(study(*rows), PLAN, NDVI).summaries[1].units == 4


def test_rows_that_failed_or_have_no_group() -> None:
    rows = two_groups([1, 2, 3], [2, 3, 4]).rows
    found = compare(
        study(*rows, row("f", "control", 5, error="damaged"), row("g", "", 5)), PLAN, NDVI
    )
    assert found.notes == (
        "1 row left out: damaged",
        "1 row left out: no treatment",
    )


def test_groups_without_any_spread() -> None:
    found = compare(two_groups([1, 1, 1, 1], [2, 2, 2, 2]), PLAN, NDVI)
    assert found.test.p == pytest.approx(2 / 70)
    assert "Hedges' g not known" in result_sentence(found)
    same = compare(two_groups([1, 1, 1], [1, 1, 1]), PLAN, NDVI)
    assert same.test.p == 1.0 and "all values are equal" in result_sentence(same)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_small_differences_of_large_numbers_count(offset: float) -> None:
    first, second = [0.1, 0.2, 0.3, 0.25], [0.6, 0.7, 0.8, 0.75]
    found = compare(
        two_groups([offset + x for x in first], [offset + x for x in second]), PLAN, NDVI
    )
    assert found.test.p == pytest.approx(2 / 70)
    assert found.effect.d == pytest.approx(-5.855, abs=1e-3)


def test_doubtful_rows_are_counted_and_named() -> None:
    rows = [*two_groups([1, 2, 3], [2, 3, 4]).rows, row("f", "drought", 5, verdict="doubtful")]
    note = "1 row of doubtful verdict counted like the others"
    assert note in compare(study(*rows), PLAN, IMPORTANCE).notes
    assert note not in compare(study(*rows), PLAN, SPECTRUM).notes


def test_nothing_to_compare() -> None:
    found = compare(study(row("1", "", 5)), PLAN, NDVI)
    assert result_sentence(found) == "NDVI: nothing to compare by treatment."
    two = study(row("1", "c", 1, error="damaged"), row("2", "c", 2, error="not explained"))
    assert compare(two, PLAN, NDVI).notes == ("2 rows left out: could not be explained",)


def test_regions_are_compared_apart_from_cubes() -> None:
    rows = two_groups([1, 2, 3], [2, 3, 4]).rows
    regions = tuple(row(f"r{n}", t, n, region="leaf") for n in range(3) for t in ("a", "b"))
    both = study(*rows, *regions)
    assert compare(both, PLAN, NDVI).observed.names == ("control", "drought")
    parts = StudyPlan("treatment", parts="regions")
    assert compare(both, parts, NDVI).observed.names == ("a", "b")


def test_layouts_are_cut_to_what_they_share() -> None:
    short = Curve.of_bands(NM[:4], NM[:4] * 0 + 3)
    rows = [
        *two_groups([1, 2, 3], [2, 3, 4]).rows,
        row("s", "drought", 3, importance={"drought": short}),
    ]
    found = compare(study(*rows), PLAN, IMPORTANCE)
    assert found.observed.nm.tolist() == pytest.approx(NM[:4].tolist(), abs=0.01)
    assert "only the 4 that all rows have are compared (450-600 nm)" in found.notes[0]


def test_layouts_without_a_common_wavelength() -> None:
    other = Curve.of_bands(NM + 5, NM * 0)
    rows = [*two_groups([1, 2], [2, 3]).rows, row("s", "drought", 3, spectrum=other)]
    found = compare(study(*rows), PLAN, SPECTRUM)
    assert found.test is None
    assert "none in common" in found.notes[0]
    assert "without a wavelength in common" in result_sentence(found)


def test_spectra_in_other_units_are_left_out() -> None:
    rows = [*two_groups([1, 2, 3], [2, 3, 4]).rows, row("s", "drought", 3000, units="counts")]
    found = compare(study(*rows), PLAN, SPECTRUM)
    assert found.summaries[1].units == 3
    assert "their spectra are not in reflectance" in found.notes[0]


def test_the_band_holds_where_curves_differ() -> None:
    rng = np.random.default_rng(1)
    shift = np.where(NM > 700, 3.0, 0.0)
    rows = [row(f"a{n}", "control", 0, rng.normal(0, 1, 10)) for n in range(7)]
    rows += [row(f"b{n}", "drought", 0, rng.normal(0, 1, 10) + shift) for n in range(7)]
    found = compare(study(*rows), PLAN, IMPORTANCE)
    outside = np.abs(found.difference) > found.band
    assert outside.tolist() == found.test.different.tolist()
    assert outside[NM > 700].sum() >= 4 and not outside[NM < 700].any()
    assert "groups differ at" in result_sentence(found)


def test_the_usual_plan_compares_treatments_rather_than_days() -> None:
    rows = [row(f"{t}{n}", t, n, day=str(n % 2)) for n in range(4) for t in ("c", "d")]
    assert usual_plan(study(*rows)).column == "treatment"
    one = [row(each.groups["plant"], "c", 1, day=each.groups["day"]) for each in rows]
    assert usual_plan(study(*one)).column == "day"


def test_the_usual_plan_takes_a_column_with_groups() -> None:
    plan = usual_plan(two_groups([1, 2], [2, 3]))
    assert (plan.column, plan.unit, plan.value) == ("treatment", "plant", "NDVI")
    assert plan.class_name == "drought"


@pytest.mark.parametrize(
    ("column", "unit"),
    [("plant_id", "plant_id"), ("Plant No.", "Plant No."), ("plant species", CUBE)],
)
def test_plants_are_units_whatever_their_column_is_called(column: str, unit: str) -> None:
    rows = tuple(
        Row(Path(f"{plant}-{image}"), plant, groups={column: plant, "treatment": plant[0]})
        for plant in ("a1", "a2", "b1", "b2")
        for image in range(3)
    )
    plan = usual_plan(Study(rows))
    assert plan.unit == unit
    assert plan.column == "treatment"
