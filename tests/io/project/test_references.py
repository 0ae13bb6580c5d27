"""White and dark references of a project: marked, compared, found again where they moved along."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from capture_cases import PANEL, Capture, make_capture
from project_states import MODEL_SHA256, explanation

from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading
from focus_viewer.core.errors import CubeError
from focus_viewer.core.preprocessing.settings import (
    Preprocessing,
    ReferenceFingerprints,
    WhiteAndDark,
    as_read,
    preprocessing_of,
    reference_fingerprints_of,
)
from focus_viewer.io import read_cube
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.project import fingerprint, read_project, write_project
from focus_viewer.io.project.parsing import parse_document
from focus_viewer.io.project.serialising import project_bytes
from focus_viewer.io.references.calibration import apply_preprocessing
from focus_viewer.io.references.reference_identity import located_references, read_fingerprints


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    return make_capture(tmp_path / "work")


def asked(capture: Capture, panel_file: Path | None = None) -> WhiteAndDark:
    white, dark = (one.with_suffix(".raw") for one in (capture.white, capture.dark))
    return WhiteAndDark(white, dark, None, PANEL, panel_file)


def saved(capture: Capture, panel_file: Path | None = None, mark: bool = True) -> Path:
    """A project of the calibrated capture, with a result."""
    preprocessing = Preprocessing(references=asked(capture, panel_file))
    cube = apply_preprocessing(read_cube(capture.raw), preprocessing)
    assert cube.path is not None
    kept = ProjectCube(
        cube.path,
        fingerprint(as_read(cube)),
        cube.shape,
        explanation=replace(explanation(), image_shape=cube.shape[:2]),
        preprocessing=preprocessing_of(cube),
        reference_fingerprints=reference_fingerprints_of(cube) if mark else ReferenceFingerprints(),
    )
    path = capture.raw.parent.parent / "plant.focus.json"
    write_project(path, Project((kept,)))
    return path


def read(path: Path) -> ProjectReading:
    return read_project(path, lambda model: MODEL_SHA256)


def put_other_numbers(header: Path) -> None:
    with header.with_suffix(".raw").open("r+b") as file:
        file.write(b"\x10\x01")


def test_references_that_are_the_same_change_nothing(capture: Capture) -> None:
    reading = read(saved(capture))
    assert reading.notes == ()
    assert reading.recalibrated == ()
    assert reading.project.cubes[0].explanation is not None
    reference_fingerprints = reading.project.cubes[0].reference_fingerprints
    assert reference_fingerprints.white.startswith("sha256:")
    assert reference_fingerprints.dark.startswith("sha256:")
    assert reference_fingerprints.white != reference_fingerprints.dark
    assert (reference_fingerprints.white_dark, reference_fingerprints.panel_file) == ("", "")


@pytest.mark.parametrize("which", ["white", "dark", "header", "table"])
def test_a_changed_reference_is_told_and_its_result_is_not_taken(
    tmp_path: Path, capture: Capture, which: str
) -> None:
    table = tmp_path / "panel.csv"
    table.write_text("350,0.5\n1100,0.5\n")
    path = saved(capture, table)
    changed = {"white": capture.white, "dark": capture.dark, "header": capture.white}.get(which)
    if which == "table":
        table.write_text("350,0.25\n1100,0.25\n")
    elif which == "header":
        with capture.white.open("a") as header:
            header.write("ceiling = 4000\n")
    elif changed is not None:
        put_other_numbers(changed)
    reading = read(path)
    assert reading.recalibrated == (0,)
    assert reading.changed == reading.missing == ()
    assert len(reading.notes) == 1
    name = table if changed is None else changed.with_suffix(".raw")
    assert reading.notes[0].startswith(f"{name} has changed since the project was saved")
    assert reading.project.cubes[0].explanation is None
    assert reading.project.cubes[0].preprocessing.references is not None


def test_the_reference_as_it_is_now_is_marked_anew(capture: Capture) -> None:
    cube = read_cube(capture.raw)
    before = reference_fingerprints_of(
        apply_preprocessing(cube, Preprocessing(references=asked(capture)))
    )
    put_other_numbers(capture.white)
    after = reference_fingerprints_of(
        apply_preprocessing(cube, Preprocessing(references=asked(capture)))
    )
    assert before.changed(asked(capture), after) == (capture.white.with_suffix(".raw"),)
    assert after == read_fingerprints(cube, asked(capture))


def test_a_project_without_marks_opens_and_cannot_tell(capture: Capture) -> None:
    path = saved(capture)
    told = json.loads(path.read_text())
    del told["cubes"][0]["treatment"]["references"]["fingerprints"]
    path.write_text(json.dumps(told))
    put_other_numbers(capture.white)
    reading = read(path)
    assert reading.notes == ()
    assert reading.project.cubes[0].reference_fingerprints == ReferenceFingerprints()
    assert reading.project.cubes[0].explanation is not None


def test_a_broken_mark_is_told(capture: Capture) -> None:
    path = saved(capture)
    told = json.loads(path.read_text())
    told["cubes"][0]["treatment"]["references"]["fingerprints"]["white"] = "md5:12"
    with pytest.raises(Unreadable, match="expected a fingerprint"):
        parse_document(json.dumps(told).encode(), path.parent)


def test_a_lost_reference_stays_asked_for(capture: Capture) -> None:
    path = saved(capture)
    before = read(path).project.cubes[0]
    capture.white.with_suffix(".raw").unlink()
    capture.white.unlink()
    reading = read(path)
    kept = reading.project.cubes[0]
    assert reading.recalibrated == (0,)
    assert "WHITEREF_plant.raw" in reading.notes[0]
    assert kept.explanation is None
    assert (kept.preprocessing, kept.reference_fingerprints) == (
        before.preprocessing,
        before.reference_fingerprints,
    )
    again = parse_document(project_bytes(reading.project, path.parent, {}), path.parent)
    assert again.project.cubes[0].preprocessing == before.preprocessing
    assert again.project.cubes[0].reference_fingerprints == before.reference_fingerprints


def test_references_move_with_the_project(tmp_path: Path, capture: Capture) -> None:
    path = saved(capture)
    shutil.move(path.parent, tmp_path / "elsewhere")
    reading = read(tmp_path / "elsewhere" / path.name)
    assert reading.notes == ()
    assert reading.project.cubes[0].explanation is not None
    references = reading.project.cubes[0].preprocessing.references
    assert references is not None
    assert references.white == tmp_path / "elsewhere" / "capture" / "WHITEREF_plant.raw"


def test_a_reference_is_found_beside_the_cube(tmp_path: Path, capture: Capture) -> None:
    white = capture.white.with_suffix(".raw")
    away = replace(asked(capture), white=tmp_path / "drive" / white.name)
    assert located_references(away, capture.raw) == asked(capture)
    assert located_references(away, None) == away
    assert located_references(
        replace(away, white=Path("/gone/other.raw")), capture.raw
    ).white == Path("/gone/other.raw")
    cube = apply_preprocessing(read_cube(capture.raw), Preprocessing(references=away))
    assert preprocessing_of(cube).references == asked(capture)


def test_another_file_of_the_same_name_beside_the_cube_is_told(
    tmp_path: Path, capture: Capture
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    for file in (capture.white, capture.white.with_suffix(".raw")):
        shutil.copy(file, drive)
    cube = apply_preprocessing(
        read_cube(capture.raw),
        Preprocessing(references=replace(asked(capture), white=drive / "WHITEREF_plant.raw")),
    )
    assert cube.path is not None
    kept = ProjectCube(
        cube.path,
        "",
        cube.shape,
        preprocessing=preprocessing_of(cube),
        reference_fingerprints=reference_fingerprints_of(cube),
    )
    path = capture.raw.parent.parent / "plant.focus.json"
    write_project(path, Project((kept,)))
    shutil.rmtree(drive)
    assert read(path).notes == ()
    put_other_numbers(capture.white)
    assert "WHITEREF_plant.raw has changed" in read(path).notes[0]


def test_a_reference_that_is_no_cube_is_refused(capture: Capture) -> None:
    wrong = replace(asked(capture), white=capture.raw.parent / "gone.raw")
    with pytest.raises(CubeError, match=r"gone\.raw"):
        apply_preprocessing(read_cube(capture.raw), Preprocessing(references=wrong))
