"""The frozen application: what its recipe names is there, and what was built starts anywhere.

FOCUS_FROZEN names a folder that `bash .setup freeze` built; it is started in a root folder that has
nothing else but the system's libraries for windows.
"""

from __future__ import annotations

import ast
import csv
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from bare_root import APPLICATION, WORK, BareRoot, problem
from numpy.typing import NDArray
from PySide6.QtGui import QImage

import focus_viewer as fv

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / ".ci" / "freeze"
SAMPLES = f"{APPLICATION}/_internal/focus_viewer/resources"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="for Linux")


@pytest.fixture(scope="module")
def application() -> Path:
    folder = os.environ.get("FOCUS_FROZEN")
    if not folder:
        pytest.skip("FOCUS_FROZEN is not set")
    path = Path(folder).resolve()
    assert (path / "focus-viewer").is_file(), f"FOCUS_FROZEN holds no application: {path}"
    return path


@pytest.fixture(scope="module")
def bare(application: Path, tmp_path_factory: pytest.TempPathFactory) -> BareRoot:
    if why := problem():
        pytest.skip(why)
    return BareRoot(tmp_path_factory.mktemp("bare") / "root")


def run(bare: BareRoot, application: Path, *words: str) -> str:
    """What the application prints in the bare root, where it must succeed."""
    done = bare.run(application, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def picture(path: Path) -> NDArray[np.uint8]:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    assert not image.isNull(), f"no picture at {path}"
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return pixels.reshape(image.height(), image.width(), 4)[..., :3].astype(np.uint8)


@on_linux
def test_the_bare_root_has_neither_python_nor_any_program(bare: BareRoot) -> None:
    names = {path.name for path in bare.root.rglob("*")}
    assert "libc.so.6" in names
    assert {name for name in names if name.startswith(("python", "libpython"))} == set()
    assert names.isdisjoint({"sh", "bash", "env", "focus_viewer"})


@on_linux
@pytest.mark.slow
def test_the_sample_is_explained_in_a_bare_root_as_here(bare: BareRoot, application: Path) -> None:
    run(bare, application, "explain", f"{SAMPLES}/leaf.hdr", "--out", f"{WORK}/leaf")
    told = json.loads((bare.work / "leaf" / "result.json").read_text(encoding="utf-8"))
    here = fv.explain(fv.open_cube(ROOT / "resources" / "leaf.hdr"))
    probabilities = {it["name"]: it["probability"] for it in told["classes"]}
    assert probabilities == pytest.approx(dict(here.probabilities), abs=1e-4)


@on_linux
@pytest.mark.slow
def test_worker_processes_start_in_a_bare_root(bare: BareRoot, application: Path) -> None:
    cubes = [f"{SAMPLES}/samples/study/plant_{number}.hdr" for number in (1, 2)]
    run(bare, application, "batch", *cubes, "--out", f"{WORK}/batch", "--workers", "2")
    with (bare.work / "batch" / "cubes.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(row["label"], row["status"]) for row in rows] == [("plant_1", "ok"), ("plant_2", "ok")]


@on_linux
@pytest.mark.gl
@pytest.mark.slow
def test_the_window_in_a_bare_root_shows_the_explained_sample_as_it_does_here(
    bare: BareRoot, application: Path, gl_display: None, tmp_path: Path
) -> None:
    run(bare, application, f"{SAMPLES}/leaf.hdr", "--screenshot", f"{WORK}/leaf.png")
    run(bare, application, "--screenshot", f"{WORK}/empty.png")
    here = tmp_path / "here.png"
    sample = ROOT / "resources" / "leaf.hdr"
    program = [sys.executable, str(ROOT / "main.py"), str(sample)]
    fonts = {**os.environ, "FONTCONFIG_SYSROOT": str(bare.root)}  # the same as there
    subprocess.run([*program, "--screenshot", str(here)], check=True, cwd=ROOT, env=fonts)
    shown, empty, expected = map(picture, (bare.work / "leaf.png", bare.work / "empty.png", here))
    assert different(shown, expected) < 0.01
    assert different(shown, empty) > 0.2


def different(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The share of pixels whose colours differ by more than an eye overlooks."""
    assert one.shape == other.shape
    return float((np.abs(one.astype(int) - other).max(axis=2) > 24).mean())


# --- the recipe, without building it ---------------------------------------------------------


def recipe(name: str) -> ModuleType:
    """A module of the recipe, which is no part of any package."""
    spec = spec_from_file_location(name, RECIPE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(name: str) -> tuple[str, ...]:
    """A value that the specification sets by a literal."""
    tree = ast.parse((RECIPE / "focus_viewer.spec").read_text(encoding="utf-8"))
    (value,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return tuple(ast.literal_eval(value))


def test_what_the_specification_names_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(said("EXTRAS")) <= project["optional-dependencies"].keys()
    assert [name for name in said("FOLDERS") if not (ROOT / name).is_dir()] == []
    assert [name for name in said("BY_NAME") if find_spec(name) is None] == []
    assert [name for name in said("FILES_OF") if find_spec(name) is None] == []


def test_packages_for_tests_are_left_out_and_those_of_the_program_are_not() -> None:
    requirements = recipe("requirements")
    needed = requirements.needed("focus-viewer[batch]")
    assert {"focus-viewer", "torch", "numpy", "distributed", "pyside6-essentials"} <= needed
    others = set(requirements.other_modules(needed))
    assert {"pytest", "pytestqt", "hypothesis"} <= others
    assert others.isdisjoint({"focus_viewer", "torch", "numpy", "distributed", "PySide6"})


@on_linux
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_library_for_the_gpu_is_stood_in_for_and_finds_no_device(tmp_path: Path) -> None:
    real = compiled(tmp_path / "nvidia" / "libgpu.so", "int devices(void) { return 0; }")
    asks = "int devices(void); int ask(void) { return devices(); }"
    user = compiled(tmp_path / "libuser.so", asks, str(real), "-Wl,-rpath,$ORIGIN/torch/lib")
    before = [("libuser.so", str(user), "BINARY"), ("nvidia/libgpu.so", str(real), "BINARY")]
    after = recipe("without_cuda").lightened(before, tmp_path / "work")
    assert [place for place, *_ in after] == ["libuser.so", "torch/lib/libgpu.so"]
    (tmp_path / "torch" / "lib").mkdir(parents=True)
    shutil.move(after[1][1], tmp_path / "torch" / "lib")
    assert ctypes.CDLL(str(user)).ask() == 100


@on_linux
def test_a_build_without_libraries_for_the_gpu_stays_as_it_is(tmp_path: Path) -> None:
    binaries = [("torch/lib/libtorch_cpu.so", str(tmp_path / "libtorch_cpu.so"), "BINARY")]
    assert recipe("without_cuda").lightened(binaries, tmp_path) == binaries


def compiled(path: Path, source: str, *options: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-x", "none", *options, "-o", str(path)]
    subprocess.run([*command, f"-Wl,-soname,{path.name}"], input=source, text=True, check=True)
    return path
