"""Labels of cubes: part of the work, of the project, and of what is asked about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels, class_names
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import is_worked_on
from focus_viewer.session.tasks.workbench import Workbench

CUBES = {name: replace(make_cube(), name=name[0], path=Path(name)) for name in ("a.img", "b.img")}
RUST = CubeLabels(("rust", "drought"), {"plant": "7"})
HERE = Path("work.focus.json")


def desk(services: FakeServices) -> tuple[Session, Workbench]:
    session = Session()
    return session, Workbench(session, ImmediateRunner(), services)


def test_a_label_is_work_that_is_kept_and_comes_back() -> None:
    services = FakeServices(CUBES)
    session, bench = desk(services)
    bench.open([Path("a.img"), Path("b.img")])
    first, second = session.state.documents.items
    assert not session.state.unsaved
    session.documents.label(first.id, RUST)
    assert session.state.unsaved and is_worked_on(session.state.documents.items[0])
    assert services.kept is not None  # against a crash
    assert services.kept[0].cubes[0].labels == RUST
    bench.projects.save(HERE)
    assert not session.state.unsaved
    session.documents.label(second.id, RUST)
    assert session.state.unsaved
    session.documents.label(second.id, NO_LABELS)
    assert not session.state.unsaved

    again, other = desk(services)
    other.open([HERE])
    assert [each.labels for each in again.state.documents.items] == [RUST, NO_LABELS]
    assert not again.state.unsaved


def test_several_cubes_are_labelled_in_one_change() -> None:
    session, bench = desk(FakeServices(CUBES))
    bench.open([Path("a.img"), Path("b.img")])
    changes: list[object] = []
    session.changed.connect(
        lambda change: changes.append(change) if change.touched(lambda s: s.documents) else None
    )
    session.documents.label_all({each.id: RUST for each in session.state.documents.items})
    assert len(changes) == 1
    assert {each.labels.text for each in session.state.documents.items} == {"rust; drought"}


def test_classes_are_typed_with_semicolons() -> None:
    assert class_names(" rust ; drought|rust; ") == ("rust", "drought")
    assert class_names(" ") == ()
