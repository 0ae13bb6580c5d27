"""False differences in studies that have none: plants, images and pixels as units.

    python tests/bench/bench_null_studies.py

Twelve plants, six a treatment; each plant has its own curve, each image of it another, each pixel
another again. Treatments do not differ. Printed is how often a test at 5 % finds a difference in a
value and anywhere on a curve of 20 wavelengths, and what 95 % of all counts would be at 5 %.
"""

from __future__ import annotations

import sys
import time
from math import comb
from pathlib import Path

import numpy as np

from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import CUBE, PLANT, Quantity, StudyPlan
from focus_viewer.core.studies.study import Curve, Row, Study

STUDIES, LEVEL = 400, 0.05
PLANTS, IMAGES, PIXELS = 12, 4, 25  # of an image
PLANT_SD, IMAGE_SD, PIXEL_SD = 1.0, 0.3, 1.0
NM = np.linspace(450.0, 900.0, 20)
VALUE, CURVE = Quantity("value", "value"), Quantity("importance", "class")


def smooth(rng: np.random.Generator, sd: float) -> np.ndarray:
    """Return a random curve whose neighbouring wavelengths go together, of unit sd times `sd`."""
    waves = rng.normal(size=(2, 4)) / 2
    phase = np.linspace(0, np.pi, NM.size) * np.arange(4)[:, None]
    return np.asarray(sd * (waves[0] @ np.cos(phase) + waves[1] @ np.sin(phase)))


def null_study(rng: np.random.Generator, pixels: int) -> Study:
    """Return a study without a difference; `pixels` rows of each image, 0 for its mean."""
    rows = []
    for plant in range(PLANTS):
        own = smooth(rng, PLANT_SD)
        for image in range(IMAGES):
            seen = own + smooth(rng, IMAGE_SD)
            for pixel in range(max(1, pixels)):
                curve = seen + rng.normal(0, PIXEL_SD, NM.size) / (1 if pixels else PIXELS**0.5)
                rows.append(_row(plant, f"{plant}/{image}/{pixel}", curve))
    return Study(tuple(rows))


def _row(plant: int, name: str, curve: np.ndarray) -> Row:
    return Row(
        Path(name),
        name,
        groups={"plant": str(plant), "treatment": ("control", "drought")[plant % 2]},
        values={"value": float(curve[0])},
        importance={"class": Curve.of_bands(NM, curve)},
    )


def limits() -> tuple[int, int]:
    """Return the counts between which 95 % of all are, at the level."""
    chances = [
        comb(STUDIES, k) * LEVEL**k * (1 - LEVEL) ** (STUDIES - k) for k in range(STUDIES + 1)
    ]
    below = np.cumsum(chances)
    return int(np.searchsorted(below, 0.025)), int(np.searchsorted(below, 0.975))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Count and print."""
    say(f"{STUDIES} null studies; 95 % of counts at 5 %: {limits()[0]} to {limits()[1]}")
    for name, unit, pixels in (("plants", PLANT, 0), ("images", CUBE, 0), ("pixels", CUBE, PIXELS)):
        rng, begun = np.random.default_rng(18), time.perf_counter()
        plan, counts = StudyPlan("treatment", unit), [0, 0]
        for _ in range(STUDIES):
            study = null_study(rng, pixels)
            for place, quantity in enumerate((VALUE, CURVE)):
                test = compare(study, plan, quantity).test
                counts[place] += test is not None and test.p <= LEVEL
        shares = ", ".join(f"{c} ({100 * c / STUDIES:.1f} %)" for c in counts)
        say(f"{name}: value, curve: {shares}; {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
