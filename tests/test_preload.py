"""Loading torch ahead, without holding up the window."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from focus_viewer import preload
from focus_viewer.core.errors import Cancelled
from focus_viewer.services.explaining import BundledExplaining


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


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Libraries that are loaded once the event is set."""
    end = threading.Event()
    monkeypatch.setattr(preload, "_load", lambda: end.wait(20) and None)
    preload._loading.cache_clear()
    yield end
    end.set()
    preload._loading.cache_clear()


def test_waiting_for_libraries_can_be_cancelled(slow: threading.Event) -> None:
    texts: list[str] = []

    def step(fraction: float, text: str) -> None:
        texts.append(text)
        if texts.count("loading PyTorch") == 2:
            raise Cancelled

    assert not preload.is_loading()
    with pytest.raises(Cancelled):
        BundledExplaining().prepare(step)
    assert preload.is_loading()
    slow.set()
    preload.preload()
    assert not preload.is_loading()


def test_libraries_that_cannot_be_loaded_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("libtorch.so: cannot open shared object file")

    monkeypatch.setattr(preload, "_load", missing)
    preload._loading.cache_clear()
    with pytest.raises(ImportError, match="libtorch"):
        preload.preload()
    preload._loading.cache_clear()
