"""Table of importance curves."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from project_states import explanation

from focus_viewer.core.saliency.curve_table import curve_table
from focus_viewer.core.saliency.volume import importance_curve


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_all_modes_stand_beside_the_curve_that_is_shown() -> None:
    explained = explanation()
    volume = explained.volume("rust", "attention")
    rows = rows_of(curve_table(volume, explained, [("image", importance_curve(volume) / 2)]))
    assert [row["mode"] for row in rows] == ["attention"] * 4
    for column, mode in (
        ("image", "attention"),
        ("evidence", "evidence"),
        ("signature", "signature"),
    ):
        expected = importance_curve(explained.volume("rust", mode))  # type: ignore[arg-type]
        np.testing.assert_allclose([float(row[column]) for row in rows], expected, rtol=1e-6)
    assert all(row["attention"] == row["image"] for row in rows)
    assert float(rows[0]["image (2)"]) == pytest.approx(float(rows[0]["image"]) / 2, rel=1e-6)


def test_a_contrast_of_classes_leaves_the_modes_of_one_class_empty() -> None:
    explained = explanation()
    rows = rows_of(curve_table(explained.volume("rust", "evidence", "blight"), explained))
    assert {row["class"] for row in rows} == {"rust against blight"}
    assert {row["evidence"] + row["attention"] + row["signature"] for row in rows} == {""}
