"""What of a benchmark goes on a card."""

from __future__ import annotations

import math

from focus_viewer.cli.research.benchmark_files import main_figures


def test_means_of_the_main_metrics_that_were_measured() -> None:
    methods = {
        "rollout": {
            "band_iou_top_n": {"mean": 0.12345, "sd": 0.1},
            "volume_ap": {"mean": math.nan, "sd": math.nan},
            "deletion": {"mean": None, "sd": None},
            "stability_40db": {"mean": 0.9, "sd": 0.1},
        }
    }
    assert main_figures([{"sensor": "full", "methods": methods}]) == {
        "full": {"rollout": {"band_iou_top_n": 0.123}}
    }
