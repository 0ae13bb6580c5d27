"""`focus-viewer attach` and `fv.attach`: the same model, and what is passed over."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner
from vit_cases import CLASSES, OPTIONS, specim_nm, unlabelled, untrained_vit

import focus_viewer as fv
from focus_viewer.cli.main import app
from focus_viewer.explain.model.cards import read_card
from focus_viewer.io.envi_writer import write_envi

QUICKLY = "--windows 4 --groups 6 --epochs 1 --evaluations 10 --device cpu"
SMALL = {name: value for name, value in OPTIONS.items() if name != "img_size"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state dict, and a folder of three cubes and a truncated one."""
    folder = tmp_path_factory.mktemp("attach")
    trained = untrained_vit()
    torch.save(trained.vit.state_dict(), folder / "vit.pth")
    np.savetxt(folder / "mean.txt", trained.mean)
    np.savetxt(folder / "std.txt", trained.std)
    (folder / "cubes").mkdir()
    entries = {"wavelength": [f"{nm:.2f}" for nm in specim_nm()], "wavelength units": "nm"}
    for number, opener in enumerate(unlabelled(4)):
        planes = np.moveaxis(opener().block(slice(None), slice(None)), -1, 0)
        write_envi(folder / "cubes" / f"leaf_{number}.hdr", planes, entries)
    data = next(path for path in (folder / "cubes").iterdir() if path.stem == "leaf_2"
                and path.suffix != ".hdr")  # fmt: skip
    data.write_bytes(data.read_bytes()[:100])
    return folder


def run(folder: Path, *more: str) -> tuple[int, str, str]:
    options = " ".join(f"--option {name}={value}" for name, value in SMALL.items())
    text = (
        f"{folder}/vit.pth --architecture vit_tiny_patch16_224 {options} --cubes {folder}/cubes "
        f"--mean {folder}/mean.txt --std {folder}/std.txt --classes {','.join(CLASSES)} {QUICKLY}"
    )
    done = CliRunner().invoke(app, ["attach", *shlex.split(text), *more])
    return done.exit_code, done.stdout, done.stderr


def test_command_and_python_attach_the_same_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said, passed_over = run(folder, "--out", str(folder / "by_command"))
    assert code == 0, said + passed_over
    assert "leaf_2" in passed_over
    assert "Passed over: " in passed_over
    assert "its own decisions in" in said
    texts: list[str] = []
    monkeypatch.chdir(folder)
    card = fv.attach(
        folder / "vit.pth",
        "cubes",
        folder / "by_python",
        architecture="vit_tiny_patch16_224",
        classes=CLASSES,
        options=SMALL,
        mean=np.loadtxt(folder / "mean.txt"),
        std=np.loadtxt(folder / "std.txt"),
        groups=6,
        windows=4,
        epochs=1,
        evaluations=10,
        device="cpu",
        progress=lambda _, text: texts.append(text),
    )
    assert card.sha256 == read_card(str(folder / "by_command")).sha256
    assert len(card.attached["skipped"]) == 1
    assert card.attached["skipped"][0].startswith("leaf_2")
    assert "reading cubes" in texts
    assert (
        fv.explain(folder / "cubes" / "leaf_0.hdr", model=folder / "by_python").classes == CLASSES
    )


def test_python_takes_cubes_one_by_one(folder: Path) -> None:
    cubes = [opener() for opener in unlabelled(2)]
    card = fv.attach(
        *(folder / "vit.pth", [*cubes, folder / "cubes" / "leaf_0.hdr"], folder / "several"),
        architecture="vit_tiny_patch16_224", options=SMALL, several=True, mean=0.3, std=0.1,
        groups=6, windows=4, epochs=1, evaluations=10, device="cpu",
    )  # fmt: skip
    assert card.several
    assert card.training_data == "attached without labels, with 3 cubes"
    with pytest.raises(fv.FocusError, match="one cube or more"):
        fv.attach(folder / "vit.pth", [], folder / "none", architecture="vit_tiny_patch16_224")


def test_the_command_on_the_card_can_be_given_again(folder: Path) -> None:
    code, said, wrong = run(folder, "--several", "--out", str(folder / "again"))
    assert code == 0, said + wrong
    words = shlex.split(read_card(str(folder / "again")).command)
    assert words[words.index("--several") + 1].startswith("--")
    assert "False" not in words


def test_a_device_that_is_not_there_is_refused(folder: Path) -> None:
    code, _, said = run(folder, "--device", "cuda:9", "--out", str(folder / "gpu"))
    assert code == 1
    assert "'cuda:9' is not available" in said
    assert not (folder / "gpu").exists()
