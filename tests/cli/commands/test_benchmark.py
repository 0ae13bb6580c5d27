"""`focus-viewer benchmark`: the figures' names, the table, and what is written."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from benchmark_cases import FIGURES, result
from typer.testing import CliRunner, Result

from focus_viewer.cli.commands import benchmark as command
from focus_viewer.cli.main import app
from focus_viewer.cli.research.benchmark_files import (
    Order,
    OwnOrder,
    open_journal,
    spectra_checksum,
)
from focus_viewer.cli.research.benchmark_table import format_number, table
from focus_viewer.core.progress import silent
from focus_viewer.explain.benchmark.measure import Effort

METRICS = {
    "accuracy", "band_iou", "band_iou_top_n", "band_iou_half_max", "band_spearman", "spatial_iou",
    "volume_ap", "off_target_mass", "pointing", "collapse_top1pct", "collapse_class_token",
    "class_similarity",
    "deletion", "deletion_spatial", "deletion_spectral",
    "insertion", "insertion_spatial", "insertion_spectral",
    "stability_30db", "stability_30db_volume", "randomised_similarity",
    "forward_passes", "backward_passes", "time_ratio", "time_ratio_all_classes", "memory_ratio",
    "extra_parameters_percent", "thorough_share", "faithful_share",
    "decision_agreement", "ece", "shapley_curve", "shapley_map", "scene_specificity",
    "collapse_excess", "off_lesion_mass", "scene_band_iou_top_n",
}  # fmt: skip
OF_FOCUS = {
    "sum_error", "sink_remainder", "prompt_swap_ratio", "prompt_shuffle_ratio", "swap_ap_drop",
    "shuffle_ap_drop", "sink_out_drop", "sink_on_noise", "sink_on_clean",
}  # fmt: skip
OF_OWN = {"shapley_curve", "shapley_map", "scene_specificity", "coalition_r2", "band_iou_top_n"}
CHEAP = ("focus-evidence", "focus-attention", "rollout", "random")
FEW = OwnOrder(leaves=2, classes=2, evaluations=60, trials=5)


def run(*options: str) -> Result:
    return CliRunner().invoke(app, ["benchmark", *options])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command itself leaves when it measures the cheap methods at both sensors."""
    pytest.importorskip("prosail", reason="the scenes are simulated by prosail")
    place = tmp_path_factory.mktemp("benchmark")
    outputs = ["--json", str(place / "figures.json"), "--figure", str(place / "figures.svg")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "_METHODS", CHEAP)
        patch.setattr(command, "_QUICK_OWN", FEW)
        patch.setattr(command, "_QUICK_SIZE_PX", 16)
        patch.setattr(
            "focus_viewer.cli.research.benchmark_own.own_values_folder", lambda: place / "own"
        )
        patch.setattr(
            "focus_viewer.cli.research.benchmark_methods.trained_prompt_cam", untrained_baseline
        )
        done = run("--quick", "--workers", "1", "--sensor", "all", *outputs)
    assert done.exit_code == 0, done.output
    assert all(name in done.stdout for name in CHEAP)
    return place


@pytest.fixture
def both(folder: Path) -> list[dict[str, Any]]:
    """Figures of both sensors."""
    found: list[dict[str, Any]] = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    return found


def untrained_baseline(*_: object) -> Any:
    """A baseline in the place of the one that would have to be trained."""
    from focus_viewer.explain.baselines.methods import Chance

    return Chance(1, name="prompt-cam")


@pytest.mark.slow
def test_the_figures_have_the_names_that_others_read(both: list[dict[str, Any]]) -> None:
    assert [one["sensor"] for one in both] == ["full", "vnir"]
    for one in both:
        parts = {"sensor", "seeds", "scenes", "backbone", "methods", "no_leaf", "decisions"}
        assert set(one) == parts
        assert set(one["decisions"]) == {"scenes", "accuracy", "ece"}
        assert one["decisions"]["scenes"] >= 50
        assert one["no_leaf"]["inputs"] == 12
        assert (one["seeds"], one["scenes"]) == (1, 10)
        assert set(one["backbone"]) == {"parameters", "accuracy"}
        assert set(one["methods"]) == {*CHEAP, "own-shapley"}
        for name in CHEAP:
            assert set(one["methods"][name]) >= METRICS
        for metrics in one["methods"].values():
            assert all(set(cell) == {"mean", "sd"} for cell in metrics.values())
    focus = both[0]["methods"]["focus-evidence"]
    assert set(focus) >= {*OF_FOCUS, "coalition_r2"}
    assert set(both[0]["methods"]["own-shapley"]) >= OF_OWN
    assert (focus["forward_passes"]["mean"], focus["backward_passes"]["mean"]) == (1, 0)
    assert focus["band_iou_top_n"]["sd"] is None  # of a single seed
    assert focus["band_iou"] == focus["band_iou_top_n"]  # the name of earlier versions
    assert 0 < focus["sink_30db"]["mean"] < 1


@pytest.mark.slow
def test_focus_finds_more_than_chance(both: list[dict[str, Any]]) -> None:
    methods = both[0]["methods"]
    for metric in ("spatial_iou", "volume_ap"):
        focus, chance = methods["focus-evidence"][metric], methods["random"][metric]
        assert focus["mean"] > 2 * chance["mean"]


@pytest.mark.slow
def test_nothing_is_left_but_what_was_asked_for(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert names == {"figures.json", "figures-full.svg", "figures-vnir.svg", "own"}


@pytest.mark.slow
def test_earlier_figures_are_told_again(folder: Path, tmp_path: Path) -> None:
    figure, copy = tmp_path / "again.svg", tmp_path / "again.json"
    done = run("--from", str(folder / "figures.json"), "--figure", str(figure), "--json", str(copy))
    assert done.exit_code == 0, done.output
    assert copy.read_bytes() == (folder / "figures.json").read_bytes()
    drawn = figure.with_name("again-vnir.svg").read_bytes()
    assert drawn == (folder / "figures-vnir.svg").read_bytes()


def test_figures_of_one_sensor_are_an_object(tmp_path: Path) -> None:
    earlier, copy = tmp_path / "earlier.json", tmp_path / "copy.json"
    earlier.write_text(json.dumps(result()), encoding="utf-8")
    figure = tmp_path / "figure.png"
    done = run("--from", str(earlier), "--json", str(copy), "--figure", str(figure))
    assert done.exit_code == 0, done.output
    written = json.loads(copy.read_text(encoding="utf-8"))
    for name, metrics in result()["methods"].items():
        earlier_names = {"band_iou": metrics["band_iou_top_n"]}  # among others, of each class
        assert written["methods"][name] | earlier_names | metrics == written["methods"][name]
    assert {**written, "methods": None} == {**result(), "methods": None}
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("text", ["{", "[]", '{"sensor": "full"}'])
def test_what_is_no_benchmark_is_refused(text: str, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(text, encoding="utf-8")
    done = run("--from", str(earlier))
    assert done.exit_code == 1
    assert "earlier.json: " in done.output


@pytest.mark.parametrize(
    "wrong",
    [
        *({"sensor": 3}, {"seeds": None}, {"scenes": "many"}, {"backbone": {}}),
        *({"backbone": {"parameters": 3, "accuracy": "x"}}, {"methods": {}}, {"methods": ["rx"]}),
        *({"methods": {"rx": 3}}, {"methods": {"rx": {"ece": 0.5}}}),
        *({"methods": {"rx": {"ece": {}}}}, {"methods": {"rx": {"ece": {"mean": "x"}}}}),
        *({"decisions": {"scenes": 3}}, {"decisions": 3}, {"no_leaf": {"inputs": 12.0}}),
    ],
)  # fmt: skip
def test_incomplete_figures_are_refused(wrong: dict[str, Any], tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps({**result(), **wrong}), encoding="utf-8")
    done = run("--from", str(earlier), "--figure", str(tmp_path / "figure.svg"))
    assert done.exit_code == 1, done.exception
    assert "earlier.json: not the figures of a benchmark" in done.output


def test_inputs_that_are_no_leaf_have_a_sentence() -> None:
    found = {"inputs": 12.0, "confident_diseases": 3.0, "passing_for_tissue": 0.25}
    told = "3 of 12 are taken for a disease with more than 0.9; 25% of their pixels pass"
    assert told in table({**result(), "no_leaf": found})
    assert "no leaf" not in table(result())


def test_decisions_on_many_scenes_have_a_sentence() -> None:
    found = {"scenes": 150.0, "accuracy": 0.9, "ece": 0.05}
    twins = {"controls": 20.0, "controls_called_ill": 0.1}
    sentence = "Decisions on 150 more scenes: accuracy 0.900, calibration error 0.050"
    assert f"{sentence}." in table({**result(), "decisions": found})
    assert f"{sentence}; 10% of 20 healthy twins called ill." in table(
        {**result(), "decisions": {**found, **twins}}
    )
    assert "more scenes" not in table(result())


def test_healthy_twins_have_a_block_where_there_are_any() -> None:
    assert "Healthy twins" not in table(result())
    figures = result()
    figures["methods"]["rollout"]["controls_called_ill"] = {"mean": 0.25, "sd": None}
    assert "Healthy twins" in table(figures)


def test_the_table_marks_the_best_and_tells_what_is_not_there() -> None:
    lines = table(result()).splitlines()
    assert max(map(len, lines)) <= 120
    by_method = {line.split()[0]: line for line in lines if line.startswith(("focus", "random"))}
    assert " -" in by_method["random"]  # no memory
    first = {line.split()[0]: line for line in reversed(lines) if line.startswith(tuple(FIGURES))}
    assert "0.610±.012*" in first["focus-evidence"]
    assert "0.900±.012 " in first["random"]  # chance does not compete


@pytest.mark.parametrize(
    ("mean", "spread", "told"),
    [
        (0.6123, 0.0119, "0.612±.012"),
        (34.12, 0.41, "34.1±.4"),
        (897.0, 12.2, "897±12"),
        (897.0, 0.0, "897"),
        (32.0, None, "32"),
        (1.0, None, "1.000"),
        (0.5, None, "0.500"),
    ],
)
def test_numbers_have_as_many_digits_as_fit(mean: float, spread: float | None, told: str) -> None:
    assert format_number(mean, spread) == told


def test_orders_differ_if_anything_differs() -> None:
    usual = Order("m", "full", 3, 8, 64, 120, 10, Effort())
    assert f"{usual}" != f"{Order('m', 'full', 3, 8, 64, 120, 10, Effort(compared=2))}"
    assert f"{usual}" != f"{Order('m', 'full', 3, 8, 32, 120, 10, Effort())}"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--json", "nowhere/at/all.json"], "nowhere/at/all.json: the folder is missing"),
        (["--figure", "nowhere/at/all.pdf"], "nowhere/at/all.pdf: the folder is missing"),
        (["--json", "."], ".: is a folder, expected the name of a file"),
        (["--figure", "{folder}"], "folder.svg: is a folder, expected the name of a file"),
        (["--figure", "figure.bmp"], "figure.bmp: expected a figure ending in .png, .pdf, .svg"),
    ],
)
def test_what_could_not_be_written_is_refused_before_the_work(
    options: list[str], told: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.svg").mkdir()
    done = run("--quick", *(option.format(folder=tmp_path / "folder.svg") for option in options))
    assert done.exit_code == 1
    assert told in done.output


def test_a_run_of_other_options_is_refused_ahead_of_the_work_or_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "figures.json"
    earlier = tmp_path / "figures.json.vnir.partial"
    earlier.write_text('"another order"\n', encoding="utf-8")
    monkeypatch.setattr(command._Bench, "result", lambda *_: pytest.fail("it was measured"))
    options = ["--quick", "--sensor", "all", "--json", str(out)]
    refused = run(*options)
    assert refused.exit_code == 1
    assert f"{earlier}: contains an interrupted benchmark" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == [earlier.name]
    monkeypatch.setattr(command._Bench, "result", lambda *_: result())
    assert run(*options, "--restart").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_runs_without_an_output_have_a_journal_for_each_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("focus_viewer.cli.research.benchmark_files.gettempdir", lambda: tmp_path)
    for model in ("m", "n"):
        order = Order(model, "full", 3, 8, 64, 120, 10, Effort())
        open_journal(None, order).add((0, model, "0"), {"accuracy": 1.0})
        assert set(open_journal(None, order).figures) == {(0, model, "0")}
    assert len(list(tmp_path.glob("focus-viewer-benchmark.full.*.partial"))) == 2


def test_other_tables_of_spectra_are_another_order(tmp_path: Path) -> None:
    found = set()
    for name, text in (("a", "500\n1"), ("a", "500\n2"), ("b", "500\n2")):
        for earlier in tmp_path.iterdir():
            earlier.unlink()
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        found.add(spectra_checksum(tmp_path))
    assert len(found) == 3
    options = command._Options("focus-leaf", ("painted",), 1, 1, 32, 1, False, tmp_path, False)
    order = command._Bench(options, silent).order("painted")
    assert order.spectra == spectra_checksum(tmp_path)


def test_what_could_not_be_measured_is_null(tmp_path: Path) -> None:
    from focus_viewer.cli.research.benchmark_files import write_results

    out = tmp_path / "figures.json"
    write_results(out, [{"methods": {"random": {"accuracy": {"mean": 0.5, "sd": math.nan}}}}])
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["methods"]["random"]["accuracy"] == {"mean": 0.5, "sd": None}
