"""Results of the command line: the same files as the window's, where both write one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from envi_bytes import ramp, write_envi
from project_states import explanation

from focus_viewer.cli.support.results import record, write_results
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
    header = (
        b"wavelength_nm,low_nm,high_nm,evidence,attention,signature,unattributed,class,mode,"
        b"against,applicability,image"
    )
    assert written.startswith(header)
    assert written.count(b",rust,evidence,mean of the other classes,doubtful,") == 4


def test_the_record_has_the_sum_of_each_logit(tmp_path: Path) -> None:
    cube, explained = read_cube(write_envi(tmp_path, ramp((20, 30, 4)))), explanation()
    found = record(cube, explained, "rust", {})
    assert list(found["logits"]) == ["healthy", "rust", "blight"]
    for name, logit in found["logits"].items():
        parts = (found[part][name] for part in ("baseline", "evidence", "unattributed"))
        assert sum(parts) == pytest.approx(logit, abs=1e-4)
        assert found["doubt"][name] == explained.doubt(name)
    assert 0 < found["doubt"]["rust"] < 1
    applicability = found["applicability"]
    assert (applicability["verdict"], applicability["tissue_share"]) == ("doubtful", 0.34)
    assert [reason["code"] for reason in applicability["reasons"]] == ["tissue", "units", "sink"]
    assert set(applicability["reasons"][0]) == {
        "code",
        "text",
        "value",
        "limit",
        "verdict",
        "at_least",
        "unit",
    }
    assert found["temperature"] == 1.25
    scaled = np.exp(np.array(list(found["logits"].values())) / found["temperature"])
    probabilities = [entry["probability"] for entry in found["classes"]]
    np.testing.assert_allclose(probabilities, scaled / scaled.sum(), rtol=1e-5)
