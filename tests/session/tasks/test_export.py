"""Exports without files: what is possible, what is told, and how an export ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.cubes.georeference import Georeference, PixelArea
from focus_viewer.core.documents.export_request import KINDS
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.spectra.indices import INDICES
from focus_viewer.session.outputs.export_summary import size_text
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.export import Exports
from focus_viewer.session.tasks.lane_names import EXPLAIN, EXPORT, PICTURE, REGIONS
from focus_viewer.session.tasks.workbench import Workbench


class Bench:
    """A session whose work is done by hand."""

    def __init__(self) -> None:
        self.session, self.runner, self.services = Session(), HeldRunner(), FakeServices()
        self.workbench = Workbench(self.session, self.runner, self.services)
        self.exports = self.workbench.exports

    def reasons(self) -> dict[str, str]:
        return {one.kind: one.reason for one in self.exports.choices()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.workbench.close()


def test_without_a_cube_nothing_is_possible(bench: Bench) -> None:
    assert bench.reasons() == dict.fromkeys(KINDS, "Open a cube first")
    assert bench.exports.description("volume", "envi") == ""
    bench.exports.write(Path("v.hdr"), "volume", "envi")
    assert bench.session.state.jobs.export.status == "idle"


def test_what_is_possible_grows_with_what_is_there(bench: Bench) -> None:
    bench.session.documents.open(make_cube())
    assert "being explained" in bench.reasons()["volume"]
    bench.runner.cancel(EXPLAIN)
    assert bench.reasons()["heatmap"] == "Explain the cube first"
    assert bench.reasons()["spectra"] == "Draw a region or pin a pixel first"
    bench.session.pins.toggle(1, 2)
    assert bench.reasons()["spectra"] == ""
    assert bench.reasons()["labels"] == "Draw a region first"
    assert bench.reasons()["map"] == "Wait: the picture is being read"
    bench.runner.release(PICTURE)
    bench.session.regions.draw(Rectangle((0, 0), (5, 5)))
    bench.workbench.explain()
    bench.runner.release(EXPLAIN)
    assert bench.reasons() == dict.fromkeys(KINDS, "")


def ready(bench: Bench, projection: str = "") -> None:
    """Open a cube, explain it, mark two regions and a pixel."""
    georeference = Georeference(projection=projection)
    bench.session.documents.open(replace(make_cube(), georeference=georeference))
    bench.runner.release(EXPLAIN)
    bench.session.regions.draw(Rectangle((0, 0), (5, 5)))
    bench.session.regions.draw(Rectangle((9, 9), (15, 15)))
    bench.session.pins.toggle(3, 4)


def test_told_is_what_would_be_written(bench: Bench) -> None:
    ready(bench)
    tell = bench.exports.description
    assert tell("volume", "envi").splitlines() == [
        "Evidence for chlorosis",
        "40 rows × 60 columns × 12 spectral groups, float32, 0.1 MB",
        "Not georeferenced: no map info",
    ]
    bench.session.explanation.set_reference_class("healthy")
    bench.session.view.set_window(700, 40)
    assert tell("heatmap", "numpy").splitlines() == [
        "Evidence for chlorosis against healthy, mean of 680–720 nm",
        "40 rows × 60 columns, float32, 10 kB",
    ]
    assert "curves of the image and 2 regions" in tell("curves", "csv")
    assert "5 spectra × 50 bands" in tell("spectra", "library")
    assert "2 regions and 1 pin" in tell("spectra", "csv")
    assert "2 regions and their colours, uint8, at most 2 kB" in tell("labels", "geotiff")


def test_a_map_is_told(bench: Bench) -> None:
    ready(bench, "UTM")
    assert bench.exports.description("volume", "geotiff").endswith("Georeferenced: UTM")


def test_names_are_made_of_letters_that_every_system_takes(bench: Bench) -> None:
    ready(bench)
    bench.session.explanation.set_reference_class("healthy")
    assert bench.exports.suggested("volume", "geotiff") == (
        "leaf_volume_chlorosis_against_healthy.tif"
    )
    assert bench.exports.suggested("labels", "envi") == "leaf_labels.hdr"


def test_an_export_runs_beside_explaining_and_tells_its_end(bench: Bench) -> None:
    ready(bench)
    bench.workbench.explain()
    bench.exports.write(Path("out"), "volume", "envi")
    assert bench.session.state.jobs.export.status == "running"
    assert bench.session.state.jobs.export.title == "Writing out.hdr"
    bench.runner.held[EXPORT].progress(0.25, "writing the volume")
    assert bench.session.state.jobs.export.fraction == 0.25
    bench.runner.release(EXPORT)
    request = bench.services.exported[Path("out.hdr")]
    assert request.volume is bench.session.state.volume
    assert request.pins == ((3, 4),)
    assert bench.session.state.jobs.export.status == "done"
    assert "out.hdr" in bench.session.state.jobs.export.message
    assert bench.session.state.jobs.explaining.status == "running"


def test_a_failure_is_shown_and_a_cancelled_one_is_not(bench: Bench) -> None:
    ready(bench)
    bench.exports.write(Path("refused.tif"), "volume", "geotiff")
    bench.runner.release(EXPORT)
    problem = bench.session.state.requests.problem
    assert problem is not None
    assert problem.title == "Could not write refused.tif"
    assert bench.session.state.jobs.export.status == "failed"
    bench.session.requests.dismiss_problem()
    bench.exports.write(Path("v.tif"), "volume", "geotiff")
    bench.exports.cancel()
    assert bench.session.state.jobs.export.status == "cancelled"
    assert bench.session.state.requests.problem is None
    assert Path("v.tif") not in bench.services.exported


def test_late_news_of_an_export_that_another_followed_is_dropped(bench: Bench) -> None:
    ready(bench)
    bench.exports.write(Path("first.tif"), "volume", "geotiff")
    first = bench.runner.held[EXPORT]
    bench.exports.write(Path("second.tif"), "volume", "geotiff")
    first.progress(0.9, "late")
    first.done((Path("first.tif"),))
    export = bench.session.state.jobs.export
    assert (export.title, export.status, export.fraction) == ("Writing second.tif", "running", 0)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "1 kB"), (99_400, "99 kB"), (100_000, "0.1 MB"), (2e9, "2,000.0 MB")]
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(int(size)) == text


def test_chosen_indices_and_areas_are_measured() -> None:
    session, services = Session(), FakeServices()
    bench = Workbench(session, ImmediateRunner(), services)
    session.documents.open(
        replace(make_cube(), georeference=Georeference(pixel_area=PixelArea(0.25)))
    )
    session.regions.draw(Rectangle((0, 0), (10, 10)))
    assert session.state.document is not None
    measures = session.state.document.measures
    assert measures is not None
    assert measures.rows[0].area == 25
    usual = list(measures.rows[0].indices)
    assert set(usual) < {index.name for index in INDICES}  # this cube ends at 1000 nm
    session.view.set_display(
        replace(session.state.view.display, indices=("NDVI2", "PRI", "unheard of"))
    )
    after = session.state.document.measures
    assert after is not None
    assert list(after.rows[0].indices) == ["NDVI2", "PRI"]
    assert after.rows[0].indices["NDVI2"] == measures.rows[0].indices["NDVI"]
    assert [one.index.name for one in after.indices] == ["NDVI2", "PRI"]
    bench.region_files.save_table(Path("t.csv"))
    lines = str(services.written[Path("t.csv")]).splitlines()
    assert lines[0].split(",")[4] == "area_m2"
    assert lines[0].endswith("peaks_nm,NDVI2,PRI,image_applicability,saliency_of")
    assert lines[1].split(",")[4] == "25"
    bench.close()


def test_measuring_waits_in_its_lane_when_indices_change(bench: Bench) -> None:
    ready(bench)
    bench.runner.release(REGIONS)
    before = bench.session.state.document
    bench.session.view.set_display(replace(bench.session.state.view.display, indices=("PRI",)))
    bench.runner.release(REGIONS)
    after = bench.session.state.document
    assert before is not None
    assert after is not None
    assert before.measures is not None
    assert after.measures is not None
    pri = [row.indices["PRI"] for row in before.measures.rows]
    np.testing.assert_array_equal([row.indices["PRI"] for row in after.measures.rows], pri)


def test_exports_can_be_made_without_a_workbench() -> None:
    session = Session()
    exports = Exports(session, Background(session, ImmediateRunner()), FakeServices())
    assert len(exports.choices()) == len(KINDS)
