"""Loading torch ahead, without holding up the window."""

from __future__ import annotations

import subprocess
import sys

import pytest

from focus_viewer import preload


def test_torch_works_after_it_was_preloaded_in_a_thread() -> None:
    code = (
        "import focus_viewer.environment, sys, threading;"
        "from focus_viewer.preload import preload;"
        "worker = threading.Thread(target=preload); worker.start(); worker.join();"
        "import torch; print('matplotlib' in sys.modules, torch.ones(3).sum().item())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "3.0"]


@pytest.mark.skipif(sys.platform != "linux", reason="shared libraries are named so on Linux")
def test_the_libraries_are_loaded_before_torch_is() -> None:
    code = (
        "import sys, pathlib; from focus_viewer import preload; preload._load_torch_libraries();"
        "maps = pathlib.Path('/proc/self/maps').read_text();"
        "print('libtorch_cpu.so' in maps, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"]


def test_without_torch_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preload, "find_spec", lambda name: None)
    preload._load_torch_libraries()
