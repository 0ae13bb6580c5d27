"""`focus-viewer benchmark`: the figures' names, the table, and what is written."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from typer.testing import CliRunner

from focus_viewer.cli import benchmark as command
from focus_viewer.cli.main import app
from focus_viewer.explain.benchmark.measure import Effort

METRICS = {
    "accuracy", "band_iou", "band_iou_half_max", "band_spearman", "spatial_iou", "volume_ap",
    "off_target_mass", "pointing", "collapse_top1pct", "collapse_class_token", "class_similarity",
    "deletion", "deletion_spatial", "deletion_spectral",
    "insertion", "insertion_spatial", "insertion_spectral",
    "stability_30db", "forward_passes", "backward_passes", "time_ratio", "memory_ratio",
    "extra_parameters_percent",
}  # fmt: skip
CHEAP = ("focus-evidence", "focus-attention", "rollout", "random")


@pytest.fixture(scope="module")
def quick_figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Figures of the cheap methods, by the command itself."""
    pytest.importorskip("prosail", reason="the scenes are simulated by prosail")
    out = tmp_path_factory.mktemp("benchmark") / "figures.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "_METHODS", CHEAP)
        patch.setattr(command, "_prompt_cam", lambda *_: untrained_rival())
        done = CliRunner().invoke(app, ["benchmark", "--quick", "--json", str(out)])
    assert done.exit_code == 0, done.output
    assert list(out.parent.iterdir()) == [out]
    assert all(name in done.stdout for name in CHEAP)
    figures: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return figures


def untrained_rival() -> Any:
    """A rival in the place of the one that would have to be trained."""
    from focus_viewer.explain.baselines.chance import Chance

    return Chance(1, name="prompt-cam")


@pytest.mark.slow
def test_the_figures_have_the_names_that_others_read(quick_figures: dict[str, Any]) -> None:
    assert set(quick_figures) == {"sensor", "seeds", "scenes", "backbone", "methods"}
    assert (quick_figures["sensor"], quick_figures["seeds"]) == ("full", 1)
    assert quick_figures["scenes"] == 5
    assert set(quick_figures["backbone"]) == {"parameters", "accuracy"}
    assert set(quick_figures["methods"]) == set(CHEAP)
    for metrics in quick_figures["methods"].values():
        assert set(metrics) >= METRICS
        assert all(set(cell) == {"mean", "sd"} for cell in metrics.values())
    focus = quick_figures["methods"]["focus-evidence"]
    assert (focus["forward_passes"]["mean"], focus["backward_passes"]["mean"]) == (1, 0)
    assert focus["band_iou"]["sd"] is None  # of a single seed


@pytest.mark.slow
def test_focus_finds_more_than_chance(quick_figures: dict[str, Any]) -> None:
    focus = quick_figures["methods"]["focus-evidence"]
    chance = quick_figures["methods"]["random"]
    for metric in ("spatial_iou", "volume_ap"):
        assert focus[metric]["mean"] > 2 * chance[metric]["mean"]


def test_the_table_tells_what_is_not_there() -> None:
    cell = {"mean": 0.5, "sd": math.nan}
    figures = dict.fromkeys(command._COLUMNS, cell) | {"accuracy": {"mean": 0.25, "sd": 0.125}}
    figures["pointing"] = {"mean": math.nan, "sd": math.nan}
    text = command.table({"methods": {"rollout": figures}})
    assert "0.250 ± 0.125" in text
    assert " - " in text
    assert text.splitlines()[1].startswith("rollout")


def test_orders_differ_if_anything_differs() -> None:
    usual = command.Order("m", "full", 3, 8, 120, 10, Effort())
    assert f"{usual}" != f"{command.Order('m', 'full', 3, 8, 120, 10, Effort(compared=2))}"


def test_a_folder_that_is_not_there_is_refused_before_the_work() -> None:
    done = CliRunner().invoke(app, ["benchmark", "--quick", "--json", "nowhere/at/all.json"])
    assert done.exit_code == 1
    assert "nowhere/at/all.json: its folder does not exist" in done.output
