"""All open cubes are explained in the background, and what the user looks at goes first."""

from dataclasses import replace
from pathlib import Path

from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.workbench import Workbench


class Counting(FakeServices):
    """Services that note which cubes are explained, and refuse one."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Note the name."""
        self.asked.append(request.cube.name)
        if request.cube.name == "c":
            raise IncompatibleCube("c: the model reads wavelengths")
        return super().explain(request, step)


class Desk:
    """Four open cubes, d on the screen; nothing is explained until it is released."""

    def __init__(self) -> None:
        self.services, self.session, self.runner = Counting(), Session(), HeldRunner()
        self.workbench = Workbench(self.session, self.runner, self.services)
        for name in "abcd":
            cube = replace(make_cube(12, 18, 9), name=name, path=Path(f"/{name}.img"))
            self.session.documents.open(cube)
        self.all = self.workbench.explaining_all

    @property
    def outcomes(self) -> dict[str, str]:
        return {each.cube.name: each.outcome for each in self.session.state.documents.items}

    @property
    def text(self) -> str:
        return self.session.state.queue.text(self.session.state.documents)

    def release(self, times: int = 1) -> None:
        for _ in range(times):
            self.runner.release(EXPLAIN)

    def activate(self, name: str) -> None:
        items = self.session.state.documents.items
        self.session.documents.activate(next(each.id for each in items if each.cube.name == name))


def test_all_are_explained_the_active_one_first() -> None:
    desk = Desk()
    desk.all.start()
    desk.release(4)
    assert desk.services.asked == ["d", "a", "b", "c"]
    assert desk.outcomes == {"a": "done", "b": "done", "c": "failed", "d": "done"}
    assert EXPLAIN not in desk.runner.held
    assert desk.session.state.queue.ids == ()
    problem = desk.session.state.requests.problem
    assert problem is not None and "1 of the open cubes could not" in problem.title
    assert problem.text.startswith("c: the model reads wavelengths")


def test_progress_is_counted() -> None:
    desk = Desk()
    desk.all.start()
    desk.release(2)
    assert desk.text == "2 of 4 explained"
    desk.activate("c")
    desk.release()
    assert desk.text == "2 of 4 explained, 1 failed"


def test_a_cube_that_is_looked_at_goes_first_and_none_is_lost() -> None:
    desk = Desk()
    desk.all.start()
    desk.release()  # d; a is held
    desk.activate("b")
    desk.release()
    assert desk.services.asked == ["d", "b"]
    desk.release()
    assert desk.services.asked == ["d", "b", "a"]


def test_looking_at_the_cube_that_is_being_explained_does_not_begin_anew() -> None:
    desk = Desk()
    desk.all.start()
    desk.release()
    held = desk.runner.held[EXPLAIN]
    desk.activate("a")
    assert desk.runner.held[EXPLAIN] is held


def test_pause_and_go_on() -> None:
    desk = Desk()
    desk.all.start()
    desk.all.toggle_pause()
    desk.release()  # what had begun is finished
    assert EXPLAIN not in desk.runner.held
    desk.all.toggle_pause()
    desk.release()
    assert desk.services.asked == ["d", "a"]


def test_cancel_stops_all() -> None:
    desk = Desk()
    desk.all.start()
    desk.release()
    desk.all.cancel()
    assert EXPLAIN not in desk.runner.held
    assert desk.outcomes == {"a": "cancelled", "b": "none", "c": "none", "d": "done"}
    desk.all.start()
    desk.release(3)
    assert desk.outcomes["a"] == "done"


def test_a_cube_that_is_closed_is_passed_over() -> None:
    desk = Desk()
    desk.all.start()
    desk.release()
    items = {each.cube.name: each.id for each in desk.session.state.documents.items}
    desk.session.documents.close(items["a"])  # while it is explained
    desk.session.documents.close(items["c"])
    desk.release()
    assert desk.services.asked == ["d", "b"]


def test_no_more_are_explained_than_memory_has_room_for() -> None:
    desk = Desk()
    desk.all.most_bytes = 1.0
    desk.all.start()
    desk.release()
    assert EXPLAIN not in desk.runner.held
    problem = desk.session.state.requests.problem
    assert problem is not None and "3 of the open cubes are not explained" in problem.text


def test_results_that_are_there_stay() -> None:
    services, session = Counting(), Session()
    workbench = Workbench(session, ImmediateRunner(), services)
    for name in "ab":
        session.documents.open(replace(make_cube(12, 18, 9), name=name))
    assert services.asked == ["a", "b"]
    workbench.explaining_all.start()
    assert services.asked == ["a", "b"]
