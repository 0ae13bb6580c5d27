"""What is settled before torch and Qt are imported."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from focus_viewer.environment import DEBIAN_PACKAGES, display_problem


@pytest.mark.parametrize("name", ["WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_any_display_will_do(name: str) -> None:
    assert display_problem({name: "some"}, "linux") is None


@pytest.mark.parametrize("display", [":65001", "localhost:59000.0", "nonsense"])
def test_a_display_that_does_not_answer_is_named(display: str) -> None:
    problem = display_problem({"DISPLAY": display}, "linux")
    assert problem is not None
    assert f"{display} (DISPLAY) does not answer" in problem
    assert "\n" not in problem


def test_a_server_that_listens_is_a_display() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        number = server.getsockname()[1] - 6000
        assert display_problem({"DISPLAY": f"127.0.0.1:{number}.0"}, "linux") is None


def test_the_set_up_installs_the_packages_that_errors_name() -> None:
    script = (Path(__file__).parents[1] / ".setup").read_text(encoding="utf-8")
    _, _, rest = script.partition('libraries="')
    assert tuple(rest.partition('"')[0].replace("\\\n", "").split()) == DEBIAN_PACKAGES


@pytest.mark.parametrize("environ", [{}, {"DISPLAY": "", "HOME": "somewhere"}])
def test_no_display_is_told_in_one_line_with_what_to_do(environ: dict[str, str]) -> None:
    problem = display_problem(environ, "linux")
    assert problem is not None
    assert "\n" not in problem
    assert all(hint in problem for hint in ("ssh -X", "xvfb-run", "focus-viewer explain"))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_bring_their_display(platform: str) -> None:
    assert display_problem({}, platform) is None


@pytest.mark.parametrize(("given", "expected"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_idle_threads_are_passive_unless_told_otherwise(given: str | None, expected: str) -> None:
    environ = {name: text for name, text in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environ |= {"OMP_WAIT_POLICY": given} if given else {}
    code = "import os, focus_viewer.environment; print(os.environ['OMP_WAIT_POLICY'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == expected


def test_the_module_imports_the_standard_library_only() -> None:
    code = "import sys, focus_viewer.environment; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(done.stdout.split()) - {"focus_viewer"}
    assert loaded <= set(sys.stdlib_module_names) | {"__main__", "triton"}


def test_torch_loads_without_triton() -> None:
    code = (
        "import sys, focus_viewer.environment, torch;"
        "print(sys.modules['triton'], (torch.ones(2) + 1).sum().item())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "None 4.0"
