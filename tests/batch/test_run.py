"""Batches in this process: rows, failures, and what is not computed again."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from batch_cases import NM, batch, csv_rows, options, write_cube, write_cubes
from envi_bytes import write_envi

import focus_viewer as fv
from focus_viewer.batch.run import BatchRequest, run_batch
from focus_viewer.batch.work.worker import Worker
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.inference.prepared import PreparedCube


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the cubes that the model sees."""
    seen: list[str] = []
    before = Explainer.explain_prepared

    def counted(self: Explainer, cubes: Sequence[PreparedCube], step: Step) -> list[Explanation]:
        seen.extend(each.request.cube.name for each in cubes)
        return before(self, cubes, step)

    monkeypatch.setattr(Explainer, "explain_prepared", counted)
    return seen


def test_rows_are_what_explain_says_of_each_cube(model: Path, tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 3)
    done = batch(model, tmp_path / "out", folder)
    assert [row["label"] for row in done.table.rows] == ["leaf00", "leaf01", "leaf02"]
    for row, curves in zip(done.table.rows, done.table.curves, strict=True):
        alone = fv.explain(str(row["path"]), model=model, device="cpu")
        found = [row[f"p_{name}"] for name in alone.classes]
        assert found == list(alone.probabilities.values())
        assert (row["verdict"], row["explained"]) == (
            alone.applicability.verdict,
            alone.predicted,
        )
        shown = alone.predicted if alone.applicability.verdict != "does not apply" else None
        assert row["decided"] == shown
        assert row["unattributed"] == alone.doubt(alone.predicted)
        assert curves is not None
        own = alone.importance_curve(alone.predicted)
        place = alone.classes.index(alone.predicted)
        np.testing.assert_array_equal(curves.evidence[place], own.astype(np.float32))
        sink = alone.volume(alone.predicted, mode="unattributed")
        np.testing.assert_allclose(
            curves.unattributed[place], sink.planes.sum((1, 2)), rtol=1e-4, atol=1e-5
        )
        if own.max() > 0:
            assert row["peak_1_nm"] in alone.centers_nm
            shares = [v for k, v in row.items() if k.startswith("share_") and v is not None]
            assert sum(shares) == pytest.approx(1)  # type: ignore[arg-type]


def test_spectrum_and_indices_are_of_the_pixels_that_the_model_met(
    model: Path, tmp_path: Path
) -> None:
    path = write_cube(
        tmp_path, "leaf", entries={"acquisition date": "DATE(yyyy-mm-dd): 2024-05-01"}
    )
    done = batch(model, tmp_path / "out", path)
    (row,), (curves,) = done.table.rows, done.table.curves
    result = fv.explain(path, model=model, device="cpu")
    met = result.explanation.met
    mean = result.cube.block(slice(None), slice(None))[met].mean(axis=0, dtype=np.float64)
    assert curves is not None
    np.testing.assert_allclose(curves.spectrum, mean, rtol=1e-6)
    np.testing.assert_array_equal(curves.spectrum_nm, NM)
    near = {nm: mean[np.abs(NM - nm).argmin()] for nm in (800, 670)}
    ndvi = (near[800] - near[670]) / (near[800] + near[670])
    assert row["index_NDVI"] == pytest.approx(ndvi, rel=1e-5)
    assert row["index_CAI"] is None  # beyond the sensor
    assert row["pixels"] == met.sum()
    assert row["date"] == "2024-05-01"


def test_a_cube_that_fails_is_a_row_and_does_not_stop_the_others(
    model: Path, tmp_path: Path
) -> None:
    folder = write_cubes(tmp_path / "day", 2)
    short = write_cube(tmp_path, "short")
    short.with_suffix(".img").write_bytes(b"\0" * 100)
    no_nm = write_envi(tmp_path, data_name="dark.img", header_name="dark.hdr")
    (tmp_path / "empty").mkdir()
    done = batch(
        model, tmp_path / "out", short, folder, no_nm, str(tmp_path / "emp*"), tmp_path / "day"
    )
    status = [(row["label"], row["status"]) for row in done.table.rows]
    assert status == [
        ("short", "failed"),
        ("leaf00", "ok"),
        ("leaf01", "ok"),
        ("dark", "failed"),
        ("empty", "failed"),
    ]
    errors = [str(done.table.rows[place]["error"]) for place in done.failed]
    assert "short" in errors[0]
    assert "wavelengths" in errors[1]
    assert "folder without cubes" in errors[2]


def test_an_unexpected_error_is_a_row_too(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_cubes(tmp_path / "day", 3)
    before = Explainer.prepare

    def broken(
        self: Explainer, request: ExplainRequest, step: Step = silent
    ) -> PreparedCube | ExplainRequest:
        if request.cube.name == "leaf01":
            raise ZeroDivisionError("by a library")
        return before(self, request, step)

    monkeypatch.setattr(Explainer, "prepare", broken)
    done = batch(model, tmp_path / "out", folder)
    assert [row["status"] for row in done.table.rows] == ["ok", "failed", "ok"]
    assert done.table.rows[1]["error"] == "unexpected ZeroDivisionError: by a library"


def test_what_is_finished_is_not_computed_again(
    model: Path, tmp_path: Path, explained: list[str]
) -> None:
    folder = write_cubes(tmp_path / "day", 3)
    first = batch(model, tmp_path / "out", folder)
    assert explained == ["leaf00", "leaf01", "leaf02"]
    write_cube(folder, "leaf99", seed=99)
    again = batch(model, tmp_path / "out", folder)
    assert explained[3:] == ["leaf99"]
    assert (again.reused, again.computed) == (3, 1)
    assert again.table.rows[:3] == first.table.rows
    groups = tmp_path / "groups.csv"
    groups.write_text("path,plant\nleaf01,5\n")
    grouped = batch(model, tmp_path / "out", folder, groups=groups)
    assert explained[4:] == []
    assert grouped.table.column("group_plant") == [None, "5", None, None]


def test_a_file_that_was_touched_is_looked_at_and_one_that_changed_is_computed(
    model: Path, tmp_path: Path, explained: list[str]
) -> None:
    folder = write_cubes(tmp_path / "day", 2)
    batch(model, tmp_path / "out", folder)
    os.utime(folder / "leaf00.img", ns=(1, 1))
    write_cube(folder, "leaf01", seed=50)
    explained.clear()
    again = batch(model, tmp_path / "out", folder)
    assert explained == ["leaf01"]
    assert again.table.rows[1]["seconds"] is not None
    explained.clear()
    assert batch(model, tmp_path / "out", folder).reused == 2  # its new time is known now


def test_a_corrected_header_is_a_change(model: Path, tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)
    batch(model, tmp_path / "out", folder)
    header = folder / "leaf00.hdr"
    header.write_text(header.read_text() + "sensor type = Fenix\n")
    assert batch(model, tmp_path / "out", folder).table.column("camera") == ["Fenix"]


def test_failures_are_tried_again(model: Path, tmp_path: Path) -> None:
    path = write_cube(tmp_path, "leaf")
    whole = path.with_suffix(".img").read_bytes()
    path.with_suffix(".img").write_bytes(whole[:100])
    assert batch(model, tmp_path / "out", path).failed == (0,)
    path.with_suffix(".img").write_bytes(whole)
    assert batch(model, tmp_path / "out", path).failed == ()


def test_other_options_are_refused_unless_started_anew(
    model: Path, tmp_path: Path, explained: list[str]
) -> None:
    path = write_cube(tmp_path, "leaf")
    batch(model, tmp_path / "out", path)
    with pytest.raises(FocusError, match=r"other options \(objects asked for or not\)"):
        batch(model, tmp_path / "out", path, objects=True)
    assert len(csv_rows(tmp_path / "out")) == 1
    batch(model, tmp_path / "out", path, objects=True, resume=False)
    assert json.loads((tmp_path / "out" / "focus-batch.json").read_text())["objects"] == "yes"


def test_results_of_unknown_options_are_refused(model: Path, tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)
    batch(model, tmp_path / "out", folder)
    (tmp_path / "out" / "focus-batch.json").write_text("{")
    with pytest.raises(FocusError, match="missing or damaged"):
        batch(model, tmp_path / "out", folder, objects=True)


def test_bad_bands_are_no_part_of_the_mean_spectrum(model: Path, tmp_path: Path) -> None:
    flags = [0, *[1] * (NM.size - 1)]
    cube = write_cube(tmp_path, "leaf", entries={"bbl": f"{{{', '.join(map(str, flags))}}}"})
    curves = batch(model, tmp_path / "out", cube).table.curves[0]
    assert curves is not None
    np.testing.assert_array_equal(np.isfinite(curves.spectrum), np.array(flags) == 1)


def test_a_broken_record_is_computed_again(model: Path, tmp_path: Path) -> None:
    path = write_cube(tmp_path, "leaf")
    batch(model, tmp_path / "out", path)
    (part,) = (tmp_path / "out" / "parts").glob("*.npz")
    part.write_bytes(part.read_bytes()[:200])
    (part.parent / ".unfinished-0123-4").write_bytes(b"half")
    assert batch(model, tmp_path / "out", path).computed == 1
    assert sorted(p.name for p in part.parent.iterdir() if p.name != ".lock") == [part.name]


def test_a_second_batch_in_the_same_folder_is_refused(model: Path, tmp_path: Path) -> None:
    from focus_viewer.batch.results.journal import Journal

    path = write_cube(tmp_path, "leaf")
    with (
        Journal(tmp_path / "out").begun(options(model).identity(), True),
        pytest.raises(FocusError, match="another batch writes"),
    ):
        batch(model, tmp_path / "out", path)


@pytest.mark.parametrize("calls", [3, 60])
def test_a_cancelled_batch_keeps_what_is_finished(
    model: Path, tmp_path: Path, calls: int, explained: list[str]
) -> None:
    folder = write_cubes(tmp_path / "day", 4)
    left = calls

    def step(fraction: float, text: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Cancelled

    request = BatchRequest((folder,), tmp_path / "out", options(model))
    with pytest.raises(Cancelled):
        run_batch(request, step)
    kept = len(list((tmp_path / "out" / "parts").glob("*.npz")))
    assert not (tmp_path / "out" / "cubes.csv").exists()
    done = batch(model, tmp_path / "out", folder)
    assert done.reused == kept
    whole = batch(model, tmp_path / "whole", folder)
    assert csv_rows(tmp_path / "out") == csv_rows(tmp_path / "whole")
    assert whole.failed == ()


def test_regions_are_decided_on_alone(model: Path, tmp_path: Path) -> None:
    path = write_cube(tmp_path, "leaf")
    regions = tmp_path / "plots.geojson"
    square = [[0, 0], [12, 0], [12, 12], [0, 12], [0, 0]]
    far = [[500, 500], [510, 500], [510, 510], [500, 500]]
    regions.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"name": name},
                        "geometry": {"type": "Polygon", "coordinates": [ring]},
                    }
                    for name, ring in (("plot 1", square), ("far", far))
                ],
            }
        )
    )
    done = batch(model, tmp_path / "out", path, regions=regions)
    rows = done.table.rows
    assert [(row["kind"], row["region"]) for row in rows] == [
        ("cube", None),
        ("region", "plot 1"),
        ("region", "far"),
    ]
    assert (rows[1]["status"], rows[1]["region_pixels"]) == ("ok", 144)
    assert 0 < float(rows[1]["pixels"] or 0) <= 144
    assert rows[1]["p_left"] != rows[0]["p_left"]
    assert (rows[2]["status"], rows[2]["error"]) == (
        "failed",
        "no pixel of the region is in the image",
    )


def test_objects_are_rows(model: Path, tmp_path: Path) -> None:
    cube = write_cube(tmp_path, "plants", shape=(24, 40))
    values = np.fromfile(cube.with_suffix(".img"), "<f4").reshape(NM.size, 24, 40)
    values[:, :, 15:25] = np.nan  # nothing between two plants
    values.tofile(cube.with_suffix(".img"))
    rows = batch(model, tmp_path / "out", cube, objects=True).table.rows
    assert [row["region"] for row in rows] == [None, "object 1", "object 2"]
    assert [row["kind"] for row in rows] == ["cube", "object", "object"]
    assert [row["region_pixels"] for row in rows[1:]] == [24 * 15, 24 * 15]


def test_cubes_share_a_pass_where_the_device_is_no_cpu(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from focus_viewer.batch.inputs.work_list import work_list
    from focus_viewer.batch.work.tasks import Task

    folder = write_cubes(tmp_path / "day", 4)
    no_nm = write_envi(tmp_path, data_name="dark.img", header_name="dark.hdr")
    listed = work_list([folder / "leaf00.hdr", folder / "leaf01.hdr", no_nm, folder])
    worker = Worker(options(model), options(model).identity())
    monkeypatch.setattr(worker, "_shares", True)
    passes: list[int] = []
    before = Explainer.explain_prepared

    def counted(self: Explainer, cubes: Sequence[PreparedCube], step: Step) -> list[Explanation]:
        passes.append(len(cubes))
        return before(self, cubes, step)

    monkeypatch.setattr(Explainer, "explain_prepared", counted)
    records = list(worker.run([Task(item) for item in listed.items]))
    assert passes == [2, 2]
    assert [record.key for record in records] == [item.key for item in listed.items]
    alone = batch(model, tmp_path / "out", folder).table
    shared = [record.rows[0] for record in records if record.rows[0]["status"] == "ok"]
    for row, own in zip(shared, alone.rows, strict=True):
        assert row["p_left"] == pytest.approx(own["p_left"], abs=1e-6)
        assert not math.isnan(float(row["p_left"]))  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not text")
def test_names_that_are_not_text_are_written(model: Path, tmp_path: Path) -> None:
    write_cube(tmp_path, "leaf")
    name = os.fsdecode(b"bl\xe4tter")
    for suffix in (".hdr", ".img"):
        (tmp_path / f"leaf{suffix}").rename(tmp_path / f"{name}{suffix}")
    done = batch(model, tmp_path / "out", tmp_path)
    assert done.table.column("label") == ["bl\\udce4tter"]
    assert csv_rows(tmp_path / "out")[0]["status"] == "ok"


def test_results_among_the_inputs_are_no_cubes(model: Path, tmp_path: Path) -> None:
    write_cubes(tmp_path / "study" / "day1", 2)
    first = batch(model, tmp_path / "study" / "results", tmp_path / "study")
    again = batch(model, tmp_path / "study" / "results", tmp_path / "study")
    assert [row["label"] for row in again.rows] == ["leaf00", "leaf01"]
    assert (first.computed, again.reused) == (2, 2)
    assert any("results of a batch: curves.nc" in note for note in again.notes)


@pytest.mark.parametrize("inputs", [(".",), ("day1", "day2")])
def test_a_batch_in_the_folder_of_its_cubes_goes_on(
    model: Path, tmp_path: Path, inputs: tuple[str, ...]
) -> None:
    for day in ("day1", "day2") if len(inputs) > 1 else (".",):
        write_cubes(tmp_path / day, 1)
    folders = [tmp_path / name for name in inputs]
    first = batch(model, tmp_path, *folders)
    again = batch(model, tmp_path, *folders)
    assert (again.computed, again.reused) == (0, len(inputs))
    assert again.table.rows == first.table.rows


def test_an_attached_model_reads_each_cube_as_it_goes(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_cubes(tmp_path / "day", 2)
    alone = batch(model, tmp_path / "alone", folder).table
    explainer = Explainer()
    foreign = AttachedModel.__new__(AttachedModel)
    monkeypatch.setattr(explainer, "load", lambda name: (None, foreign))
    request = ExplainRequest(1, fv.open_cube(folder / "leaf00.hdr"), str(model), "cpu")
    assert explainer.prepare(request) is request
    monkeypatch.setattr(Explainer, "prepare", lambda self, request, step=silent: request)
    done = batch(model, tmp_path / "out", folder).table
    assert done.column("p_left") == alone.column("p_left")
