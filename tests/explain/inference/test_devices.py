"""Devices: what is there, what is not, what they cost."""

from __future__ import annotations

import pytest
import torch

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.inference.devices import (
    available_devices,
    describe,
    find_device,
    peak_memory_bytes,
)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without any accelerator, whatever this one has."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    return monkeypatch


def test_auto_takes_cuda_then_mps_then_the_cpu(machine: pytest.MonkeyPatch) -> None:
    assert find_device("auto") == torch.device("cpu")
    machine.setattr(torch.backends.mps, "is_available", lambda: True)
    assert find_device("auto") == torch.device("mps")
    machine.setattr(torch.cuda, "device_count", lambda: 2)
    assert find_device("auto") == find_device("cuda") == torch.device("cuda:0")
    assert available_devices() == ("cuda:0", "cuda:1", "mps", "cpu")


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "tpu"])
def test_what_is_missing_is_told_with_what_is_there(machine: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(ModelError, match=rf"'{name}' is not available; this machine has cpu\."):
        find_device(name)


def test_a_gpu_is_called_by_its_name(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(torch.cuda, "get_device_name", lambda device: "Big One")
    assert describe(torch.device("cuda:0")) == "cuda:0 (Big One)"
    assert describe(torch.device("cpu")) == "cpu"


def test_peak_memory_is_that_of_the_process() -> None:
    before = peak_memory_bytes(torch.device("cpu"))
    block = torch.ones(64_000_000)  # 256 MB
    after = peak_memory_bytes(torch.device("cpu"))
    assert after >= block.numel() * block.element_size()
    assert after >= before > 10_000_000
