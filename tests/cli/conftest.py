"""A small model of random weights, a small cube on disk, and the commands in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from phantom import make_phantom
from typer.testing import CliRunner, Result

from focus_viewer.cli.main import app
from focus_viewer.core.saliency.model_card import ModelCard

CLASSES = ("healthy", "bacterial spot", "chlorosis")
EDGES_NM = tuple(float(edge) for edge in range(400, 1201, 100))


@dataclass(frozen=True)
class Bench:
    """What a command needs: a cube of 400-1000 nm, a model of 400-1200 nm, a place to write."""

    cube: Path
    model: Path
    out: Path

    def explain(self, *options: str) -> Result:
        """Run `focus-viewer explain` on the cube."""
        arguments = ["explain", str(self.cube), "--out", str(self.out), "--model", str(self.model)]
        return CliRunner().invoke(app, [*arguments, "--device", "cpu", *options])


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the model."""
    import torch

    from focus_viewer.explain.model.cards import Recipe
    from focus_viewer.explain.model.checkpoint import build_model, save_model

    torch.manual_seed(0)
    options: dict[str, int | float | str | bool] = {
        "img_size": 16,
        "patch_size": 4,
        "embed_dim": 24,
        "depth": 3,
        "num_heads": 3,
    }
    options |= {"num_classes": len(CLASSES), "global_pool": "max"}
    recipe = Recipe("vit_tiny_patch16_224", tap=1, options=options)
    edges_nm = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)
    built = build_model(recipe, edges_nm, len(CLASSES))
    built.anchor.normal_()  # no class departs from the leaf in an untrained model
    folder = tmp_path_factory.mktemp("models") / "toy"
    save_model(folder, built, _card(), recipe)
    return folder


@pytest.fixture
def bench(model: Path, tmp_path: Path) -> Bench:
    """A cube of 24 x 32 px and 61 bands from 400 to 1000 nm, in reflectance."""
    cube = make_phantom().cube
    values = cube.block(slice(None), slice(None))
    assert cube.wavelengths_nm is not None
    wavelengths = ", ".join(str(nm) for nm in cube.wavelengths_nm.tolist())
    header = (
        f"ENVI\nsamples = {cube.cols}\nlines = {cube.rows}\nbands = {cube.bands}\n"
        "header offset = 0\ndata type = 4\ninterleave = bip\nbyte order = 0\n"
        f"wavelength units = Nanometers\nwavelength = {{{wavelengths}}}\n"
    )
    (tmp_path / "plant.hdr").write_text(header)
    values.astype("<f4").tofile(tmp_path / "plant.img")
    return Bench(tmp_path / "plant.hdr", model, tmp_path / "results" / "today")


def _card() -> ModelCard:
    return ModelCard(
        name="toy",
        version="7",
        backbone="a ViT of random weights",
        classes=CLASSES,
        group_edges_nm=EDGES_NM,
        training_data="none",
        validated=False,
        warning="simulated training data, not validated",
        extra_parameters_percent=0.0,
        sha256="",
        command="none",
    )
