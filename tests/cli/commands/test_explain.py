"""What `focus-viewer explain` writes and prints."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli.conftest import CLASSES, Bench

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.volume import importance_curve, resample
from focus_viewer.explain.inference.explainer import explain
from focus_viewer.io import read_cube

SPECIFIED = {
    "cube", "classes", "explained", "passes", "seconds", "device", "peak_memory_bytes", "sink",
    "logits", "baseline", "evidence", "unattributed", "doubt", "temperature", "applicability",
    "shown",
}  # fmt: skip
LAYOUT = (
    "samples = 32", "lines = 24", "bands = 7", "header offset = 0", "data type = 4",
    "interleave = bsq", "byte order = 0", "wavelength units = Nanometers",
)  # fmt: skip
MORE = {"model", "notes", "files"}


def explained(bench: Bench) -> Explanation:
    request = ExplainRequest(1, read_cube(bench.cube), str(bench.model), "cpu")
    return explain(request, lambda fraction, text: None)


def record_of(bench: Bench) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bench.out / "result.json").read_text(encoding="utf-8"))
    return found


def header_list(text: str, name: str) -> list[str]:
    found = re.search(rf"^{name} = \{{(.*)\}}$", text, re.MULTILINE)
    assert found, name
    return found[1].split(", ")


def test_the_record_tells_what_was_specified(bench: Bench) -> None:
    done = bench.explain()
    assert done.exit_code == 0, done.output
    record, expected = record_of(bench), explained(bench)
    assert set(record) == SPECIFIED | MORE
    assert record["cube"] == {
        "path": str(bench.cube.with_suffix(".img")),
        "shape": [24, 32, 61],
        "wavelength_nm": [400.0, 1000.0],
    }
    assert [one["name"] for one in record["classes"]] == list(CLASSES)
    found = [one["probability"] for one in record["classes"]]
    np.testing.assert_allclose(found, expected.probabilities, rtol=1e-5)
    assert sum(found) == pytest.approx(1)
    assert record["explained"] == expected.predicted
    assert record["passes"] == {"forward": 1, "backward": 0}
    assert record["device"] == "cpu"
    assert record["seconds"] > 0
    assert record["peak_memory_bytes"] > 10_000_000
    np.testing.assert_allclose(list(record["sink"].values()), expected.sink, rtol=1e-4)
    assert list(record["sink"]) == list(CLASSES)
    np.testing.assert_allclose(list(record["logits"].values()), expected.logits, rtol=1e-4)
    assert record["model"] == {
        "name": "toy",
        "version": "7",
        "sha256": expected.card.sha256,
        "validated": False,
        "warning": expected.card.warning,
    }
    sums = record["shown"]
    assert sums["against"] == "mean of the other classes"
    curve = importance_curve(expected.volume(record["explained"], "evidence"))
    assert sums["evidence"] == pytest.approx(curve.sum(), abs=1e-4)
    assert any("1100-1200 nm" in note for note in record["notes"])
    verdict = expected.applicability
    assert record["applicability"]["verdict"] == verdict.verdict
    assert record["applicability"]["tissue_share"] == verdict.tissue_share
    assert len(record["applicability"]["reasons"]) == len(verdict.reasons)


def test_the_folder_holds_what_the_record_names_and_nothing_else(bench: Bench) -> None:
    assert bench.explain("--class", "bacterial spot").exit_code == 0
    names = {path.name for path in bench.out.iterdir()}
    assert names == {*record_of(bench)["files"].values(), "result.json"}
    assert names == {
        "volume_bacterial_spot.hdr", "volume_bacterial_spot.img", "curve.csv", "figure.png",
        "result.json",
    }  # fmt: skip
    assert (bench.out / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_the_volume_is_the_saliency_at_the_resolution_of_the_image(bench: Bench) -> None:
    assert bench.explain("--class", "chlorosis").exit_code == 0
    volume = explained(bench).volume("chlorosis", "evidence")
    text = (bench.out / "volume_chlorosis.hdr").read_text(encoding="utf-8")
    assert set(LAYOUT) <= set(text.splitlines())
    written = np.fromfile(bench.out / "volume_chlorosis.img", dtype="<f4").reshape(7, 24, 32)
    expected = np.stack([resample(plane, (24, 32)) for plane in volume.planes])
    np.testing.assert_allclose(written, expected, rtol=1e-4, atol=1e-7)
    assert written.std() > 0
    centers = [float(nm) for nm in header_list(text, "wavelength")]
    assert centers == [450.0, 550.0, 650.0, 750.0, 850.0, 950.0, 1050.0]
    assert [float(nm) for nm in header_list(text, "fwhm")] == [100.0] * 7
    assert "not validated" in text


def test_the_volume_opens_as_a_cube(bench: Bench) -> None:
    assert bench.explain("--class", "chlorosis").exit_code == 0
    cube = read_cube(bench.out / "volume_chlorosis.hdr")
    written = np.fromfile(bench.out / "volume_chlorosis.img", dtype="<f4").reshape(7, 24, 32)
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), np.moveaxis(written, 0, 2))
    assert cube.wavelengths_nm is not None
    assert cube.wavelengths_nm.tolist() == [450, 550, 650, 750, 850, 950, 1050]


def test_the_curve_sums_evidence_and_attention(bench: Bench) -> None:
    assert bench.explain("--class", "healthy").exit_code == 0
    with (bench.out / "curve.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    titles = ["wavelength_nm", "low_nm", "high_nm", "evidence", "attention", "signature"]
    titles += ["unattributed"]
    assert list(rows[0]) == [*titles, "class", "mode", "against", "applicability", "image"]
    assert {(row["class"], row["mode"]) for row in rows} == {("healthy", "evidence")}
    numbers = {name: np.array([float(row[name]) for row in rows]) for name in titles}
    expected = explained(bench)
    np.testing.assert_array_equal(numbers["low_nm"], expected.edges_nm[:, 0])
    np.testing.assert_array_equal(numbers["high_nm"], expected.edges_nm[:, 1])
    np.testing.assert_array_equal(numbers["wavelength_nm"], expected.edges_nm.mean(axis=1))
    evidence = expected.saliency[0].sum(axis=(0, 1), dtype=np.float64)
    np.testing.assert_allclose(numbers["evidence"], evidence, rtol=1e-6, atol=1e-8)
    attention = expected.attention[0].sum(axis=(0, 1), dtype=np.float64)
    np.testing.assert_allclose(numbers["attention"], attention, rtol=1e-3)
    assert numbers["attention"].sum() + expected.sink[0] == pytest.approx(1, abs=1e-3)


def test_json_prints_the_record_and_nothing_else(bench: Bench) -> None:
    done = bench.explain("--json")
    assert json.loads(done.stdout) == record_of(bench)
    assert "simulated training data, not validated" in done.stderr


def test_without_json_nothing_is_printed_to_stdout(bench: Bench) -> None:
    done = bench.explain()
    assert done.stdout == ""
    assert "1 forward, 0 backward" in done.stderr.splitlines()[0]


def test_new_results_take_the_place_of_earlier_ones(bench: Bench) -> None:
    assert bench.explain("--class", "healthy").exit_code == 0
    (bench.out / "notes.txt").write_text("mine")
    assert bench.explain("--class", "chlorosis").exit_code == 0
    assert record_of(bench)["explained"] == "chlorosis"
    names = {path.name for path in bench.out.iterdir()}
    assert names == {
        "notes.txt", "volume_chlorosis.hdr", "volume_chlorosis.img", "curve.csv", "figure.png",
        "result.json",
    }  # fmt: skip


def refused(bench: Bench, *options: str) -> str:
    done = bench.explain(*options)
    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_an_unknown_class_is_told_the_classes(bench: Bench) -> None:
    told = refused(bench, "--class", "rust")
    assert "'rust'" in told
    assert all(name in told for name in CLASSES)
    assert not bench.out.parent.exists()


def test_a_file_that_is_no_cube_is_named(bench: Bench) -> None:
    bench.cube.write_text("a shopping list")
    assert str(bench.cube) in refused(bench)
    assert not bench.out.parent.exists()


def test_a_cube_without_wavelengths_is_refused_with_the_fix(bench: Bench) -> None:
    text = re.sub(r"wavelength.*\n", "", bench.cube.read_text())
    bench.cube.write_text(text)
    said = refused(bench)
    assert "--wavelengths FILE" in said and "wavelength = {" in said
    assert not bench.out.parent.exists()


def test_wavelengths_of_a_table_are_those_of_an_envi_cube_without(bench: Bench) -> None:
    text = bench.cube.read_text()
    listed = re.search(r"wavelength = \{(.*)\}", text)
    assert listed is not None
    table = bench.cube.with_name("w.csv")
    table.write_text("\n".join(["wavelength", *listed[1].split(",")]), encoding="utf-8")
    first = bench.explain()
    known = record_of(bench)["logits"]
    bench.cube.write_text(re.sub(r"wavelength.*\n", "", text))
    done = bench.explain("--wavelengths", str(table))
    assert (first.exit_code, done.exit_code) == (0, 0), done.output
    assert "(the table w.csv)" in done.output
    assert record_of(bench)["logits"] == pytest.approx(known)
    table.write_text("500\n600\n", encoding="utf-8")
    assert "one for each band, found 2" in refused(bench, "--wavelengths", str(table))


@pytest.mark.parametrize("option", [("--array", "a"), ("--image-shape", "4,5")])
def test_options_that_cannot_apply_to_an_envi_image_are_refused(
    bench: Bench, option: tuple[str, str]
) -> None:
    assert f"{option[0]} cannot apply: an ENVI image is one array" in refused(bench, *option)
    assert not bench.out.parent.exists()


def test_an_unknown_model_is_told_the_models(bench: Bench, tmp_path: Path) -> None:
    told = refused(Bench(bench.cube, tmp_path / "no-model", bench.out))
    assert "no-model" in told
    assert not bench.out.parent.exists()


def test_an_unknown_device_is_told_the_devices(bench: Bench) -> None:
    assert "cpu" in refused(bench, "--device", "cuda:99")
    assert not bench.out.parent.exists()


def test_a_folder_that_is_a_file_is_refused_at_once(bench: Bench) -> None:
    bench.out.parent.write_text("in the way")
    assert "results" in refused(bench)
    assert bench.out.parent.read_text() == "in the way"
