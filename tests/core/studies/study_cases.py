"""Studies for tests: rows with plants, treatments and curves."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.studies.study import Curve, Row, Study

NM = np.linspace(450.0, 900.0, 10)


def row(
    plant: str,
    treatment: str,
    value: float,
    curve: object = None,
    day: str = "1",
    image: str = "a",
    **more: Any,
) -> Row:
    """Return the row of an image of a plant."""
    name = f"{treatment}-{plant}-{day}-{image}"
    groups = {"plant": plant, "treatment": treatment, "day": day}
    values = NM * 0 + value if curve is None else curve
    found = Curve.of_bands(NM, np.asarray(values, dtype=float))
    return Row(
        Path(f"/cubes/{name}.hdr"),
        name,
        groups={name: text for name, text in groups.items() if text},
        **{
            "decided": "drought",
            "verdict": "applies",
            "values": {"NDVI": float(value)},
            "importance": {"drought": found},
            "spectrum": found,
            "units": "reflectance",
        }
        | more,
    )


def study(*rows: Row) -> Study:
    """Return a study of rows."""
    return Study(tuple(rows), "test")


def two_groups(first: Iterable[float], second: Iterable[float]) -> Study:
    """Return a study of two treatments with one image of each plant."""
    return study(
        *(row(f"a{n}", "control", value) for n, value in enumerate(first)),
        *(row(f"b{n}", "drought", value) for n, value in enumerate(second)),
    )
