"""What the command line says of a file of arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from focus_viewer.cli.main import app
from focus_viewer.cli.support.options import array_choice
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import FocusError
from focus_viewer.io import read_cube


def test_nothing_is_said() -> None:
    assert array_choice(None, None, None, None, None, None) is None


def test_all_is_said_and_the_cube_is_read_so(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("wavelength\n0.4\n0.5\n0.6\n", encoding="utf-8")
    stored = np.arange(3 * 20, dtype="u2").reshape(3, 20)
    np.savez(tmp_path / "y.npz", y=stored, x=stored)
    choice = array_choice("y", "bands, cols,rows", "4,5", tmp_path / "w.csv", "reflectance", 100.0)
    assert choice == ArrayChoice(
        "y", ("bands", "cols", "rows"), (4, 5), (400.0, 500.0, 600.0), "reflectance", 100.0,
        origin="the table w.csv",
    )  # fmt: skip
    cube = read_cube(tmp_path / "y.npz", choice)
    assert cube.shape == (4, 5, 3)
    np.testing.assert_allclose(cube.pixel(2, 3), stored[:, 3 * 4 + 2] / 100, rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"axes": "x,y,z"}, "--axes: expected rows, cols and bands"),
        ({"axes": "rows,cols"}, "--axes"),
        ({"image_shape": "4"}, "--image-shape: expected rows and columns"),
        ({"image_shape": "-4,5"}, "--image-shape"),
        ({"units": "miles"}, "--units: expected one of reflectance"),
    ],
)
def test_what_is_not_understood(given: dict[str, str], text: str) -> None:
    said = dict.fromkeys(("array", "axes", "image_shape", "wavelengths", "units", "scale")) | given
    with pytest.raises(FocusError, match=text):
        array_choice(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["explain leaf.hdr", "simulate", "train"])
def test_an_empty_out_is_refused(command: str) -> None:
    done = CliRunner().invoke(app, [*command.split(), "--out", ""])
    assert done.exit_code == 1
    assert "--out: expected a folder, found nothing" in done.output
