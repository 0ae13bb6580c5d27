"""State dicts on disk: wrappers, names, and files that are more than numbers."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.foreign.state_files import fill, read_state


def state() -> dict[str, torch.Tensor]:
    """Return the weights of a small map."""
    torch.manual_seed(0)
    return nn.Linear(3, 2).state_dict()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda own: own,
        lambda own: {"state_dict": own, "epoch": 3},
        lambda own: {"model": {"module." + name: each for name, each in own.items()}},
        lambda own: {"state_dict": {"_orig_mod.model." + name: own[name] for name in own}},
    ],
)
def test_wrappers_and_prefixes_are_taken_off(wrap: object, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save(wrap(state()), path)  # type: ignore[operator]
    found = read_state(path)
    assert set(found) == {"weight", "bias"}
    model = nn.Linear(3, 2)
    fill(model, found, path, "a map")
    assert torch.equal(model.weight, state()["weight"])


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file(state(), tmp_path / "vit.safetensors")
    assert set(read_state(tmp_path / "vit.safetensors")) == {"weight", "bias"}


class Harm:
    """An object whose pickle writes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "save", [torch.save, lambda each, path: path.write_bytes(pickle.dumps(each))]
)
def test_code_in_a_file_is_never_run(save: object, tmp_path: Path) -> None:
    path = tmp_path / "vit.pt"
    save({"state_dict": state(), "more": Harm(tmp_path / "ran")}, path)  # type: ignore[operator]
    with pytest.raises(ModelError, match="weights only"):
        read_state(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"not a model", b"hello", b"PK\x03\x04"])
def test_what_is_no_state_dict_is_refused(content: bytes, tmp_path: Path) -> None:
    for name in ("vit.pt", "vit.safetensors"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match="state dict"):
            read_state(tmp_path / name)
    with pytest.raises(ModelError, match="cannot be read"):
        read_state(tmp_path / "missing.pt")
    torch.save({"epoch": 3}, tmp_path / "vit.pt")
    with pytest.raises(ModelError, match="names tensors"):
        read_state(tmp_path / "vit.pt")


def test_what_does_not_fit_is_named() -> None:
    wrong = {"weight": torch.zeros(2, 4), "scale": torch.zeros(1)}
    with pytest.raises(ModelError) as error:
        fill(nn.Linear(3, 2), wrong, Path("vit.pt"), "a map")
    text = str(error.value)
    assert "missing: bias" in text
    assert "unexpected: scale" in text
    assert "weight (2, 4), not (2, 3)" in text


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    own = state()
    own["weight"][0, 1] = float("nan")
    with pytest.raises(ModelError, match=r"expected finite weights.* in weight"):
        fill(nn.Linear(3, 2), own, tmp_path / "vit.pth", "a map")


def test_advice_to_run_the_code_of_a_file_is_not_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "vit.pt"
    torch.save(nn.Linear(3, 2), path)
    with pytest.raises(ModelError) as refused:
        read_state(path)
    assert "trust" not in str(refused.value)
