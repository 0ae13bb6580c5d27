"""What is reported of a cube, and of a file that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.cubes.report import CubeReport, error_report, report_of, unused_content
from focus_viewer.core.errors import CubeError, OtherKind

PATH = Path("folder/leaf.hdr")


def cube(bands: int = 6, **attributes: object) -> Cube:
    values = np.arange(4 * 5 * bands, dtype=np.float32).reshape(4, 5, bands)
    good = np.arange(bands) != 2
    return replace(Cube(ArraySource(values), "leaf", good), **attributes)  # type: ignore[arg-type]


def with_values(*values: float) -> Cube:
    plane = np.resize(np.array(values, dtype=np.float32), (300, 200, 1))
    return replace(cube(1), source=ArraySource(plane), units="counts")


def test_a_cube_is_reported() -> None:
    told = report_of(
        PATH,
        cube(
            wavelengths_nm=np.linspace(400, 900, 6),
            units="reflectance",
            notes=("one", Ignored("two"), "three"),
            unused=("fps", "tint"),
        ),
    )
    assert told.entry == {
        "path": str(PATH),
        "ok": True,
        "kind": "cube",
        "shape": [4, 5, 6],
        "wavelength_nm": [400.0, 900.0],
        "units": "reflectance",
        "good_bands": 5,
        "contradictions": [],
        "assumed": ["one", "three"],
        "ignored": ["two", "Entries of the header that are not used: fps, tint."],
        "error": None,
        "applicability": None,
    }
    assert json.loads(json.dumps(told.entry)) == told.entry


def test_notes_keep_their_order_and_every_sentence() -> None:
    one = cube(notes=("one", Ignored("two"), "three"))
    assert one.notes == ("one", "two", "three")
    assert (one.assumed, one.ignored) == (("one", "three"), ("two",))


def test_many_unknown_entries_are_one_sentence() -> None:
    (told,) = unused_content(cube(unused=tuple(f"key{number}" for number in range(40))))
    assert "key0, key1" in told
    assert told.endswith("key11 and 28 more.")
    assert unused_content(cube()) == ()


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (cube(5), "cube"),
        (cube(4), "picture"),
        (cube(3), "picture"),
        (cube(3, wavelengths_nm=np.array([450.0, 550.0, 650.0])), "cube"),
        (with_values(0, 1, np.nan), "mask"),
        (with_values(7), "mask"),
        (with_values(0, 1, 2), "picture"),
        (replace(with_values(0, 1), units="unknown"), "picture"),
    ],
)
def test_kinds(one: Cube, kind: str) -> None:
    assert report_of(PATH, one).kind == kind


def test_what_is_not_known_is_null() -> None:
    told = error_report(PATH, CubeError("it is empty")).entry
    assert told == {
        "path": str(PATH),
        "ok": False,
        "kind": "unknown",
        "shape": None,
        "wavelength_nm": None,
        "units": None,
        "good_bands": None,
        "contradictions": [],
        "assumed": [],
        "ignored": [],
        "error": "it is empty",
        "applicability": None,
    }
    assert report_of(PATH, cube()).wavelength_nm is None


def test_a_refusal_tells_what_else_it_is() -> None:
    told = error_report(PATH, OtherKind("a library", "spectral library"))
    assert told == CubeReport(PATH, False, "spectral library", error="a library")
    assert error_report(PATH, MemoryError()).error == "MemoryError"
