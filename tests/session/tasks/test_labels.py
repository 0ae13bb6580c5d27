"""Labels from tables and folders, given to cubes that are open or that are opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate, NeedsChoice
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels, SuggestedLabels
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench

FOLDER = Path("/data")
RUST, WELL = CubeLabels(("rust",), {"plant": "1"}), CubeLabels(("healthy",), {"day": "3"})
TABLE = FOLDER / "leaves.csv"


class Desk:
    """A session with cubes a and b beside a table that names them and a third."""

    def __init__(self) -> None:
        names = ("a.img", "b.img")
        cubes = {name: replace(make_cube(), name=name, path=FOLDER / name) for name in names}
        self.services = FakeServices(cubes)
        self.services.labels.tables["leaves.csv"] = {"a.img": RUST, "b.img": WELL, "c.img": RUST}
        self.session = Session()
        self.workbench = Workbench(self.session, ImmediateRunner(), self.services)

    def open(self, *names: str, labels: dict[Path, CubeLabels] | None = None) -> None:
        self.workbench.open([FOLDER / name for name in names], labels or {})

    @property
    def labels(self) -> list[CubeLabels]:
        return [each.labels for each in self.session.state.documents.items]

    @property
    def message(self) -> str:
        problem = self.session.state.requests.problem
        return "" if problem is None else f"{problem.title}\n{problem.text}"


def test_a_dropped_table_labels_the_open_cubes_and_names_the_other_rows() -> None:
    desk = Desk()
    desk.open("a.img", "b.img")
    desk.open("leaves.csv")
    assert desk.labels == [RUST, WELL]
    assert desk.message == (
        "leaves.csv labels 2 of 2 open cubes\n1 row fits no open cube: c.img (line 4)."
    )


def test_labels_that_the_table_lacks_stay_and_a_replaced_class_is_named() -> None:
    desk = Desk()
    desk.open("a.img")
    document = desk.session.state.documents.items[0]
    desk.session.documents.label(document.id, CubeLabels(("drought",), {"plot": "9"}))
    desk.workbench.labels.read(TABLE)
    assert desk.labels == [CubeLabels(("rust",), {"plot": "9", "plant": "1"})]
    assert "a.img was 'drought' before, now 'rust'." in desk.message


def test_cubes_and_table_dropped_together() -> None:
    desk = Desk()
    desk.open("leaves.csv", "a.img", "b.img")
    assert desk.labels == [RUST, WELL]


def test_a_table_alone_offers_its_cubes_with_their_labels() -> None:
    desk = Desk()
    desk.open("leaves.csv")
    choice = desk.session.state.requests.file_choice
    assert choice is not None and choice.folders == (FOLDER,)
    assert choice.suggested.labels[FOLDER / "b.img"] == WELL
    desk.open("b.img", labels=dict(choice.suggested.labels))
    assert desk.labels == [WELL]
    desk.open("a.img")  # not of that choice any more
    assert desk.labels == [WELL, NO_LABELS]


def test_what_is_no_table_changes_nothing() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.workbench.labels.read(FOLDER / "other.csv")
    assert "other.csv is no table" in desk.message and desk.labels == [NO_LABELS]


def test_a_folder_brings_suggestions() -> None:
    desk = Desk()
    desk.services.labels.suggested = SuggestedLabels({FOLDER / "a.img": RUST}, "leaves.csv")
    desk.services.find_cubes = lambda path: [path / "a.img", path / "b.img"]  # type: ignore[method-assign]
    desk.open("")
    choice = desk.session.state.requests.file_choice
    assert choice is not None and choice.suggested == desk.services.labels.suggested


def test_a_cube_whose_array_is_asked_for_keeps_its_labels() -> None:
    desk = Desk()
    candidate = Candidate("x", (3, 4, 5), "float32")
    desk.services.questions["a.img"] = NeedsChoice(FOLDER / "a.img", (candidate,), "several.")
    desk.open("a.img", labels={FOLDER / "a.img": RUST})
    assert desk.labels == []
    desk.workbench.array_choice.confirm(ArrayChoice("x"))
    assert desk.labels == [RUST]
