"""Results of the command line: the same files as the window's, where both write one."""

from __future__ import annotations

from pathlib import Path

from envi_bytes import ramp, write_envi
from project_states import explanation

from focus_viewer.cli.support.results import write_results
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.io import read_cube
from focus_viewer.io.export import write_export


def test_the_window_and_the_command_line_write_the_same_curve(tmp_path: Path) -> None:
    cube, explained = read_cube(write_envi(tmp_path, ramp((20, 30, 4)))), explanation()
    (tmp_path / "out").mkdir()
    write_results(tmp_path / "out", cube, explained, "rust", silent)
    volume = explained.volume("rust", "evidence")
    request = ExportRequest(
        "curves", "csv", cube, volume, BandWindow(550, 100), Annotations(), explanation=explained
    )
    write_export(tmp_path / "window.csv", request, silent)
    written = (tmp_path / "out" / "curve.csv").read_bytes()
    assert written == (tmp_path / "window.csv").read_bytes()
    assert written.startswith(b"wavelength_nm,low_nm,high_nm,evidence,attention,class,mode,image")
    assert written.count(b",rust,evidence,") == 4
