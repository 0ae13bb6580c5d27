"""Names of open cubes: told apart by folder, or by number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ui.fakes import make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.state.document_names import document_names


def _names(*paths: str | None) -> list[str]:
    session = Session()
    for path in paths:
        place = None if path is None else Path(path)
        name = "leaf" if place is None else place.stem
        session.documents.open(replace(make_cube(4, 4, 3), name=name, path=place))
    return list(document_names(session.state.documents).values())


def test_different_names_stay_as_they_are() -> None:
    assert _names("/a/one.hdr", "/b/two.hdr") == ["one", "two"]


def test_one_name_from_two_folders_is_told_apart_by_the_folder() -> None:
    assert _names("/monday/plot.hdr", "/tuesday/plot.hdr") == ["plot - monday", "plot - tuesday"]


def test_folders_of_one_name_are_told_apart_by_those_above_them() -> None:
    names = _names("/x/day/plot.hdr", "/y/day/plot.hdr")
    assert names == ["plot - x/day", "plot - y/day"]


def test_the_same_cube_opened_twice_has_a_number() -> None:
    assert _names("/a/leaf.hdr", "/a/leaf.hdr") == ["leaf", "leaf (2)"]


def test_cubes_without_a_file_are_numbered_too() -> None:
    assert _names(None, None, "/a/leaf.hdr") == ["leaf", "leaf (2)", "leaf (3)"]
