"""`focus-viewer simulate`: the same files from any number of processes, whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from focus_viewer.cli.commands import simulate as command
from focus_viewer.cli.main import app
from focus_viewer.cli.support.preview_file import PreviewFile, picture_of_leaf
from focus_viewer.core.errors import FocusError
from focus_viewer.io import read_cube
from focus_viewer.simulate.scene import CLASSES

ROOT = Path(__file__).parents[3]
SMALL = ("--size-px", "16", "--scenes", "2", "--class", "chlorosis", "--class", "healthy")


def run(out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["simulate", "--out", str(out), *options])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "scenes.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four small scenes with a preview, made by one process."""
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")
    out = tmp_path_factory.mktemp("simulated") / "new" / "scenes"
    done = run(out, *SMALL, "--workers", "1", "--preview", str(out / "preview.png"))
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert "4 scenes" in done.stderr
    return out


def test_two_processes_write_the_same_bytes_as_one(scenes: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    preview = str(again / "preview.png")
    assert run(again, *SMALL, "--workers", "2", "--preview", preview).exit_code == 0
    assert contents(again) == contents(scenes)


def test_another_seed_gives_other_scenes(scenes: Path, tmp_path: Path) -> None:
    assert run(tmp_path, *SMALL, "--seed", "1").exit_code == 0
    other = contents(tmp_path)
    images = [name for name in other if name.endswith("1.img")]
    assert images
    assert all(other[name] != (scenes / name).read_bytes() for name in images)


def test_the_record_lists_every_file_once(scenes: Path) -> None:
    found = record(scenes)
    listed = [name for scene in found["scenes"] for name in scene["files"].values()]
    assert sorted([*listed, "preview.png", "scenes.json"]) == sorted(contents(scenes))
    assert found["files"] == {"preview": "preview.png"}
    kinds = [(scene["class"], scene["files"]["cube"]) for scene in found["scenes"]]
    assert kinds == [
        ("chlorosis", "chlorosis_001.hdr"), ("chlorosis", "chlorosis_002.hdr"),
        ("healthy", "healthy_001.hdr"), ("healthy", "healthy_002.hdr"),
    ]  # fmt: skip
    assert found["command"] == (
        "focus-viewer simulate --out DIR --sensor full --class chlorosis --class healthy "
        "--scenes 2 --size-px 16 --seed 0"
    )


def test_the_cubes_open_as_reflectance_at_the_wavelengths_of_the_record(scenes: Path) -> None:
    for scene in record(scenes)["scenes"]:
        cube = read_cube(scenes / scene["files"]["cube"])
        assert cube.shape == (16, 16, 210)
        assert (cube.units, cube.notes) == ("reflectance", ())
        assert cube.wavelengths_nm is not None
        assert cube.fwhm_nm is not None
        np.testing.assert_array_equal(cube.wavelengths_nm, scene["wavelengths_nm"])
        np.testing.assert_array_equal(cube.fwhm_nm, scene["fwhm_nm"])
        np.testing.assert_allclose(
            cube.wavelengths_nm[list(cube.default_bands)], [640, 550, 460], atol=6
        )


def test_scenes_of_one_number_differ_in_the_lesion_only(scenes: Path) -> None:
    ill, _, healthy, _ = record(scenes)["scenes"]
    assert ill["seed"] == healthy["seed"]
    first, second = (read_cube(scenes / s["files"]["cube"]).band(15) for s in (ill, healthy))
    labels = np.fromfile(scenes / ill["files"]["truth_data"], dtype=np.uint8).reshape(16, 16)
    lesion = labels == record(scenes)["labels"].index("lesion")
    assert np.abs(first - second)[lesion].mean() > 0.01
    np.testing.assert_array_equal(first[labels == 0], second[labels == 0])
    assert healthy["true_bands"] == []
    assert len(ill["true_bands"]) > 0


def test_new_scenes_take_the_place_of_earlier_ones_and_of_nothing_else(
    scenes: Path, tmp_path: Path
) -> None:
    for name, data in contents(scenes).items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "chlorosis_mine.img").write_text("mine")
    sensor = ("--sensor", "random", "--size-px", "20", "--class", "healthy", "--scenes", "1")
    assert run(tmp_path, *sensor).exit_code == 0
    assert sorted(contents(tmp_path)) == [
        "chlorosis_mine.img", "healthy_001.hdr", "healthy_001.img", "healthy_001_truth.hdr",
        "healthy_001_truth.img", "scenes.json",
    ]  # fmt: skip


@pytest.mark.usefixtures("scenes")
def test_a_preview_elsewhere_is_no_part_of_the_scenes(tmp_path: Path) -> None:
    out, preview = tmp_path / "out", tmp_path / "scenes.PDF"
    done = run(
        out, "--size-px", "16", "--scenes", "1", "--class", "chlorosis", "--preview", str(preview)
    )
    assert done.exit_code == 0, done.output
    assert "1 scene; what" in done.stderr
    assert preview.read_bytes().startswith(b"%PDF")
    assert {path.name for path in tmp_path.iterdir()} == {"out", "scenes.PDF"}
    assert record(out)["files"] == {}


def test_the_picture_is_exposed_for_the_leaf_and_keeps_its_hue() -> None:
    colours = np.full((10, 10, 3), 0.9, dtype=np.float32)  # a bright table
    colours[2:8, 2:8] = (0.05, 0.20, 0.05)
    leaf = np.zeros((10, 10), dtype=np.bool_)
    leaf[2:8, 2:8] = True
    picture = picture_of_leaf(colours, leaf)
    assert picture[0, 0].tolist() == [255, 255, 255]
    assert picture[5, 5].tolist() == [136, 255, 136]  # 255 · (1/4)^(1/2.2)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--class", "rust"), f"no class 'rust'. Choose from: {', '.join(CLASSES)}."),
        (("--size-px", "15"), "--size-px: 15 px: expected at least 16"),
        (("--size-px", "5000"), "at most 1024"),
        (("--preview", "scenes.jpg"), "scenes.jpg: expected a name that ends in .png or .pdf"),
        (("--preview", "nowhere/a.png"), "nowhere/a.png cannot be written"),
    ],
)
def test_bad_options_are_told_in_a_line_before_anything_is_written(
    options: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    done = run(tmp_path / "out", *options)
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "out")
    assert done.exit_code == 1
    assert "file/out cannot be written" in done.stderr
    assert "--out" in done.stderr


def test_a_full_disk_leaves_nothing_and_names_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = PreviewFile(tmp_path / "a.png", tmp_path / "out")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FocusError, match=r"No space left on device.*with --preview"):
        preview.publish()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_the_record_is_written_leaves_earlier_scenes(
    scenes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(scenes)

    def interrupted(*arguments: object) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGINT)
        return {}

    monkeypatch.setattr(command, "in_processes", lambda *_: [{"class": "none"}])
    monkeypatch.setattr(command, "_record", interrupted)
    done = run(scenes, *SMALL)
    assert done.exit_code == 130
    assert done.stderr.strip() == "Stopped."
    assert contents(scenes) == before


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["loading", "simulating"])
def test_ctrl_c_in_a_terminal_ends_every_process_and_leaves_nothing(
    moment: str, tmp_path: Path
) -> None:
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")
    out = tmp_path / "a" / "out"
    with many_scenes(out) as running:
        wait_until(running, lambda: any(out.rglob("*.img" if moment == "simulating" else "*")))
        time.sleep(0.2)  # the processes that simulate have begun to load
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        stdout, stderr = running.communicate(timeout=60)  # of hours of work
        assert (running.returncode, stdout, stderr.strip()) == (130, "", "Stopped.")
        assert list(tmp_path.iterdir()) == []
        assert group_is_gone(running.pid)


@contextmanager
def many_scenes(out: Path) -> Iterator[subprocess.Popen[str]]:
    code = "from focus_viewer.cli.main import run; run()"
    options = ["simulate", "--out", str(out), "--scenes", "2000", "--size-px", "128"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until(running: subprocess.Popen[str], seen: Any) -> None:
    end = time.monotonic() + 120
    while not seen():
        assert running.poll() is None, running.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.02)


def group_is_gone(number: int) -> bool:
    """Whether no process of the group is left, a few seconds from now at most."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            os.killpg(number, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
