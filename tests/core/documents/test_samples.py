"""Bundled samples are whole, small, and what their list says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from focus_viewer.assets import folder
from focus_viewer.core.documents.samples import BundledSample, read_samples
from focus_viewer.core.errors import FocusError

SAMPLES = read_samples(folder("resources"))


def test_a_leaf_a_painted_leaf_a_tray_and_a_study_are_bundled() -> None:
    assert [sample.name for sample in SAMPLES] == ["leaf", "painted", "tray", "study"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_what_its_checksums_say(sample: BundledSample) -> None:
    sample.check()
    assert set(sample.cubes) | set(sample.truth) <= set(sample.files)
    assert sample.truth
    assert "Simulated" in sample.about


def test_all_samples_together_are_small() -> None:
    assert sum(sample.size_bytes for sample in SAMPLES) < 16e6


def test_a_damaged_sample_is_refused_with_what_to_do(tmp_path: Path) -> None:
    resources = tmp_path / "resources"
    shutil.copytree(folder("resources") / "samples", resources / "samples")
    (resources / "samples" / "tray.img").write_bytes(b"damaged")
    tray = next(one for one in read_samples(resources) if one.name == "tray")
    with pytest.raises(FocusError, match=r"tray\.img is not the file.*Install FOCUS Viewer again"):
        tray.check()
    (resources / "samples" / "tray.img").unlink()
    with pytest.raises(FocusError, match=r"tray\.img is missing"):
        tray.check()


def test_without_a_list_there_are_no_samples(tmp_path: Path) -> None:
    assert read_samples(tmp_path) == ()


def test_every_file_of_the_folder_is_in_the_list() -> None:
    root = folder("resources")
    listed = {name for sample in SAMPLES for name in sample.files if name.startswith("samples/")}
    there = {path.relative_to(root).as_posix() for path in (root / "samples").rglob("*.*")}
    assert there - listed == {"samples/samples.json"}
    assert json.loads((root / "samples" / "samples.json").read_text())["licence"]
