"""`focus-viewer fit` and `evaluate`, and the same from Python."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi
from teaching_cases import AXIS_NM, cube_with, squares
from typer.testing import CliRunner, Result

import focus_viewer as fv
from focus_viewer.cli.commands.fit import group_hint
from focus_viewer.cli.main import app
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.classical import estimators
from focus_viewer.explain.teaching import games
from focus_viewer.explain.teaching import plan as plans

CLASSES = ("rust", "healthy") * 3


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a cube with a label raster beside it."""
    folder = tmp_path_factory.mktemp("leaves")
    write_scene(folder, "first", 0)
    (folder / "classes.csv").write_text("1,rust\n2,healthy\n")
    return folder


def write_scene(folder: Path, name: str, seed: int, values: FloatArray | None = None) -> None:
    if values is None:
        values = cube_with(CLASSES, seed).block(slice(None), slice(None))
    labels = np.zeros(values.shape[:2], dtype=np.uint8)
    for region in squares(CLASSES):
        crop = region.outline.crop(labels.shape)
        assert crop is not None
        labels[crop.rows, crop.cols] = 1 if region.classes == ("rust",) else 2
    entries = {
        "wavelength": "{" + ", ".join(map(str, AXIS_NM)) + "}",
        "wavelength units": "nm",
    }
    write_envi(folder, values, entries, data_name=f"{name}.img", header_name=f"{name}.hdr")
    np.save(folder / f"{name}_labels.npy", labels)


def write_leaf(folder: Path, name: str, values: FloatArray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    entries = {"wavelength": "{" + ", ".join(map(str, AXIS_NM)) + "}", "wavelength units": "nm"}
    write_envi(folder, values, entries, data_name=f"{name}.img", header_name=f"{name}.hdr")


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """Prompts are hardly trained, and forests are small."""
    defaults = list(plans.TeachingPlan.__init__.__defaults__ or ())
    defaults[-3:] = [2, 2, 3]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans.TeachingPlan.__init__, "__defaults__", tuple(defaults))
        patch.setattr(estimators, "_TREES", 10)
        yield


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def first_taught(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model, taught once."""
    folder = tmp_path_factory.mktemp("models") / "rusty"
    done = run("fit", data, "--out", folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def taught(first_taught: Path, tmp_path: Path) -> Path:
    """A copy of the model, which a test may change."""
    return shutil.copytree(first_taught, tmp_path / "rusty")


def test_the_folder_is_a_model_with_a_report(taught: Path, data: Path) -> None:
    assert {path.name for path in taught.iterdir()} == {
        "weights.safetensors", "card.json", "report.json",
    }  # fmt: skip
    report = json.loads((taught / "report.json").read_text())
    assert report["classes"] == ["healthy", "rust"]
    assert report["measured"]["training balanced accuracy"] == 1.0
    card = json.loads((taught / "card.json").read_text())
    assert card["command"].startswith(f"focus-viewer fit {data.name} --out rusty")


def test_another_folder_is_evaluated(taught: Path, tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    write_scene(others, "second", 6)
    (others / "classes.csv").write_text("1,rust\n2,healthy\n")
    done = run("evaluate", taught, others, "--out", tmp_path / "result")
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "result" / "evaluation.json").read_text())
    assert record["balanced_accuracy"] == 1.0
    assert record["confusion"] == [[3, 0], [0, 3]]
    assert not any("No example" in note or "does not apply" in note for note in record["notes"])
    strange = cube_with(CLASSES, 6).block(slice(None), slice(None))[..., ::-1]
    write_leaf(tmp_path / "strange" / "rust", "other", strange)
    notes = json.loads(run("evaluate", taught, tmp_path / "strange").stdout)["notes"]
    assert "No example of healthy: the figures say nothing of it." in notes
    assert any("does not apply to the cubes of 1 of 1 examples" in note for note in notes)


def test_an_evaluation_on_what_was_taught_is_called_so(taught: Path, data: Path) -> None:
    record = json.loads(run("evaluate", taught, data).stdout)
    assert any("training accuracy" in note for note in record["notes"])
    assert record["balanced_accuracy"] is None and record["evaluated"] == 0
    assert record["taught_from"] == {"cubes": 1, "examples": 6, "training_accuracy": 1.0}


def test_copies_of_what_was_taught_are_known_among_others(
    taught: Path, data: Path, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for suffix in (".hdr", ".img"):
        shutil.copy(data / f"first{suffix}", mixed / f"copy{suffix}")
    shutil.copy(data / "first_labels.npy", mixed / "copy_labels.npy")
    write_scene(mixed, "second", 6)
    (mixed / "classes.csv").write_text("1,healthy\n2,rust\n")  # the wrong way round
    record = json.loads(run("evaluate", taught, mixed).stdout)
    assert record["taught_from"] == {"cubes": 1, "examples": 6, "training_accuracy": 0.0}
    assert record["evaluated"] == 6 and sum(map(sum, record["confusion"])) == 6
    assert [each["taught_from"] for each in record["examples"]] == [True] * 6 + [False] * 6
    assert any("taught from 1 of 2 cubes" in note for note in record["notes"])


def test_models_without_a_list_of_their_cubes_say_so(
    taught: Path, data: Path, tmp_path: Path
) -> None:
    card = json.loads((taught / "card.json").read_text())
    del card["teaching"]["fingerprints"]
    (taught / "card.json").write_text(json.dumps(card))
    record = json.loads(run("evaluate", taught, data).stdout)
    assert record["taught_from"]["cubes"] == 1  # the whole data set is known
    others = tmp_path / "others"
    others.mkdir()
    write_scene(others, "second", 6)
    (others / "classes.csv").write_text("1,rust\n2,healthy\n")
    record = json.loads(run("evaluate", taught, others).stdout)
    assert record["taught_from"] is None and record["balanced_accuracy"] == 1.0
    assert any("is not known" in note for note in record["notes"])


def test_python_teaches_the_same_model(taught: Path, data: Path, tmp_path: Path) -> None:
    card = fv.fit(data, tmp_path / "api" / "rusty")
    own = json.loads((taught / "card.json").read_text())
    assert card.sha256 == own["sha256"]
    assert card.command == own["command"]


def test_a_report_is_written_for_people_and_programs(data: Path, tmp_path: Path) -> None:
    done = run("fit", data, "--out", tmp_path / "rusty", "--report", "--folds", "3")
    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "rusty").iterdir()}
    assert {"report.json", "report.html", "report.pdf"} < names
    report = json.loads((tmp_path / "rusty" / "report.json").read_text())
    assert report["balanced_accuracy"]["mean"] == 1.0
    assert set(report["baselines"]) == {"lda", "pls-da", "random-forest", "shuffled-labels"}
    assert report["sentences"][0] in done.stdout
    assert report["model"] == "rusty" and report["classifier"] == "ViT"
    assert "<h1>Validation of rusty on leaves" in (tmp_path / "rusty" / "report.html").read_text()
    card = json.loads((tmp_path / "rusty" / "card.json").read_text())
    mean = report["balanced_accuracy"]["mean"]
    assert card["measured"]["held-out balanced accuracy"] == round(mean, 3)
    assert card["teaching"]["held_out_by"] == report["groups"]["by"] == "region"
    assert str(tmp_path / "rusty" / "report.html") in done.stderr


def test_what_was_read_is_kept_when_it_is_broken_off(data: Path, tmp_path: Path) -> None:
    def stop(fraction: float, text: str) -> None:
        if text == "playing coalitions":
            raise Cancelled

    out = tmp_path / "rusty"
    with pytest.raises(Cancelled):
        fv.fit(data, out, progress=stop)
    assert [path.name for path in out.iterdir()] == ["fit.partial"]
    texts: list[str] = []
    fv.fit(data, out, progress=lambda fraction, text: texts.append(text))
    assert "reading patches" not in texts
    assert not (out / "fit.partial").exists()


def test_coalitions_and_folds_are_kept_when_it_is_broken_off(data: Path, tmp_path: Path) -> None:
    out, texts = tmp_path / "rusty", list[str]()

    def stop(fraction: float, text: str) -> None:
        texts.append(text)
        if text == "ViT: fold 3 of 3" and texts.count(text) == 2:  # of shuffled labels
            raise Cancelled

    with pytest.raises(Cancelled):
        fv.fit(data, out, report=True, folds=3, progress=stop)
    kinds = [path.name.split("-")[0] for path in (out / "fit.partial").iterdir()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"features": 1, "game": 2, "fold": 14}
    before = {path.name: path.stat().st_mtime_ns for path in (out / "fit.partial").iterdir()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(games, "play_game", lambda *_: pytest.fail("played again"))
        with pytest.raises(Cancelled):
            fv.fit(data, out, report=True, folds=3, progress=stop_at_places)
    after = {path.name: path.stat().st_mtime_ns for path in (out / "fit.partial").iterdir()}
    assert before.items() <= after.items()


def stop_at_places(fraction: float, text: str) -> None:
    if text.endswith("doubtful places"):
        raise Cancelled


def test_ctrl_c_says_how_to_go_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(games, "play_game", interrupted)
    done = run("fit", data, "--out", tmp_path / "rusty")
    assert done.exit_code == 130
    assert "kept in" in done.output and "The same command goes on from there." in done.output
    assert [path.name for path in (tmp_path / "rusty").iterdir()] == ["fit.partial"]


def test_places_without_data_are_not_proposed_for_labels(tmp_path: Path) -> None:
    cube = cube_with(CLASSES, 0)
    values = cube.block(slice(None), slice(None))
    values[22:] = np.nan
    write_scene(tmp_path, "first", 0, values)
    (tmp_path / "classes.csv").write_text("1,rust\n2,healthy\n")
    fv.fit(tmp_path, tmp_path / "rusty", report=True, folds=3)
    report = json.loads((tmp_path / "rusty" / "report.json").read_text())
    places = [each for each in report["annotate_next"] if not each["labelled"]]
    assert places and all(each["rows"][0] < 22 for each in places)


@pytest.mark.parametrize("bands", ["500", "900-500", "500-", "a-b"])
def test_wrong_bands_are_refused(data: Path, tmp_path: Path, bands: str) -> None:
    done = run("fit", data, "--out", tmp_path / "rusty", "--bands", bands)
    assert done.exit_code == 1
    assert "--bands: expected ranges in nm" in done.output
    assert not (tmp_path / "rusty").exists()


def test_bands_are_on_the_card(data: Path, tmp_path: Path) -> None:
    done = run("fit", data, "--out", tmp_path / "rusty", "--bands", "600-700,720-900")
    assert done.exit_code == 0, done.output
    card = json.loads((tmp_path / "rusty" / "card.json").read_text())
    assert card["teaching"]["bands_nm"] == [[600, 700], [720, 900]]
    assert card["teaching"]["read_nm"][0] == [600, 700]


def test_that_nothing_could_be_held_out_is_said(tmp_path: Path) -> None:
    for seed, kind in enumerate(("rust", "healthy")):
        values = cube_with(("",), seed, everywhere=kind).block(slice(None), slice(None))
        (tmp_path / "leaves" / kind).mkdir(parents=True)
        entries = {"wavelength": "{" + ", ".join(map(str, AXIS_NM)) + "}"}
        write_envi(
            tmp_path / "leaves" / kind, values, {**entries, "wavelength units": "nm"},
            data_name="a.img", header_name="a.hdr",
        )  # fmt: skip
    done = run("fit", tmp_path / "leaves", "--out", tmp_path / "pair")
    assert done.exit_code == 0, done.output
    assert "held-out balanced accuracy: unknown" in done.output


def test_a_class_that_was_never_held_out_is_said(tmp_path: Path) -> None:
    for seed, kind in enumerate(("rust", "healthy", "healthy")):
        values = cube_with(("",), seed, everywhere=kind).block(slice(None), slice(None))
        write_leaf(tmp_path / "leaves" / kind, str(seed), values)
    done = run("fit", tmp_path / "leaves", "--out", tmp_path / "pair")
    assert "never held out, as there are too few: rust" in done.output
    new = cube_with(("",), 9, everywhere="rust")
    verdict = fv.explain(new, model=tmp_path / "pair").applicability
    assert verdict.verdict == "doubtful"
    assert any("without rust" in reason.text for reason in verdict.against)


def test_groups_that_could_be_held_out_are_named() -> None:
    (note,) = group_hint(("plant", "day"), None)
    assert "plant, day" in note
    assert "--group plant" in note
    assert group_hint(("plant",), "plant") == group_hint((), None) == ()
