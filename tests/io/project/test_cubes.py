"""The cubes of a project and their results: found, moved, changed, taken only where they hold."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import zarr
from envi_bytes import ramp, write_envi
from project_cases import read_back, same_explanation
from project_states import CARD, MODEL_SHA256, explanation, regions

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.documents import project as core_project
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.errors import Cancelled, CubeError, ModelError
from focus_viewer.io import read_cube
from focus_viewer.io.identity import content_hash as fingerprints
from focus_viewer.io.identity.relative_paths import side_folder
from focus_viewer.io.project import check_cubes, fingerprint, read_project, write_project
from focus_viewer.io.project import results as results_module

NUMBERS = ramp((20, 30, 4))


def cube_in(folder: Path, **options: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return write_envi(folder, NUMBERS, **options).with_suffix(".img")


def kept(data: Path, seed: int | None = 0) -> ProjectCube:
    cube = read_cube(data)
    result = None if seed is None else explanation(seed)
    return ProjectCube(data, fingerprint(cube), cube.shape, regions(3), explanation=result)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return cube_in(tmp_path / "cubes")


@pytest.fixture
def path(tmp_path: Path, data: Path) -> Path:
    write_project(tmp_path / "a.focus.json", Project((kept(data),)))
    return tmp_path / "a.focus.json"


def reading_of(path: Path, sha256: str = MODEL_SHA256) -> core_project.ProjectReading:
    return read_project(path, lambda model: sha256)


# Fingerprints


def test_the_same_content_has_the_same_fingerprint(tmp_path: Path, data: Path) -> None:
    other = cube_in(tmp_path / "other", data_name="b.img", header_name="b.hdr").with_name("b.img")
    header = other.with_suffix(".hdr")
    lines = header.read_text().splitlines()
    header.write_text("\r\n".join(["ENVI", "; a comment", *reversed(lines[1:])]))

    assert fingerprint(read_cube(other)) == fingerprint(read_cube(data))
    assert fingerprint(read_cube(data)).startswith("sha256:")


def test_another_number_or_calibration_has_another(tmp_path: Path, data: Path) -> None:
    told = {fingerprint(read_cube(data))}
    with data.open("r+b") as file:
        file.seek(100)
        file.write(b"\x01")
    told.add(fingerprint(read_cube(data)))
    with data.with_suffix(".hdr").open("a") as header:
        header.write("reflectance scale factor = 10000\n")
    told.add(fingerprint(read_cube(data)))

    assert len(told) == 3


def test_blocks_of_a_large_file(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr(fingerprints, "_BLOCK_BYTES", 100)
    monkeypatch.setattr(fingerprints, "_MOST_BYTES", 400)
    before = fingerprint(read_cube(data))
    size = data.stat().st_size
    seen = []
    for place in range(0, size, 50):
        content = bytearray(data.read_bytes())
        content[place] ^= 0xFF
        data.write_bytes(content)
        seen.append(fingerprint(read_cube(data)) != before)
        content[place] ^= 0xFF
        data.write_bytes(content)

    assert before.startswith("sha256-blocks:")
    assert seen[0] and seen[-1]
    assert sum(seen) == 8, "two places in each of four blocks"


def test_a_fingerprint_can_be_cancelled(data: Path) -> None:
    def step(fraction: float, text: str) -> None:
        assert text == "checking cube.img"
        raise Cancelled

    with pytest.raises(Cancelled):
        fingerprint(read_cube(data), step)


def test_no_file_no_fingerprint(data: Path) -> None:
    cube = read_cube(data)
    data.unlink()
    with pytest.raises(CubeError, match=r"cube\.img"):
        fingerprint(cube)
    memory = Cube(ArraySource(NUMBERS), "memory", np.ones(4, dtype=np.bool_))
    with pytest.raises(ValueError, match="no file"):
        fingerprint(memory)


# Missing and changed


def test_all_is_as_it_was(path: Path) -> None:
    reading = reading_of(path)

    assert (reading.missing, reading.changed, reading.notes) == ((), (), ())
    assert same_explanation(reading.project.cubes[0].explanation, explanation())


def test_a_missing_cube_keeps_its_regions_and_its_result(path: Path, data: Path) -> None:
    data.rename(data.with_name("elsewhere.img"))

    reading = reading_of(path)

    assert (reading.missing, reading.changed) == ((0,), ())
    assert reading.project.cubes[0].annotations == regions(3)
    assert reading.project.cubes[0].explanation is not None


@pytest.mark.parametrize("what", ["header", "data", "broken", "alone"])
def test_a_changed_cube_loses_its_result_only(path: Path, data: Path, what: str) -> None:
    header = data.with_suffix(".hdr")
    match what:
        case "header":
            header.write_text(header.read_text() + "data gain values = {2, 2, 2, 2}\n")
        case "data":
            data.write_bytes(data.read_bytes()[::-1])
        case "broken":
            header.write_text("nonsense")
        case "alone":
            header.unlink()

    reading = reading_of(path)

    assert (reading.missing, reading.changed) == ((), (0,))
    assert len(reading.notes) == 1
    assert str(data.with_suffix("")) in reading.notes[0]
    assert reading.project.cubes[0].explanation is None
    assert reading.project.cubes[0].annotations == regions(3)


def test_a_cube_without_a_fingerprint_only_needs_to_be_there(data: Path) -> None:
    reading = check_cubes(Project((replace(kept(data), fingerprint=""),)))

    assert (reading.missing, reading.changed) == ((), ())


# Results


def test_another_model_or_none(path: Path) -> None:
    def none(model: str) -> str:
        raise ModelError(f"no model {model}")

    other = reading_of(path, "cd" * 32)
    gone = read_project(path, none)

    assert other.project.cubes[0].explanation is None
    assert other.notes == ("cube.img must be explained anew: the model is another now.",)
    kept_result = gone.project.cubes[0].explanation
    assert kept_result is not None and kept_result.card.sha256 == CARD.sha256
    assert "no model focus-leaf" in gone.notes[0]
    assert gone.anew == ()


def test_without_its_model_a_result_of_another_cube_is_refused(path: Path) -> None:
    def none(model: str) -> str:
        raise ModelError(f"no model {model}")

    (result,) = side_folder(path).glob("*.npz")
    other = result.with_name(f"{'0' * 16}-{result.name.partition('-')[2]}")
    result.rename(other)
    path.write_text(path.read_text().replace(result.name, other.name))
    assert read_project(path, none).project.cubes[0].explanation is None


def test_another_method(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_module, "METHOD_VERSION", core_project.METHOD_VERSION + 1)

    assert reading_of(path).project.cubes[0].explanation is None


def result_of_version_1(folder: Path, cube_fingerprint: str) -> str:
    """Write a result as version 1 of the method did; return its name."""
    random = np.random.default_rng(5)
    card = {field.name: getattr(CARD, field.name) for field in fields(CARD)}
    card.pop("temperatures")
    about = {
        "format": "focus-viewer result",
        "version": 1,
        "fingerprint": cube_fingerprint,
        "method": 1,
        "card": card,
        "image_shape": [20, 30],
        "cost": {
            "forward_passes": 1, "backward_passes": 0, "seconds": 0.5, "device": "cpu",
            "peak_memory_bytes": 1,
        },
        "notes": [],
    }  # fmt: skip
    key = json.dumps([cube_fingerprint, "12" * 32, 1])
    unnamed = folder / "unnamed.npz"
    np.savez(
        unnamed,
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        logits=random.normal(size=3).astype(np.float32),
        bias=random.normal(size=3).astype(np.float32),
        sink=random.uniform(size=3).astype(np.float32),
        edges_nm=CARD.edges_nm,
        **{
            name: random.normal(size=(3, 4, 5, 6)).astype(np.float32)
            for name in ("attention", "evidence", "saliency")
        },
    )
    prefix, digest = (
        hashlib.sha256(content).hexdigest() for content in (key.encode(), unnamed.read_bytes())
    )
    unnamed.rename(folder / f"{prefix[:16]}-{digest}.npz")
    return f"{prefix[:16]}-{digest}.npz"


def test_a_result_of_version_1_is_named_so_and_not_taken(path: Path, data: Path) -> None:
    before = read_back(path)
    content = json.loads(path.read_text())
    side = path.with_name("a.focus-data")
    content["cubes"][0]["result"] = result_of_version_1(side, kept(data).fingerprint)
    path.write_text(json.dumps(content))

    reading = reading_of(path)

    (cube,) = reading.project.cubes
    assert cube.explanation is None
    assert cube.annotations == regions(3)
    assert reading.project.view == before.view
    assert reading.anew == reading.notes
    why = "its result was of version 1 of the method, this one is 3"
    assert reading.notes == (f"cube.img must be explained anew: {why}.",)


def test_a_result_that_is_gone(path: Path) -> None:
    shutil.rmtree(path.with_name("a.focus-data"))

    reading = reading_of(path)

    assert reading.project.cubes[0].explanation is None
    assert reading.notes == ("cube.img must be explained anew: its file is missing.",)


def test_the_result_of_another_cube_is_not_taken(tmp_path: Path, data: Path, path: Path) -> None:
    (file,) = path.with_name("a.focus-data").iterdir()
    others = read_cube(cube_in(tmp_path / "others"))
    key = results_module.result_key(f"sha256:{'0' * 64}", MODEL_SHA256)
    foreign = file.with_name(f"{key}{file.name[16:]}")
    file.rename(foreign)

    with pytest.raises(results_module.Unreadable, match="another cube"):
        results_module.read_result(foreign, f"sha256:{'0' * 64}")
    assert fingerprint(others) == kept(data).fingerprint


def test_results_that_nobody_refers_to_are_removed(tmp_path: Path, data: Path) -> None:
    path, side = tmp_path / "a.focus.json", tmp_path / "a.focus-data"
    write_project(path, Project((kept(data, 1),)))
    first = {file.name for file in side.iterdir()}
    (side / "notes.txt").write_text("the user's own")
    (side / ".unfinished-0123").write_text("left by a kill")

    write_project(path, Project((kept(data, 2), kept(data, 3))))

    names = {file.name for file in side.iterdir()}
    assert len(names) == 3
    assert "notes.txt" in names
    assert not names & first
    write_project(path, Project((kept(data, None),)))
    assert [file.name for file in side.iterdir()] == ["notes.txt"]
    (side / "notes.txt").unlink()
    write_project(path, Project())
    assert not side.exists()


def test_a_result_is_written_once(path: Path, data: Path) -> None:
    (file,) = path.with_name("a.focus-data").iterdir()
    before = file.stat()

    write_project(path, Project((kept(data),)))

    assert file.stat().st_ino == before.st_ino
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_a_result_without_data_at_a_place_is_taken(tmp_path: Path, data: Path) -> None:
    whole = explanation()
    contrasts = whole.contrasts.copy()
    contrasts[0, 0] = np.nan
    holed = replace(whole, contrasts=contrasts)
    write_project(tmp_path / "b.focus.json", Project((replace(kept(data), explanation=holed),)))

    found = read_back(tmp_path / "b.focus.json").cubes[0].explanation

    assert same_explanation(found, holed)


def test_a_result_is_kept_in_the_order_in_which_a_volume_needs_it(path: Path) -> None:
    found = read_back(path).cubes[0].explanation
    assert found is not None
    volume = found.volume("rust", "evidence")
    assert np.shares_memory(volume.values, found.saliency)


def test_a_cube_that_is_a_folder_is_kept_and_a_changed_chunk_is_noticed(tmp_path: Path) -> None:
    values = np.random.default_rng(1).random((12, 10, 8), dtype=np.float32)
    store = zarr.open_group(tmp_path / "cube.zarr", mode="w")
    store.create_array("cube", data=values, chunks=(4, 10, 8))
    store["cube"].attrs["_ARRAY_DIMENSIONS"] = ["y", "x", "wavelength"]
    store.create_array("wavelength", data=np.linspace(400, 1000, 8))
    store["wavelength"].attrs.update({"_ARRAY_DIMENSIONS": ["wavelength"], "units": "nm"})
    cube = read_cube(tmp_path / "cube.zarr")
    assert cube.path is not None
    project = tmp_path / "work.focus.json"
    kept_cube = ProjectCube(cube.path, fingerprint(cube), cube.shape, regions(1))
    write_project(project, Project((kept_cube,)))
    reading = read_project(project, lambda model: "")
    assert (reading.missing, reading.changed) == ((), ())
    store["cube"][5, 5, 5] = 7.0
    assert read_project(project, lambda model: "").changed == (0,)
