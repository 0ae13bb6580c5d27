"""State dicts of frozen models on disk: numbers only, whatever they are wrapped in."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError, translated_errors

_WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net")
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "backbone.", "encoder.")
_HEAD = ("head.weight", "head.bias")
_MOST_NAMES = 6

State = dict[str, Tensor]


def read_state(path: Path) -> State:
    """Read a state dict of .safetensors, or of .pt or .pth by torch's reader of weights only.

    Usual wrappers around it, and prefixes that all its names share, are taken off.

    Raises
    ------
    ModelError
        If the file cannot be read, or contains anything but numbers.
    """
    with translated_errors(path, error_type=ModelError), path.open("rb"):
        pass
    try:
        content = _read(path)
    except Exception as error:
        raise ModelError(
            f"{path}: expected a state dict, a file of weights only{_reason(error)}. Code in a "
            "file is never run: save it with torch.save(model.state_dict(), path) or as "
            "safetensors."
        ) from error
    return _unwrapped(path, content)


def _reason(error: Exception) -> str:
    """Return what was wrong; torch's advice to run the code of a file is not passed on."""
    if isinstance(error, pickle.UnpicklingError | KeyError) or not str(error):
        return ""
    return f" ({str(error).splitlines()[0]})"


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors":
        return load_file(path)
    with warnings.catch_warnings():  # of odd pickles, which are refused anyway
        warnings.simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


def _unwrapped(path: Path, content: Any) -> State:
    while isinstance(content, Mapping):
        inner = [content[name] for name in _WRAPPERS if isinstance(content.get(name), Mapping)]
        if not inner:
            break
        content = inner[0]
    numbers = isinstance(content, Mapping) and {
        str(name): value for name, value in content.items() if isinstance(value, Tensor)
    }
    if not numbers:
        raise ModelError(
            f"{path}: expected a state dict, which names tensors; found a "
            f"{type(content).__name__} without any. Save model.state_dict()."
        )
    return _without_prefix(numbers)


def _without_prefix(state: State) -> State:
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in state):
            return _without_prefix({name[len(prefix) :]: each for name, each in state.items()})
    return state


def has_one_output(state: State) -> bool:
    """Return whether the head has one row: a logit whose logistic function is a probability."""
    head = state.get(_HEAD[0])
    return head is not None and len(head) == 1


def with_two_outputs(state: State) -> State:
    """Return a state dict whose head has a row of zeros ahead of its only one.

    The softmax of both logits is the logistic function of the one.
    """
    rows = {
        name: torch.cat([torch.zeros_like(state[name]), state[name]])
        for name in _HEAD
        if name in state
    }
    return {**state, **rows}


def fill(model: nn.Module, state: State, path: Path, architecture: str) -> None:
    """Load weights into a frozen model.

    Raises
    ------
    ModelError
        Names what is missing, what is not known, what has another shape, and what is not finite.
    """
    own = model.state_dict()
    missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    shapes = [
        f"{name} {tuple(state[name].shape)}, not {tuple(own[name].shape)}"
        for name in sorted(own.keys() & state.keys())
        if state[name].shape != own[name].shape
    ]
    wrong = [
        f"{kind}: {_some(names)}"
        for kind, names in (("missing", missing), ("unexpected", unknown), ("shapes", shapes))
        if names
    ]
    if wrong:
        raise ModelError(
            f"{path} does not fit {architecture}: {'; '.join(wrong)}. Check --architecture, "
            "--image-size and --option."
        )
    broken = [name for name, values in sorted(state.items()) if not values.isfinite().all()]
    if broken:
        raise ModelError(
            f"{path}: expected finite weights, found NaN or infinity in {_some(broken)}. The "
            "training that wrote it has failed: choose an earlier checkpoint."
        )
    model.load_state_dict(state)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
