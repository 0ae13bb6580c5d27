"""Imports without torch's compiler, which nothing here uses."""

import subprocess
import sys

_PREPARE = """
import sys
import focus_viewer.environment
from focus_viewer.preload import preload
preload()
"""


def said_by(code: str) -> str:
    """What code prints in a process of its own, after the libraries were loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE + code], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_the_libraries_are_loaded_without_the_compiler() -> None:
    code = "print('timm' in sys.modules, any('torch._dynamo' in name for name in sys.modules))"
    assert said_by(code) == "True False"


def test_the_compiler_can_be_loaded_afterwards() -> None:
    code = """
import torch, torch._dynamo
from torch._dynamo.utils import counters
from timm.layers import disable_compiler
print(torch.compile(lambda x: x + 1, backend="eager")(torch.ones(1)).item(), len(counters) >= 0)
print(disable_compiler.__module__ if False else torch.compiler.disable.__module__)
"""
    assert said_by(code).splitlines() == ["2.0 True", "torch.compiler"]


def test_what_was_to_stay_out_of_compilation_stays_out() -> None:
    code = """
import torch
from timm.models.naflexvit import NaFlexRopeIterator
step = NaFlexRopeIterator.__next__
class Ended:
    _depth_idx = depth = 0
def ends():
    try:
        step(Ended())
    except StopIteration:
        return "ended"
print(ends())
import torch._dynamo
print(ends(), sorted(torch._dynamo.config.__class__.__mro__ and ["loaded"]))
"""
    assert said_by(code).splitlines() == ["ended", "ended ['loaded']"]


def test_torchvision_pools_regions_as_before() -> None:
    code = """
import torch
from torchvision.ops import roi_align
image = torch.arange(16.0).reshape(1, 1, 4, 4)
print(roi_align(image, torch.tensor([[0, 0.0, 0.0, 2.0, 2.0]]), 1, aligned=True).item())
"""
    assert said_by(code) == "2.5"
