"""A spectrum from a text file, however its columns are parted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.io.references.spectrum_table import (
    panel_at_bands,
    read_spectrum,
    spectrum_at_bands,
)


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


def cube_at(nm: list[float] | None, bands: int = 3) -> Cube:
    source = ArraySource(np.zeros((1, 1, bands), dtype=np.float32))
    good = np.ones(bands, dtype=np.bool_)
    return Cube(source, "made", good, wavelengths_nm=None if nm is None else np.array(nm))


@pytest.mark.parametrize(
    "text",
    [
        "wavelength, reflectance\n400, 0.5\n500, 0.75\n",
        "nm;R\n400;0,5\n500;0,75\n",
        "400\t0.5\n500\t0.75",
        "  400   0.5 \r\n\r\n500 0.75 extra\r\n",
        "# panel 12\n500,0.75\n400,0.5\n",
        "0.4,0.5\n0.5,0.75\n",
        "\ufeff400,0.5\n500,0.75\n",
    ],
)
def test_columns_may_be_parted_in_many_ways(tmp_path: Path, text: str) -> None:
    nm, values = read_spectrum(written(tmp_path, text))
    np.testing.assert_allclose(nm, [400, 500])
    np.testing.assert_allclose(values, [0.5, 0.75])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0 rows"),
        ("nothing\nof the kind\n", "0 rows"),
        ("400,0.5\n", "1 row of two numbers"),
        ("400,0.5\n400,0.6\n", "twice"),
        ("-5,0.5\n400,0.6\n", "not above 0"),
        ("400,nan\n500,inf\n", "0 rows"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CubeError, match=told):
        read_spectrum(written(tmp_path, text))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "table.csv"
    path.write_bytes(content)
    try:
        nm, values = read_spectrum(path)
    except CubeError as error:
        assert "table.csv" in str(error)
    else:
        assert nm.shape == values.shape


def test_values_lie_between_rows_and_nowhere_beyond(tmp_path: Path) -> None:
    path = written(tmp_path, "400,0.4\n500,0.6\n")
    found = spectrum_at_bands(path, cube_at([400.0, 450.0, 510.0]))
    np.testing.assert_allclose(found, [0.4, 0.5, np.nan])


def test_a_table_must_meet_the_cube(tmp_path: Path) -> None:
    path = written(tmp_path, "400,0.4\n500,0.6\n")
    with pytest.raises(CubeError, match="covers 400-500 nm, and made 900-1100"):
        spectrum_at_bands(path, cube_at([900.0, 1000.0, 1100.0]))
    with pytest.raises(CubeError, match="has no wavelengths"):
        spectrum_at_bands(path, cube_at(None))


def test_a_panel_in_percent_is_noted(tmp_path: Path) -> None:
    notes: list[str] = []
    path = written(tmp_path, "400,98\n600,99\n")
    found = panel_at_bands(path, cube_at([400.0, 500.0, 600.0]), notes)
    np.testing.assert_allclose(found, [0.98, 0.985, 0.99])
    assert "percent" in notes[0]


def test_a_panel_reflects_something(tmp_path: Path) -> None:
    path = written(tmp_path, "400,0\n600,0.9\n")
    with pytest.raises(CubeError, match="not above 0"):
        panel_at_bands(path, cube_at([400.0, 500.0, 600.0]), [])
