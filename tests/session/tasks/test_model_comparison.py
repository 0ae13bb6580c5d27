"""Models compared on the open cubes: what is asked, what is known, what is written."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, foreign, make_card, make_cube

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.outputs.model_comparison import (
    Row,
    agreement_text,
    comparison_rows,
    summaries,
)
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.models import compared_decision
from focus_viewer.session.tasks.lane_names import COMPARE_MODELS, IDENTIFY
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.workbench import Workbench

CUBES = {
    name: replace(make_cube(12, 18, 9), name=name[0], path=Path(name))
    for name in ("a.img", "b.img", "c.img")
}
RUSTY = Path("/models/rusty")
PLACES = ("focus-leaf", str(RUSTY))
RUST_CARD = replace(make_card(("rust", "mildew"), (400.0, 1000.0)), name="rusty", sha256="1" * 64)


class Counting(FakeServices):
    """Services that count what each model is asked, and refuse one cube to one model."""

    def __init__(self) -> None:
        super().__init__(CUBES)
        self.cards[str(RUSTY)] = RUST_CARD
        self.asked: list[tuple[str, str]] = []

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Count, and refuse c to the second model."""
        self.asked.append((request.cube.name, Path(request.model).name))
        if (request.cube.name, request.model) == ("c", str(RUSTY)):
            raise IncompatibleCube("c has no bands that rusty reads")
        return super().explain(request, step)


class Desk:
    """Three cubes, the first two with labels; a is on the screen and explained."""

    def __init__(self, runner: Runner | None = None) -> None:
        self.services, self.session = Counting(), Session()
        self.workbench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        for name in ("b.img", "c.img", "a.img"):
            self.session.documents.open(CUBES[name])
        ids = {each.cube.name: each.id for each in self.session.state.documents.items}
        self.session.documents.label(ids["a"], CubeLabels(("chlorosis", "old")))
        self.session.documents.label(ids["b"], CubeLabels(("rust",)))
        self.workbench.models.find([RUSTY])
        self.tasks = self.workbench.model_comparison

    @property
    def rows(self) -> dict[str, Row]:
        return {row.name: row for row in comparison_rows(self.session.state, PLACES)}

    def words(self, name: str) -> list[tuple[str, str]]:
        cells = self.rows[name].cells
        return [
            ("?" if each.found is None else each.found.decision.class_name, each.agreement)
            for each in cells
        ]


def test_each_model_decides_on_each_cube_once() -> None:
    desk = Desk()
    desk.services.asked.clear()
    desk.tasks.compare(PLACES)
    # All were explained by focus-leaf when they were opened.
    assert desk.services.asked == [("a", "rusty"), ("b", "rusty"), ("c", "rusty")]
    assert desk.words("a") == [("chlorosis", "agrees"), ("mildew", "unknown class")]
    assert desk.words("b") == [("chlorosis", "unknown class"), ("mildew", "differs")]
    assert desk.words("c") == [("chlorosis", "no label"), ("", "no label")]
    rows = tuple(desk.rows.values())
    assert agreement_text(rows, 0) == "agrees with 1 of 1 label"
    assert agreement_text(rows, 1) == "agrees with 0 of 1 label"
    assert desk.session.state.jobs.comparing.status == "done"
    desk.services.asked.clear()
    desk.tasks.compare(PLACES)
    assert desk.services.asked == []
    assert desk.session.state.models.chosen == "focus-leaf"  # nothing on the screen changes


def test_what_another_model_or_cube_decided_does_not_count() -> None:
    desk = Desk()
    desk.tasks.compare(PLACES)
    desk.services.cards[str(RUSTY)] = replace(RUST_CARD, sha256="2" * 64)
    desk.workbench.models.add(RUSTY, choose=False)
    assert desk.words("b")[1] == ("?", "no decision")
    desk.tasks.compare(PLACES)
    assert desk.words("b")[1] == ("mildew", "differs")
    document = desk.session.state.document
    assert document is not None
    desk.session.documents.close(document.id)
    assert "a" not in desk.rows


def test_a_decision_that_does_not_apply_neither_agrees_nor_differs() -> None:
    desk = Desk()
    desk.session.publish(foreign(desk.session.state))
    assert desk.rows["a"].cells[0].agreement == "no decision"


def test_comparing_is_cancelled_and_goes_on_later() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    runner.release("find models")
    desk.tasks.compare(PLACES)
    runner.release(COMPARE_MODELS)
    asked = list(desk.services.asked)
    assert asked == [("a", "focus-leaf")] and COMPARE_MODELS in runner.held
    desk.tasks.cancel()
    assert desk.session.state.jobs.comparing.status == "cancelled"
    assert COMPARE_MODELS not in runner.held
    desk.tasks.compare(PLACES)
    runner.release(COMPARE_MODELS)
    assert desk.services.asked[-1] == ("a", "rusty")


def written(desk: Desk) -> list[dict[str, str]]:
    desk.tasks.save(Path("models.csv"), PLACES)
    text = desk.services.written[Path("models.csv")]
    assert isinstance(text, str)
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_is_written_as_csv() -> None:
    desk = Desk()
    desk.tasks.compare(PLACES)
    rows = written(desk)
    assert [row["cube"] for row in rows] == ["b", "c", "a"]
    assert rows[2]["label"] == "chlorosis; old"
    assert rows[2]["toy 1: class"] == "chlorosis" and rows[2]["toy 1: label"] == "agrees"
    assert 0 < float(rows[2]["rusty 1: probability"]) < 1
    assert rows[1]["rusty 1: class"] == rows[1]["rusty 1: probability"] == ""
    assert rows[1]["rusty 1: verdict"] == "c has no bands that rusty reads"


def taught_from(desk: Desk, *names: str) -> None:
    """Give the second model a list of the cubes that it was taught from."""
    teaching = {"fingerprints": [f"sha256:{name}" for name in names]}
    desk.services.cards[str(RUSTY)] = replace(RUST_CARD, teaching=teaching)
    desk.workbench.models.add(RUSTY, choose=False)


def test_cubes_that_were_taught_are_named_and_do_not_count() -> None:
    desk = Desk()
    desk.session.documents.label(desk.rows["a"].document_id, CubeLabels(("mildew",)))
    taught_from(desk, "a.img")
    assert desk.rows["a"].cells[1].taught is None  # its content is not computed yet
    desk.tasks.compare(PLACES)
    assert [desk.rows[name].cells[1].taught for name in "abc"] == [True, False, False]
    assert [desk.rows[name].cells[0].taught for name in "abc"] == [False] * 3
    found = {each.title: each.texts for each in summaries(tuple(desk.rows.values()))}
    assert found["New cubes"][1] == "agrees with 0 of 1 label"  # b alone: mildew for rust
    assert found["Cubes taught from"] == ("", "agrees with 1 of 1 label: training accuracy")


def test_a_model_that_does_not_list_its_cubes_may_know_them() -> None:
    desk = Desk()
    desk.services.cards[str(RUSTY)] = replace(RUST_CARD, teaching={"cubes": 4})
    desk.workbench.models.add(RUSTY, choose=False)
    desk.tasks.compare(PLACES)
    text = agreement_text(tuple(desk.rows.values()), 1)
    assert text == "agrees with 0 of 1 label; may be training accuracy"
    assert "not known" in written(desk)[0]["rusty 1: taught from this cube"]


def test_the_content_of_cubes_is_computed_once_and_only_where_it_is_needed() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    runner.release("find models")
    desk.tasks.identify()
    assert IDENTIFY not in runner.held  # no model was taught by a user
    taught_from(desk, "a.img")
    runner.release("add models")
    desk.tasks.identify()
    for _ in "abc":
        runner.release(IDENTIFY)
    assert IDENTIFY not in runner.held
    assert set(desk.session.state.models.fingerprints.values()) == {
        f"sha256:{name}" for name in CUBES
    }


def test_a_cube_that_cannot_be_read_any_more_may_have_been_taught() -> None:
    desk = Desk()
    taught_from(desk, "a.img")
    lost = replace(CUBES["a.img"], name="lost", path=Path("lost.img"))
    desk.session.documents.open(lost)
    desk.tasks.identify()
    assert desk.rows["lost"].cells[1].taught is None
    assert desk.rows["a"].cells[1].taught is True


def test_several_classes_are_judged_together_and_by_class() -> None:
    desk = Desk()
    card = replace(RUST_CARD, several=True)
    desk.services.cards[str(RUSTY)] = card
    desk.workbench.models.add(RUSTY, choose=False)
    labels = {"a": ("mildew", "rust"), "b": ("mildew",), "c": ("mildew",)}
    for name, own in labels.items():
        row = desk.rows[name]
        desk.session.documents.label(row.document_id, CubeLabels(own))
        cube = next(d.cube for d in desk.session.state.documents.items if d.cube.name == name)
        request = ExplainRequest(0, cube, str(RUSTY), "cpu")
        explained = FakeServices.explain(desk.services, request, silent)
        logits = np.array([0.5 if name == "b" else -0.5, 2.0], dtype=np.float32)
        found = compared_decision(cube, replace(explained, logits=logits))
        desk.session.models.take_decision(row.document_id, str(RUSTY), found)
    assert [desk.words(name)[1][1] for name in "abc"] == ["differs", "differs", "agrees"]
    texts = {each.title: each.texts[1] for each in summaries(tuple(desk.rows.values()))}
    assert texts["New cubes"] == "all classes right in 1 of 3"
    # Rust was not found where it is, and in one of two where it is not; mildew is nowhere absent.
    assert texts["Accuracy by class"] == "rust 0.25, mildew –"
    assert written(desk)[0]["rusty 1: class"] == "rust + mildew"


def test_finding_nothing_says_nothing_of_a_class_that_is_not_known() -> None:
    desk = Desk()
    desk.services.cards[str(RUSTY)] = replace(RUST_CARD, several=True)
    desk.workbench.models.add(RUSTY, choose=False)
    row = desk.rows["a"]
    (cube,) = (d.cube for d in desk.session.state.documents.items if d.cube.name == "a")
    explained = FakeServices.explain(
        desk.services, ExplainRequest(0, cube, str(RUSTY), "cpu"), silent
    )
    nothing = replace(explained, logits=np.array([-2.0, -2.0], dtype=np.float32))
    found = compared_decision(cube, nothing)
    desk.session.models.take_decision(row.document_id, str(RUSTY), found)
    assert found.present == ()
    assert desk.rows["a"].cells[1].agreement == "unknown class"
