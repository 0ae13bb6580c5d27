"""The wheel carries all that the program needs: it must work without the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_models_and_resources_are_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        f"focus_viewer/{path.relative_to(ROOT).as_posix()}"
        for folder in ("models", "resources")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert "focus_viewer/resources/leaf.hdr" in expected
    assert "focus_viewer/models/focus-leaf/card.json" in expected
    assert expected - names == set()


def test_the_guide_is_in_the_wheel_with_its_pictures_and_all_pages_that_it_links_to(
    wheel: Path,
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs" / "guide").rglob("*.webp")]
    expected = {f"focus_viewer/{path.relative_to(ROOT).as_posix()}" for path in pages}
    assert "focus_viewer/docs/guide/pictures/first-hour.webp" in expected
    assert expected - names == set()
    assert not any(name.endswith(".ipynb") for name in names)


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"focus_viewer"}
    assert "focus_viewer/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_an_installed_package_finds_its_sample(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import importlib.resources as r;"
        "print((r.files('focus_viewer') / 'resources' / 'leaf.hdr').is_file())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "True"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel alone, as pip installs it; what it needs is there already."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True, capture_output=True)
    return folder


def run_installed(folder: Path, *words: str) -> str:
    """What the installed command prints, away from the checkout."""
    done = subprocess.run(
        [sys.executable, str(folder / "bin" / "focus-viewer"), *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="scripts of Windows are programs")
def test_the_installed_command_has_its_samples_and_models(installed: Path) -> None:
    copied = installed / "copied"
    assert "focus-leaf" in run_installed(installed, "models")
    printed = run_installed(installed, "samples", "tray", "--to", str(copied))
    assert printed.strip() == str(copied / "tray.hdr")
    assert (copied / "tray_truth.img").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="scripts of Windows are programs")
def test_the_installed_command_opens_files_in_the_window(installed: Path) -> None:
    leaf = installed / "focus_viewer" / "resources" / "leaf.hdr"
    assert run_installed(installed, str(leaf), "--help").startswith("usage:")
    assert "Commands" in run_installed(installed, "--help")
