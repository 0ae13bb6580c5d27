"""Teaching in the window: the same model and report as by command from the saved project."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi
from safetensors.numpy import load_file
from teaching_cases import AXIS_NM, cube_with, squares
from typer.testing import CliRunner
from ui.fakes import ImmediateRunner

from focus_viewer.cli.main import app
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.validation.report_json import report_text
from focus_viewer.explain.classical import estimators
from focus_viewer.explain.teaching import plan as plans
from focus_viewer.io.datasets import read_data_set
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.outputs.data_set import data_set_of
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench

CLASSES = ("rust", "healthy") * 2


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Prompts are hardly trained, and models go to a folder of the test."""
    defaults = list(plans.TeachingPlan.__init__.__defaults__ or ())
    defaults[-3:] = [2, 2, 3]
    monkeypatch.setattr(plans.TeachingPlan.__init__, "__defaults__", tuple(defaults))
    monkeypatch.setattr(estimators, "_TREES", 10)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))


class Window:
    """Session with real files and models, whose work is done at once."""

    def __init__(self) -> None:
        self.session = Session()
        self.bench = Workbench(self.session, ImmediateRunner(), bundled_services(), device="cpu")

    def open(self, folder: Path, name: str, seed: int) -> int:
        values = cube_with(CLASSES, seed).block(slice(None), slice(None))
        entries = {
            "wavelength": "{" + ", ".join(map(str, AXIS_NM)) + "}",
            "wavelength units": "nm",
        }
        write_envi(folder, values, entries, data_name=f"{name}.img", header_name=f"{name}.hdr")
        self.bench.open([folder / f"{name}.hdr"])
        assert self.session.state.document is not None
        return self.session.state.document.id

    def draw(self) -> None:
        for region in squares(CLASSES):
            self.session.regions.draw(region.outline, region.classes[0])


@pytest.fixture
def window(tmp_path: Path) -> Window:
    made = Window()
    made.open(tmp_path, "first", 0)
    made.draw()
    return made


def fit(project: Path, out: Path, *options: str) -> None:
    done = CliRunner().invoke(app, ["fit", str(project), "--out", str(out), *options])
    assert done.exit_code == 0, done.output


def test_the_window_teaches_what_the_command_does(window: Window, tmp_path: Path) -> None:
    project = tmp_path / "leaves.focus.json"
    window.bench.projects.save(project)
    window.bench.teaching.teach()
    result = window.session.state.teaching.result
    assert result is not None, window.session.state.requests.problem
    assert result.folder == tmp_path / "user" / "focus-viewer" / "models" / "my-leaves"
    fit(project, tmp_path / "my-leaves", "--report")
    own, theirs = (
        load_file(folder / "weights.safetensors")
        for folder in (result.folder, tmp_path / "my-leaves")
    )
    assert own.keys() == theirs.keys()
    for name, values in own.items():
        np.testing.assert_array_equal(values, theirs[name], err_msg=name)
    cards = [
        json.loads((folder / "card.json").read_text())
        for folder in (result.folder, tmp_path / "my-leaves")
    ]
    commands = [card.pop("command") for card in cards]
    assert cards[0] == cards[1]
    assert commands[1] == f"{commands[0]} --report"
    window.bench.teaching.validate()
    report = window.session.state.teaching.report
    assert report is not None, window.session.state.requests.problem
    written = json.loads((tmp_path / "my-leaves" / "report.json").read_text())
    shown = json.loads(report_text(report))
    shown.pop("notes"), written.pop("notes")  # how the project was read
    assert shown == written
    assert not (result.folder / "fit.partial").exists()
    window.bench.teaching.save_report(tmp_path / "report")
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert names == {"report.json", "report.html", "report.pdf"}


def test_the_data_set_is_that_of_the_saved_project(window: Window, tmp_path: Path) -> None:
    labelled = window.open(tmp_path, "second", 2)
    window.session.documents.label(labelled, CubeLabels(("dry",), {"plant": "4"}))
    window.open(tmp_path, "third", 3)  # without labels
    project = tmp_path / "leaves.focus.json"
    window.bench.projects.save(project)
    ours, saved = data_set_of(window.session.state), read_data_set(project)
    assert ours.name == saved.name
    assert [sample.path for sample in ours.samples] == [sample.path for sample in saved.samples]
    assert ours.classes == saved.classes == ("dry", "healthy", "rust")
    from focus_viewer.core.progress import silent
    from focus_viewer.services.window_teaching import _with_fingerprints

    assert _with_fingerprints(ours, silent).fingerprint == saved.fingerprint


def test_one_region_of_each_class_cannot_be_validated_but_taught(
    window: Window, tmp_path: Path
) -> None:
    for _ in range(2):
        window.session.history.undo()
    window.bench.teaching.teach()
    result = window.session.state.teaching.result
    assert result is not None, window.session.state.requests.problem
    assert result.report is None or "Not validated" in " ".join(result.report.warnings)
    assert window.session.state.models.chosen == str(result.folder)
    document = window.session.state.document
    assert document is not None and document.explanation is not None
    assert document.explanation.card.name == "my-leaves"


def test_chosen_classes_stand_in_the_command(window: Window, tmp_path: Path) -> None:
    window.session.regions.set_class(1, "dry")
    project = tmp_path / "leaves.focus.json"
    window.bench.projects.save(project)
    window.session.teaching.use_class("dry", False)
    window.bench.teaching.teach()
    result = window.session.state.teaching.result
    assert result is not None, window.session.state.requests.problem
    assert "--classes healthy,rust" in result.card.command
    fit(project, tmp_path / "my-leaves", "--classes", "healthy,rust")
    own, theirs = (
        load_file(folder / "weights.safetensors")["backbone.vit.head.weight"]
        for folder in (result.folder, tmp_path / "my-leaves")
    )
    np.testing.assert_array_equal(own, theirs)


def test_all_bundled_backbones_are_offered(window: Window) -> None:
    window.bench.teaching.find_backbones()
    assert set(window.session.state.teaching.backbones) >= {"focus-leaf", "focus-spectra"}
