"""Choice of PyTorch's build by the set-up script, with a system that is acted on the PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INDEX = "https://download.pytorch.org/whl/cpu"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the script is for bash")


class Machine:
    """Machine that is acted: its commands are scripts, and pip writes down what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin = folder / "project", folder / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        self.asked = folder / "pip.txt"
        shutil.copy(ROOT / ".setup", self.root)
        (self.root / "pyproject.toml").write_text("")
        (self.root / "main.py").write_text("")
        self.has("uname", 'if [ "$1" = -m ]; then echo x86_64; else echo Linux; fi')
        self.has("nvidia-smi", "exit 9")
        self.has("curl", "exit 7")
        self.has("df", "echo; echo x 1 1 99999999 1 /")
        self.has("dpkg-query", "echo installed")
        self.has("apt-get", "exit 0")
        self.has("python3", self._python())

    def _python(self) -> str:
        """Act a Python whose venv is a folder with this script as its Python."""
        return f"""
case "$*" in
    *"-m venv"*)
        for folder; do :; done
        mkdir -p "$folder/bin"
        cp "$0" "$folder/bin/python"
        echo "$folder" >"$folder/bin/activate" ;;
    *"-m uv --version"*) test -e "{self.asked}.uv" ;;
    *"-m pip config"*) echo "global.index-url='https://index.example'" ;;
    *"--no-deps uv"*) touch "{self.asked}.uv-asked"; exit 1 ;;
    *"-m uv"*) echo "$* from $UV_DEFAULT_INDEX" >>"{self.asked}"; test ! -e "{self.asked}.broken" ;;
    *"-m pip"*) echo "$*" >>"{self.asked}" ;;
    *importlib.metadata*) test -e "{self.asked}.torch" ;;
    *"import sys, pip"*) test -e "$(dirname "$0")/activate" ;;
esac"""

    def has(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def set_up(self, **environ: str) -> tuple[str, list[str]]:
        """Run the script; return what it says and what it asks of pip."""
        done = subprocess.run(
            ["bash", ".setup", "open"],  # noqa: S607
            cwd=self.root,
            env={
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "HOME": os.environ.get("HOME", "/"),
                "QT_QPA_PLATFORM": "offscreen",
                **environ,
            },
            check=False,
            capture_output=True,
            text=True,
        )
        asked = self.asked.read_text().splitlines() if self.asked.exists() else []
        return done.stderr, asked


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with Linux, without a GPU and without a way to the index."""
    return Machine(tmp_path)


def test_without_a_gpu_the_cpu_build_is_taken_and_told(machine: Machine) -> None:
    machine.has("curl", "exit 0")
    said, asked = machine.set_up()
    assert "its build for the CPU, as nvidia-smi lists no GPU" in said
    assert asked[0].endswith(f"install --index-url {INDEX} torch torchvision")
    assert "install -e" in asked[1]
    assert INDEX not in asked[1]


def test_where_the_index_does_not_answer_the_default_is_taken_and_told(machine: Machine) -> None:
    said, asked = machine.set_up()
    assert f"there is no NVIDIA GPU, but {INDEX} does not answer" in said
    assert said.count("PyTorch:") == 1
    assert len(asked) == 1
    assert INDEX not in asked[0]


def test_with_a_gpu_the_index_is_not_even_asked(machine: Machine, tmp_path: Path) -> None:
    machine.has("nvidia-smi", "echo 'GPU 0: NVIDIA'")
    machine.has("curl", f"touch {tmp_path}/asked")
    said, asked = machine.set_up()
    assert "for the NVIDIA GPU that nvidia-smi lists" in said
    assert not (tmp_path / "asked").exists()
    assert len(asked) == 1


def test_another_processor_takes_the_default(machine: Machine) -> None:
    machine.has("uname", 'if [ "$1" = -m ]; then echo aarch64; else echo Linux; fi')
    machine.has("curl", "exit 0")
    said, asked = machine.set_up()
    assert "no other for Linux aarch64" in said
    assert len(asked) == 1


@pytest.mark.parametrize(("build", "asks"), [("cpu", 2), ("default", 1)])
def test_the_user_may_choose_the_build(machine: Machine, build: str, asks: int) -> None:
    machine.has("curl", "exit 0" if build == "default" else "exit 7")
    said, asked = machine.set_up(FOCUS_TORCH=build)
    assert f"the {build} build, as FOCUS_TORCH says" in said
    assert len(asked) == asks


def test_a_build_that_there_is_not_is_refused(machine: Machine) -> None:
    said, asked = machine.set_up(FOCUS_TORCH="rocm")
    assert "FOCUS_TORCH is rocm; it can be auto, cpu or default" in said
    assert asked == []


def test_torch_that_is_there_stays(machine: Machine) -> None:
    machine.has("curl", "exit 0")
    machine.set_up()
    machine.asked.with_name("pip.txt.torch").touch()
    (machine.root / "pyproject.toml").write_text("changed")
    machine.asked.unlink()
    _, asked = machine.set_up()
    assert len(asked) == 1
    assert INDEX not in asked[0]


def test_a_cpu_build_that_cannot_be_installed_gives_way_to_the_default(machine: Machine) -> None:
    machine.has("curl", "exit 0")
    fails = machine._python().replace(
        '*"-m pip"*) ', '*"--index-url"*) exit 1 ;;\n    *"-m pip"*) '
    )
    machine.has("python3", fails)
    said, asked = machine.set_up()
    assert "going on with the default one" in said
    assert len(asked) == 1


def test_uv_installs_from_the_index_that_pip_is_told_of(machine: Machine) -> None:
    machine.asked.with_name("pip.txt.uv").touch()
    _, asked = machine.set_up()
    assert len(asked) == 1
    assert "-m uv pip install --python" in asked[0]
    assert asked[0].endswith("from https://index.example")


def test_pip_installs_what_uv_cannot(machine: Machine) -> None:
    for state in ("uv", "broken"):
        machine.asked.with_name(f"pip.txt.{state}").touch()
    said, asked = machine.set_up()
    assert "uv could not install them" in said
    assert ["-m uv" in words for words in asked] == [True, False]


def test_without_uv_pip_installs(machine: Machine) -> None:
    _, asked = machine.set_up()
    assert machine.asked.with_name("pip.txt.uv-asked").exists()
    assert ["-m uv" in words for words in asked] == [False]
