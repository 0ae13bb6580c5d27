"""Effects: nothing at severity 0, everything at 1, draws within their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import pytest

from focus_viewer.simulate.effects import (
    LESIONS,
    STRUCTURE,
    Effect,
    EffectRange,
    draw_lesion,
    draw_nuisance,
)
from focus_viewer.simulate.tissue import Tissue

TISSUE = Tissue(n=1.5, cab=40.0, car=10.0, ant=1.0, brown=0.0, cw=0.012, cm=0.005)
EFFECT = Effect(n=2.0, cab=0.5, cw=0.25, ant=8.0, brown=0.6)


def test_no_severity_changes_nothing() -> None:
    assert EFFECT.on(TISSUE, 0.0) == TISSUE


def test_full_severity_scales_and_adds() -> None:
    expected = Tissue(n=3.0, cab=20.0, car=10.0, ant=9.0, brown=0.6, cw=0.003, cm=0.005)
    assert asdict(EFFECT.on(TISSUE, 1.0)) == pytest.approx(asdict(expected))


def test_half_severity_lies_half_way() -> None:
    expected = Tissue(n=2.25, cab=30.0, car=10.0, ant=5.0, brown=0.3, cw=0.0075, cm=0.005)
    assert asdict(EFFECT.on(TISSUE, 0.5)) == pytest.approx(asdict(expected))


@pytest.mark.parametrize("class_name", LESIONS)
def test_lesions_are_drawn_within_the_range_of_one_cause(class_name: str) -> None:
    rng = np.random.default_rng(5)
    causes = LESIONS[class_name]
    used = {_cause_of(draw_lesion(class_name, rng), causes) for _ in range(100)}
    assert used == set(causes)


def _cause_of(effect: Effect, causes: Mapping[str, EffectRange]) -> str:
    """The only cause whose range holds an effect."""
    value = asdict(effect)
    fitting = [
        cause
        for cause, ends in causes.items()
        if all(
            min(values) <= value[name] <= max(values)
            for name in value
            for values in [[asdict(end)[name] for end in ends]]
        )
    ]
    assert len(fitting) == 1
    return fitting[0]


CHANGED = {
    ("chlorosis", "chlorophyll"): {"cab", "car"},
    ("chlorosis", "chlorophyll and carotenoids"): {"cab", "car"},
    ("chlorosis", "pigments and water"): {"cab", "car", "cw"},
    ("water stress", "water"): {"cw"},
    ("water stress", "water and thinner tissue"): {"cw", "n"},
    ("bacterial spot", "brown"): {"brown", "cab", "car"},
    ("bacterial spot", "brown and water"): {"brown", "cab", "car", "cw"},
    ("anthocyanin", "anthocyanin"): {"ant"},
    ("anthocyanin", "anthocyanin and chlorophyll"): {"ant", "cab"},
}


def test_each_cause_changes_the_traits_that_it_names_and_no_other() -> None:
    found = {
        (class_name, cause): {
            name
            for name, value in asdict(low.on(TISSUE, 1.0)).items()
            if value != asdict(TISSUE)[name]
        }
        for class_name, causes in LESIONS.items()
        for cause, (low, _) in causes.items()
    }
    assert found == CHANGED


def test_nuisance_changes_structure_and_no_absorber_of_a_disorder() -> None:
    rng = np.random.default_rng(5)
    drawn = [draw_nuisance(rng) for _ in range(100)]
    assert {(e.cab, e.car, e.cw, e.ant, e.brown) for e in drawn} == {(1.0, 1.0, 1.0, 0.0, 0.0)}
    assert {e.n > 1 for e in drawn} == {True, False}
    assert len(STRUCTURE) == 2
