"""Teaching on the backbone that has no classes of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from teaching_cases import QUICK, Cubes, cube_with, two_leaves

from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import load_to_teach, save_model
from focus_viewer.explain.teaching.teach import prepare, teach

BACKBONE = "focus-spectra"


def test_classes_are_taught_on_it_and_explained(tmp_path: Path) -> None:
    cubes = Cubes()
    ready = prepare(two_leaves(cubes), cubes.open, QUICK, silent, BACKBONE)
    made = teach(ready, "rusty", "focus-viewer fit", silent)
    save_model(tmp_path / "rusty", made.model, made.card, made.recipe)
    assert made.card.decides
    assert made.card.teaching["backbone"]["name"] == BACKBONE
    assert made.card.measured["held-out balanced accuracy"] == 1.0
    cube = cube_with(("healthy", "rust"), 5)
    found = Explainer().explain(ExplainRequest(0, cube, str(tmp_path / "rusty"), "cpu"), silent)
    parts = found.baseline + found.evidence.sum(axis=(1, 2, 3)) + found.unattributed
    np.testing.assert_allclose(parts, found.logits, atol=1e-3)


def test_its_blocks_are_frozen() -> None:
    cubes = Cubes()
    ready = prepare(two_leaves(cubes), cubes.open, QUICK, silent, BACKBONE)
    before = load_to_teach(BACKBONE).model.backbone.vit.blocks.state_dict()
    teach(ready, "rusty", "focus-viewer fit", silent)
    for name, values in ready.model.backbone.vit.blocks.state_dict().items():
        assert torch.equal(values, before[name])
