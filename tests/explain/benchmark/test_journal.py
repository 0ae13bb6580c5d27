"""Figures kept on disk while they are measured."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from focus_viewer.core.errors import FocusError
from focus_viewer.explain.benchmark.run import Journal


def test_what_was_measured_is_there_again(tmp_path: Path) -> None:
    first = Journal(tmp_path / "j", "order")
    first.add((0, "rollout", "3"), {"band_iou": 0.5, "pointing": math.nan})
    again = Journal(tmp_path / "j", "order")
    assert again.figures[0, "rollout", "3"]["band_iou_top_n"] == 0.5
    assert math.isnan(again.figures[0, "rollout", "3"]["pointing"])


def test_another_order_is_refused_or_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Journal(path, "order").add((0, "a", "0"), {"x": 1.0})
    with pytest.raises(FocusError, match=r"j: contains an interrupted benchmark.*--restart"):
        Journal(path, "another")
    assert set(Journal(path, "order").figures) == {(0, "a", "0")}
    assert Journal(path, "another", restart=True).figures == {}
    assert Journal(path, "order").figures == {}


@pytest.mark.parametrize(
    "damaged",
    [
        *("garbage", "", "{}", "[]", "3", "[0]", '[0, "a", "9"]', '[0, "a", "9", 3]', "\udcff"),
        *('[0, "a", "9", {}]', '["0", "a", "9", {"x": 1}]', '[0, "a", "9", {"x": "y"}]'),
        *('[0, "a", "9", {"x": null}]', '[0, "a", ["9"], {"x": 1}]', '[true, "a", "9", {"x": 1}]'),
    ],
)  # fmt: skip
def test_a_damaged_line_is_left_out(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "j"
    journal = Journal(path, "order")
    journal.add((0, "a", "0"), {"x": 1.0})
    with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(damaged + "\n")
    journal.add((0, "a", "1"), {"x": 2.0})
    again = Journal(path, "order")
    assert set(again.figures) == {(0, "a", "0"), (0, "a", "1")}
    again.add((0, "a", "2"), {"x": 3.0})
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4


def test_a_line_cut_short_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path, "order")
    journal.add((0, "a", "0"), {"x": 1.0})
    journal.add((0, "a", "1"), {"x": 2.0})
    path.write_text(path.read_text(encoding="utf-8")[:-6], encoding="utf-8")
    again = Journal(path, "order")
    assert set(again.figures) == {(0, "a", "0")}
    again.add((0, "a", "2"), {"x": 3.0})
    assert set(Journal(path, "order").figures) == {(0, "a", "0"), (0, "a", "2")}


def test_a_finished_run_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", "order")
    journal.discard()
    assert not (tmp_path / "j").exists()
