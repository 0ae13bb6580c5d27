"""Studies without any difference: how often one is found."""

import numpy as np

from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import CUBE, Quantity, StudyPlan
from focus_viewer.core.studies.study import Study
from tests.core.studies.study_cases import NM, row, study

NDVI, CURVE = Quantity("value", "NDVI"), Quantity("importance", "drought")
# 99.9 % of binomial counts of 400 at 5 % are within.
FEWEST, MOST = 7, 36


def _null_study(rng: np.random.Generator, plants: int = 6, images: int = 4) -> Study:
    """Return a study of plants that differ among themselves, but not between treatments."""
    rows = []
    for n in range(2 * plants):
        treatment = ("control", "drought")[n % 2]
        own = rng.normal(0, 1, NM.size)
        for image in range(images):
            seen = own + rng.normal(0, 0.3, NM.size)
            rows.append(row(str(n), treatment, seen[0], seen, image=str(image)))
    return study(*rows)


def test_false_differences_with_plants_as_units_are_one_in_twenty() -> None:
    rng, plan = np.random.default_rng(11), StudyPlan("treatment")
    single = curve = 0
    for _ in range(400):
        null = _null_study(rng)
        single += compare(null, plan, NDVI).test.p <= 0.05
        curve += compare(null, plan, CURVE).test.p <= 0.05
    assert FEWEST <= single <= MOST
    assert FEWEST <= curve <= MOST


def test_images_as_units_find_differences_that_are_none() -> None:
    rng, plan = np.random.default_rng(12), StudyPlan("treatment", CUBE)
    false = sum(compare(_null_study(rng), plan, NDVI).test.p <= 0.05 for _ in range(30))
    assert false > 6
