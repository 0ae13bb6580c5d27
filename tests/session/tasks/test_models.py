"""Models: found, added, chosen; whatever is shown is of the chosen one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_card, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.lane_names import ADD_MODELS, EXPLAIN
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.workbench import Workbench

CUBES = {name: replace(make_cube(), name=name[0], path=Path(name)) for name in ("a.img", "b.img")}
RUSTY = Path("/models/rusty")
EDGES = (400.0, 1000.0)
RUST_CARD = replace(make_card(("rust", "chlorosis"), EDGES), name="rusty", sha256="1" * 64)
HERE = Path("work.focus.json")


class Desk:
    """A session and its workbench with a model that can be added."""

    def __init__(self, runner: Runner | None = None, services: FakeServices | None = None) -> None:
        self.services = services or FakeServices(CUBES)
        self.services.cards[str(RUSTY)] = RUST_CARD
        self.session = Session()
        self.workbench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        self.models = self.workbench.models

    @property
    def document(self) -> Document:
        assert self.session.state.document is not None
        return self.session.state.document

    def open(self, *names: str) -> None:
        self.workbench.open([Path(name) for name in names])

    @property
    def model_names(self) -> list[str | None]:
        """Name of the model of each cube's explanation."""
        found = [each.explanation for each in self.session.state.documents.items]
        return [None if each is None else each.card.name for each in found]


def test_bundled_and_remembered_models_are_found() -> None:
    desk = Desk()
    desk.models.find([RUSTY, Path("/models/vanished")])
    models = desk.session.state.models
    assert [entry.place for entry in models.known] == ["focus-leaf", str(RUSTY)]
    assert models.missing == ("/models/vanished",)
    assert models.folders == (RUSTY, Path("/models/vanished"))  # it may be back another time
    assert models.entry is not None and models.entry.place == "focus-leaf"
    assert desk.session.state.requests.problem is None


def test_choosing_explains_anew_the_active_cube_first() -> None:
    desk = Desk()
    desk.open("a.img", "b.img")
    first, second = (each.id for each in desk.session.state.documents.items)
    desk.session.documents.activate(first)
    assert desk.model_names == ["toy", "toy"]
    desk.models.add(RUSTY)
    assert desk.session.state.models.chosen == str(RUSTY)
    assert desk.model_names == ["rusty", None]
    assert desk.document.class_name == "chlorosis"  # predicted
    desk.session.documents.activate(second)
    assert desk.model_names == ["rusty", "rusty"]


def test_the_class_stays_where_the_model_has_it() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(RUSTY, choose=False)
    assert desk.model_names == ["toy"]
    desk.session.explanation.choose_class("healthy")
    desk.session.explanation.set_reference_class("water stress")
    desk.models.choose(str(RUSTY))
    assert (desk.document.class_name, desk.document.reference_class) == ("chlorosis", None)
    desk.session.explanation.choose_class("rust")
    desk.session.explanation.set_reference_class("chlorosis")
    desk.services.cards["/models/more"] = replace(
        RUST_CARD, classes=("rust", "chlorosis", "frost"), sha256="2" * 64
    )
    desk.models.add(Path("/models/more"))
    assert (desk.document.class_name, desk.document.reference_class) == ("rust", "chlorosis")


def test_both_cubes_of_a_pair_are_explained_by_the_new_model() -> None:
    desk = Desk()
    desk.open("a.img", "b.img")
    first, _ = (each.id for each in desk.session.state.documents.items)
    desk.session.pair.show_with(first)
    desk.models.add(RUSTY)
    assert desk.model_names == ["rusty", "rusty"]
    assert desk.session.state.comparison.pair is not None


def test_a_late_result_is_not_taken_for_the_new_model() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    desk.session.documents.open(CUBES["a.img"])
    late = runner.held[EXPLAIN]
    desk.session.models.choose(str(RUSTY))
    assert runner.held[EXPLAIN] is not late
    late.done(late.work(lambda fraction, text: None))
    assert desk.model_names == [None]
    runner.release(EXPLAIN)
    assert desk.model_names == ["rusty"]


def test_finding_models_does_not_start_explaining_again() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    desk.models.find([RUSTY])
    desk.session.documents.open(CUBES["a.img"])
    explaining = runner.held[EXPLAIN]
    runner.release("find models")
    assert runner.held[EXPLAIN] is explaining


def test_a_model_taught_again_into_its_folder_explains_anew() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(RUSTY)
    before = desk.document.explanation
    desk.models.add(RUSTY)
    assert desk.document.explanation is before  # the same weights
    desk.services.cards[str(RUSTY)] = replace(RUST_CARD, sha256="3" * 64)
    desk.models.add(RUSTY)
    assert desk.document.explanation is not before
    assert len(desk.session.state.models.known) == 1


def test_what_is_no_model_is_named_and_nothing_is_lost() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(Path("/models/nothing"), RUSTY)
    state = desk.session.state
    assert state.requests.problem is not None
    assert "/models/nothing" in state.requests.problem.text
    assert state.models.chosen == str(RUSTY) and desk.model_names == ["rusty"]
    desk.models.add(Path("/models/nothing"))
    assert desk.session.state.models.chosen == str(RUSTY) and desk.model_names == ["rusty"]


def test_folders_added_one_after_the_other_are_all_there() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    desk.services.cards["/models/more"] = RUST_CARD
    desk.models.add(RUSTY)
    desk.models.add(Path("/models/more"), choose=False)
    runner.release(ADD_MODELS)
    models = desk.session.state.models
    assert [entry.place for entry in models.known] == [str(RUSTY), "/models/more"]
    assert models.chosen == str(RUSTY)


def test_a_vanished_model_is_not_chosen() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.find([RUSTY])
    del desk.services.cards[str(RUSTY)]
    desk.models.choose(str(RUSTY))
    state = desk.session.state
    assert state.requests.problem is not None and "rusty" in state.requests.problem.title
    assert state.models.chosen == "focus-leaf" and desk.model_names == ["toy"]
    assert state.models.missing == (str(RUSTY),)
    desk.services.cards[str(RUSTY)] = RUST_CARD
    desk.models.choose(str(RUSTY))
    assert desk.model_names == ["rusty"] and desk.session.state.models.missing == ()


@pytest.mark.parametrize("chosen", [True, False])
def test_a_removed_model_explains_no_more(chosen: bool) -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.find([RUSTY])
    if chosen:
        desk.models.choose(str(RUSTY))
    desk.session.models.remove(str(RUSTY))
    models = desk.session.state.models
    assert (models.chosen, models.folders) == ("focus-leaf", ())
    assert desk.model_names == ["toy"]


def test_trust_and_regions_are_those_of_the_chosen_model() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.workbench.trust.test()
    assert desk.document.trust is not None
    desk.models.add(RUSTY)
    assert desk.document.trust is None
    desk.workbench.trust.test()
    assert desk.document.trust is not None and desk.document.trust.class_name == "chlorosis"


def test_a_project_brings_its_model() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(RUSTY)
    desk.workbench.projects.save(HERE)
    again = Desk(services=desk.services)
    again.open(str(HERE))
    models = again.session.state.models
    assert models.chosen == str(RUSTY) and models.entry is not None
    assert again.model_names == ["rusty"]


def test_a_project_whose_model_is_missing_opens_unexplained() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(RUSTY)
    desk.session.pins.toggle(2, 3)
    desk.workbench.projects.save(HERE)
    project = desk.services.saved[HERE].project
    cubes = tuple(replace(cube, explanation=None) for cube in project.cubes)
    desk.services.saved[HERE] = replace(
        desk.services.saved[HERE], project=replace(project, cubes=cubes)
    )
    services = FakeServices(CUBES)
    services.saved = desk.services.saved
    again = Desk(services=services)
    del services.cards[str(RUSTY)]
    again.open(str(HERE))
    state = again.session.state
    assert state.requests.problem is not None
    assert state.requests.problem.title == "The model of the project is missing"
    assert "/models/rusty" in state.requests.problem.text
    assert again.document.pins and again.document.outcome == "failed"
    assert state.models.missing == (str(RUSTY),)
    assert state.models.chosen == str(RUSTY)  # as the project says, when it is saved
    again.models.choose("focus-leaf")
    assert again.model_names == ["toy"]


def test_results_of_a_project_are_kept_while_its_model_is_missing() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(RUSTY)
    desk.workbench.projects.save(HERE)
    services = FakeServices(CUBES)
    services.saved = desk.services.saved
    again = Desk(services=services)
    card = services.cards.pop(str(RUSTY))
    again.open(str(HERE))
    problem = again.session.state.requests.problem
    assert problem is not None and "Saved results are shown as they are" in problem.text
    assert again.model_names == ["rusty"]
    again.session.pins.toggle(1, 1)
    again.workbench.projects.save(HERE)
    assert services.saved[HERE].project.cubes[0].explanation is not None
    services.cards[str(RUSTY)] = card
    again.models.add(RUSTY)
    assert again.model_names == ["rusty"]
    assert again.session.state.models.revision == 0  # of the same weights: nothing is done anew


def test_results_of_other_weights_leave_when_a_missing_model_is_back() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.models.add(RUSTY)
    desk.workbench.projects.save(HERE)
    services = FakeServices(CUBES)
    services.saved = desk.services.saved
    again = Desk(services=services)
    card = services.cards.pop(str(RUSTY))
    again.open(str(HERE))
    services.cards[str(RUSTY)] = replace(card, name="taught anew", sha256="3" * 64)
    again.models.add(RUSTY)
    assert again.model_names == ["taught anew"]
