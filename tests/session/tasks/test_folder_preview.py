"""What is seen of a folder's files."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.folder_preview import THUMBNAIL_PX, FilePreview, FolderPreview
from focus_viewer.session.tasks.lane_names import BROWSE
from focus_viewer.session.tasks.runner import Runner

CUBE = replace(make_cube(400, 600, 5), name="a")


class Services(FakeServices):
    def read_cube(self, path: Path) -> Cube:
        if path.name == "several.mat":
            raise NeedsChoice(path, (), "there are several arrays.")
        if path.name == "odd":
            raise ZeroDivisionError("by zero")
        return super().read_cube(path)


def preview(runner: Runner) -> FolderPreview:
    return FolderPreview(Background(Session(), runner), Services({"a.hdr": CUBE}))


def seen(name: str, runner: Runner | None = None) -> list[FilePreview]:
    found: list[FilePreview] = []
    browsing = preview(runner or ImmediateRunner())
    browsing.load(Path(name), found.append)
    return found


def test_a_cube_is_seen_with_its_picture() -> None:
    (look,) = seen("a.hdr")
    assert look.openable
    assert look.report.shape == (400, 600, 5)
    assert look.picture is not None
    assert look.picture.shape == (100, 150, 3)
    assert max(look.picture.shape) <= THUMBNAIL_PX


def test_what_is_no_cube_is_seen_with_its_reason() -> None:
    (look,) = seen("nonsense")
    assert not look.openable
    assert look.picture is None
    assert "no cube" in look.report.reason


def test_a_file_that_asks_can_be_opened() -> None:
    (look,) = seen("several.mat")
    assert look.openable
    assert not look.report.ok


def test_an_error_that_nobody_foresaw_is_seen_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runner = HeldRunner()
    found: list[FilePreview] = []
    FolderPreview(Background(Session(), runner), Services({})).load(Path("odd"), found.append)
    task = runner.held[BROWSE]
    with pytest.raises(ZeroDivisionError) as raised:
        task.work(lambda fraction, text: None)
    with caplog.at_level(logging.ERROR):
        task.failed(raised.value)
    assert not found[0].openable
    assert found[0].report.error == "by zero"
    assert "could not look at odd" in caplog.text


def test_nothing_is_told_after_a_stop() -> None:
    runner = HeldRunner()
    found: list[FilePreview] = []
    browsing = preview(runner)
    browsing.load(Path("a.hdr"), found.append)
    browsing.stop()
    assert found == []
    assert BROWSE not in runner.held


def test_a_stop_is_heard_between_reading_and_the_picture() -> None:
    steps: list[str] = []

    def step(fraction: float, text: str) -> None:
        steps.append(text)

    told: Step = step
    runner = HeldRunner()
    preview(runner).load(Path("a.hdr"), lambda look: None)
    runner.held[BROWSE].work(told)
    assert steps == ["reading", "making a thumbnail"]
