"""Tests of explanations beside a project: kept without loss, never taken when damaged."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import ramp, write_envi
from project_cases import read_back
from project_states import MODEL_SHA256
from project_states import explanation as sound
from trust_cases import make_report
from ui.fakes import make_cube, make_explanation

from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.trust_wording import summary
from focus_viewer.io import read_cube
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.project import fingerprint, read_project, write_project
from focus_viewer.io.project.trust_results import TRUST_NAME, read_trust, write_trust

RESULT = f"{'a' * 16}-{'b' * 64}.npz"


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return make_explanation(make_cube())


def test_a_report_is_kept_without_loss(explanation: Explanation, tmp_path: Path) -> None:
    report = make_report(explanation, left_out=("Occlusion was not run: ä",), cropped=True)
    name = write_trust(tmp_path, RESULT, report)
    assert TRUST_NAME.fullmatch(name)
    again = read_trust(tmp_path, RESULT, explanation)
    assert again is not None
    assert summary(again) == summary(report)
    for attribute in ("class_name", "tested", "whole", "shown", "left_out", "cropped", "finished"):
        assert getattr(again, attribute) == getattr(report, attribute)
    assert again.random_weights == report.random_weights
    for own, other in zip(report.removals, again.removals, strict=True):
        assert (own.unit, own.parts) == (other.unit, other.parts)
        for order in ("strongest", "random", "weakest"):
            np.testing.assert_array_equal(
                own.removed(order).probabilities, other.removed(order).probabilities
            )
    for first, second in zip(report.rivals, again.rivals, strict=True):
        assert (first.name, first.note, first.forward_passes) == (
            second.name,
            second.note,
            second.forward_passes,
        )
        np.testing.assert_array_equal(first.volume.values, second.volume.values)
        assert second.volume.method == first.name
        assert second.volume.mode == first.volume.mode
    np.testing.assert_array_equal(report.focus.values, again.focus.values)


def test_the_same_report_has_the_same_name(explanation: Explanation, tmp_path: Path) -> None:
    names = {write_trust(tmp_path, RESULT, make_report(explanation)) for _ in range(2)}
    names.add(write_trust(tmp_path, RESULT, make_report(explanation, seconds=13.0)))
    assert len(names) == 2


@pytest.mark.parametrize("newest", [0, 1])
def test_of_two_reports_the_newest_is_taken(
    explanation: Explanation, tmp_path: Path, newest: int
) -> None:
    for number in range(2):
        report = make_report(explanation, seconds=10.0 + number)
        path = tmp_path / write_trust(tmp_path, RESULT, report)
        os.utime(path, (1000 + 10 * (number == newest),) * 2)
    found = read_trust(tmp_path, RESULT, explanation)
    assert found is not None and found.seconds == 10.0 + newest


def test_there_is_none_for_another_result(explanation: Explanation, tmp_path: Path) -> None:
    write_trust(tmp_path, RESULT, make_report(explanation))
    assert read_trust(tmp_path, RESULT.replace("b", "c"), explanation) is None
    assert read_trust(tmp_path / "none", RESULT, explanation) is None


@pytest.mark.parametrize("place", [0, 100, -1])
def test_a_damaged_report_is_not_taken(
    explanation: Explanation, tmp_path: Path, place: int
) -> None:
    path = tmp_path / write_trust(tmp_path, RESULT, make_report(explanation))
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(Unreadable, match="damaged"):
        read_trust(tmp_path, RESULT, explanation)


def test_a_report_on_classes_that_the_model_lacks_is_not_taken(
    explanation: Explanation, tmp_path: Path
) -> None:
    write_trust(tmp_path, RESULT, make_report(explanation))
    card = replace(explanation.card, classes=("a", "b", "c"))
    with pytest.raises(Unreadable):
        read_trust(tmp_path, RESULT, replace(explanation, card=card))


def test_numbers_that_are_no_probabilities_are_not_taken(
    explanation: Explanation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report(explanation)
    text = json.dumps
    monkeypatch.setattr(
        "focus_viewer.io.project.trust_results.json.dumps",
        lambda found, **kind: text(found, **kind).replace("0.54", "5.4"),
    )
    write_trust(tmp_path, RESULT, report)
    with pytest.raises(Unreadable):
        read_trust(tmp_path, RESULT, explanation)


def project_with_test(folder: Path) -> Project:
    """A project of one cube, explained and put to the test."""
    data = write_envi(folder, ramp((20, 30, 4))).with_suffix(".img")
    cube, found = read_cube(data), sound()
    kept = ProjectCube(data, fingerprint(cube), cube.shape, class_name="rust", explanation=found)
    return Project((replace(kept, trust=make_report(found, class_name="rust")),))


def test_a_project_keeps_the_test_with_its_result(tmp_path: Path) -> None:
    project = project_with_test(tmp_path)
    write_project(tmp_path / "a.focus.json", project)
    (cube,) = read_back(tmp_path / "a.focus.json").cubes
    assert cube.trust is not None
    assert project.cubes[0].trust is not None
    assert summary(cube.trust) == summary(project.cubes[0].trust)
    assert len(list((tmp_path / "a.focus-data").iterdir())) == 2


def test_a_test_that_is_no_longer_referred_to_is_removed(tmp_path: Path) -> None:
    project = project_with_test(tmp_path)
    write_project(tmp_path / "a.focus.json", project)
    write_project(tmp_path / "a.focus.json", Project((replace(project.cubes[0], trust=None),)))
    assert len(list((tmp_path / "a.focus-data").iterdir())) == 1
    (cube,) = read_back(tmp_path / "a.focus.json").cubes
    assert cube.explanation is not None
    assert cube.trust is None


def test_a_damaged_test_is_said_and_the_result_is_taken(tmp_path: Path) -> None:
    write_project(tmp_path / "a.focus.json", project_with_test(tmp_path))
    (path,) = (
        each for each in (tmp_path / "a.focus-data").iterdir() if TRUST_NAME.fullmatch(each.name)
    )
    path.write_bytes(path.read_bytes()[:-10])
    reading = read_project(tmp_path / "a.focus.json", lambda model: MODEL_SHA256)
    (cube,) = reading.project.cubes
    assert cube.explanation is not None
    assert cube.trust is None
    assert reading.anew == ()
    assert any("Put it to the test again" in note for note in reading.notes)
